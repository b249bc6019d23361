"""What two texts share and where they differ, for people."""

from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Levenshtein

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.facts import ALIGNED_WORDS, Facts, compare_facts
from cleaners.dedup.pairs.reading import read_texts
from cleaners.dedup.pairs.verdicts import Known, Overlap, Verdict, judge, likeness
from cleaners.dedup.tokens.words import words_sha256


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that stands in both texts, or only in one of them."""

    where: Literal["both", "left", "right"]
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Two texts compared: the segments in reading order, and every number a verdict can rest on.

    The numbers cover the whole texts. A run leaves out what other stories of the site carry too, so its own may differ.
    """

    segments: tuple[Segment, ...]
    overlap: Overlap
    ratio: float
    facts: Facts
    verdict: Verdict


def explain_pair(left_text: str, right_text: str, *, config: DedupConfig) -> Explanation:
    """Compare two texts word by word (the first 3,000 of each) and by every measure of the stage."""
    left, right = read_texts([left_text, right_text], config=config)
    segments: list[Segment] = []
    for step in Levenshtein.opcodes(left.words[:ALIGNED_WORDS].tolist(), right.words[:ALIGNED_WORDS].tolist()):
        if step.src_end > step.src_start:
            text = left_text[left.first[step.src_start] : left.last[step.src_end - 1]]
            segments.append(Segment("both" if step.tag == "equal" else "left", text))
        if step.tag != "equal" and step.dest_end > step.dest_start:
            text = right_text[right.first[step.dest_start] : right.last[step.dest_end - 1]]
            segments.append(Segment("right", text))
    judged = judge(left, right, Known(), config=config)
    overlap = judged.overlap
    small, large = (left, right) if overlap.containment_left >= overlap.containment_right else (right, left)
    return Explanation(
        segments=tuple(segments),
        overlap=overlap,
        ratio=likeness(small, large, config=config),
        facts=compare_facts(left, right),
        verdict="exact" if words_sha256(left_text) == words_sha256(right_text) else judged.verdict,
    )
