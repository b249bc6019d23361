"""The verdict on a pair: from its overlap, and where that is not enough from its letters, facts and passages."""

from typing import Literal

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.facts import Facts, compare_facts
from cleaners.dedup.letters import sentence_ratio, whole_ratio
from cleaners.dedup.passages import SEED, quoted_share, read_offsets, shared_passages
from cleaners.dedup.words import fold

Verdict = Literal["exact", "near", "contained", "template", "quote", "background", "below"]
ACCEPTED: tuple[Verdict, ...] = ("exact", "near", "contained")


def judge(
    left: str, right: str, containment_left: float, containment_right: float, *, short: bool, config: DedupConfig
) -> tuple[Verdict, float | None]:
    """Return the verdict on two texts that are not exact duplicates, and the ratio of letters where it was needed."""
    contained = max(containment_left, containment_right)
    if short:
        ratio = whole_ratio(fold(left), fold(right)) if contained >= config.grey_min else None
        same = ratio is not None and ratio >= config.short_ratio and not compare_facts(left, right).conflicting
        return ("near" if same else "below"), ratio
    if contained < config.grey_min:
        return _shared_part(left, right), None
    if _one_template(compare_facts(left, right), config):
        return "template", None
    ratio = None
    if contained < config.contained_min:
        small, large = (left, right) if containment_left >= containment_right else (right, left)
        ratio = sentence_ratio(small, large, cutoff=config.sentence_ratio_min)
        if ratio < config.ratio_min:
            return _shared_part(left, right), ratio
    smaller = min(containment_left, containment_right) < config.size_min * contained
    return ("contained" if smaller else "near"), ratio


def _one_template(facts: Facts, config: DedupConfig) -> bool:
    return (
        facts.conflicting >= config.conflict_facts
        and facts.share >= config.conflict_share
        and facts.form >= config.form_min
    )


def _shared_part(left: str, right: str) -> Verdict:
    """Name what two different articles share: a quotation, background, or nothing worth a name."""
    vocabulary: dict[str, int] = {}
    found = shared_passages(read_offsets(left, vocabulary), read_offsets(right, vocabulary), min_words=2 * SEED)
    if not found:
        return "below"
    in_left = quoted_share(left, [(p.left_start, p.left_end) for p in found])
    in_right = quoted_share(right, [(p.right_start, p.right_end) for p in found])
    return "quote" if max(in_left, in_right) >= 0.5 else "background"
