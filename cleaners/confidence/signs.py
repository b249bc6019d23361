"""The signs by which a text that has been cleaned is thought right or not.

Each is a number that stripping knows anyway; which way it speaks, and how loud, is learned. Those of the page that a
text was found on are in `cleaners.extract.page.signs`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cleaners.records import Article, Cleaned, Removal
from cleaners.strip.finders.furniture import PLACES
from cleaners.text import Line, lines_of

# A line of at least this many words that is no sentence reads like a headline or a caption; a subheading is shorter.
_HEADLINE_WORDS = 7
_QUOTES = '"”’»'


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
    by_model = [cut for cut in cleaned.removals if cut.rule in PLACES]
    by_wording = [cut for cut in cleaned.removals if cut.rule not in PLACES and cut.reason not in ("appended", "edge")]
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
