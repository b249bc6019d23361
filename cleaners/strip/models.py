"""The small learned models of this stage: numbers from models.json, nothing else at run time."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
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

    A split is [feature, threshold, node up to it, node above it]; a leaf is a number.
    """

    bias: float
    trees: tuple[Any, ...]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability the model gives to these features."""
        total = self.bias
        for node in self.trees:
            while node.__class__ is list:
                node = node[2] if features[node[0]] <= node[1] else node[3]
            total += node
        return _probability(total)


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
        headed=Trees(table["headed"]["bias"], tuple(table["headed"]["trees"])),
        prose=Trees(table["prose"]["bias"], tuple(table["prose"]["trees"])),
        part=Logit(table["part"]["bias"], tuple(table["part"]["weights"].items())),
    )
