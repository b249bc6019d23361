"""The dedup stage over the staged parts, done in one worker process."""

from collections import Counter
from pathlib import Path

import polars as pl

from cleaners.dedup import deduplicate
from flows.batches import Tally, peak_bytes
from flows.settings import Settings
from flows.tables import CLEANED, write_frame

COLUMNS = ("id", "text", "title", "site", "published", "words", "source", "record")


def find_duplicates(staging: Path, settings: Settings) -> Tally:
    """Find the near-duplicates among all cleaned articles; write `pairs.parquet` and `clusters.parquet`."""
    schema = {name: CLEANED[name] for name in COLUMNS}
    parts = sorted((staging / "cleaned").glob("*.parquet"))
    frames = [pl.read_parquet(part, columns=list(COLUMNS)).select(COLUMNS) for part in parts]
    found = deduplicate(pl.concat([pl.DataFrame(schema=schema), *frames]), config=settings.dedup)
    write_frame(found.pairs, staging / "pairs.parquet")
    write_frame(found.clusters, staging / "clusters.parquet")
    return Tally(counts=Counter(pairs=found.pairs.height), peak_bytes=peak_bytes())
