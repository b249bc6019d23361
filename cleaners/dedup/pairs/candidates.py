"""Pairs worth verifying: articles that share a band of their signatures, or a passage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.tokens.threads import in_threads
from cleaners.dedup.tokens.words import I64, U32, U64, mix

# Pairs held before those found several times are made one; 8 bytes each.
PAIRS_HELD = 20_000_000
# Bands, or shares of passages, sorted before it is seen whether too many pairs are held.
SORTED = 8
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
# Hashes sorted at a time where a lane has many; some 50 bytes each while they are.
HASHES = 1 << 21
# Band keys sorted at a time, of several bands where rows are few.
BAND_KEYS = 1 << 18
SLOT_BITS = np.uint64(16)
PAIR_BITS = np.uint64(14)
# Pairs, and how many buckets proposed each.
Tally = tuple[U64, I64]
CAPPED_SCHEMA: dict[str, type[pl.DataType]] = {
    "lane": pl.String,
    "what": pl.String,
    "size": pl.UInt32,
    "count": pl.UInt32,
    "pairs_made": pl.UInt64,
    "pairs_all": pl.UInt64,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys with the row of each.

    `order` returns a second key of those that stand in some places, all of one bucket: alike rows have the same.
    """

    values: U64
    rows: I64
    order: Callable[[I64], U64] | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """The keys that several rows have, in order, each with its rows ascending; and where they stood among all keys."""

    keys: Keys
    places: I64
    begins: I64
    sizes: I64


@dataclass(frozen=True, slots=True)
class Proposed:
    """What buckets of one lane propose: pairs with the number of buckets that did, in the order of pairs.

    `shared` has the keys that several rows have, with each of the rows once; `capped` counts the buckets of each size
    that were too large to pair all with all.
    """

    pairs: Tally
    shared: Keys
    capped: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate pairs as row numbers, `left < right`, sorted, each once; and what was too much to pair out.

    `shared` has the passage hashes that several rows have, with each of the rows once. `capped` counts, by lane, the
    buckets of each size that were too large, and the articles with too many pairs; with the pairs made and those there
    would have been.
    """

    left: I64
    right: I64
    shared: Keys
    capped: pl.DataFrame


def find_candidates(signatures: U32, passages: pl.Series, addresses: pl.Series, *, config: DedupConfig) -> Candidates:
    """Pair the rows that share a band, a passage hash or an address.

    Rows must come in the order in which articles are kept.
    """
    rows = np.arange(len(passages), dtype=np.int64)
    lanes = {"band": _bands(signatures, config.band_rows), "passage": passage_lane(passage_keys(passages, rows))}
    proposed = {lane: propose_pairs(lane, keys, config=config) for lane, keys in lanes.items()}
    tallies = {lane: found.pairs for lane, found in proposed.items()}
    codes, capped = choose_pairs(tallies, same_address(addresses), config=config)
    return Candidates(
        *decode(codes),
        proposed["passage"].shared,
        sum_capped([*(found.capped for found in proposed.values()), capped]),
    )


def propose_pairs(lane: str, keys: Sequence[Callable[[], Keys]], *, config: DedupConfig) -> Proposed:
    """Pair the rows that share a key of one lane, all with all where they are few.

    All rows of a key must be among one item of `keys`. Of two lanes only the passages are kept as shared.
    """
    proposals: list[Tally] = []
    shared: list[Keys] = []
    tables = [pl.DataFrame(schema=CAPPED_SCHEMA)]
    for at in range(0, len(keys), SORTED):
        for pairs, common, table in in_threads(partial(_propose, config=config), keys[at : at + SORTED]):
            proposals.append(pairs)
            if lane == "passage":
                shared.append(common)
            tables.append(table.select(lane=pl.lit(lane), what=pl.lit("bucket"), **{c: c for c in table.columns}))
        if sum(len(pairs) for pairs, _ in proposals) > PAIRS_HELD:
            proposals = [merge_tallies(proposals)]
    return Proposed(merge_tallies(proposals), _join_keys(shared), pl.concat(tables))


def choose_pairs(proposed: Mapping[str, Tally], addressed: U64, *, config: DedupConfig) -> tuple[U64, pl.DataFrame]:
    """Choose candidate pairs among those that each lane proposes for some right rows; return also what was capped.

    `addressed` are pairs that are taken in any case.
    """
    found, tables = [addressed], [pl.DataFrame(schema=CAPPED_SCHEMA)]
    for lane, pairs in proposed.items():
        chosen, table = _choose(pairs, config.row_pairs)
        found.append(chosen)
        tables.append(table.select(lane=pl.lit(lane), what=pl.lit("article"), **{c: c for c in table.columns}))
    return _distinct(found), pl.concat(tables)


def sum_capped(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Sum up by size what was capped."""
    sums = pl.concat(tables).group_by("lane", "what", "size").agg(pl.col("count", "pairs_made", "pairs_all").sum())
    return sums.sort("lane", "what", "size")


def _join_keys(keys: Sequence[Keys]) -> Keys:
    return Keys(
        np.concatenate([np.empty(0, np.uint64), *(some.values for some in keys)]),
        np.concatenate([np.empty(0, np.int64), *(some.rows for some in keys)]),
    )


def _propose(make: Callable[[], Keys], config: DedupConfig) -> tuple[Tally, Keys, pl.DataFrame]:
    """Pair the rows of each bucket; also return what buckets hold, and which were too large."""
    keys = make()
    buckets = _sort_buckets(keys)
    cool = _pairs_all(buckets, config.hot_bucket)
    hot, table = _pairs_hot(buckets, keys.order, config)
    return merge_tallies([(pairs, np.ones(len(pairs), np.int64)) for pairs in (cool, hot)]), buckets.keys, table


def _choose(proposed: Tally, each: int) -> tuple[U64, pl.DataFrame]:
    """Choose for each row the `each` pairs with the first rows kept before it, and the `each` most proposed ones.

    The kept article of a row's cluster is the first of its copies, and among look-alikes one of the most proposed.
    """
    pairs, counts = proposed
    right = pairs & LOW
    keep = np.zeros(len(pairs), np.bool_)
    for by_right in (np.lexsort((pairs, right)), np.lexsort((pairs, -counts, right))):
        begins = _begins(right[by_right])
        sizes = np.diff(np.append(begins, len(right)))
        keep[by_right[np.arange(len(right)) - np.repeat(begins, sizes) < each]] = True
    frame = pl.DataFrame({"right": right, "keep": keep}).group_by("right").agg(pl.len(), pl.col("keep").sum())
    table = frame.filter(pl.col("keep") < pl.col("len")).select(
        size=pl.col("len").cast(pl.UInt32),
        count=pl.lit(1, pl.UInt32),
        pairs_made=pl.col("keep").cast(pl.UInt64),
        pairs_all=pl.col("len").cast(pl.UInt64),
    )
    return pairs[keep], table


def merge_tallies(tallies: Sequence[Tally]) -> Tally:
    """Return pairs sorted, each once, with the sum of its counts."""
    pairs = np.concatenate([np.empty(0, np.uint64), *(p for p, _ in tallies)])
    counts = np.concatenate([np.empty(0, np.int64), *(n for _, n in tallies)])
    by_pair = np.argsort(pairs, kind="stable")
    pairs = pairs[by_pair]
    begins = _begins(pairs)
    return pairs[begins], np.add.reduceat(counts[by_pair], begins) if len(begins) else counts


def _distinct(pairs: list[U64]) -> U64:
    """Return pairs sorted, each once."""
    held = np.sort(np.concatenate([np.empty(0, np.uint64), *pairs]))
    return held[_begins(held)]


def _begins(values: U64) -> I64:
    """Return where runs of equal values begin."""
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1]))) if len(values) else np.empty(0, np.int64)


def _bands(signatures: U32, rows: int) -> list[Callable[[], Keys]]:
    """Return what makes the keys of some bands; alike rows of a bucket are those whose next band is equal too."""
    count = len(signatures)
    bands = signatures.shape[1] // rows
    several = min(bands, max(1, BAND_KEYS // max(1, count)))

    def keys(first: int) -> Keys:
        numbers = range(first, min(bands, first + several))

        def following(places: I64) -> U64:
            band = numbers[int(places[0]) // count]
            return band_keys(signatures[places % count], (band + 1) % bands, rows)

        return Keys(
            np.concatenate([band_keys(signatures, band, rows) for band in numbers]),
            np.tile(np.arange(count, dtype=np.int64), len(numbers)),
            following,
        )

    return [partial(keys, first) for first in range(0, bands, several)]


def passage_keys(passages: pl.Series, rows: I64) -> Keys:
    """Return the passage hashes of some rows, given as lists, one key each."""
    lengths = passages.list.len()
    return Keys(passages.filter(lengths > 0).explode().to_numpy(), np.repeat(rows, lengths))


def passage_lane(keys: Keys, *, shards: int = 1) -> list[Callable[[], Keys]]:
    """Return what parts the passage hashes of one of `shards` shards into shares that are sorted one by one."""
    # Of the lowest bits: passages are chosen for their least hashes, so the highest are mostly zero.
    shares = 1 << (len(keys.values) // HASHES).bit_length()
    low = keys.values if shards == 1 else keys.values // np.uint64(shards)

    def of_share(share: int) -> Keys:
        own = low & np.uint64(shares - 1) == share
        return Keys(keys.values[own], keys.rows[own])

    return [partial(of_share, share) for share in range(shares)]


def same_address(addresses: pl.Series) -> U64:
    """Pair the rows of each address with the first of them."""
    rows = pl.DataFrame({"address": addresses}).with_row_index("row").drop_nulls()
    rows = rows.with_columns(first=pl.col("row").min().over("address")).filter(pl.col("first") < pl.col("row"))
    return encode(rows["first"].cast(pl.Int64).to_numpy(), rows["row"].cast(pl.Int64).to_numpy())


def band_keys(signatures: U32, band: int, rows: int) -> U64:
    """Return one key a signature, of the `rows` values of a band; keys of different bands are different."""
    keys = np.full(len(signatures), np.uint64(band))
    for k in range(band * rows, band * rows + rows):
        keys = mix(keys ^ signatures[:, k].astype(np.uint64))
    return keys


def _sort_buckets(keys: Keys) -> Buckets:
    """Sort rows into their buckets; one that is twice in a bucket counts once, one that is alone in it not at all."""
    at = repeated(keys.values)
    at = at[np.lexsort((keys.rows[at], keys.values[at]))]
    values, rows = keys.values[at], keys.rows[at]
    fresh = np.ones(len(at), np.bool_)
    fresh[1:] = (values[1:] != values[:-1]) | (rows[1:] != rows[:-1])
    at, values, rows = at[fresh], values[fresh], rows[fresh]
    sizes = np.diff(np.append(_begins(values), len(values)))
    several = np.repeat(sizes > 1, sizes)
    sizes = sizes[sizes > 1]
    return Buckets(Keys(values[several], rows[several]), at[several], np.cumsum(sizes) - sizes, sizes)


def repeated(keys: U64) -> I64:
    """Return where the keys stand that stand several times, and by chance a few others, nearly in the order of keys.

    Most keys stand once. To sort them with their places in their lowest bits takes a quarter of the time that it takes
    to sort the places by the keys.
    """
    at = _meeting(keys)
    keys = keys[at]
    places = np.uint64(len(keys).bit_length())
    held = np.sort(keys >> places << places | np.arange(len(keys), dtype=np.uint64))
    with_next = held[1:] >> places == held[:-1] >> places
    several = np.zeros(len(held), np.bool_)
    several[1:] |= with_next
    several[:-1] |= with_next
    return at[(held[several] & (np.uint64(1) << places) - np.uint64(1)).astype(np.int64)]


def _meeting(keys: U64) -> I64:
    """Return where the keys stand that share a slot of a table: all that stand several times, and one in six others.

    That takes a third of the time that it takes to sort the keys.
    """
    size = 4 << len(keys).bit_length()
    # Of middle bits: the lowest are alike in a share of the passage hashes, the highest in hashes chosen for being low.
    slots = (keys >> SLOT_BITS & np.uint64(size - 1)).astype(np.int64)
    at = np.arange(len(keys), dtype=np.uint32)
    last = np.empty(size, np.uint32)
    last[slots] = at
    with_other = last[slots] != at
    with_other[last[slots[with_other]]] = True
    return np.flatnonzero(with_other)


def _pairs_all(buckets: Buckets, limit: int) -> U64:
    """Pair all rows with all in the buckets up to a size."""
    cool = buckets.sizes <= limit
    begins, sizes = buckets.begins[cool], buckets.sizes[cool]
    found = [np.empty(0, np.uint64)]
    for distance in range(1, int(sizes.max(initial=1))):
        counts = np.maximum(sizes - distance, 0)
        starts = np.cumsum(counts) - counts
        left = np.arange(int(counts.sum())) + np.repeat(begins - starts, counts)
        found.append(encode(buckets.keys.rows[left], buckets.keys.rows[left + distance]))
    return np.concatenate(found)


def _pairs_hot(buckets: Buckets, order: Callable[[I64], U64] | None, config: DedupConfig) -> tuple[U64, pl.DataFrame]:
    """Pair each row of a larger bucket with the bucket's first few, which are kept before it, and its neighbour."""
    hot = buckets.sizes > config.hot_bucket
    made = []
    counted = []
    for begin, size in zip(buckets.begins[hot].tolist(), buckets.sizes[hot].tolist(), strict=True):
        rows = buckets.keys.rows[begin : begin + size]
        found = [encode(np.full(size - k - 1, rows[k]), rows[k + 1 :]) for k in range(config.hot_representatives)]
        if order is not None:
            alike = rows[np.argsort(order(buckets.places[begin : begin + size]), kind="stable")]
            found.append(encode(np.minimum(alike[:-1], alike[1:]), np.maximum(alike[:-1], alike[1:])))
        made.append(_distinct(found))
        counted.append((size, 1, len(made[-1]), size * (size - 1) // 2))
    columns = ("size", "count", "pairs_made", "pairs_all")
    table = pl.DataFrame(counted, schema={c: CAPPED_SCHEMA[c] for c in columns}, orient="row")
    return np.concatenate([np.empty(0, np.uint64), *made]), table


def encode(left: I64, right: I64) -> U64:
    """Write pairs of rows as one number each, in the order of pairs."""
    return left.astype(np.uint64) << HALF | right.astype(np.uint64)


def decode(pairs: U64) -> tuple[I64, I64]:
    """Return the left and the right rows of pairs."""
    return (pairs >> HALF).astype(np.int64), (pairs & LOW).astype(np.int64)


def estimated_jaccard(signatures: U32, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Estimate each pair's Jaccard: the share of equal values in their signatures."""
    out = np.empty(len(left))
    for at in range(0, len(left), 8192):
        part = slice(at, at + 8192)
        out[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
    return out


def share_of_passages(shared: Keys, counts: I64, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Return the share of each pair's passages, of the row that has fewer, that stand in the other.

    `shared` are the passages that several rows have, `counts` says how many different ones each row has in all.
    """
    by_row = np.argsort(shared.rows, kind="stable")
    values, lengths = shared.values[by_row], np.bincount(shared.rows, minlength=len(counts))
    starts = np.cumsum(lengths) - lengths
    out = np.zeros(len(left))
    for at in range(0, len(left), 1 << 14):
        part = slice(at, at + (1 << 14))
        codes = []
        for rows in (left[part], right[part]):
            sizes = lengths[rows]
            own = np.arange(int(sizes.sum())) + np.repeat(starts[rows] - (np.cumsum(sizes) - sizes), sizes)
            codes.append((values[own], np.repeat(np.arange(len(rows), dtype=np.uint64), sizes)))
        # The pair's number takes the place of the highest bits, which are alike in hashes chosen for being the least.
        both = np.sort(np.concatenate([mix(hashes) >> PAIR_BITS << PAIR_BITS | pair for hashes, pair in codes]))
        found = both[1:][both[1:] == both[:-1]] & ((np.uint64(1) << PAIR_BITS) - np.uint64(1))
        fewer = np.minimum(counts[left[part]], counts[right[part]])
        out[part] = np.bincount(found.astype(np.int64), minlength=len(fewer)) / np.maximum(1, fewer)
    return out
