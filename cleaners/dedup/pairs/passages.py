"""Passages that two texts share word for word, with their offsets in both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cleaners.dedup.pairs.reading import SEED, Reading
from cleaners.dedup.tokens.words import I64, stand_in

# Quotations by all marks but »…«. A closing single mark is also an apostrophe, so it closes only if no letter follows.
OTHERS = re.compile(r"“[^”\n]*|\"[^\"\n]*\"?|«[^»\n]*»?|„[^“”\n]*[“”]?|「[^」\n]*|『[^』\n]*|‘(?:[^’\n]++|’(?=\w))*+’?")
# »…« needs its end, since » alone also ends a quotation. `unclosed` is the rest of a line in which there is none.
QUOTED = re.compile(rf"{OTHERS.pattern}|»[^«\n]*+(?:«|(?P<unclosed>))")
# A run that recurs all over a text would give very many pairs of places; its first places suffice.
PLACES = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of `words` words that both texts have; offsets are half-open, in code points of each text."""

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    words: int


def shared_passages(left: Reading, right: Reading, *, min_words: int) -> tuple[Passage, ...]:
    """Return the longest runs of at least `min_words` words that both texts have, in the order of the left one."""
    ours, theirs = left.runs, right.runs
    # Most pairs share too few runs for a single passage, and this check is quick.
    shared = np.flatnonzero(stand_in(np.sort(theirs), ours))
    if len(shared) < min_words - SEED + 1:
        return ()
    by_hash = np.argsort(theirs, kind="stable")
    begin = np.searchsorted(theirs, ours[shared], side="left", sorter=by_hash)
    count = np.minimum(np.searchsorted(theirs, ours[shared], side="right", sorter=by_hash) - begin, PLACES)
    i = np.repeat(shared, count)
    j = by_hash[np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(len(i))]
    # Sorted by the distance between their places in the two texts, runs that continue in both stand side by side.
    order = np.lexsort((i, j - i))
    i, j = i[order], j[order]
    fresh = np.flatnonzero(np.concatenate(([True], (np.diff(i) != 1) | (np.diff(j) != 1))))
    lengths = np.diff(np.append(fresh, len(i))) + SEED - 1
    long = lengths >= min_words
    found = zip(lengths[long].tolist(), i[fresh][long].tolist(), j[fresh][long].tolist(), strict=True)
    passages = []
    taken = np.zeros(len(left.words), np.bool_)
    for words, a, b in sorted(found, key=lambda f: (-f[0], f[1], f[2])):
        if taken[a : a + words].mean() < 0.5:
            taken[a : a + words] = True
            passages.append(
                Passage(
                    int(left.first[a]),
                    int(left.last[a + words - 1]),
                    int(right.first[b]),
                    int(right.last[b + words - 1]),
                    words,
                )
            )
    return tuple(sorted(passages, key=lambda p: p.left_start))


def quoted_share(left: str, right: str, passages: tuple[Passage, ...]) -> float:
    """Return the share of the passages' letters that stand in quotation marks, in the text in which it is larger."""
    return max(
        _quoted_share(left, [(p.left_start, p.left_end) for p in passages]),
        _quoted_share(right, [(p.right_start, p.right_end) for p in passages]),
    )


def _quoted_share(text: str, spans: list[tuple[int, int]]) -> float:
    begins, ends = np.array([*_quotations(text), (len(text), len(text))], np.int64).T
    quoted_before = np.cumsum(ends - begins) - (ends - begins)

    def quoted_until(places: I64) -> I64:
        number = np.searchsorted(ends, places)
        quoted: I64 = quoted_before[number] + np.maximum(0, places - begins[number])
        return quoted

    first, last = np.array(spans, np.int64).T
    return float((quoted_until(last) - quoted_until(first)).sum() / max(1, (last - first).sum()))


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield where quotations begin and end; each line is searched twice at most, however many » it has."""
    at = 0
    while match := QUOTED.search(text, at):
        at = match.end()
        if match.lastgroup == "unclosed":
            yield from (other.span() for other in OTHERS.finditer(text, match.start() + 1, at))
        else:
            yield match.span()
