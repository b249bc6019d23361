"""Passages that two texts share word for word, with offsets in both."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaners.dedup.words import I64
from cleaners.records import WORD

QUOTED = re.compile(r"“[^”\n]*|\"[^\"\n]*|«[^»\n]*|„[^“”\n]*|「[^」\n]*|『[^』\n]*|»[^«\n]*")
# Longer runs than this are built from runs of this length.
SEED = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of `words` words that stands in both texts; offsets are half-open, in code points."""

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text: their numbers in a vocabulary, and where each starts and ends."""

    codes: I64
    starts: I64
    ends: I64


def read_offsets(text: str, vocabulary: dict[str, int]) -> Words:
    """Number the words of a text, without regard to case; `vocabulary` grows by the words it lacks."""
    codes, starts, ends = [], [], []
    for match in WORD.finditer(text):
        word = match.group()
        if not word.isascii():
            word = unicodedata.normalize("NFKC", word)
        codes.append(vocabulary.setdefault(word.casefold(), len(vocabulary)))
        starts.append(match.start())
        ends.append(match.end())
    return Words(np.array(codes, np.int64), np.array(starts, np.int64), np.array(ends, np.int64))


def shared_passages(left: Words, right: Words, *, min_words: int) -> list[Passage]:
    """Return the longest runs of at least `min_words` words that stand in both, in left's order."""
    seed = min(SEED, min_words)
    if len(left.codes) < seed or len(right.codes) < seed:
        return []
    ours, theirs = _runs(left.codes, seed), _runs(right.codes, seed)
    by_hash = np.argsort(theirs, kind="stable")
    begin = np.searchsorted(theirs, ours, side="left", sorter=by_hash)
    count = np.searchsorted(theirs, ours, side="right", sorter=by_hash) - begin
    # A run that recurs all over a text would pair with itself times over; its first places suffice.
    count = np.minimum(count, 4)
    i = np.repeat(np.arange(len(ours)), count)
    j = by_hash[np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(len(i))]
    order = np.lexsort((i, j - i))
    i, j = i[order], j[order]
    fresh = np.ones(len(i), np.bool_)
    fresh[1:] = (np.diff(i) != 1) | (np.diff(j) != 1)
    at = np.flatnonzero(fresh)
    lengths = np.diff(np.append(at, len(i))) + seed - 1
    found = [
        (int(i[k]), int(j[k]), int(n)) for k, n in zip(at.tolist(), lengths.tolist(), strict=True) if n >= min_words
    ]
    out: list[Passage] = []
    taken = np.zeros(len(left.codes), np.bool_)
    for a, b, n in sorted(found, key=lambda f: (-f[2], f[0], f[1])):
        if taken[a : a + n].mean() < 0.5:
            taken[a : a + n] = True
            out.append(
                Passage(
                    int(left.starts[a]),
                    int(left.ends[a + n - 1]),
                    int(right.starts[b]),
                    int(right.ends[b + n - 1]),
                    n,
                )
            )
    return sorted(out, key=lambda p: p.left_start)


def _runs(codes: I64, length: int) -> npt.NDArray[np.uint64]:
    runs = np.zeros(len(codes) - length + 1, np.uint64)
    for k in range(length):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + codes[k : k + len(runs)].astype(np.uint64) + np.uint64(1)
    return runs


def quoted_share(text: str, spans: list[tuple[int, int]]) -> float:
    """Return the share of the spans' letters that stand inside quotation marks."""
    inside = np.zeros(len(text) + 1, np.bool_)
    for match in QUOTED.finditer(text):
        inside[match.start() : match.end()] = True
    total = sum(b - a for a, b in spans)
    return sum(int(inside[a:b].sum()) for a, b in spans) / total if total else 0.0
