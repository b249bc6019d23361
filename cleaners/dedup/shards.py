"""The steps of the dedup stage with its wide tables in shards: what each step makes of its share of the work.

A *row* is the row of an original in the lineup; a *place* is its place in the order of keeping. Every table that goes
from one step to the next names in its column `shard` the shard that each of its rows goes to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.candidates import (
    Keys,
    Proposed,
    Tally,
    band_keys,
    choose_pairs,
    decode,
    merge_tallies,
    passage_keys,
    passage_lane,
    propose_pairs,
    same_address,
    sum_capped,
)
from cleaners.dedup.pairs.own_text import Carried, as_carried, carried_passages, runs_of, tell_stories
from cleaners.dedup.stage import Deduplicated, Lineup, Settled, Weighed, sum_up, weigh
from cleaners.dedup.stars.judging import Articles, Judged, judge_pairs
from cleaners.dedup.tokens.words import I64, U64, stand_in

LANES = ("band", "passage")
# Pairs weighed at a time. They need up to twice as many signatures and lists of passages, 1 kB each.
BLOCK = 1 << 17
# Carried passages held before those that the texts at hand lack are dropped; 32 bytes each with their lookup table.
CARRIED_HELD = 1 << 22


def band_tables(signatures: pl.Series, rows: pl.Series, *, shards: int, config: DedupConfig) -> Iterator[pl.DataFrame]:
    """Yield a table of keys for each band: `shard`, `key`, `row`, and `next`, the row's key in the next band."""
    values, bands = signatures.to_numpy(), config.permutations // config.band_rows
    first = keys = band_keys(values, 0, config.band_rows)
    for band in range(bands):
        following = first if band == bands - 1 else band_keys(values, band + 1, config.band_rows)
        yield _sharded(pl.DataFrame({"key": keys, "row": rows, "next": following}), pl.col("key") % shards)
        keys = following


def passage_table(passages: pl.Series, rows: pl.Series, *, shards: int) -> pl.DataFrame:
    """Make the table of passage hashes: `shard`, `key`, `row`."""
    keys = passage_keys(passages, rows.to_numpy())
    return _sharded(pl.DataFrame({"key": keys.values, "row": keys.rows}), pl.col("key") % shards)


def address_table(lineup: Lineup, *, shards: int) -> pl.DataFrame:
    """Make the table of pairs of one address: `shard`, `pair`."""
    return _by_right(pl.DataFrame({"pair": same_address(lineup.originals["address"])}), shards)


def propose(
    bands: Sequence[Callable[[], pl.DataFrame]], passages: pl.DataFrame, *, shards: int, config: DedupConfig
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Pair the rows of all keys of one shard; `bands` reads the keys of one band each.

    Returns the pairs (`shard` by right row, `lane`, `pair`, `count`), the passages that several rows have (`key`,
    `row`), and counts of what was capped.
    """
    lanes: dict[str, Sequence[Callable[[], Keys]]] = {
        "band": [partial(_band, read) for read in bands],
        "passage": passage_lane(_keys(passages), shards=shards),
    }
    proposed = {lane: propose_pairs(lane, keys, config=config) for lane, keys in lanes.items()}
    pairs = pl.concat([_proposals(lane, proposed[lane]) for lane in LANES])
    shared = proposed["passage"].shared
    return (
        _by_right(pairs, shards),
        pl.DataFrame({"key": shared.values, "row": shared.rows}),
        pl.concat([found.capped for found in proposed.values()]),
    )


def choose(
    proposed: pl.DataFrame, addressed: pl.DataFrame, *, config: DedupConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose the candidate pairs of some right rows; return a table of `block` and `pair`, and what was capped."""
    tallies: dict[str, Tally] = {}
    for lane in LANES:
        own = proposed.filter(lane=LANES.index(lane))
        # Several shards of keys may have proposed the same pair.
        tallies[lane] = merge_tallies([(own["pair"].to_numpy(), own["count"].cast(pl.Int64).to_numpy())])
    pairs, capped = choose_pairs(tallies, addressed["pair"].to_numpy(), config=config)
    return pl.DataFrame({"block": np.arange(len(pairs)) // BLOCK, "pair": pairs}), capped


def rows_of(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that occur in the pairs of each block: `block`, `row`."""
    left, right = decode(pairs["pair"].to_numpy())
    ends = [pl.DataFrame({"block": pairs["block"], "row": rows}) for rows in (left, right)]
    return pl.concat(ends).unique().sort("block", "row")


def weigh_block(
    pairs: pl.DataFrame, articles: pl.DataFrame, weights: Mapping[str, float], *, config: DedupConfig
) -> pl.DataFrame:
    """Weigh the pairs of a block: `left`, `right`, `copies`, `one_story`, `likely`; drop pairs with none of the three.

    `articles` has `row`, `signature`, `passages` and the columns `FACTS`, for all rows that occur in the pairs;
    `weights` has the weights of all stems of the corpus's headlines.
    """
    articles = articles.sort("row").with_columns(pl.col("passages").list.unique())
    rows = articles["row"].to_numpy()
    left, right = (np.searchsorted(rows, ends) for ends in decode(pairs["pair"].to_numpy()))
    shared = passage_keys(articles["passages"], np.arange(len(rows)))
    counts = articles["passages"].list.len().cast(pl.Int64).to_numpy()
    facts = Articles.of(articles)
    weighed = weigh(left, right, articles["signature"].to_numpy(), shared, counts, facts, weights, config=config)
    flags = {name: pl.Series(getattr(weighed, name)) for name in ("copies", "one_story", "likely")}
    table = pl.DataFrame({"left": rows[weighed.left], "right": rows[weighed.right], **flags})
    return table.filter(pl.any_horizontal(*flags))


def as_weighed(pairs: pl.DataFrame) -> Weighed:
    """Return the weighed pairs of all blocks as one record."""
    pairs = pairs.with_columns(pl.col("left", "right").cast(pl.Int64))
    return Weighed(*(pairs[name].to_numpy() for name in ("left", "right", "copies", "one_story", "likely")))


def deal_pairs(settled: Settled, *, shards: int) -> pl.DataFrame:
    """Deal out the pairs to judge to shards: `shard`, `left`, `right`.

    Pairs that others connect stay together, so that stars can be formed of them. All shards get about the same number
    of pairs, unless one connected group has more than a share.
    """
    left, right = settled.left, settled.right
    group = tell_stories(len(settled.order), left, right)[left]
    pairs = pl.DataFrame({"left": left, "right": right, "group": group})
    sizes = pairs.group_by("group").agg(pl.len().cast(pl.Int64)).sort("group")
    before = pl.col("len").cum_sum() - pl.col("len")
    sizes = sizes.select("group", shard=(before * shards // max(1, len(left))).cast(pl.UInt32))
    return pairs.join(sizes, on="group").select("shard", "left", "right").sort("shard", "left", "right")


def places_of(dealt: pl.DataFrame, settled: Settled) -> pl.DataFrame:
    """Return the articles that each shard of pairs to judge needs: `to` (the shard), `place`, `row`."""
    ends = [dealt.select(to="shard", place=side) for side in ("left", "right")]
    places = pl.concat(ends).unique().sort("to", "place")
    return places.with_columns(row=settled.order[places["place"].to_numpy()])


def carried_table(shared: pl.DataFrame, stories: pl.DataFrame, *, config: DedupConfig) -> pl.DataFrame:
    """Find the passages of one shard that many stories carry: `hash`, `code`; `stories` has `site_number`, `story`."""
    sites, numbers = stories["site_number"].to_numpy(), stories["story"].to_numpy()
    # A story has the number of its first row. Counting those rows is quicker than counting distinct numbers.
    total = int((numbers == np.arange(len(numbers))).sum())
    hashes, codes = carried_passages(_keys(shared), sites, numbers, total=total, config=config)
    return pl.DataFrame({"hash": hashes, "code": codes}).unique().sort("hash", "code")


def carried_in(texts: pl.Series, tables: Sequence[Callable[[], pl.DataFrame]], *, config: DedupConfig) -> Carried:
    """Join tables of carried passages; while there are too many, drop those that the given texts do not have."""
    found = pl.DataFrame(schema={"hash": pl.UInt64, "code": pl.UInt64})
    runs: U64 | None = None
    for read in tables:
        found = pl.concat([found, read()])
        if found.height > CARRIED_HELD:
            runs = runs_of(texts, config=config) if runs is None else runs
            found = found.filter(pl.Series(stand_in(runs, found["hash"].to_numpy()), dtype=pl.Boolean))
    return as_carried(found["hash"].to_numpy(), found["code"].to_numpy())


def judge_shard(
    pairs: pl.DataFrame,
    articles: pl.DataFrame,
    *,
    read: Callable[[pl.Series], pl.Series],
    carried: Callable[[pl.Series], Carried],
    config: DedupConfig,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Judge the pairs of one shard; return tables of pairs, passages and members (`place`, `kept`), all by places.

    `articles` has `place` and the columns `FACTS`; `read` returns the texts of the given places, in their order.
    """
    articles = articles.sort("place")
    places = articles["place"].to_numpy()
    left, right = (np.searchsorted(places, pairs[side].to_numpy()) for side in ("left", "right"))

    def read_rows(rows: I64) -> pl.Series:
        return read(articles["place"].gather(rows))

    judged = judge_pairs(left, right, Articles.of(articles), read=read_rows, carried=carried, config=config)
    members = np.flatnonzero(judged.kept != np.arange(len(places)))
    tables = [
        table.with_columns(**{side: places[table[side].to_numpy()] for side in ("first", "second")})
        for table in (judged.pairs, judged.passages)
    ]
    kept = pl.DataFrame({"place": places[members], "kept": places[judged.kept[members]]})
    return tables[0], tables[1], kept


def sum_up_shards(
    lineup: Lineup,
    order: I64,
    judged: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    capped: Sequence[pl.DataFrame],
    *,
    config: DedupConfig,
) -> Deduplicated:
    """Make the stage's tables from what all shards have found: pairs, passages and members, and what was capped."""
    pairs, passages, members = judged
    kept = np.arange(len(order))
    kept[members["place"].to_numpy()] = members["kept"].to_numpy()
    return sum_up(lineup, order, Judged(pairs, passages, kept), sum_capped(capped), config=config)


def _sharded(table: pl.DataFrame, shard: pl.Expr | pl.Series) -> pl.DataFrame:
    return table.select(shard.cast(pl.UInt32).alias("shard"), *table.columns)


def _by_right(table: pl.DataFrame, shards: int) -> pl.DataFrame:
    return _sharded(table, pl.Series(decode(table["pair"].to_numpy())[1] % shards))


def _keys(table: pl.DataFrame) -> Keys:
    return Keys(table["key"].to_numpy(), table["row"].cast(pl.Int64).to_numpy())


def _band(read: Callable[[], pl.DataFrame]) -> Keys:
    table = read()
    following = table["next"].to_numpy()
    return Keys(table["key"].to_numpy(), table["row"].cast(pl.Int64).to_numpy(), lambda places: following[places])


def _proposals(lane: str, proposed: Proposed) -> pl.DataFrame:
    pairs, counts = proposed.pairs
    number = pl.lit(LANES.index(lane), pl.UInt8)
    return pl.DataFrame({"pair": pairs, "count": counts.astype(np.uint32)}).select("pair", "count", lane=number)
