"""The dedup stage in shards: its steps over files in staging; a worker process takes a step for one shard.

No step holds the texts, signatures or passages of more than a share of the articles. If it needs something of other
articles, it asks for them by their rows, and the task for their share writes it down. Every file serves all shards of
the next step and is sorted by shard; a step reads only the row groups of its own shard.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from cleaners.dedup import fingerprint
from cleaners.dedup.shards import (
    address_table,
    as_weighed,
    band_tables,
    carried_in,
    carried_table,
    choose,
    deal_pairs,
    judge_shard,
    passage_table,
    places_of,
    propose,
    rows_of,
    sum_up_shards,
    weigh_block,
)
from cleaners.dedup.stage import OF_TEXTS, Lineup, line_up, settle
from cleaners.dedup.stars.judging import FACTS
from flows.jobs.near_duplicates import gather_articles, texts_of, write_found
from flows.jobs.staging import table_parts
from flows.jobs.tally import Tally, peak_bytes
from flows.rulings import Ruling
from flows.settings import Settings
from flows.tables import write_frame

JUDGED = ("pairs", "passages", "members")
CAPPED = ("buckets", "articles")


def count_shards(articles: int, settings: Settings) -> int:
    """Return the number of shards for a corpus; with one, the stage is a single task."""
    return math.ceil(articles / settings.run.shard_articles)


@dataclass(frozen=True, slots=True)
class Shards:
    """What every step must know: the folders of its files, the number of shards, and the settings."""

    clean: Path
    staging: Path
    count: int
    settings: Settings

    def share_size(self, articles: int) -> int:
        """Return how many of `articles` a share has; the last share may have fewer."""
        return -(-articles // self.count)

    def file(self, name: str, number: int = 0) -> Path:
        """Return the path of one file of a table."""
        return self.staging / "shards" / name / f"{number:05d}.parquet"

    def files(self, name: str) -> list[Path]:
        """Return the paths of all files of a table; each shard writes one."""
        return [self.file(name, number) for number in range(self.count)]

    def write(self, name: str, number: int, table: pl.DataFrame) -> None:
        """Write one file of a table, sorted by the shard that each row goes to."""
        write_frame(table.sort("shard", maintain_order=True), self.file(name, number))

    def scan(self, name: str, shard: int) -> pl.LazyFrame:
        """Return the rows of a table's files that go to a shard."""
        return pl.scan_parquet(self.files(name)).filter(pl.col("shard") == shard).drop("shard")


def line_up_articles(shards: Shards, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Line up all articles without texts and signatures: find exact copies, and what the others are judged by."""
    gathered = gather_articles(folders, shards.staging, rulings)
    printed = table_parts(folders, "fingerprints")
    prints = pl.scan_parquet(printed).select(OF_TEXTS).collect()[gathered.rows]
    lineup = line_up(gathered.compared.hstack(prints), config=shards.settings.dedup)
    numbers = gathered.rows[lineup.originals["row"].to_numpy()]
    share = shards.share_size(sum(gathered.heights))
    parts = {"part": list(map(str, gathered.parts)), "fingerprints": list(map(str, printed))}
    write_frame(pl.DataFrame({**parts, "height": gathered.heights}), shards.file("parts"))
    write_frame(gathered.left.drop("title", "words", "site"), shards.file("left"))
    write_frame(lineup.articles, shards.file("articles"))
    write_frame(lineup.stems, shards.file("stems"))
    write_frame(lineup.originals.drop("row").with_columns(share=numbers // share), shards.file("originals"))
    places = pl.DataFrame({"shard": numbers // share, "number": numbers % share})
    facts = places.with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32)).hstack(lineup.originals.select(FACTS))
    shards.write("facts", 0, facts)
    shards.write("addressed", 0, address_table(lineup, shards=shards.count))
    return Tally(peak_bytes=peak_bytes())


def write_keys(shards: Shards, number: int) -> Tally:
    """Write the band keys and passage hashes of a share of articles, by the shard of each key."""
    facts = _facts(shards, number)
    prints = _prints(shards, number)[facts["number"]]
    config = shards.settings.dedup
    for band, table in enumerate(band_tables(prints["signature"], facts["row"], shards=shards.count, config=config)):
        shards.write(f"band {band}", number, table)
    shards.write("passages", number, passage_table(prints["passages"], facts["row"], shards=shards.count))
    return Tally(peak_bytes=peak_bytes())


def propose_pairs(shards: Shards, number: int) -> Tally:
    """Pair the rows that share a key of a shard."""
    config = shards.settings.dedup
    bands = range(config.permutations // config.band_rows)
    pairs, shared, capped = propose(
        [shards.scan(f"band {band}", number).collect for band in bands],
        shards.scan("passages", number).collect(),
        shards=shards.count,
        config=config,
    )
    shards.write("proposed", number, pairs)
    write_frame(shared, shards.file("shared", number))
    write_frame(capped, shards.file("capped buckets", number))
    return Tally(peak_bytes=peak_bytes())


def choose_pairs(shards: Shards, number: int) -> Tally:
    """Choose the candidate pairs of a shard of right rows, and ask for the articles that weighing them needs."""
    addressed = pl.read_parquet(shards.file("addressed")).filter(shard=number)
    proposed = shards.scan("proposed", number).collect()
    pairs, capped = choose(proposed, addressed, config=shards.settings.dedup)
    write_frame(pairs, shards.file("pairs", number))
    write_frame(capped, shards.file("capped articles", number))
    rows = rows_of(pairs)
    share = pl.read_parquet(shards.file("originals"), columns=["share"])["share"]
    shards.write("wanted", number, rows.with_columns(shard=share.gather(rows["row"]), to=pl.lit(number)))
    return Tally(peak_bytes=peak_bytes())


def fetch_articles(shards: Shards, number: int) -> Tally:
    """Write down what each block of pairs needs of the articles of a share."""
    facts = _facts(shards, number)
    prints = _prints(shards, number)
    wanted = shards.scan("wanted", number).collect()
    for to in range(shards.count):
        for block in range(_blocks(shards, to)):
            rows = wanted.filter(to=to, block=block).select("row")
            own = facts.join(rows, on="row", how="semi")
            write_frame(own.hstack(prints[own["number"]]).drop("number"), shards.file(f"block {to}-{block}", number))
    return Tally(peak_bytes=peak_bytes())


def weigh_pairs(shards: Shards, number: int) -> Tally:
    """Weigh the candidate pairs of a shard, block by block."""
    pairs = pl.read_parquet(shards.file("pairs", number))
    weights = dict(pl.read_parquet(shards.file("stems")).iter_rows())
    weighed = [
        weigh_block(
            pairs.filter(block=block),
            pl.read_parquet(shards.files(f"block {number}-{block}")),
            weights,
            config=shards.settings.dedup,
        )
        for block in range(_blocks(shards, number))
    ]
    write_frame(pl.concat(weighed), shards.file("weighed", number))
    return Tally(peak_bytes=peak_bytes())


def settle_order(shards: Shards, _: int = 0) -> Tally:
    """Settle the order of keeping and the stories, deal out the pairs to judge, and ask for their articles."""
    originals = pl.read_parquet(shards.file("originals"))
    settled = settle(originals, as_weighed(pl.read_parquet(shards.files("weighed"))), config=shards.settings.dedup)
    write_frame(pl.DataFrame({"row": settled.order}), shards.file("order"))
    numbers = originals.select(pl.col("site_number").cast(pl.Int32), story=pl.Series(settled.stories, dtype=pl.UInt32))
    write_frame(numbers, shards.file("stories"))
    dealt = deal_pairs(settled, shards=shards.count)
    shards.write("likely", 0, dealt)
    places = places_of(dealt, settled)
    shards.write("texts wanted", 0, places.with_columns(shard=originals["share"].gather(places["row"])))
    return Tally(peak_bytes=peak_bytes())


def find_carried(shards: Shards, number: int) -> Tally:
    """Find the passages of a shard that many stories carry."""
    stories = pl.read_parquet(shards.file("stories"))
    shared = pl.read_parquet(shards.file("shared", number))
    write_frame(carried_table(shared, stories, config=shards.settings.dedup), shards.file("carried", number))
    return Tally(peak_bytes=peak_bytes())


def fetch_texts(shards: Shards, number: int) -> Tally:
    """Write down the texts of a share of articles, by the shard that judges them."""
    wanted = pl.read_parquet(shards.file("texts wanted")).filter(shard=number).drop("shard")
    asked = wanted.join(_facts(shards, number), on="row").sort("to", "place")
    parts, skipped, _ = _parts_of(shards, number)
    read = texts_of([Path(part) for part in parts["part"]], parts["height"].to_list())
    texts = read(asked["number"].to_numpy() + skipped).alias("text")
    shards.write("texts", number, asked.select(pl.col("to").alias("shard"), "place", *FACTS, texts))
    return Tally(peak_bytes=peak_bytes())


def judge_pairs(shards: Shards, number: int) -> Tally:
    """Judge the pairs of a shard."""
    config = shards.settings.dedup
    texts = shards.scan("texts", number)

    def read(places: pl.Series) -> pl.Series:
        wanted = texts.filter(pl.col("place").is_in(places.implode()))
        return wanted.select("place", "text").collect().sort("place")["text"]

    tables = [partial(pl.read_parquet, file) for file in shards.files("carried")]
    judged = judge_shard(
        pl.scan_parquet(shards.file("likely")).filter(pl.col("shard") == number).collect(),
        texts.select("place", *FACTS).collect(),
        read=read,
        carried=lambda some: carried_in(some, tables, config=config),
        config=config,
    )
    for name, table in zip(JUDGED, judged, strict=True):
        write_frame(table, shards.file(f"judged {name}", number))
    return Tally(peak_bytes=peak_bytes())


def sum_up_found(shards: Shards, _: int = 0) -> Tally:
    """Combine what all shards have found, and leave it as a run with one shard does."""
    lineup = Lineup(*(pl.read_parquet(shards.file(name)) for name in ("articles", "originals", "stems")))
    order = pl.read_parquet(shards.file("order"))["row"].to_numpy()
    pairs, passages, members = (pl.read_parquet(shards.files(f"judged {name}")) for name in JUDGED)
    capped = [pl.read_parquet(shards.files(f"capped {name}")) for name in CAPPED]
    found = sum_up_shards(lineup, order, (pairs, passages, members), capped, config=shards.settings.dedup)
    return write_found(found, pl.read_parquet(shards.file("left")), shards.clean, shards.staging)


def _facts(shards: Shards, number: int) -> pl.DataFrame:
    """Return the originals of a share; `number` is the place of each among all articles of the share."""
    return pl.scan_parquet(shards.file("facts")).filter(pl.col("shard") == number).drop("shard").collect()


def _prints(shards: Shards, number: int) -> pl.DataFrame:
    """Return the signatures and passages of a share."""
    parts, skipped, share = _parts_of(shards, number)
    if parts.is_empty():
        return fingerprint(pl.Series(dtype=pl.String), config=shards.settings.dedup).select("signature", "passages")
    prints = pl.scan_parquet(parts["fingerprints"].to_list()).select("signature", "passages")
    return prints.slice(skipped, share).collect()


def _parts_of(shards: Shards, number: int) -> tuple[pl.DataFrame, int, int]:
    """Return the parts that contain a share, the number of articles before it in the first part, and its own number."""
    parts = pl.read_parquet(shards.file("parts"))
    share = shards.share_size(int(parts["height"].sum()))
    begin, end = pl.col("height").cum_sum() - pl.col("height"), pl.col("height").cum_sum()
    parts = parts.with_columns(begin=begin).filter((begin < (number + 1) * share) & (end > number * share))
    return parts, number * share - (parts["begin"][0] if parts.height else 0), share


def _blocks(shards: Shards, number: int) -> int:
    last = pl.scan_parquet(shards.file("pairs", number)).select(pl.col("block").max()).collect().item()
    return int(last or 0) + 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the stage: what it does in words, its work for one shard, and whether every shard has work."""

    what: str
    work: Callable[[Shards, int], Tally]
    sharded: bool = True


# The steps after lining up articles; each is done for all shards before the next begins.
STEPS = (
    Step("write keys", write_keys),
    Step("propose pairs", propose_pairs),
    Step("choose pairs", choose_pairs),
    Step("fetch articles", fetch_articles),
    Step("weigh pairs", weigh_pairs),
    Step("settle the order", settle_order, sharded=False),
    Step("find carried passages", find_carried),
    Step("fetch texts", fetch_texts),
    Step("judge pairs", judge_pairs),
    Step("sum up near-duplicates", sum_up_found, sharded=False),
)
