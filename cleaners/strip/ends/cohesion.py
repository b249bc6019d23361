"""What an article's parts before and after each possible end have in common, weighed by how rare their words are."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from cleaners.strip.ends.row import Floats, Places, Row, ratio
from cleaners.strip.rows import running

# Parts, from the head on, that are compared with what stands before the cut; and words that a part needs to count.
_AFTER = 8
_LONG_WORDS = 8
# A term of at least this weight is rare, and mostly a name.
_RARE = 2.0
# Shares are rounded to multiples of 1 over this power of two, so that their sums are exact.
_STEPS = 2.0**30
# Separates the hashes of different articles' terms: the bits of the golden ratio, as in Fibonacci hashing.
_APART = 0x1E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Terms sorted by their part and a place, so that they can be summed up to any place.

    `keys` are part * width + place.
    """

    width: int
    order: Places
    keys: Places

    def sums(self, weights: Floats) -> Floats:
        """Return the running sums of the terms' weights; the first sum is 0."""
        return running(weights[self.order])

    def upto(self, parts: Places, places: Places | int) -> Places:
        """Return the number of sorted terms up to those of each part whose place is at most the given one."""
        return np.searchsorted(self.keys, parts * self.width + places, side="right")


def _sorted(parts: Places, places: Places, width: int) -> _Sorted:
    keys = parts * width + places
    order = np.argsort(keys, kind="stable")
    return _Sorted(width, order, keys[order])


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of all parts in a row, and the distinct terms of each article.

    Part p has the terms `starts[p]` up to `starts[p + 1]`. Each term has a weight, its part, and the first and the last
    part of its article that have it. A distinct term has the largest of its weights.
    """

    starts: Places
    weights: Floats
    part: Places
    first_part: Places
    last_part: Places
    distinct_weights: Floats
    distinct_first: Places
    distinct_last: Places


def _terms(row: Row) -> _Terms:
    terms_of = [part.terms for part in row.parts]
    starts = np.cumsum([0, *map(len, terms_of)])
    weights = np.fromiter(chain.from_iterable(terms.values() for terms in terms_of), np.float64, starts[-1])
    part = np.repeat(np.arange(len(terms_of)), np.diff(starts))
    # The number of the article goes into the hash, since its terms are its own. Two of 500 terms of an article collide
    # in one of 10^14 articles.
    hashes = np.fromiter(map(hash, chain.from_iterable(terms_of)), np.int64, starts[-1]) + row.article[part] * _APART
    distinct, number = np.unique(hashes, return_inverse=True)
    # If an index repeats, numpy keeps the last value: backwards that is the first part, forwards the last.
    first, last = np.empty(len(distinct), dtype=np.intp), np.empty(len(distinct), dtype=np.intp)
    first[number[::-1]] = part[::-1]
    last[number] = part
    heaviest = np.zeros(len(distinct))
    np.maximum.at(heaviest, number, weights)
    return _Terms(starts, weights, part, first[number], last[number], heaviest, first, last)


@dataclass(frozen=True, slots=True)
class _Known:
    """The weight that each part shares with what stands before any place.

    `sums` are running sums over `by_first_part`; `totals` are the weights of whole parts.
    """

    terms: _Terms
    by_first_part: _Sorted
    sums: Floats
    totals: Floats

    def before(self, parts: Places, places: Places) -> Floats:
        """Return the weight that each part shares with the parts up to the given place."""
        found: Floats = self.sums[self.by_first_part.upto(parts, places)] - self.sums[self.terms.starts[parts]]
        return found


def cohesion(row: Row) -> dict[str, Floats]:
    """Measure what the parts before and after each cut have in common."""
    terms = _terms(row)
    by_first_part = _sorted(terms.part, terms.first_part, len(row.parts))
    sums = by_first_part.sums(terms.weights)
    known = _Known(terms, by_first_part, sums, sums[terms.starts[1:]] - sums[terms.starts[:-1]])
    return {
        **_across(row, terms),
        **_before(row, known),
        **_of_head(row, known),
        **_after_head(row, known),
        **_of_run(row, known),
        **_told_later(row, known),
    }


def _across(row: Row, terms: _Terms) -> dict[str, Floats]:
    """Measure the terms on both sides of each cut, by the first and the last part that have each term."""
    cut, first, stop, width = row.cut, row.first, row.stop, len(row.parts)
    weight, is_rare = terms.distinct_weights, (terms.distinct_weights >= _RARE).astype(np.float64)
    places = (terms.distinct_first, terms.distinct_last)
    opened, closed = (running(np.bincount(at, weight, width)) for at in places)
    rare_opened, rare_closed = (running(np.bincount(at, is_rare, width)) for at in places)
    before = opened[cut + 1] - opened[first]
    gone = closed[cut + 1] - closed[first]
    across, after = before - gone, opened[stop] - opened[first] - gone
    rare_gone = rare_closed[cut + 1] - rare_closed[first]
    rare_across = rare_opened[cut + 1] - rare_opened[first] - rare_gone
    return {
        "seen_rest": ratio(across, after),
        "cross": ratio(across, np.sqrt(before * after)),
        "cross_least": ratio(across, np.minimum(before, after)),
        "rare_shared": np.minimum(12.0, rare_across),
        "rare_share": ratio(rare_across, rare_opened[stop] - rare_opened[first] - rare_gone),
    }


def _before(row: Row, known: _Known) -> dict[str, Floats]:
    """Measure what each paragraph before a cut shares with the paragraphs before it."""
    cut, first = row.cut, row.first
    counted = (row.forms["words"][cut] >= _LONG_WORDS) & (cut > first + 1)
    share = np.round(ratio(known.before(cut, cut - 1), known.totals[cut]) * _STEPS) / _STEPS
    # Rows of an article begin where its first cut does.
    begin = np.searchsorted(cut, first)
    shares, times = running(share * counted), running(counted)
    count = times[1:] - times[begin]
    # Each article is shifted 2 below the one before, so that the running minimum is always its own.
    apart = 2.0 * row.article[cut]
    least = np.minimum.accumulate(np.where(counted, share, 1.0) - apart) + apart
    return {
        # Two paragraphs with the average share of articles (0.25) are added, since there may be few before the cut.
        "own_mean": (shares[1:] - shares[begin] + 0.5) / (count + 2),
        "own_least": np.where(count > 0, least, 0.25),
    }


def _of_head(row: Row, known: _Known) -> dict[str, Floats]:
    """Measure what the head shares with what stands before the cut, and with what stands after the head."""
    terms, by_first_part = known.terms, known.by_first_part
    place = np.minimum(row.head, row.stop - 1)
    start, stop, shared = terms.starts[place], terms.starts[place + 1], by_first_part.upto(place, row.cut)
    onward = by_first_part.sums(terms.weights * (terms.last_part > terms.part))
    rare = by_first_part.sums((terms.weights >= _RARE).astype(np.float64))
    total = np.where(row.has_head, known.totals[place], 0.0)
    names = np.where(row.has_head, rare[shared] - rare[start], 0.0)
    return {
        "seen_head": np.where(row.has_head, ratio(known.sums[shared] - known.sums[start], total), 0.0),
        "onward": ratio(np.where(row.has_head, onward[stop] - onward[shared], 0.0), total),
        "known_names": np.minimum(8.0, names),
        "new_names": np.minimum(12.0, np.where(row.has_head, rare[stop] - rare[start], 0.0) - names),
    }


def _after_head(row: Row, known: _Known) -> dict[str, Floats]:
    """Measure what the head and the long parts after it share with what stands before the cut."""
    long = np.flatnonzero(row.forms["words"] >= _LONG_WORDS)
    rank = np.searchsorted(long, row.head)[:, None] + np.arange(_AFTER)
    following = np.append(long, len(row.parts))[np.minimum(rank, len(long))]
    there = following < row.stop[:, None]
    following = np.where(there, following, 0)
    shared = np.where(there, known.before(following, row.cut[:, None]), 0.0)
    whole = np.where(there, known.totals[following], 0.0)
    shares = ratio(shared, whole)
    return {
        "seen_three": ratio(shared[:, :3].sum(axis=1), whole[:, :3].sum(axis=1)),
        "seen_most": shares.max(axis=1),
        "seen_mean": ratio(shares.sum(axis=1), there.sum(axis=1)),
    }


def _of_run(row: Row, known: _Known) -> dict[str, Floats]:
    """Measure what the lines from each cut to its head share with what stands before the cut."""
    cut, count = row.cut, len(row.cut)
    owner = np.repeat(np.arange(count), row.run)
    line = np.arange(len(owner)) - np.repeat(row.run.cumsum() - row.run, row.run) + cut[owner] + 1
    seen = np.bincount(owner, known.before(line, cut[owner]), count)
    return {
        "run_seen": ratio(seen, np.bincount(owner, known.totals[line], count)),
        "first_after": ratio(known.before(cut + 1, cut), known.totals[cut + 1]),
    }


def _told_later(row: Row, known: _Known) -> dict[str, Floats]:
    """Measure how much of the headline and of the first line recurs after each cut."""
    terms = known.terms
    leading = row.title[terms.part] | row.title[terms.part - 1]
    by_last_part = _sorted(terms.part[leading], terms.last_part[leading], len(row.parts))
    sums = by_last_part.sums(terms.weights[leading])
    later = {}
    for name, part in (("title_after", row.first), ("lead_after", row.first + 1)):
        gone = sums[by_last_part.upto(part, row.cut)] - sums[by_last_part.upto(part, -1)]
        total = known.totals[part]
        later[name] = np.where(total > 0, 1.0 - ratio(gone, total), 0.0)
    return later
