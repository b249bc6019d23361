"""Additive models: for each feature a table of steps, whose values add up to log odds.

It can be read with the eye: what each feature adds, and from which value on.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cleaners.learned.odds import probability


@dataclass(frozen=True, slots=True)
class Steps:
    """What a feature adds: `values[n]` where it is over the first n of the `bounds`, which rise."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Additive:
    """The log odds that everything starts from, and the steps of each feature in order."""

    start: float
    steps: tuple[Steps, ...]

    def log_odds(self, features: Iterable[float]) -> float:
        """Return the log odds of what has these features."""
        return self.start + sum(
            steps.values[bisect_left(steps.bounds, value)] for value, steps in zip(features, self.steps, strict=True)
        )

    def probability(self, features: Iterable[float]) -> float:
        """Return the probability of what has these features."""
        return probability(self.log_odds(features))


def additive_of(data: Mapping[str, Any]) -> Additive:
    """Return the additive model of a model's file."""
    return Additive(data["start"], tuple(Steps(tuple(bounds), tuple(values)) for bounds, values in data["steps"]))
