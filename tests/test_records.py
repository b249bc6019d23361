"""What all stages share: the words of a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.records import WORD, find_words


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("aZ9_ .,'-’“”–—…\t\x1f\xa0éß中ก€"), st.characters()), max_size=60))
def test_words_are_those_of_the_expression(text: str) -> None:
    """The short way through plain text finds the very words that the expression does."""
    assert find_words(text) == WORD.findall(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("पुल की मरम्मत होगी", ["पुल", "की", "मरम्मत", "होगी"]),
        ("সেতু মেরামত হবে", ["সেতু", "মেরামত", "হবে"]),
        ("cafe\u0301 ouvert", ["cafe\u0301", "ouvert"]),
        ("جِسْرٌ قَدِيم", ["جِسْرٌ", "قَدِيم"]),
    ],
    ids=["Hindi", "Bengali", "accent", "Arabic"],
)
def test_the_marks_of_letters_part_no_word(text: str, words: list[str]) -> None:
    """Vowel signs, points and accents that are characters of their own belong to the word."""
    assert find_words(text) == words
