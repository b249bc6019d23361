"""Texts as they are compared: words with offsets, facts, and shingles."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleaners.dedup.shingles import blocks_of, shingle, unique_rows
from cleaners.dedup.words import I64, U8, U64, facts_of, offsets_of, scan, stand_in, words_of


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: its words in order with their offsets and facts, and its shingles, sorted, each once."""

    text: str
    words: U64
    first: I64
    last: I64
    facts: U8
    shingles: U64

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
        rows, sets = words.starts.tolist(), shingles.starts.tolist()
        for i, text in enumerate(block):
            row, own = slice(rows[i], rows[i + 1]), slice(sets[i], sets[i + 1])
            readings.append(Reading(text, words.values[row], first[row], last[row], facts[row], shingles.values[own]))
    return readings


def count_shared(left: Reading, right: Reading) -> int:
    """Count the shingles that stand in both texts."""
    small, large = (left, right) if len(left.shingles) <= len(right.shingles) else (right, left)
    return int(stand_in(large.shingles, small.shingles).sum())
