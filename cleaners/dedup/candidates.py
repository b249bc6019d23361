"""Pairs worth verifying: articles that share a band of their signatures, or a passage."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.words import I64, U32, U64, mix

# Pairs held before those found several times are made one; 8 bytes each.
PAIRS_HELD = 20_000_000
HOT_SCHEMA: dict[str, type[pl.DataType]] = {
    "lane": pl.String,
    "articles": pl.UInt32,
    "buckets": pl.UInt32,
    "pairs_made": pl.UInt64,
}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate pairs as row numbers, `left < right`, sorted, each once; and the buckets too large to pair out."""

    left: I64
    right: I64
    hot: pl.DataFrame


def find_candidates(signatures: U32, passages: pl.Series, *, config: DedupConfig) -> Candidates:
    """Pair the rows that share a band or a passage hash; rows must come in the order in which articles are kept."""
    pairs: list[U64] = [np.empty(0, np.uint64)]
    hot: list[tuple[str, int, int, int]] = []
    for lane, keys, rows, order in _lanes(signatures, passages, config):
        fresh, sizes, made = _pair_buckets(keys, rows, order, config)
        pairs.append(fresh)
        # The lanes find most pairs several times.
        if sum(len(p) for p in pairs) > PAIRS_HELD + 2 * len(pairs[0]):
            pairs = [np.unique(np.concatenate(pairs))]
        hot += [(lane, n, count, made_n) for n, count, made_n in _hot_rows(sizes, made)]
    table = pl.DataFrame(hot, schema=HOT_SCHEMA, orient="row")
    table = (
        table.group_by("lane", "articles")
        .agg(pl.col("buckets").sum(), pl.col("pairs_made").sum())
        .with_columns(pairs_all=pl.col("buckets").cast(pl.UInt64) * pl.col("articles") * (pl.col("articles") - 1) // 2)
        .sort("lane", "articles", descending=[False, True])
    )
    codes = np.unique(np.concatenate(pairs))
    return Candidates(
        (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64), table
    )


def _lanes(signatures: U32, passages: pl.Series, config: DedupConfig) -> Iterator[tuple[str, U64, I64, U64]]:
    """Yield each lane's bucket keys with their rows, and a second key by which alike rows of a bucket come together."""
    count = len(signatures)
    rows = np.arange(count, dtype=np.int64)
    bands = signatures.shape[1] // config.band_rows
    first = _band_keys(signatures, 0, config.band_rows)
    keys = first
    for band in range(bands):
        following = first if band + 1 == bands else _band_keys(signatures, band + 1, config.band_rows)
        yield "band", keys, rows, following
        keys = following
    lengths = passages.list.len().to_numpy()
    frame = pl.DataFrame({"key": passages.explode(), "row": pl.Series(np.repeat(rows, lengths), dtype=pl.UInt32)})
    frame = frame.unique().filter(pl.len().over("key") > 1).sort("key", "row")
    members = frame["row"].to_numpy().astype(np.int64)
    yield "passage", frame["key"].to_numpy(), members, first[members]


def _band_keys(signatures: U32, band: int, rows: int) -> U64:
    keys = np.full(len(signatures), np.uint64(band))
    for k in range(band * rows, band * rows + rows):
        keys = mix(keys ^ signatures[:, k].astype(np.uint64))
    return keys


def _pair_buckets(keys: U64, rows: I64, order: U64, config: DedupConfig) -> tuple[U64, I64, I64]:
    """Pair the rows of equal keys; return the pairs, and of hot buckets their sizes and numbers of pairs."""
    by_key = np.lexsort((rows, keys))
    keys, rows, order = keys[by_key], rows[by_key], order[by_key]
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(np.append(begins, len(keys)))
    several = sizes > 1
    begins, sizes = begins[several], sizes[several]
    cool = sizes <= config.hot_bucket
    found = [_pairs_all(rows, begins[cool], sizes[cool])]
    hot_sizes, made = sizes[~cool], []
    for begin, size in zip(begins[~cool].tolist(), hot_sizes.tolist(), strict=True):
        pairs = _pairs_hot(rows[begin : begin + size], order[begin : begin + size], config.hot_representatives)
        found.append(pairs)
        made.append(len(pairs))
    return np.concatenate(found), hot_sizes, np.array(made, np.int64)


def _pairs_all(rows: I64, begins: I64, sizes: I64) -> U64:
    found = [np.empty(0, np.uint64)]
    for distance in range(1, int(sizes.max(initial=1))):
        counts = np.maximum(sizes - distance, 0)
        starts = np.cumsum(counts) - counts
        left = np.arange(int(counts.sum())) + np.repeat(begins - starts, counts)
        found.append(_encode(rows[left], rows[left + distance]))
    return np.concatenate(found)


def _pairs_hot(rows: I64, order: U64, representatives: int) -> U64:
    """Pair each row with the first few of its bucket, which are kept before it, and with its neighbour."""
    found = [_encode(np.full(len(rows) - k - 1, rows[k]), rows[k + 1 :]) for k in range(representatives)]
    alike = rows[np.lexsort((rows, order))]
    found.append(_encode(np.minimum(alike[:-1], alike[1:]), np.maximum(alike[:-1], alike[1:])))
    return np.unique(np.concatenate(found))


def _hot_rows(sizes: I64, made: I64) -> list[tuple[int, int, int]]:
    return [(int(n), int((sizes == n).sum()), int(made[sizes == n].sum())) for n in np.unique(sizes)]


def _encode(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> U64:
    return left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64)


def estimated_jaccard(signatures: U32, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Estimate each pair's Jaccard: the share of equal values in their signatures."""
    out = np.empty(len(left))
    for at in range(0, len(left), 8192):
        part = slice(at, at + 8192)
        out[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
    return out
