"""The judging of candidate pairs, wave by wave, with what is known of them from before."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.clusters import join_stars
from cleaners.dedup.config import DedupConfig
from cleaners.dedup.measured import (
    JUDGED_SCHEMA,
    PLACE_SCHEMA,
    Measured,
    counted_texts,
    find_measured,
    keep_measured,
)
from cleaners.dedup.overlaps import Counted, Standing, count_watched, standings, weigh_overlaps
from cleaners.dedup.reading import Reading, count_shared, read_texts
from cleaners.dedup.verdicts import ACCEPTED, judge
from cleaners.dedup.weights import F64, Weights
from cleaners.dedup.words import I64, U8

# Pairs judged at a time; bounds the memory of their texts, read.
CHUNK = 2048
# Pairs judged before stars are formed of what was accepted so far; bounds the pairs that are judged for nothing.
WAVE = 8192
OVERLAP_SCHEMA = dict.fromkeys(("jaccard", "containment_first", "containment_second"), pl.Float64)
PAIR_SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("number", "first", "second"), pl.Int64),
    **OVERLAP_SCHEMA,
    **JUDGED_SCHEMA,
}
PASSAGE_SCHEMA: dict[str, type[pl.DataType]] = {"number": pl.Int64, **PLACE_SCHEMA}
# Reads the texts of some articles, named by their rows.
ReadTexts = Callable[[I64], pl.Series]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of rows with their verdicts, their passages, for each row the one kept for it, and what to keep of it."""

    pairs: pl.DataFrame
    passages: pl.DataFrame
    kept: I64
    measured: Measured


@dataclass(frozen=True, slots=True)
class Recalled:
    """What holds of what was measured before, by the numbers of the pairs; `counted` is by rows of articles."""

    pairs: pl.DataFrame
    passages: pl.DataFrame
    counted: dict[int, Counted]
    weights: Weights


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of rows, by their numbers, and what it takes to judge them."""

    left: I64
    right: I64
    read: ReadTexts
    config: DedupConfig


def judge_pairs(
    left: I64,
    right: I64,
    *,
    text_keys: pl.Series,
    read: ReadTexts,
    weights: Weights,
    measured: Measured,
    config: DedupConfig,
) -> Judged:
    """Judge pairs of rows, given sorted, and form stars; pairs that cannot matter any more are passed over.

    Rows are in the order of keeping. What `measured` knows of two texts is taken from there where it would come out
    the same: all of it but their overlap follows from the texts and the standing of the pair.
    """
    candidates = Pairs(left, right, read, config)
    recalled = _recall(candidates, text_keys, weights, measured)
    kept, pairs, passages = _judge_waves(candidates, recalled, len(text_keys))
    rows = np.unique(pairs.select("first", "second").to_numpy())
    return Judged(
        # A wave judges some pairs that it itself decides; which ones, hangs on its size.
        pairs=pairs.filter(pl.Series(_undecided(pairs["first"].to_numpy(), pairs["second"].to_numpy(), kept))),
        passages=passages,
        kept=kept,
        measured=keep_measured(
            recalled.weights.shingles,
            text_keys.gather(rows),
            [recalled.counted[row] for row in rows.tolist()],
            pairs.with_columns(_places(rows, pairs[side]) for side in ("first", "second")),
            passages.with_columns(_places(pairs["number"].to_numpy(), passages["number"]).alias("pair")),
        ),
    )


def _places(among: I64, values: pl.Series) -> pl.Series:
    return pl.Series(values.name, np.searchsorted(among, values.to_numpy()), dtype=pl.Int64)


def _recall(candidates: Pairs, text_keys: pl.Series, weights: Weights, measured: Measured) -> Recalled:
    """Find what was measured of the candidate pairs and still holds by these weights."""
    left, right, config = candidates.left, candidates.right, candidates.config
    of_text, of_pair = find_measured(measured, text_keys, left, right)
    numbers = np.flatnonzero(of_pair >= 0)
    rows = np.unique(np.concatenate((left[numbers], right[numbers])))
    counted: dict[int, Counted] = {}
    watched = measured.watched["shingle"].to_numpy()
    if weights.count_less_within(watched):
        weights = weights.over(watched)
        counted.update(zip(rows.tolist(), counted_texts(measured, of_text[rows]), strict=True))
    else:  # a shingle has become common of which it is not known which texts have it
        for part in np.split(rows, range(CHUNK, len(rows), CHUNK)):
            _read(part, candidates.read(part), counted, weights, config)
    pairs = measured.pairs[of_pair[numbers]].select(*JUDGED_SCHEMA)
    overlaps = _overlaps(left[numbers], right[numbers], pairs["shared"].to_numpy(), counted, weights)
    stands = _standings(overlaps, config) == pairs["standing"].to_numpy()
    table = pl.DataFrame(
        {"pair": of_pair[numbers], "number": numbers, "first": left[numbers], "second": right[numbers], **overlaps}
    )
    table = table.hstack(pairs).filter(pl.Series(stands, dtype=pl.Boolean))
    passages = measured.passages.join(table.select("pair", "number"), on="pair")
    return Recalled(table, passages, counted, weights)


def _judge_waves(candidates: Pairs, recalled: Recalled, rows: int) -> tuple[I64, pl.DataFrame, pl.DataFrame]:
    """Return for each row the one kept for it, and all pairs that were of use, with their passages."""
    left, right = candidates.left, candidates.right
    known = recalled.pairs["number"].to_numpy()
    new = np.ones(len(left), np.bool_)
    new[known] = False
    unread = np.unique(np.concatenate((left[new], right[new])))
    texts = candidates.read(unread)
    kept = np.arange(rows, dtype=np.int64)
    pairs, passages = [pl.DataFrame(schema=PAIR_SCHEMA)], [pl.DataFrame(schema=PASSAGE_SCHEMA)]
    for at in range(0, len(left), WAVE):
        wave = slice(at, at + WAVE)
        numbers = at + np.flatnonzero(_undecided(left[wave], right[wave], kept))
        fresh = numbers[new[numbers]]
        judged = [recalled.pairs[np.searchsorted(known, numbers[~new[numbers]])].select(*PAIR_SCHEMA)]
        # Not in threads: two take a quarter more processor time and no less of the clock's, since most is Python's.
        for chunk in np.split(fresh, range(CHUNK, len(fresh), CHUNK)):
            involved = np.unique(np.concatenate((left[chunk], right[chunk])))
            column = texts.gather(np.searchsorted(unread, involved))
            readings = _read(involved, column, recalled.counted, recalled.weights, candidates.config)
            table, shared = _judge_chunk(chunk, readings, candidates, recalled)
            judged.append(table)
            passages.append(shared)
        pairs.append(pl.concat(judged).sort("number"))
        join_stars(kept, pairs[-1].filter(pl.col("verdict").is_in(ACCEPTED))["first", "second"].iter_rows())
    found = pl.concat(pairs)
    passages.append(recalled.passages.join(found, on="number", how="semi").select(*PASSAGE_SCHEMA))
    return kept, found, pl.concat(passages).sort("number", maintain_order=True)


def _undecided(left: I64, right: I64, kept: I64) -> npt.NDArray[np.bool_]:
    """Whether a pair can still matter: a member's own pairs do not, nor a pair with a member of an earlier star."""
    undecided: npt.NDArray[np.bool_] = (kept[left] == left) & (kept[right] >= left)
    return undecided


def _read(
    rows: I64, texts: pl.Series, counted: dict[int, Counted], weights: Weights, config: DedupConfig
) -> dict[int, Reading]:
    """Read the texts of some rows, and note the counts of their shingles."""
    readings = read_texts(texts.to_list(), shingle_words=config.shingle_words)
    by_row = dict(zip(rows.tolist(), readings, strict=True))
    counted.update((row, count_watched(reading.shingles, weights.shingles)) for row, reading in by_row.items())
    return by_row


def _overlaps(left: I64, right: I64, shared: I64, counted: dict[int, Counted], weights: Weights) -> dict[str, F64]:
    """Return the columns that say how much the texts of pairs of rows share."""
    ours, theirs = ([counted[row] for row in rows.tolist()] for rows in (left, right))
    return dict(zip(OVERLAP_SCHEMA, weigh_overlaps(ours, theirs, shared, weights), strict=True))


def _standings(overlaps: dict[str, F64], config: DedupConfig) -> U8:
    return standings(overlaps["containment_first"], overlaps["containment_second"], config)


def _judge_chunk(
    numbers: I64, readings: dict[int, Reading], candidates: Pairs, recalled: Recalled
) -> tuple[pl.DataFrame, pl.DataFrame]:
    left, right, config = candidates.left[numbers], candidates.right[numbers], candidates.config
    texts = [(readings[a], readings[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    shared = np.array([count_shared(a, b) for a, b in texts], np.int64)
    overlaps = _overlaps(left, right, shared, recalled.counted, recalled.weights)
    standing = _standings(overlaps, config)
    rows, passages = [], []
    for number, stands, (a, b) in zip(numbers.tolist(), standing.tolist(), texts, strict=True):
        judged = judge(a, b, Standing(stands), config=config)
        rows.append((judged.ratio, judged.conflict, judged.quoted, judged.verdict))
        passages += [
            (number, p.left_start, p.left_end, p.right_start, p.right_end, p.words)
            for p in judged.passages
            if p.words >= config.passage_min
        ]
    found = {"number": numbers, "first": left, "second": right, **overlaps, "shared": shared, "standing": standing}
    judgements = pl.DataFrame(rows, schema=list(JUDGED_SCHEMA.items())[2:], orient="row")
    return (
        pl.DataFrame(found).hstack(judgements).cast(PAIR_SCHEMA),  # type: ignore[arg-type]
        pl.DataFrame(passages, schema=PASSAGE_SCHEMA, orient="row"),
    )
