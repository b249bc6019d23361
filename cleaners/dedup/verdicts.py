"""The verdict on a pair: from its overlap, and where that is not enough from facts, letters and passages."""

from dataclasses import dataclass
from typing import Literal

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.facts import Facts, compare_facts, conflicting_facts
from cleaners.dedup.letters import sentence_ratio, whole_ratio
from cleaners.dedup.overlaps import Standing
from cleaners.dedup.passages import SEED, Passage, quoted_share, shared_passages
from cleaners.dedup.reading import Reading
from cleaners.dedup.words import fold

Verdict = Literal["exact", "near", "contained", "template", "quote", "background", "below"]
ACCEPTED: tuple[Verdict, ...] = ("exact", "near", "contained")
# Shared runs shorter than this are turns of phrase.
PHRASE = 2 * SEED


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
        if Standing.FULL not in standing:
            small, large = (left, right) if Standing.LEFT in standing else (right, left)
            ratio = likeness(small, large, config=config)
        if ratio is None or ratio >= config.ratio_min:
            return Judgement("contained" if Standing.PARTLY in standing else "near", ratio, conflict)
    passages = shared_passages(left, right, min_words=PHRASE)
    if not passages:
        return Judgement("below", ratio, conflict)
    quoted = quoted_share(left.text, right.text, passages)
    verdict: Verdict = "quote" if quoted >= config.quoted_min else "background"
    return Judgement(verdict, ratio, conflict, quoted, passages)


def _is_template(facts: Facts, config: DedupConfig) -> bool:
    """Whether two texts have one form and other facts: numbers and names differ in otherwise equal sentences."""
    return (
        facts.conflicting >= config.conflict_facts
        and facts.share >= config.conflict_share
        and facts.form >= config.form_min
    )
