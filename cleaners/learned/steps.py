"""Additive models: each feature has a table of steps, and the values of all features add up to log odds.

People can read such a model: what each feature adds, and from which value on.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cleaners.learned.odds import probability


@dataclass(frozen=True, slots=True)
class Steps:
    """What a feature adds: `values[n]` if it exceeds just the first n of the ascending `bounds`."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Additive:
    """The log odds to start from, and the steps of each feature, in order."""

    start: float
    steps: tuple[Steps, ...]

    def log_odds(self, features: Iterable[float]) -> float:
        """Return the log odds of a row of features."""
        return self.start + sum(
            steps.values[bisect_left(steps.bounds, value)] for value, steps in zip(features, self.steps, strict=True)
        )

    def probability(self, features: Iterable[float]) -> float:
        """Return the probability of a row of features."""
        return probability(self.log_odds(features))


def additive_of(data: Mapping[str, Any]) -> Additive:
    """Return the additive model that a model's file holds."""
    return Additive(data["start"], tuple(Steps(tuple(bounds), tuple(values)) for bounds, values in data["steps"]))
