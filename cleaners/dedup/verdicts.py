"""The verdict on a pair: from its overlap, and where that is not enough from facts, letters and passages."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.facts import Facts, compare_facts, conflicting_facts
from cleaners.dedup.letters import sentence_ratio, whole_ratio
from cleaners.dedup.overlaps import Standing
from cleaners.dedup.passages import Passage, quoted_share, shared_passages
from cleaners.dedup.reading import SEED, Reading, count_shared
from cleaners.dedup.shingles import shingle
from cleaners.dedup.words import Ragged, fold, stand_in

Verdict = Literal["exact", "near", "contained", "template", "quote", "background", "below"]
ACCEPTED: tuple[Verdict, ...] = ("exact", "near", "contained")
# Shared runs shorter than this are turns of phrase.
PHRASE = 2 * SEED
# Words that may stand before the beginning of an article: a caption, a dateline, a notice.
BEFORE = 100


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on; what was not needed for it is None or empty.

    `conflict` is the share of compared facts that differ, `quoted` the share of the passages that stands in quotation
    marks.
    """

    verdict: Verdict
    ratio: float | None = None
    conflict: float | None = None
    quoted: float | None = None
    passages: tuple[Passage, ...] = ()


def likeness(small: Reading, large: Reading, *, config: DedupConfig) -> float:
    """Return how much of the smaller text stands in the larger, 0..1.

    That is by letters, sentence by sentence in any order; in longer texts by words in one order, if that is more. In a
    short one half the words of a form find counterparts by chance.
    """
    by_letters = sentence_ratio(small.text, large.text, cutoff=config.sentence_ratio_min)
    if min(len(small.words), len(large.words)) < config.order_words:
        return by_letters
    return max(by_letters, compare_facts(small, large).form)


def judge(left: Reading, right: Reading, standing: Standing, *, config: DedupConfig) -> Judgement:
    """Judge two texts that are not exact duplicates; nothing but their standing depends on other texts."""
    ratio = conflict = None
    if Standing.GREY in standing:
        if min(len(left.words), len(right.words)) < config.short_words:
            ratio = whole_ratio(fold(left.text), fold(right.text))
            stated = compare_facts(left, right)
            same = ratio >= config.short_ratio and not stated.conflicting
            return Judgement("near" if same else "below", ratio, stated.share)
        facts = conflicting_facts(left, right)
        conflict = facts.share if facts else 0.0
        if facts and _is_template(facts, config):
            return Judgement("template", None, conflict)
        small, large = (left, right) if Standing.LEFT in standing else (right, left)
        if Standing.FULL not in standing:
            ratio = likeness(small, large, config=config)
        whole = Standing.PIECE not in standing or _begins_with(large, small, config)
        if whole and (ratio is None or ratio >= config.ratio_min):
            return Judgement("contained" if Standing.PARTLY in standing else "near", ratio, conflict)
    passages = shared_passages(left, right, min_words=PHRASE)
    if not passages:
        return Judgement("below", ratio, conflict)
    quoted = quoted_share(left.text, right.text, passages)
    verdict: Verdict = "quote" if quoted >= config.quoted_min else "background"
    return Judgement(verdict, ratio, conflict, quoted, passages)


def _begins_with(large: Reading, small: Reading, config: DedupConfig) -> bool:
    """Whether half or more of what two texts share stands at the beginning of the larger one."""
    words = large.words[: len(small.words) + BEFORE]
    beginning = shingle(Ragged(words, np.array([0, len(words)])), config.shingle_words).values
    return 2 * int(stand_in(np.sort(beginning), small.shingles).sum()) >= count_shared(large, small)


def _is_template(facts: Facts, config: DedupConfig) -> bool:
    """Whether two texts have one form and other facts: numbers and names differ in otherwise equal sentences."""
    return (
        facts.conflicting >= config.conflict_facts
        and facts.share >= config.conflict_share
        and facts.form >= config.form_min
    )
