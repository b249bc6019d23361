"""Likeness of two texts by letters, sentence by sentence; it finds copies so mistyped that shingles miss them."""

import re

import numpy as np
from rapidfuzz import fuzz, process

SENTENCE = re.compile(r"[^\n.!?。！？।]+(?:[.!?。！？।]+|\n|$)")
# Sentences and letters of each text that are compared. The time grows with the product of both texts' letters: more
# sentences would cost seconds a pair, and without the second bound two texts of 8 MB without a stop cost 20 minutes.
SENTENCES = 400
LETTERS = 100_000


def sentences(text: str) -> list[str]:
    """Split a text at line ends and sentence marks; return the first stripped sentences, of `LETTERS` in all."""
    found: list[str] = []
    left = LETTERS
    for match in SENTENCE.finditer(text):
        sentence = match.group().strip()[:left]
        if len(sentence) > 1:
            found.append(sentence)
            left -= len(sentence)
        if not left or len(found) == SENTENCES:
            break
    return found


def sentence_ratio(small: str, large: str, *, cutoff: float) -> float:
    """Return the share (0..1) of the smaller text's letters that the larger one has, whatever the order of sentences.

    Each sentence counts as its length times the rapidfuzz ratio to its best counterpart; ratios below `cutoff` count
    as 0.
    """
    wanted, given = sentences(small), sentences(large)
    if not wanted or not given:
        return 0.0
    # In most pairs both texts have most sentences unchanged; these need not be compared with all others.
    known = set(given)
    changed = [s for s in wanted if s not in known]
    letters, found = sum(map(len, wanted)), 0.0
    if changed:
        scores = process.cdist(changed, given, scorer=fuzz.ratio, score_cutoff=cutoff * 100, dtype=np.float32)
        found = float((scores.max(axis=1) * [len(s) for s in changed]).sum()) / 100
    return (letters - sum(map(len, changed)) + found) / letters


def whole_ratio(left: str, right: str) -> float:
    """Return the rapidfuzz ratio of two texts, 0..1; of longer ones only the first `LETTERS` are compared."""
    return fuzz.ratio(left[:LETTERS], right[:LETTERS]) / 100
