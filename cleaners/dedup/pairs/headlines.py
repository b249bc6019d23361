"""What two headlines have in common."""

from functools import lru_cache

from cleaners.dedup.tokens.words import fold_letters
from cleaners.records import find_words

# Only this many letters of a word are compared, since endings differ from headline to headline.
STEM = 5
# Shorter words are articles and prepositions in most languages, unless they are names in capitals.
SHORTEST = 4


@lru_cache(maxsize=1 << 16)
def stems(headline: str | None) -> frozenset[str]:
    """Return the stems of a headline's words, or its letters in scripts written without spaces."""
    return frozenset(
        fold_letters(word)[:STEM]
        for word in find_words(headline or "")
        if len(word) >= SHORTEST or word.isupper() or word.isdecimal() or not word.isascii()
    )


def share_of_stems(left: str | None, right: str | None) -> float | None:
    """Return the share of the shorter headline's stems that the other has; None if a headline is missing."""
    ours, theirs = stems(left), stems(right)
    if not ours or not theirs:
        return None
    return len(ours & theirs) / min(len(ours), len(theirs))
