"""The signs that tell whether a cleaned text is right.

Stripping knows each of these numbers anyway; training decides what each says and how much it weighs. The signs of the
page on which a text was found are in `cleaners.extract.page.signs`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cleaners.records import Article, Cleaned, Removal
from cleaners.strip.finders.furniture import PLACES
from cleaners.text import Line, lines_of

# A line of at least this many words that is not a sentence reads like a headline or a caption. Subheadings are shorter.
_HEADLINE_WORDS = 7
_QUOTES = '"”’»'


class TextSigns(NamedTuple):
    """The measures of a cleaned text; shares are of what is left of it unless said otherwise."""

    words: float  # logarithm of their number
    page_cut: float  # what the line model cut, as a share of the whole text
    page_doubt: float  # what it cut, weighed by how unsure it was
    worded_cut: float  # what the rules on wording and on repeated lines cut
    least_score: float  # the lowest score of such a cut, 1 without any
    unsure_share: float  # the longest claim that was not cut
    unsure_score: float  # the highest score of such a claim, 0 without any
    brief_share: float  # words in short lines that are not sentences
    headline_share: float  # words in those of these lines that are as long as headlines
    above: float  # words above the first paragraph
    untitled: float  # 1 if no headline was found


def text_signs(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> TextSigns:
    """Measure the signs of a text from which these claims were cut."""
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
