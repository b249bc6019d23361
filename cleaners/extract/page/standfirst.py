"""Standfirsts: lines between headline and text that the block model doubts, though they are the article's.

Measured on 2,063 marked pages, each judged by a model that had seen no page of its publisher.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.page.blocks import PageBlocks
from cleaners.extract.page.features import LINKED
from cleaners.extract.page.words import PARAGRAPH_WORDS, count_words
from cleaners.extract.page_words import name_groups

# From this chance on 17 of 25 standfirsts on unseen news pages were the article's.
_STANDFIRST = 0.12
_STANDFIRST_WORDS = 6
# A standfirst is among the blocks right above the first paragraph.
_ABOVE = 4
# Keeping blocks in an element named for a standfirst made 11 pages right to the word and 3 wrong.
_LEAD_WORDS = 4
_LEAD_ABOVE = 6
# On news pages a line whose own element is so named, or the line right below the headline. The first adds 21 lines;
# read, 19 are standfirsts, though their markers kept 13. The second adds 14; read, all are, and markers kept 10.
_NAMED, _BELOW = 0.05, 0.1
_NEWS_ABOVE = 15
_LEAD_BIT = 1 << name_groups().index("lead")
_BELOW_TAGS = frozenset({"p", "h2", "h3", "h4", "h5"})
# A line of figures is a date, and a line like the title a copy of the headline.
_DIGITS, _LIKE_TITLE = 0.15, 0.5


def with_standfirst(page: PageBlocks, chance: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return the chances with that of a standfirst raised to `limit`."""
    features, tags = page.features, page.tags
    body = np.flatnonzero((chance >= limit) & (count_words(features) >= PARAGRAPH_WORDS))
    if len(body) == 0:
        return chance
    first = int(body[0])
    line = _is_line_of_prose(features)
    stands = (is_standfirst(features, first) | (line & _is_named_lead(features, first))) & (chance >= _STANDFIRST)
    headings = [at for at, tag in enumerate(tags[:first]) if tag == "h1"]
    if headings and page.is_news:
        below = headings[-1] + 1
        for at in range(max(first - _NEWS_ABOVE, below), first):
            named = page.elements.own[page.blocks[at].element] & _LEAD_BIT and chance[at] >= _NAMED
            stands[at] |= line[at] and bool(named)
        if below >= first - _NEWS_ABOVE and line[below] and chance[below] >= _BELOW:
            stands[below] |= _is_no_copy(features, below) and tags[below] in _BELOW_TAGS
    return np.where(stands, np.maximum(chance, limit), chance)


def is_standfirst(features: Mapping[str, NDArray[np.float32]], first: int) -> NDArray[np.bool_]:
    """Tell which blocks are the page's own description between headline and text, whose first block is `first`."""
    stands: NDArray[np.bool_] = (features["is_description"] > 0) & (features["after_title"] == 1)
    stands &= (features["linked"] <= LINKED) & (count_words(features) >= _STANDFIRST_WORDS)
    stands[: max(0, first - _ABOVE)] = stands[first:] = False
    return stands


def _is_named_lead(features: Mapping[str, NDArray[np.float32]], first: int) -> NDArray[np.bool_]:
    """Tell which blocks between headline and text stand in an element named for a standfirst."""
    named: NDArray[np.bool_] = (features["near_lead"] > 0) & (features["after_title"] > 0)
    named[: max(0, first - _LEAD_ABOVE)] = named[first:] = False
    return named


def _is_line_of_prose(features: Mapping[str, NDArray[np.float32]]) -> NDArray[np.bool_]:
    """Tell which blocks may be a standfirst by their words: no byline, caption or date, and no links."""
    line: NDArray[np.bool_] = (features["linked"] <= LINKED) & (count_words(features) >= _LEAD_WORDS)
    for other in ("near_author", "near_caption", "near_time"):
        line &= features[other] == 0
    return line


def _is_no_copy(features: Mapping[str, NDArray[np.float32]], at: int) -> bool:
    """Tell whether a line is neither a date, nor like the headline, nor the caption of a picture, nor twice there."""
    alike = features["like_title"][at] > _LIKE_TITLE or features["times"][at] > 1
    return not (alike or features["digits"][at] > _DIGITS or features["in_figure"][at])
