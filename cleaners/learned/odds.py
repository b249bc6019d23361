"""Probabilities and log odds: what each is of the other."""

import math

import numpy as np
from numpy.typing import NDArray

# Beyond them a probability is as good as 0 or 1, and `exp` overflows at 710, in single precision at 88.
_FARTHEST = 40.0
_FARTHEST_LOGIT = np.float32(30)


def log_odds(probability: float) -> float:
    """Return the log odds of a probability that is neither 0 nor 1."""
    return math.log(probability / (1 - probability))


def probability(odds: float) -> float:
    """Return the probability that log odds stand for."""
    return 1.0 / (1.0 + math.exp(-max(-_FARTHEST, min(_FARTHEST, odds))))


def probabilities(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities that log odds stand for."""
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(odds, -_FARTHEST, _FARTHEST)))
    return found


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities that logits of networks stand for, in single precision as the networks are.

    Its last bits differ from those of `probabilities`; scores have been published with them.
    """
    odds: NDArray[np.float32] = np.exp(np.minimum(np.maximum(logits, -_FARTHEST_LOGIT), _FARTHEST_LOGIT))
    return odds / (1 + odds)
