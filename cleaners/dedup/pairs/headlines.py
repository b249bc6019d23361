"""What two headlines have in common."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import fsum, log

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


def weigh_stems(headlines: Iterable[str | None]) -> dict[str, float]:
    """Weigh each stem of some headlines by how rare it is: log(1 + N/n), if n of the N different headlines have it.

    This is the inverse document frequency, which keeps a little weight for a stem that all have.
    """
    different = {stems(headline) for headline in headlines}
    counts = Counter(stem for headline in different for stem in headline)
    return {stem: log(1 + len(different) / count) for stem, count in counts.items()}


def share_of_weights(left: str | None, right: str | None, weights: Mapping[str, float]) -> float | None:
    """Return what `share_of_stems` does, with each stem counted by its weight.

    Headlines made from a form share most of their stems, but not the rare ones.
    """
    ours, theirs = stems(left), stems(right)
    if not ours or not theirs:
        return None
    shared, *wholes = (fsum(weights[stem] for stem in part) for part in (ours & theirs, ours, theirs))
    return shared / min(wholes)
