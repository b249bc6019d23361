"""What a line, a paragraph and a sentence are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.text import ends_sentence, lines_of, longest_sentence, sentences_of


def _sentences(line: str) -> list[str]:
    return [line[start:end].strip() for start, end in sentences_of(line)]


@settings(deadline=None)
@given(st.text(alphabet="ab \n\t", max_size=60))
def test_lines_hold_all_but_white_space(text: str) -> None:
    """Every character that is no white space belongs to one line, in order."""
    lines = lines_of(text)
    assert [text[line.start : line.end] for line in lines] == [line.text for line in lines]
    assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())


def test_blank_lines_mean_nothing() -> None:
    """The lines of a text are the same with blank lines between them and without."""
    loose, tight = lines_of("One.\n\n\nTwo.\n \nThree."), lines_of("One.\nTwo.\nThree.")
    assert [line.text for line in loose] == [line.text for line in tight]


@settings(deadline=None)
@given(st.text(alphabet="aB .!?\u201d\u3002", max_size=60))
def test_sentences_tile_the_line(line: str) -> None:
    """Every character of a line belongs to one sentence."""
    spans = sentences_of(line)
    assert "".join(line[start:end] for start, end in spans) == line


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("The quay is shut. Nobody came!", ["The quay is shut.", "Nobody came!"]),
        ("\u201cWhy?\u201d she asked. Then she left.", ["\u201cWhy?\u201d she asked.", "Then she left."]),
        (
            "House Speaker Ada B. Brandt spoke. So did Mr. Voss.",
            ["House Speaker Ada B. Brandt spoke.", "So did Mr. Voss."],
        ),
        ("It ends at 5 p.m. on Monday.", ["It ends at 5 p.m. on Monday."]),
        ("\u6865\u5173\u4e86\u3002\u8239\u6765\u4e86\uff01", ["\u6865\u5173\u4e86\u3002", "\u8239\u6765\u4e86\uff01"]),
        ("A headline without a stop", ["A headline without a stop"]),
    ],
)
def test_where_sentences_end(line: str, sentences: list[str]) -> None:
    """A stop ends a sentence, unless it belongs to an initial or an abbreviation."""
    assert _sentences(line) == sentences


@pytest.mark.parametrize(
    ("line", "ended"), [("It is over.", True), ("\u201cIt is over.\u201d", True), ("Over)", False), ("", False)]
)
def test_which_lines_end_like_a_sentence(line: str, ended: bool) -> None:
    """Closing quotes and brackets may follow the stop."""
    assert ends_sentence(line) is ended


def test_the_longest_finished_sentence_counts() -> None:
    """What has no stop is no finished sentence, however long it is."""
    assert longest_sentence("One two three. One two. One two three four five six") == 3
