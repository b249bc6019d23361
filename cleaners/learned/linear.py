"""Weighted sums of features: the smallest of the learned models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cleaners.learned.odds import probability


@dataclass(frozen=True, slots=True)
class Linear:
    """A bias, and a weight for each feature in order."""

    bias: float
    weights: tuple[float, ...]

    def score(self, features: Iterable[float]) -> float:
        """Return the weighted sum of the features, which may be 0, 1 or True as well."""
        return self.bias + sum(value * weight for value, weight in zip(features, self.weights, strict=True))

    def probability(self, features: Iterable[float]) -> float:
        """Return the probability that the sum stands for in a logistic model."""
        return probability(self.score(features))


def linear_of(data: Mapping[str, Any]) -> Linear:
    """Return the weighted sum of a model's file."""
    return Linear(data["bias"], tuple(data["weights"]))
