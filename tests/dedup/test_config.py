"""Tests of the stage's settings."""

import pytest
from pydantic import ValidationError

from cleaners.dedup import FINGERPRINT_SETTINGS, DedupConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"permutations": 126}, "must be a multiple of band_rows"),
        ({"grey_min": 0.8}, "must not be above contained_min"),
        ({"shingle_length": 3}, "Extra inputs"),
        ({"ratio_min": 1.5}, "less than or equal to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float], message: str) -> None:
    """Settings out of range, unknown, or at odds with each other end in a message that says so."""
    with pytest.raises(ValidationError, match=message):
        DedupConfig(**settings)


def test_fingerprint_settings_are_settings() -> None:
    """The settings named as those that shape fingerprints exist."""
    assert set(FINGERPRINT_SETTINGS) < set(DedupConfig.model_fields)
