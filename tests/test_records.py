"""What all stages share: the words of a text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.records import WORD, find_words


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("aZ9_ .,'-’“”–—…\t\x1f\xa0éß中ก€"), st.characters()), max_size=60))
def test_words_are_those_of_the_expression(text: str) -> None:
    """The short way through plain text finds the very words that the expression does."""
    assert find_words(text) == WORD.findall(text)
