"""Texts as they are compared: words with offsets, facts, and weighted shingles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaners.dedup.shingles import blocks_of, shingle, unique_rows
from cleaners.dedup.weights import F64, Weights
from cleaners.dedup.words import I64, U8, U64, facts_of, offsets_of, scan, stand_in, words_of


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: its words in order with their offsets and facts, and its shingles, sorted, with their weights."""

    text: str
    words: U64
    first: I64
    last: I64
    facts: U8
    shingles: U64
    weights: F64
    total: float

    def word(self, i: int) -> str:
        """Return a word as it stands in the text."""
        return self.text[self.first[i] : self.last[i]]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share: `containment_left` is the share of the left's shingles that stand in the right."""

    jaccard: float
    containment_left: float
    containment_right: float


def read_texts(texts: Sequence[str], weights: Weights, *, shingle_words: int) -> list[Reading]:
    """Read texts for comparison."""
    readings = []
    for block in blocks_of(texts):
        scanned = scan(block)
        words = words_of(scanned)
        first, last = offsets_of(scanned)
        facts = facts_of(scanned)
        shingles = unique_rows(shingle(words, shingle_words))
        weight = weights.of(shingles.values)
        totals = np.add.reduceat(weight, shingles.starts[:-1]).tolist()
        rows, sets = words.starts.tolist(), shingles.starts.tolist()
        for i, text in enumerate(block):
            row, own = slice(rows[i], rows[i + 1]), slice(sets[i], sets[i + 1])
            readings.append(
                Reading(
                    text,
                    words.values[row],
                    first[row],
                    last[row],
                    facts[row],
                    shingles.values[own],
                    weight[own],
                    totals[i],
                )
            )
    return readings


def measure_overlap(left: Reading, right: Reading) -> Overlap:
    """Measure exactly what two texts share, each shingle by its weight."""
    small, large = (left, right) if len(left.shingles) <= len(right.shingles) else (right, left)
    shared = float(small.weights[stand_in(large.shingles, small.shingles)].sum())
    return Overlap(shared / (left.total + right.total - shared), shared / left.total, shared / right.total)
