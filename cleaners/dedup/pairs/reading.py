"""Texts prepared for comparison: words with offsets, facts, and shingles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.own_text import ANY_SITE, NOTHING_CARRIED, Carried
from cleaners.dedup.tokens.shingles import batches_of, shingle, unique_rows
from cleaners.dedup.tokens.words import I64, U8, U64, Ragged, facts_of, hash_words, offsets_of, scan, stand_in

# Words. Shared passages are built from runs of this length, so shorter passages are not found.
SEED = 8


@dataclass(frozen=True)
class Reading:
    """One text, read: its own words in order, their offsets and facts, its shingles and its runs.

    `words` are hashes; `first` and `last` are the half-open offsets of each in code points of `text`. `shingles` are
    sorted and distinct. `runs` are hashes of `SEED` words each, one from every word that has enough words behind it; a
    shorter text has one run. Words that other stories carry too are left out and counted in `carried`; if there are
    any, `pieces` says where the text's own stretches begin and end.
    """

    text: str
    words: U64
    first: I64
    last: I64
    facts: U8
    shingles: U64
    runs: U64
    carried: int
    pieces: tuple[tuple[int, int], ...]

    @cached_property
    def in_order(self) -> U64:
        """The hashes of the words, sorted."""
        return np.sort(self.words)

    @cached_property
    def fact_places(self) -> I64:
        """The numbers of the words that are facts."""
        return np.flatnonzero(self.facts)

    @cached_property
    def fact_words(self) -> U64:
        """The hashes of the words that are facts."""
        return self.words[self.fact_places]

    @cached_property
    def fact_kinds(self) -> list[int]:
        """The kinds of the facts."""
        kinds: list[int] = self.facts[self.fact_places].tolist()
        return kinds

    @cached_property
    def facts_before(self) -> list[int]:
        """The number of facts before each word, and before the end."""
        counts: list[int] = np.concatenate(([0], np.cumsum(self.facts > 0))).tolist()
        return counts

    def fact(self, number: int) -> str:
        """Return the fact with this number as the text writes it."""
        return self.word(int(self.fact_places[number]))

    def word(self, i: int) -> str:
        """Return the word with this number as the text writes it."""
        return self.text[self.first[i] : self.last[i]]

    def own_text(self) -> str:
        """Return the text; leave out what other stories carry too only if that is half of it or more.

        Leaving it out always would hurt: the original of a stock sentence would be gone, and its mistyped copy in the
        other text, which nobody else carries, would find no counterpart.
        """
        if self.carried < len(self.words):
            return self.text
        return "\n".join(self.text[a:b] for a, b in self.pieces)


def read_texts(
    texts: Sequence[str], *, config: DedupConfig, carried: Carried = NOTHING_CARRIED, sites: I64 | None = None
) -> list[Reading]:
    """Read texts for comparison; `sites` has the number of each text's site."""
    readings = []
    at = 0
    for block in batches_of(texts):
        scanned = scan(block)
        words = hash_words(scanned)
        known = np.full(len(block), ANY_SITE) if sites is None else sites[at : at + len(block)]
        at += len(block)
        own = carried.tell_own(words, scanned, known, config=config)
        kept = np.concatenate(([0], np.cumsum(own)))[words.starts]
        first, last = offsets_of(scanned)
        left_out = (np.diff(words.starts) - np.diff(kept)).tolist()
        pieces = [
            _pieces(own[a:b], first[a:b], last[a:b]) if some else ()
            for some, (a, b) in zip(left_out, pairwise(words.starts.tolist()), strict=True)
        ]
        facts = facts_of(scanned, words.values)
        if any(left_out):
            first, last, facts = first[own], last[own], facts[own]
            words = Ragged(words.values[own], kept)
        shingles = unique_rows(shingle(words, config.shingle_words))
        runs = shingle(words, SEED)
        for i, (text, (a, b)) in enumerate(zip(block, pairwise(words.starts.tolist()), strict=True)):
            readings.append(
                Reading(
                    text,
                    words.values[a:b],
                    first[a:b],
                    last[a:b],
                    facts[a:b],
                    shingles.row(i),
                    runs.row(i),
                    left_out[i],
                    pieces[i],
                )
            )
    return readings


def _pieces(own: npt.NDArray[np.bool_], first: I64, last: I64) -> tuple[tuple[int, int], ...]:
    edges = np.flatnonzero(np.diff(own.astype(np.int8), prepend=0, append=0))
    return tuple(zip(first[edges[::2]].tolist(), last[edges[1::2] - 1].tolist(), strict=True))


def count_shared(left: Reading, right: Reading) -> int:
    """Count the shingles that both texts have."""
    small, large = (left, right) if len(left.shingles) <= len(right.shingles) else (right, left)
    return int(stand_in(large.shingles, small.shingles).sum())
