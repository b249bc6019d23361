"""What two texts share and where they differ, for people."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz.distance import Levenshtein

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.facts import WORDS, Facts, compare_facts
from cleaners.dedup.letters import sentence_ratio
from cleaners.dedup.overlap import measure_overlap
from cleaners.dedup.passages import read_offsets
from cleaners.dedup.shingles import shingle_sets
from cleaners.dedup.verdicts import Verdict, judge
from cleaners.dedup.weights import Weights
from cleaners.dedup.words import content_sha256


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that stands in both texts, or in one of them alone."""

    where: Literal["both", "left", "right"]
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Two texts compared: the segments in reading order, and every number a verdict can rest on.

    The numbers count every shingle in full; in a run, shingles common in the corpus count less.
    """

    segments: tuple[Segment, ...]
    jaccard: float
    containment_left: float
    containment_right: float
    ratio: float
    facts: Facts
    verdict: Verdict


def explain_pair(left_text: str, right_text: str, *, config: DedupConfig) -> Explanation:
    """Compare two texts word by word (the first 3,000 of each) and by every measure of the stage."""
    sets = shingle_sets([left_text, right_text], config.shingle_words)
    none = Weights(np.empty(0, np.uint64), np.empty(0))
    overlap = measure_overlap(np.array([0]), np.array([1]), sets, none)
    in_left, in_right = float(overlap.containment_left[0]), float(overlap.containment_right[0])
    vocabulary: dict[str, int] = {}
    left, right = read_offsets(left_text, vocabulary), read_offsets(right_text, vocabulary)
    segments: list[Segment] = []
    for step in Levenshtein.opcodes(left.codes[:WORDS].tolist(), right.codes[:WORDS].tolist()):
        if step.src_end > step.src_start:
            text = left_text[left.starts[step.src_start] : left.ends[step.src_end - 1]]
            segments.append(Segment("both" if step.tag == "equal" else "left", text))
        if step.tag != "equal" and step.dest_end > step.dest_start:
            segments.append(Segment("right", right_text[right.starts[step.dest_start] : right.ends[step.dest_end - 1]]))
    small, large = (left_text, right_text) if in_left >= in_right else (right_text, left_text)
    verdict: Verdict = "exact"
    if content_sha256(left_text) != content_sha256(right_text):
        short = min(len(left.codes), len(right.codes)) < config.short_words
        verdict, _ = judge(left_text, right_text, in_left, in_right, short=short, config=config)
    return Explanation(
        segments=tuple(segments),
        jaccard=float(overlap.jaccard[0]),
        containment_left=in_left,
        containment_right=in_right,
        ratio=sentence_ratio(small, large, cutoff=config.sentence_ratio_min),
        facts=compare_facts(left_text, right_text),
        verdict=verdict,
    )
