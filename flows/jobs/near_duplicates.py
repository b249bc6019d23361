"""The dedup stage over the cleaned parts: its input and output, and the work on a corpus of one shard."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup import Deduplicated, deduplicate, fill_from_copies, fingerprint
from cleaners.dedup.stars.history import carry_cluster_ids
from cleaners.dedup.tokens.threads import in_threads
from flows.jobs.staging import DECIDED, DEDUP_AUDIT, TAKEN_DOWN, table_parts
from flows.jobs.tally import Tally, peak_bytes
from flows.rulings import KEYS, Ruling, stage_exempt
from flows.settings import Settings
from flows.snapshots.published import previous_clusters
from flows.tables import CLEANED, write_frame

COLUMNS = ("id", "title", "author", "url", "site", "published", "words", "source")
PLACE = ("source", "record", "missing")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The cleaned articles without their texts.

    `heights` are the numbers of rows of the parts. `left` has the articles that are not taken down, and its column
    `alone` says which are exempt from merging. `compared` has those that are not, and `rows` their rows in all parts.
    """

    parts: list[Path]
    heights: list[int]
    left: pl.DataFrame
    compared: pl.DataFrame
    rows: npt.NDArray[np.int64]


def count_cleaned(folders: Sequence[Path]) -> int:
    """Return the number of cleaned articles."""
    parts = table_parts(folders, "cleaned")
    count: int = pl.scan_parquet(parts).select(pl.len()).collect().item() if parts else 0
    return count


def gather_articles(folders: Sequence[Path], staging: Path, rulings: Sequence[Ruling]) -> Gathered:
    """Gather what the stage must know of all articles; stage which ones are exempt from merging."""
    parts = table_parts(folders, "cleaned")
    articles = pl.DataFrame(schema={name: CLEANED[name] for name in (*COLUMNS, *PLACE)} | {"part": pl.String()})
    if parts:  # all at once, since one by one takes four times as long
        articles = pl.scan_parquet(parts, include_file_paths="part").select(articles.columns).collect()
    heights = dict(articles.group_by("part").len().iter_rows())
    taken = pl.read_parquet(staging / TAKEN_DOWN, columns=["id"])["id"]
    left = articles.filter(~pl.col("id").is_in(taken.implode()))
    alone = stage_exempt(left.select(list(KEYS)), rulings, "merge", staging)["id"]
    out = pl.concat([taken, alone]).implode()
    rows = np.flatnonzero(articles.select(~pl.col("id").is_in(out)).to_series().to_numpy())
    return Gathered(
        parts,
        [heights.get(str(part), 0) for part in parts],
        left.with_columns(alone=pl.col("id").is_in(alone.implode())),
        articles.select(COLUMNS)[rows],
        rows,
    )


def find_duplicates(
    folders: Sequence[Path], clean: Path, staging: Path, settings: Settings, rulings: Sequence[Ruling]
) -> Tally:
    """Find the near-duplicates among the cleaned articles of some folders, apart from those exempt from merging."""
    gathered = gather_articles(folders, staging, rulings)
    fingerprints = fingerprint(pl.Series(dtype=pl.String), config=settings.dedup)
    if gathered.parts:
        fingerprints = pl.read_parquet(table_parts(folders, "fingerprints")).drop("id")
    read = texts_of(gathered.parts, gathered.heights)
    found = deduplicate(
        gathered.compared,
        config=settings.dedup,
        fingerprints=fingerprints[gathered.rows],
        read=lambda chosen: read(gathered.rows[chosen]),
    )
    return write_found(found, gathered.left, clean, staging)


def write_found(found: Deduplicated, left: pl.DataFrame, clean: Path, staging: Path) -> Tally:
    """Stage the decision on each article, the pairs, the passages and what was capped.

    A cluster with a member from the previous snapshot keeps its `cluster_id`.
    """
    for name in DEDUP_AUDIT:
        write_frame(getattr(found, name), staging / f"{name}.parquet")
    stars = pl.concat([found.clusters, _alone(left.filter("alone")["id"], found.clusters)])
    clusters = carry_cluster_ids(stars, previous_clusters(clean))
    decided = left.select("id", *PLACE, "part").join(clusters, on="id", maintain_order="left")
    decided = decided.join(fill_from_copies(left, stars), on="id", how="left", maintain_order="left")
    write_frame(decided.sort("source", "record"), staging / DECIDED)
    return Tally(counts=Counter(pairs=found.pairs.height), peak_bytes=peak_bytes())


def _alone(ids: pl.Series, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return a table of clusters in which each article forms its own."""
    rows = pl.DataFrame({"id": ids, "kept_id": ids, "cluster_id": ids, "cluster_size": [1] * len(ids)})
    missing = {name: pl.lit(None) for name in clusters.columns if name not in rows.columns}
    return rows.with_columns(**missing).select(clusters.columns).cast(clusters.schema)


def texts_of(parts: Sequence[Path], heights: Sequence[int]) -> Callable[[npt.NDArray[np.int64]], pl.Series]:
    """Return a function that reads the texts of rows, counted over all parts; it only reads parts with such rows."""
    starts = np.array([0, *accumulate(heights)], np.int64)

    def read(rows: npt.NDArray[np.int64]) -> pl.Series:
        order = np.argsort(rows)
        ends = np.searchsorted(rows[order], starts)

        def read_part(number: int) -> pl.Series:
            own = rows[order[ends[number] : ends[number + 1]]] - starts[number]
            return pl.read_parquet(parts[number], columns=["text"])["text"].gather(own)

        texts = in_threads(read_part, np.flatnonzero(np.diff(ends)).tolist())
        return pl.concat([pl.Series(dtype=pl.String), *texts]).gather(np.argsort(order))

    return read
