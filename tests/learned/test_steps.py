"""Additive models: steps of each feature, added up."""

import math

import pytest

from cleaners.learned.steps import additive_of

MODEL = additive_of({"start": -1.0, "steps": [([0.5, 2.0], [0.0, 1.5, 4.0]), ([], [0.0])]})


@pytest.mark.parametrize(("value", "log_odds"), [(-9.0, -1.0), (0.5, -1.0), (0.6, 0.5), (2.0, 0.5), (2.1, 3.0)])
def test_a_step_is_taken_beyond_its_bound(value: float, log_odds: float) -> None:
    """A value at a bound is still below it, as in the trees that the steps are made of."""
    assert MODEL.log_odds((value, 7.0)) == log_odds


def test_probability_is_that_of_the_log_odds() -> None:
    """Log odds of three are twenty to one."""
    assert MODEL.probability((3.0, 0.0)) == pytest.approx(math.exp(3) / (1 + math.exp(3)))


def test_every_feature_has_a_value() -> None:
    """A value too few is an error and no zero."""
    with pytest.raises(ValueError, match="longer"):
        MODEL.log_odds((1.0,))
