"""An article's own text: what is left without the text that other stories of its site carry too."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.candidates import Keys
from cleaners.dedup.tokens.shingles import STEP, batches_of, shingle
from cleaners.dedup.tokens.words import I64, U64, Ragged, Scan, hash_words, lines_of, mix, scan, stand_in

# Words. A longer line is a paragraph, or a text without line ends, and may hold words of its own beside a notice.
LINE_WORDS = 100
# The number of a site that stands for the whole corpus.
ANY_SITE = -1


@dataclass(frozen=True, slots=True)
class Carried:
    """The passage hashes that many stories carry, as sorted `codes` that combine each with the number of the site.

    `ends` has a flag for each value of a hash's lowest bits: whether any carried hash has it. Most other hashes are
    ruled out by it without a search.
    """

    codes: U64
    ends: npt.NDArray[np.bool_]

    def tell_own(self, words: Ragged, scanned: Scan, sites: I64, *, config: DedupConfig) -> npt.NDArray[np.bool_]:
        """Flag the words of some texts that are the text's own.

        One of every `passage_window` runs of words was counted. If two successive ones are carried, so is what stands
        between them; if a third of a line is carried, so is the whole line.
        """
        if not len(self.codes):
            return np.ones(len(words.values), np.bool_)
        runs = shingle(words, config.passage_words)
        at = np.flatnonzero(self.ends[_end(runs.values, len(self.ends))])
        row = np.searchsorted(runs.starts, at, side="right") - 1
        hit = stand_in(self.codes, _codes(runs.values[at], sites[row]))
        hit |= stand_in(self.codes, _codes(runs.values[at], np.full(len(at), ANY_SITE)))
        at, row = at[hit], row[hit]
        if not len(at):
            return np.ones(len(words.values), np.bool_)
        begin = at - runs.starts[row] + words.starts[row]
        end = np.minimum(begin + config.passage_words, words.starts[row + 1])
        follows = (row[1:] == row[:-1]) & (np.diff(begin) <= config.passage_window)
        end[:-1][follows] = begin[1:][follows]
        depth = np.zeros(len(words.values) + 1, np.int64)
        np.add.at(depth, begin, 1)
        np.add.at(depth, end, -1)
        carried = np.cumsum(depth)[:-1] > 0
        # Runs that were not counted hide the ends of a notice, and a notice ends with its line. A run of 23 words is
        # always found, but as few as 8 of its words may show.
        lines = lines_of(scanned)
        words_of_line = np.bincount(lines)
        whole = (3 * np.bincount(lines, weights=carried) >= words_of_line) & (words_of_line <= LINE_WORDS)
        return ~(carried | whole[lines])


NOTHING_CARRIED = Carried(np.empty(0, np.uint64), np.zeros(1, np.bool_))


def _end(hashes: U64, size: int) -> I64:
    return (hashes & np.uint64(size - 1)).astype(np.int64)


def _codes(hashes: U64, sites: I64) -> U64:
    return mix(hashes + sites.astype(np.uint64) * STEP)


def find_carried(shared: Keys, sites: I64, stories: I64, *, config: DedupConfig) -> Carried:
    """Find the passages that `carried_stories` stories of one site carry, or more than `common_share` of all stories.

    `shared` has the passage hashes that several rows have; all are counted, none is sampled. `sites` has the number of
    each row's site (`ANY_SITE` if it has none), and `stories` the number of its story, so that a story told several
    times counts once.
    """
    return as_carried(*carried_passages(shared, sites, stories, total=len(np.unique(stories)), config=config))


def carried_passages(shared: Keys, sites: I64, stories: I64, *, total: int, config: DedupConfig) -> tuple[U64, U64]:
    """Find what `find_carried` finds, among `total` stories; return the hashes, and their codes with the sites."""
    hashes, rows = shared.values, shared.rows
    sited = sites[rows] != ANY_SITE
    many = max(config.common_share * total, config.common_articles - 1.0)
    of_sites = _codes(hashes[sited], sites[rows[sited]])
    of_all = _codes(hashes, np.full(len(hashes), ANY_SITE))
    by_sites = _carried_by(of_sites, stories[rows[sited]], config.carried_stories - 1.0)
    by_all = _carried_by(of_all, stories[rows], many)
    found = np.concatenate((hashes[sited][by_sites], hashes[by_all]))
    return found, np.concatenate((of_sites[by_sites], of_all[by_all]))


def as_carried(hashes: U64, codes: U64) -> Carried:
    """Make what `carried_passages` found ready for lookups."""
    ends = np.zeros(8 << len(hashes).bit_length(), np.bool_)
    ends[_end(hashes, len(ends))] = True
    return Carried(np.unique(codes), ends)


def runs_of(texts: pl.Series, *, config: DedupConfig) -> U64:
    """Return the sorted, distinct hashes of all runs of words in some texts."""
    blocks = (shingle(hash_words(scan(block)), config.passage_words).values for block in batches_of(texts.to_list()))
    return np.unique(np.concatenate([np.empty(0, np.uint64), *map(np.unique, blocks)]))


def _carried_by(codes: U64, stories: I64, limit: float) -> I64:
    """Return one place of each code that more than `limit` stories have."""
    order = np.lexsort((stories, codes))
    in_order, teller = codes[order], stories[order]
    once = np.ones(len(codes), np.bool_)
    once[1:] = (in_order[1:] != in_order[:-1]) | (teller[1:] != teller[:-1])
    order = order[once]
    _, first, counts = np.unique(codes[order], return_index=True, return_counts=True)
    return order[first[counts > limit]]


def tell_stories(rows: int, left: I64, right: I64) -> I64:
    """Number the stories of rows: all rows that pairs connect get the number of the first of them."""
    first = np.arange(rows, dtype=np.int64)
    while True:
        least = np.minimum(first[left], first[right])
        np.minimum.at(first, left, least)
        np.minimum.at(first, right, least)
        first = first[first]
        if bool((first[left] == first[right]).all()):
            return first
