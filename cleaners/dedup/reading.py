"""Texts as they are compared: words with offsets, facts, and shingles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cleaners.dedup.shingles import blocks_of, shingle, unique_rows
from cleaners.dedup.words import I64, U8, U64, facts_of, offsets_of, scan, stand_in, words_of

# Words. Shared passages are built from runs of this length, so shorter ones are not found.
SEED = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: its words in order with their offsets and facts; its shingles, sorted, each once; its runs.

    The runs are hashes of `SEED` words each, one from every word on that has so many; of a shorter text there is one.
    """

    text: str
    words: U64
    first: I64
    last: I64
    facts: U8
    shingles: U64
    runs: U64

    def word(self, i: int) -> str:
        """Return a word as it stands in the text."""
        return self.text[self.first[i] : self.last[i]]


def read_texts(texts: Sequence[str], *, shingle_words: int) -> list[Reading]:
    """Read texts for comparison."""
    readings = []
    for block in blocks_of(texts):
        scanned = scan(block)
        words = words_of(scanned)
        first, last = offsets_of(scanned)
        facts = facts_of(scanned)
        shingles = unique_rows(shingle(words, shingle_words))
        runs = shingle(words, SEED)
        for i, (text, (a, b)) in enumerate(zip(block, pairwise(words.starts.tolist()), strict=True)):
            readings.append(
                Reading(text, words.values[a:b], first[a:b], last[a:b], facts[a:b], shingles.row(i), runs.row(i))
            )
    return readings


def count_shared(left: Reading, right: Reading) -> int:
    """Count the shingles that stand in both texts."""
    small, large = (left, right) if len(left.shingles) <= len(right.shingles) else (right, left)
    return int(stand_in(large.shingles, small.shingles).sum())
