"""What the stages of a run hand on in staging."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from flows.tables import FATE

KEY = ("source", "record", "id")
MISSING = "missing"  # the folder with the articles that are carried on
DEDUP_AUDIT = ("pairs", "passages", "capped")
# Written by the dedup stage: each cleaned article with its cluster and its part, in the order of the tables.
DECIDED = "decided.parquet"
# Written before that: the fates of the articles that must never be published, and whether each is a missing one.
TAKEN_DOWN = "taken_down.parquet"


def table_parts(folders: Iterable[Path], table: str) -> list[Path]:
    """Return the files of one table in folders of cleaned work, in the order of the folders."""
    return [part for folder in folders for part in sorted((folder / table).glob("*.parquet"))]


def unread_files(staging: Path) -> pl.DataFrame:
    """Return the fates of the files and folders that could not be read this time."""
    return pl.scan_parquet(staging / "unreadable" / "*.parquet", schema=FATE).collect()
