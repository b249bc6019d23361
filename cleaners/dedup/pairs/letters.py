"""Likeness of two texts letter by letter, sentence by sentence: what shingles miss where many words are mistyped."""

import re

import numpy as np
from rapidfuzz import fuzz, process

SENTENCE = re.compile(r"[^\n.!?。！？।]+(?:[.!?。！？।]+|\n|$)")
# Sentences compared with each other; more of them would cost seconds a pair.
SENTENCES = 400


def sentences(text: str) -> list[str]:
    """Part a text at line ends and sentence marks, without spaces at the ends."""
    return [s for s in (m.group().strip() for m in SENTENCE.finditer(text)) if len(s) > 1][:SENTENCES]


def sentence_ratio(small: str, large: str, *, cutoff: float) -> float:
    """Return which share of the smaller text's letters the larger one has, in any order of sentences.

    Each sentence counts with its length times the rapidfuzz ratio to its best counterpart, with nothing below `cutoff`.
    """
    wanted, given = sentences(small), sentences(large)
    if not wanted or not given:
        return 0.0
    # In most pairs most sentences stand in both as they are, and need not be compared with all others.
    known = set(given)
    changed = [s for s in wanted if s not in known]
    letters, found = sum(map(len, wanted)), 0.0
    if changed:
        scores = process.cdist(changed, given, scorer=fuzz.ratio, score_cutoff=cutoff * 100, dtype=np.float32)
        found = float((scores.max(axis=1) * [len(s) for s in changed]).sum()) / 100
    return (letters - sum(map(len, changed)) + found) / letters


def whole_ratio(left: str, right: str) -> float:
    """Return the rapidfuzz ratio of two whole texts, 0..1."""
    return fuzz.ratio(left, right) / 100
