"""The signs by which a text is thought right or not: of the page that it was found on, and of what was cut from it.

Each is a number that extraction or stripping knows anyway; which way it speaks, and how loud, is learned.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.records import Article, Cleaned, Removal
from cleaners.text import Line, lines_of

# The rules that cut what the line model takes for furniture.
_MODEL_RULES = frozenset(["before_body", "after_body", "inside_body"])
# A line of so many words that is no sentence reads as a headline or a caption does; a subheading is shorter.
_HEADLINE_WORDS = 7
_QUOTES = '"”’»'
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


class TextSigns(NamedTuple):
    """What is measured of a text that has been cleaned; shares are of what is left of it."""

    words: float  # their logarithm
    page_cut: float  # what the line model cut, as a share of the whole text
    page_doubt: float  # what it cut, weighed by how unsure it was
    worded_cut: float  # what rules of wording and repeated lines cut
    least_score: float  # the lowest score of such a cut, 1 where there is none
    unsure_share: float  # the longest claim that was not cut
    unsure_score: float  # the highest score of one, 0 where there is none
    brief_share: float  # words in short lines that are no sentences
    headline_share: float  # words in those of them that are as long as headlines
    above: float  # words above the first paragraph
    untitled: float  # no headline was found


def text_signs(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> TextSigns:
    """Return the signs of a text that was cut by these claims."""
    lines = lines_of(cleaned.text)
    words = sum(line.words for line in lines) or 1
    length = len(cleaned.text) or 1
    by_model = [cut for cut in cleaned.removals if cut.rule in _MODEL_RULES]
    by_wording = [
        cut for cut in cleaned.removals if cut.rule not in _MODEL_RULES and cut.reason not in ("appended", "edge")
    ]
    unsure = [claim for claim in claims if claim.reason == "unsure"]
    above = 0
    for line in lines:
        if line.prose:
            break
        above += line.words
    return TextSigns(
        words=math.log1p(words),
        page_cut=_size(by_model) / (len(article.text) or 1),
        page_doubt=sum((cut.end - cut.start) * (1 - cut.score) for cut in by_model) / length,
        worded_cut=_size(by_wording) / length,
        least_score=min((cut.score for cut in by_wording), default=1.0),
        unsure_share=max((claim.end - claim.start for claim in unsure), default=0) / length,
        unsure_score=max((claim.score for claim in unsure), default=0.0),
        brief_share=sum(line.words for line in lines if line.brief) / words,
        headline_share=sum(line.words for line in lines if _reads_as_headline(line)) / words,
        above=above / words,
        untitled=float(article.title is None),
    )


def _size(removals: Sequence[Removal]) -> int:
    return sum(removal.end - removal.start for removal in removals)


def _reads_as_headline(line: Line) -> bool:
    return line.brief and line.words >= _HEADLINE_WORDS and not line.open and line.text[-1] not in _QUOTES
