"""What two headlines have in common."""

from functools import lru_cache

from cleaners.dedup.tokens.words import fold_letters
from cleaners.records import find_words

# Letters of a word that are compared: endings differ from headline to headline.
STEM = 5
# Words of fewer letters are articles and prepositions in most languages, but for names in capitals.
SHORTEST = 4


@lru_cache(maxsize=1 << 16)
def stems(headline: str | None) -> frozenset[str]:
    """Return the beginnings of a headline's words; of scripts written without spaces its letters."""
    return frozenset(
        fold_letters(word)[:STEM]
        for word in find_words(headline or "")
        if len(word) >= SHORTEST or word.isupper() or word.isdecimal() or not word.isascii()
    )


def share_of_stems(left: str | None, right: str | None) -> float | None:
    """Return the share of the shorter headline's stems that stand in the other; None where a headline is missing."""
    ours, theirs = stems(left), stems(right)
    if not ours or not theirs:
        return None
    return len(ours & theirs) / min(len(ours), len(theirs))
