"""What the stages of a run leave to each other in staging."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from flows.tables import FATE

KEY = ("source", "record", "id")
MISSING = "missing"  # the folder in staging of the articles that are carried on
DEDUP_AUDIT = ("pairs", "passages", "capped")
# Staged by the dedup stage: each cleaned article with its cluster and the part it is in, in the order of the tables.
DECIDED = "decided.parquet"
# Staged before it: the fates of the articles that are never to be published, and whether each is a missing one.
TAKEN_DOWN = "taken_down.parquet"


def table_parts(folders: Iterable[Path], table: str) -> list[Path]:
    """Return the parts of one table in folders of cleaned work, in the order of the folders."""
    return [part for folder in folders for part in sorted((folder / table).glob("*.parquet"))]


def unread_files(staging: Path) -> pl.DataFrame:
    """Return the fates of the files and folders that could not be read this time."""
    return pl.scan_parquet(staging / "unreadable" / "*.parquet", schema=FATE).collect()
