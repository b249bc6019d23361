"""Probabilities and log odds."""

import math

import numpy as np
import pytest

from cleaners.learned.linear import Linear
from cleaners.learned.odds import log_odds, probabilities, probability, sigmoid


@pytest.mark.parametrize("chance", [0.0001, 0.3, 0.5, 0.999])
def test_log_odds_are_what_a_probability_is_made_of(chance: float) -> None:
    """One leads back to the other."""
    assert probability(log_odds(chance)) == pytest.approx(chance)


def test_many_are_reckoned_as_one_is() -> None:
    """Arrays in either precision give the same probabilities, and none overflows."""
    odds = [-1e6, -3.0, 0.0, 0.5, 1e6]
    one_by_one = [probability(each) for each in odds]
    assert one_by_one == pytest.approx([0, 1 / (1 + math.exp(3)), 0.5, 1 / (1 + math.exp(-0.5)), 1])
    assert probabilities(np.array(odds)).tolist() == pytest.approx(one_by_one)
    assert sigmoid(np.array(odds, dtype=np.float32)).tolist() == pytest.approx(one_by_one, abs=1e-7)


def test_a_weighted_sum_needs_every_feature() -> None:
    """A value too few is an error and no zero."""
    with pytest.raises(ValueError, match="longer"):
        Linear(0.5, (1.0, -2.0)).score([3.0])
