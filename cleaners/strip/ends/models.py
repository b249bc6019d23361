"""The small learned models of this stage: numbers from models.json, nothing else at run time."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from cleaners.learned.trees import Trees, trees_of
from cleaners.strip.ends.features import FEATURES


@dataclass(frozen=True, slots=True)
class Logit:
    """A logistic model: a bias and a weight for each named feature."""

    bias: float
    weights: tuple[tuple[str, float], ...]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability the model gives to these features."""
        log_odds = self.bias + sum(weight * features[name] for name, weight in self.weights)
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, log_odds))))


@dataclass(frozen=True, slots=True)
class Models:
    """The models: of an end opened by a short line, of one opened by a paragraph, of the headline of a further part."""

    headed: Trees
    prose: Trees
    part: Logit


@lru_cache(maxsize=1)
def models() -> Models:
    """Return the models, read once; benchmarks/training/ends.py writes them and says how they are made."""
    table = json.loads(files(__package__).joinpath("models.json").read_text("utf-8"))
    return Models(
        headed=_trees(table["headed"]),
        prose=_trees(table["prose"]),
        part=Logit(table["part"]["bias"], tuple(table["part"]["weights"].items())),
    )


def _trees(table: dict[str, Any]) -> Trees:
    return trees_of([_nodes(tree) for tree in table["trees"]], table["bias"])


def _nodes(tree: Any) -> list[tuple[int, float, int, int, float]]:
    """Return the nodes of a tree: in the file a split is [feature, threshold, node up to it, node above it]."""
    if not isinstance(tree, list):
        return [(0, 0.0, 0, 0, float(tree))]
    low, high = _nodes(tree[2]), _nodes(tree[3])
    split = (FEATURES.index(tree[0]), float(tree[1]), 1, 1 + len(low), 0.0)
    return [split, *_moved(low, 1), *_moved(high, 1 + len(low))]


def _moved(nodes: list[tuple[int, float, int, int, float]], by: int) -> list[tuple[int, float, int, int, float]]:
    return [(feature, bound, low + by, high + by, value) for feature, bound, low, high, value in nodes]
