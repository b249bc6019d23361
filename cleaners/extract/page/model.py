"""The page model: its file is data, its arithmetic stands in `cleaners.learned.trees`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.learned import trees
from cleaners.learned.trees import Trees, trees_of


@dataclass(frozen=True, slots=True)
class PageModel:
    """Boosted trees and the names of the features they look at, in the order of their columns."""

    names: tuple[str, ...]
    trees: Trees


@cache
def load_model(name: str) -> PageModel:
    """Load the model of that file name from this package."""
    return model_of(json.loads((files(__package__) / name).read_text(encoding="utf-8")))


def model_of(data: Mapping[str, Any]) -> PageModel:
    """Return a model as its file has it."""
    return PageModel(tuple(data["features"]), trees_of([_nodes(tree) for tree in data["trees"]], data["start"]))


def predict(model: PageModel, columns: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return the model's probability for every row of the named columns."""
    return trees.predict(model.trees, np.column_stack([columns[name] for name in model.names]))


def _nodes(tree: Mapping[str, Any]) -> list[tuple[int, float, int, int, float]]:
    """Return the nodes of a tree, their thresholds rounded as the features are: a value at one goes as trained."""
    thresholds, values = (np.array(tree[name], dtype=np.float32).tolist() for name in ("threshold", "value"))
    return list(zip(tree["feature"], thresholds, tree["left"], tree["right"], values, strict=True))
