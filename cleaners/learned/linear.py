"""Weighted sums of features, the smallest kind of learned model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cleaners.learned.odds import probability


@dataclass(frozen=True, slots=True)
class Linear:
    """A bias, and a weight for each feature, in order."""

    bias: float
    weights: tuple[float, ...]

    def score(self, features: Iterable[float]) -> float:
        """Return the weighted sum of the features; booleans count as 0 and 1."""
        return self.bias + sum(value * weight for value, weight in zip(features, self.weights, strict=True))

    def probability(self, features: Iterable[float]) -> float:
        """Return the probability that a logistic model gives: the sum counts as log odds."""
        return probability(self.score(features))


def linear_of(data: Mapping[str, Any]) -> Linear:
    """Return the weighted sum that a model's file holds."""
    return Linear(data["bias"], tuple(data["weights"]))
