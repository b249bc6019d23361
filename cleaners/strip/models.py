"""The small learned models of this stage: numbers from models.json, nothing else at run time."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, log_odds))))


@dataclass(frozen=True, slots=True)
class Logit:
    """A logistic model: a bias and a weight for each named feature."""

    bias: float
    weights: tuple[tuple[str, float], ...]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability the model gives to these features."""
        return _probability(self.bias + sum(weight * features[name] for name, weight in self.weights))


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees: the log odds are the sum over shallow decision trees.

    A split is [feature, threshold, node up to it, node above it]; a leaf is a number. `rest` holds for each tree the
    most that it and all later ones can add.
    """

    bias: float
    trees: tuple[Any, ...]
    rest: tuple[float, ...]

    def probability(self, features: Mapping[str, float], floor: float = 0.0) -> float:
        """Return the probability the model gives to these features, or 0.0 as soon as it cannot reach `floor`."""
        total = self.bias
        # A little less than the floor's log odds, so that rounding decides nothing.
        least = math.log(floor / (1.0 - floor)) - 1e-6 if 0.0 < floor < 1.0 else -math.inf
        for node, rest in zip(self.trees, self.rest, strict=True):
            if total + rest < least:
                return 0.0
            while node.__class__ is list:
                node = node[2] if features[node[0]] <= node[1] else node[3]
            total += node
        return _probability(total)


def _most(node: Any) -> float:
    """Return the largest leaf of a tree."""
    return max(_most(node[2]), _most(node[3])) if isinstance(node, list) else float(node)


def _trees(table: dict[str, Any]) -> Trees:
    trees = tuple(table["trees"])
    return Trees(table["bias"], trees, tuple(accumulate(map(_most, reversed(trees))))[::-1])


@dataclass(frozen=True, slots=True)
class Models:
    """The models: of an end opened by a short line, of one opened by a paragraph, of the headline of a further part."""

    headed: Trees
    prose: Trees
    part: Logit


@lru_cache(maxsize=1)
def models() -> Models:
    """Return the models, read once; benchmarks/train_strip.py writes them and says how they are made."""
    table = json.loads(files("cleaners.strip").joinpath("models.json").read_text("utf-8"))
    return Models(
        headed=_trees(table["headed"]),
        prose=_trees(table["prose"]),
        part=Logit(table["part"]["bias"], tuple(table["part"]["weights"].items())),
    )
