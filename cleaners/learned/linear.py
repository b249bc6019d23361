"""Weighted sums of features: the smallest of the learned models."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import mul
from typing import Any


@dataclass(frozen=True, slots=True)
class Linear:
    """A bias, and a weight for each feature in order."""

    bias: float
    weights: tuple[float, ...]

    def score(self, features: Iterable[float]) -> float:
        """Return the weighted sum of the features, which may be 0, 1 or True as well."""
        total: float = self.bias + sum(map(mul, features, self.weights))
        return total

    def probability(self, features: Iterable[float]) -> float:
        """Return the probability that the sum stands for in a logistic model."""
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, self.score(features)))))


def linear_of(data: Mapping[str, Any]) -> Linear:
    """Return the weighted sum of a model's file."""
    return Linear(data["bias"], tuple(data["weights"]))
