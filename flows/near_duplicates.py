"""The dedup stage over the cleaned parts, done in one worker process."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cleaners.dedup import deduplicate
from cleaners.dedup.history import carry_cluster_ids
from flows.batches import Tally, peak_bytes
from flows.settings import Settings
from flows.snapshot import previous_clusters, table_parts
from flows.tables import CLEANED, write_frame

COLUMNS = ("id", "text", "title", "site", "published", "words", "source", "record")


def find_duplicates(folders: Sequence[Path], clean: Path, staging: Path, settings: Settings) -> Tally:
    """Find the near-duplicates among the cleaned articles of some folders.

    Writes `pairs.parquet` and `clusters.parquet`. A cluster that has a member of the previous snapshot carries its
    `cluster_id` on.
    """
    empty = pl.DataFrame(schema={name: CLEANED[name] for name in COLUMNS})
    frames = [pl.read_parquet(part, columns=list(COLUMNS)).select(COLUMNS) for part in table_parts(folders, "cleaned")]
    found = deduplicate(pl.concat([empty, *frames]), config=settings.dedup)
    write_frame(found.pairs, staging / "pairs.parquet")
    write_frame(carry_cluster_ids(found.clusters, previous_clusters(clean)), staging / "clusters.parquet")
    return Tally(counts=Counter(pairs=found.pairs.height), peak_bytes=peak_bytes())
