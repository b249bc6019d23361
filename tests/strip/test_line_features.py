"""The lines of a text and their features."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.strip.line_model.facts import line_facts
from cleaners.strip.line_model.features import FEATURES, line_features
from cleaners.strip.rows import best_runs, rows_of, window_sums
from cleaners.text import lines_of

TEXT = "Home\nNews\n\nThe old mill at Varn burned for two days, and nobody knows who lit the fire.\n\nRead also: Mill"


def _feature(text: str, name: str, headline: str | None = None) -> list[float]:
    lines = lines_of(text)
    column = line_features([(lines, line_facts(lines), headline)])[:, FEATURES.index(name)]
    return [round(float(value), 3) for value in column]


def test_blank_lines_change_no_feature() -> None:
    """A line has the same features whether blank lines stand round it or not."""
    loose, tight = lines_of(TEXT), lines_of(TEXT.replace("\n\n", "\n"))
    assert (
        line_features([(loose, line_facts(loose), None)]) == line_features([(tight, line_facts(tight), None)])
    ).all()


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_text_has_finite_features(lines: list[str]) -> None:
    """Whatever the characters, the table has its shape and no gap."""
    split = lines_of("\n".join(lines))
    if split:
        table = line_features([(split, line_facts(split), None)])
        assert table.shape == (len(split), len(FEATURES))
        assert np.isfinite(table).all()


def test_function_words_of_any_language_count() -> None:
    """Prose has function words in every language, a menu has none."""
    shares = _feature(
        "Le maire de la ville\nDer Rat der Stadt\nEl barco de la isla\nBooks Garden Travel", "function_share"
    )
    assert min(shares[:3]) >= 0.5
    assert shares[3] == 0


def test_a_line_like_the_headline_is_known() -> None:
    """The share of the headline a line repeats is a feature."""
    assert _feature(TEXT + "\nMill fire at Varn", "headline_cover", "Mill fire at Varn")[-1] == 1


def test_without_a_headline_the_first_line_stands_for_it() -> None:
    """Where no headline is known, likeness is to the first line."""
    assert _feature("Fire at the mill\nMenu\nFire at the mill", "headline_cover")[2] == 1


def test_repeated_lines_are_counted_with_other_digits() -> None:
    """Two lines that differ in digits alone repeat each other."""
    assert _feature("12 shares\nA word\n845 shares", "repeats") == [1, 0, 1]


def test_cue_words_count_by_class() -> None:
    """A cue word counts for its class alone."""
    assert _feature("Newsletter\nTeilen", "cue_subscribe") == [1, 0]
    assert _feature("Newsletter\nTeilen", "cue_share") == [0, 1]


@pytest.mark.parametrize(("name", "expected"), [("since_dense", [60, 60, 60, 1]), ("until_dense", [2, 1, 60, 60])])
def test_distance_to_paragraphs(name: str, expected: list[float]) -> None:
    """A line knows how far the last paragraph is behind it and the next ahead."""
    assert _feature(TEXT, name) == expected


def test_windows_end_with_the_text() -> None:
    """A window sums the lines of its text that there are, and not the line itself."""
    sums = window_sums(np.array([[1.0], [2.0], [4.0], [8.0]]), rows_of([3, 1]), [2])
    assert sums[:, 0].tolist() == [0, 1, 3, 0]
    assert sums[:, 1].tolist() == [6, 4, 0, 0]


def test_best_run_is_the_greatest_sum() -> None:
    """The run takes in what pays for the gap in it, and ends with its text."""
    first, last = best_runs(np.array([-1.0, 5.0, -2.0, 4.0, -9.0, 3.0, 7.0]), rows_of([6, 1]))
    assert first.tolist() == [1] * 6 + [6]
    assert last.tolist() == [3] * 6 + [6]


def test_a_text_has_the_features_it_has_alone() -> None:
    """Measured beside others, a text has the same features to the last bit."""
    texts = [TEXT, "A line alone", "\n".join([TEXT, "Share this: 12", "By Ana Orlin"] * 3)]
    articles = [(lines, line_facts(lines), None) for lines in map(lines_of, texts)]
    together = line_features(articles)
    alone = np.concatenate([line_features([one]) for one in articles])
    assert np.array_equal(together, alone)
