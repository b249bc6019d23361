"""The judging of candidate pairs, wave by wave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.headlines import share_of_stems
from cleaners.dedup.pairs.own_text import ANY_SITE, Carried
from cleaners.dedup.pairs.reading import Reading, read_texts
from cleaners.dedup.pairs.verdicts import ACCEPTED, Known, judge
from cleaners.dedup.stars.clusters import join_stars
from cleaners.dedup.tokens.words import I64

# The columns that articles are judged by, besides their texts.
FACTS = ("words_sha256", "title", "address", "published", "site_number", "tokens")
# Pairs judged at a time, and letters of the texts that stay in memory for the next ones. Both bound the memory that
# read texts take.
CHUNK = 2048
LETTERS_READ = 1 << 24
# Pairs judged before stars are formed of those accepted so far. This bounds how many pairs are judged for nothing.
WAVE = 8192
PAIR_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("number", "first", "second"), pl.Int64),
    **dict.fromkeys(("jaccard", "containment_first", "containment_second"), pl.Float64),
    **dict.fromkeys(("ratio", "conflict", "quoted"), pl.Float64),
    "verdict": pl.String,
}
PASSAGE_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("number", "first", "second"), pl.Int64),
    **dict.fromkeys(("first_start", "first_end", "second_start", "second_end", "words"), pl.UInt32),
}
# Words of the texts that are fetched at a time: 6 letters each, and 8 bytes to find what is carried.
FETCHED_WORDS = 1 << 25
# One reads the texts of articles, named by their rows; the other finds the carried passages of some texts.
ReadTexts = Callable[[I64], pl.Series]
FindCarried = Callable[[pl.Series], Carried]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of rows with their verdicts, their shared passages, and for each row the row kept for it."""

    pairs: pl.DataFrame
    passages: pl.DataFrame
    kept: I64


@dataclass(frozen=True, slots=True)
class Articles:
    """What rows are judged by besides their texts; `days` count from 1970, and `sites` are numbers."""

    contents: Sequence[str]
    titles: Sequence[str | None]
    addresses: Sequence[str | None]
    days: Sequence[int | None]
    sites: I64
    words: I64

    @classmethod
    def of(cls, facts: pl.DataFrame) -> Self:
        """Read them from a table with the columns `FACTS`."""
        return cls(
            facts["words_sha256"].to_list(),
            facts["title"].to_list(),
            facts["address"].to_list(),
            facts["published"].to_physical().to_list(),
            facts["site_number"].to_numpy(),
            facts["tokens"].cast(pl.Int64).to_numpy(),
        )

    def share_of_stems(self, left: int, right: int) -> float | None:
        """Return the share of stems that two rows' headlines have in common; None if one is missing."""
        return share_of_stems(self.titles[left], self.titles[right])

    def same_address(self, left: int, right: int) -> bool:
        """Whether two rows have one address."""
        return self.addresses[left] is not None and self.addresses[left] == self.addresses[right]

    def same_time(self, left: int, right: int, *, config: DedupConfig) -> bool:
        """Whether two rows may be of the same time: their dates are within `story_days`, or one is unknown."""
        ours, theirs = self.days[left], self.days[right]
        return ours is None or theirs is None or abs(ours - theirs) <= config.story_days

    def know(self, left: int, right: int, *, config: DedupConfig) -> Known:
        """Return what is known of two rows besides their texts."""
        share = self.share_of_stems(left, right)
        return Known(
            same_words=self.contents[left] == self.contents[right],
            same_address=self.same_address(left, right),
            same_site=bool(self.sites[left] == self.sites[right] != ANY_SITE),
            one_headline=share is not None
            and share >= config.one_headline
            and self.same_time(left, right, config=config),
            other_headlines=share is not None and share < config.headline_min,
        )


def judge_pairs(
    left: I64, right: I64, articles: Articles, *, read: ReadTexts, carried: FindCarried, config: DedupConfig
) -> Judged:
    """Judge sorted pairs of rows and form stars; skip pairs that cannot matter any more.

    Rows are places in the order of keeping. Texts of at most `FETCHED_WORDS` words are held at once, unless a single
    wave has more.
    """
    kept = np.arange(len(articles.titles), dtype=np.int64)
    pairs, passages = [pl.DataFrame(schema=PAIR_SCHEMA)], [pl.DataFrame(schema=PASSAGE_SCHEMA)]
    by_row: dict[int, Reading] = {}
    letters = fetched = 0
    for at in range(0, len(left), WAVE):
        wave = slice(at, at + WAVE)
        if at >= fetched:
            fetched = at + _within(left[at:], right[at:], articles.words)
            unsettled = at + np.flatnonzero(_undecided(left[at:fetched], right[at:fetched], kept))
            involved = np.unique(np.concatenate((left[unsettled], right[unsettled])))
            texts = read(involved)
            known = carried(texts)
        numbers = at + np.flatnonzero(_undecided(left[wave], right[wave], kept))
        judged = [pl.DataFrame(schema=PAIR_SCHEMA)]
        # Threads do not help: two take a quarter more processor time and no less by the clock, since most is Python.
        for chunk in np.split(numbers, range(CHUNK, len(numbers), CHUNK)):
            if letters > LETTERS_READ:
                by_row.clear()
                letters = 0
            wanted = np.unique(np.concatenate((left[chunk], right[chunk])))
            rows = wanted[[row not in by_row for row in wanted.tolist()]]
            column = texts.gather(np.searchsorted(involved, rows)).to_list()
            readings = read_texts(column, config=config, carried=known, sites=articles.sites[rows])
            by_row |= zip(rows.tolist(), readings, strict=True)
            letters += sum(map(len, column))
            table, shared = _judge_chunk(chunk, left[chunk], right[chunk], by_row, articles, config)
            judged.append(table)
            passages.append(shared)
        pairs.append(pl.concat(judged))
        join_stars(kept, pairs[-1].filter(pl.col("verdict").is_in(ACCEPTED))["first", "second"].iter_rows())
    found = pl.concat(pairs)
    # A wave also judges some pairs that its own stars settle. Which ones depends on its size, so they are dropped.
    found = found.filter(pl.Series(_undecided(found["first"].to_numpy(), found["second"].to_numpy(), kept)))
    shared = pl.concat(passages).join(found.select("number"), on="number", how="semi")
    return Judged(found.drop("number"), shared.drop("number"), kept)


def _within(left: I64, right: I64, words: I64) -> int:
    """Return how many pairs to take: whole waves whose texts have at most `FETCHED_WORDS` words, but at least one."""
    rows, first = np.unique(np.column_stack((left, right)).ravel(), return_index=True)
    of_pair = np.bincount(first // 2, weights=words[rows], minlength=len(left))
    fits = int(np.searchsorted(np.cumsum(of_pair), FETCHED_WORDS, side="right"))
    return len(left) if fits == len(left) else max(WAVE, fits // WAVE * WAVE)


def _undecided(left: I64, right: I64, kept: I64) -> npt.NDArray[np.bool_]:
    """Flag the pairs that can still matter: not a member's own pairs, nor a pair with a member of an earlier star."""
    undecided: npt.NDArray[np.bool_] = (kept[left] == left) & (kept[right] >= left)
    return undecided


def _judge_chunk(
    numbers: I64, left: I64, right: I64, by_row: dict[int, Reading], articles: Articles, config: DedupConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    judgements, passages = [], []
    for number, a, b in zip(numbers.tolist(), left.tolist(), right.tolist(), strict=True):
        judged = judge(by_row[a], by_row[b], articles.know(a, b, config=config), config=config)
        overlap = judged.overlap
        shares = (overlap.jaccard, overlap.containment_left, overlap.containment_right)
        judgements.append((number, a, b, *shares, judged.ratio, judged.conflict, judged.quoted, judged.verdict))
        passages += [
            (number, a, b, p.left_start, p.left_end, p.right_start, p.right_end, p.words)
            for p in judged.passages
            if p.words >= config.passage_min
        ]
    return _table(judgements, PAIR_SCHEMA), _table(passages, PASSAGE_SCHEMA)


def _table(rows: Sequence[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    # By columns; by rows this takes three times as long.
    columns = zip(schema, zip(*rows, strict=True), strict=True) if rows else ()
    return pl.DataFrame(dict(columns), schema=schema)
