"""The signs by which the text of a page is thought right or not, as extraction knows them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Blocks of fewer words are hardly text; one with a fiftieth of the words makes an article wrong.
_SOME_WORDS = 3
_IN_FULL = 50
_LEAST_CHANCE = 0.001
# Chances of blocks that might as well have gone the other way, and how many blocks are looked at above the article.
_NEAR = (0.2, 0.8)
_ABOVE = 8

Floats = NDArray[np.float64]


class PageSigns(NamedTuple):
    """What extraction measures of a page; shares are of the words that were kept, if nothing else is said."""

    expected_wrong: float  # what is wrong, as the block model expects
    expected_missing: float  # what is missing, as it expects
    all_right: float  # the logarithm of the chance that each block was decided rightly
    least_kept: float  # the lowest chance of a block that was kept
    near_words: float  # words of blocks that might have gone either way
    gap_words: float  # what was dropped between blocks that were kept
    before_chance: float  # the highest chance of a block that was dropped right above the first
    kept_share: float  # what was kept, as a share of the page
    page_words: float  # the logarithm of the page's words


def page_signs(words: Floats, chance: Floats, kept: NDArray[np.bool_]) -> PageSigns:
    """Return the signs of a page, given of each block its words, its chance to be the article's, and its fate."""
    total = float(words[kept].sum()) or 1.0
    whole = float(words.sum())
    at = np.flatnonzero(kept)
    first, last = (int(at[0]), int(at[-1])) if len(at) else (0, 0)
    right = np.log(np.maximum(np.where(kept, chance, 1 - chance), _LEAST_CHANCE))
    near = (chance > _NEAR[0]) & (chance < _NEAR[1])
    return PageSigns(
        expected_wrong=float((words * (1 - chance))[kept].sum()) / total,
        expected_missing=float((words * chance)[~kept].sum()) / total,
        all_right=float((np.minimum(1.0, _IN_FULL * words / total) * right).sum()),
        least_kept=float(chance[kept & (words >= _SOME_WORDS)].min(initial=1.0)),
        near_words=float(words[near].sum()) / total,
        gap_words=float(words[first:last][~kept[first:last]].sum()) / total,
        before_chance=float(chance[max(0, first - _ABOVE) : first].max(initial=0.0)),
        kept_share=total / (whole or 1.0),
        page_words=math.log1p(whole),
    )
