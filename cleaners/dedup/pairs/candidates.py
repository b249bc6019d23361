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

# Pairs held before repeated ones are merged; 8 bytes each.
PAIRS_HELD = 20_000_000
# Bands, or shares of passages, that are sorted before the number of held pairs is checked again.
SORTED = 8
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
# Passage hashes sorted at a time; each takes about 50 bytes meanwhile.
HASHES = 1 << 21
# Band keys sorted at a time: those of one band, or of several bands if there are few rows.
BAND_KEYS = 1 << 18
SLOT_BITS = np.uint64(16)
PAIR_BITS = np.uint64(14)
# Encoded pairs, and the number of buckets that proposed each.
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
    """Keys, each with its row.

    `order` takes the places of some keys, all of one bucket, and returns a second key for each. Rows that are more
    alike have the same second key.
    """

    values: U64
    rows: I64
    order: Callable[[I64], U64] | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """The sorted keys that several rows have, each with its rows in ascending order, grouped into buckets.

    `places` says where each key stood among all keys; `begins` and `sizes` delimit the buckets.
    """

    keys: Keys
    places: I64
    begins: I64
    sizes: I64


@dataclass(frozen=True, slots=True)
class Proposed:
    """The sorted pairs that one lane proposes, each with the number of buckets that propose it.

    `shared` has the keys that several rows have, once for each row. `capped` counts, by size, the buckets that were too
    large to pair all rows with all.
    """

    pairs: Tally
    shared: Keys
    capped: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate pairs as row numbers, `left < right`, sorted and distinct, and a count of what was capped.

    `shared` has the passage hashes that several rows have, once for each row. `capped` counts, by lane and size, the
    buckets that were too large and the articles with too many pairs, with the pairs made and the pairs there would have
    been.
    """

    left: I64
    right: I64
    shared: Keys
    capped: pl.DataFrame


def find_candidates(signatures: U32, passages: pl.Series, addresses: pl.Series, *, config: DedupConfig) -> Candidates:
    """Pair the rows that share a band, a passage hash or an address.

    The rows must be in the order of keeping.
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
    """Pair the rows that share a key of one lane: all with all, unless a bucket is too large.

    Each item of `keys` makes a table of keys; all rows of one key must be in one table. Only the passage lane reports
    its shared keys.
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
    """Choose candidate pairs among those that each lane proposes; return them, and what was capped.

    The pairs in `addressed` are always taken. All pairs of a right row must be given at once.
    """
    found, tables = [addressed], [pl.DataFrame(schema=CAPPED_SCHEMA)]
    for lane, pairs in proposed.items():
        chosen, table = _choose(pairs, config.row_pairs)
        found.append(chosen)
        tables.append(table.select(lane=pl.lit(lane), what=pl.lit("article"), **{c: c for c in table.columns}))
    return _distinct(found), pl.concat(tables)


def sum_capped(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Sum up counts of what was capped, by lane, kind and size."""
    sums = pl.concat(tables).group_by("lane", "what", "size").agg(pl.col("count", "pairs_made", "pairs_all").sum())
    return sums.sort("lane", "what", "size")


def _join_keys(keys: Sequence[Keys]) -> Keys:
    return Keys(
        np.concatenate([np.empty(0, np.uint64), *(some.values for some in keys)]),
        np.concatenate([np.empty(0, np.int64), *(some.rows for some in keys)]),
    )


def _propose(make: Callable[[], Keys], config: DedupConfig) -> tuple[Tally, Keys, pl.DataFrame]:
    """Pair the rows of each bucket; return the pairs, the keys in buckets, and counts of the buckets too large."""
    keys = make()
    buckets = _sort_buckets(keys)
    of_small = _pairs_all(buckets, config.hot_bucket)
    of_hot, table = _pairs_hot(buckets, keys.order, config)
    return merge_tallies([(pairs, np.ones(len(pairs), np.int64)) for pairs in (of_small, of_hot)]), buckets.keys, table


def _choose(proposed: Tally, each: int) -> tuple[U64, pl.DataFrame]:
    """Choose for each right row the `each` pairs with the lowest left rows, and the `each` pairs proposed most often.

    A row's kept article is the first of its copies, so it is among the former; if look-alikes crowd it out there, it is
    among the latter.
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
    """Return the pairs sorted and distinct, each with the sum of its counts."""
    pairs = np.concatenate([np.empty(0, np.uint64), *(p for p, _ in tallies)])
    counts = np.concatenate([np.empty(0, np.int64), *(n for _, n in tallies)])
    by_pair = np.argsort(pairs, kind="stable")
    pairs = pairs[by_pair]
    begins = _begins(pairs)
    return pairs[begins], np.add.reduceat(counts[by_pair], begins) if len(begins) else counts


def _distinct(pairs: list[U64]) -> U64:
    """Return the pairs sorted and distinct."""
    held = np.sort(np.concatenate([np.empty(0, np.uint64), *pairs]))
    return held[_begins(held)]


def _begins(values: U64) -> I64:
    """Return the places at which runs of equal values begin."""
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1]))) if len(values) else np.empty(0, np.int64)


def _bands(signatures: U32, rows: int) -> list[Callable[[], Keys]]:
    """Return functions that make the keys of one or several bands; the second key is that of the row's next band."""
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
    """Return the passage hashes of some rows, given as lists, one key a hash."""
    lengths = passages.list.len()
    return Keys(passages.filter(lengths > 0).explode().to_numpy(), np.repeat(rows, lengths))


def passage_lane(keys: Keys, *, shards: int = 1) -> list[Callable[[], Keys]]:
    """Return functions that each give a share of the passage hashes of one shard (of `shards`), to be sorted alone."""
    # The lowest bits decide: a passage is chosen because its hash is low, so the highest bits are mostly zero.
    shares = 1 << (len(keys.values) // HASHES).bit_length()
    low = keys.values if shards == 1 else keys.values // np.uint64(shards)

    def of_share(share: int) -> Keys:
        own = low & np.uint64(shares - 1) == share
        return Keys(keys.values[own], keys.rows[own])

    return [partial(of_share, share) for share in range(shares)]


def same_address(addresses: pl.Series) -> U64:
    """Pair every row of an address with the first row of that address; nulls have none."""
    rows = pl.DataFrame({"address": addresses}).with_row_index("row").drop_nulls()
    rows = rows.with_columns(first=pl.col("row").min().over("address")).filter(pl.col("first") < pl.col("row"))
    return encode(rows["first"].cast(pl.Int64).to_numpy(), rows["row"].cast(pl.Int64).to_numpy())


def band_keys(signatures: U32, band: int, rows: int) -> U64:
    """Hash the `rows` values of a band into one key for each signature; the band's number goes into the hash."""
    keys = np.full(len(signatures), np.uint64(band))
    for k in range(band * rows, band * rows + rows):
        keys = mix(keys ^ signatures[:, k].astype(np.uint64))
    return keys


def _sort_buckets(keys: Keys) -> Buckets:
    """Sort rows into buckets; a row that is in a bucket twice counts once, and a row alone in its bucket is dropped."""
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
    """Return the places of all keys that occur several times, and by chance of a few others, nearly sorted by key.

    Most keys occur once. Sorting the keys, with their places in the lowest bits, takes a quarter of the time that
    sorting the places by key takes.
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
    """Return the places of keys that share a slot of a hash table: all repeated keys, and one in six of the others.

    This takes a third of the time that sorting the keys takes.
    """
    size = 4 << len(keys).bit_length()
    # Middle bits name the slot: within a share of the passage hashes the lowest bits are alike, and the highest bits
    # are alike in hashes that were chosen for being low.
    slots = (keys >> SLOT_BITS & np.uint64(size - 1)).astype(np.int64)
    at = np.arange(len(keys), dtype=np.uint32)
    last = np.empty(size, np.uint32)
    last[slots] = at
    with_other = last[slots] != at
    with_other[last[slots[with_other]]] = True
    return np.flatnonzero(with_other)


def _pairs_all(buckets: Buckets, limit: int) -> U64:
    """Pair all rows with all in every bucket of at most `limit` rows."""
    small = buckets.sizes <= limit
    begins, sizes = buckets.begins[small], buckets.sizes[small]
    found = [np.empty(0, np.uint64)]
    for distance in range(1, int(sizes.max(initial=1))):
        counts = np.maximum(sizes - distance, 0)
        starts = np.cumsum(counts) - counts
        left = np.arange(int(counts.sum())) + np.repeat(begins - starts, counts)
        found.append(encode(buckets.keys.rows[left], buckets.keys.rows[left + distance]))
    return np.concatenate(found)


def _pairs_hot(buckets: Buckets, order: Callable[[I64], U64] | None, config: DedupConfig) -> tuple[U64, pl.DataFrame]:
    """Pair each row of a hot bucket with the bucket's first few rows and with its neighbour by `order`; count these."""
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
    """Write each pair of rows as one number; the numbers sort as the pairs do."""
    return left.astype(np.uint64) << HALF | right.astype(np.uint64)


def decode(pairs: U64) -> tuple[I64, I64]:
    """Return the left and the right rows of encoded pairs."""
    return (pairs >> HALF).astype(np.int64), (pairs & LOW).astype(np.int64)


def estimated_jaccard(signatures: U32, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Estimate each pair's Jaccard: the share of equal values in their signatures."""
    out = np.empty(len(left))
    for at in range(0, len(left), 8192):
        part = slice(at, at + 8192)
        out[part] = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
    return out


def share_of_passages(shared: Keys, counts: I64, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Return, for each pair, the share of its passages that the row with fewer passages has in common with the other.

    `shared` has the passages that several rows have; `counts` says how many distinct passages each row has in all.
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
        # Mixed hashes differ in all their bits, so the pair's number may take the place of the lowest ones.
        both = np.sort(np.concatenate([mix(hashes) >> PAIR_BITS << PAIR_BITS | pair for hashes, pair in codes]))
        found = both[1:][both[1:] == both[:-1]] & ((np.uint64(1) << PAIR_BITS) - np.uint64(1))
        fewer = np.minimum(counts[left[part]], counts[right[part]])
        out[part] = np.bincount(found.astype(np.int64), minlength=len(fewer)) / np.maximum(1, fewer)
    return out
