"""Conversion between probabilities and log odds."""

import math

import numpy as np
from numpy.typing import NDArray

# Beyond this a probability is as good as 0 or 1; `exp` overflows at 710, and in single precision at 88.
_FARTHEST = 40.0
_FARTHEST_LOGIT = np.float32(30)


def log_odds(probability: float) -> float:
    """Return the log odds of a probability, which must be neither 0 nor 1."""
    return math.log(probability / (1 - probability))


def probability(odds: float) -> float:
    """Return the probability of log odds."""
    return 1.0 / (1.0 + math.exp(-max(-_FARTHEST, min(_FARTHEST, odds))))


def probabilities(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of log odds."""
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(odds, -_FARTHEST, _FARTHEST)))
    return found


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities of a network's logits, in the network's single precision.

    The last bits differ from those of `probabilities`, and published scores have these.
    """
    odds: NDArray[np.float32] = np.exp(np.minimum(np.maximum(logits, -_FARTHEST_LOGIT), _FARTHEST_LOGIT))
    return odds / (1 + odds)
