"""Which records are taken down, and which snapshots and parts of the store still hold their text."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from flows.rulings import KEYS, Ruling, published_records, rule_matches

STORED = ".store/*/extracted/*.parquet"  # the parts of the store with texts, below the clean folder


def ids_in_snapshots(snapshots: Iterable[Path], rulings: Sequence[Ruling]) -> set[str]:
    """Return the ids of the records of some snapshots that are taken down.

    A snapshot has no address of a record that was not published, but the fate of one that was taken down names the
    target of the ruling.
    """
    named = tuple(f"({ruling.kind} {ruling.target})" for ruling in rulings)
    ids: set[str] = set()
    for snapshot in snapshots:
        ids.update(rule_matches(published_records(snapshot), rulings)["id"])
        fates = pl.scan_parquet(snapshot / "audit/fates/*.parquet").filter(pl.col("fate") == "taken_down")
        rows = fates.select("id", "message").collect().iter_rows()
        ids.update(identity for identity, message in rows if message.endswith(named))
    return ids


def ids_in_store(clean: Path, rulings: Sequence[Ruling]) -> dict[Path, set[str]]:
    """Return the parts of the store that hold text of records that are taken down, with their ids."""
    found = {}
    for part in sorted(clean.glob(STORED)):
        try:
            ids = set(rule_matches(pl.read_parquet(part, columns=list(KEYS)), rulings)["id"])
        except (pl.exceptions.PolarsError, OSError):
            continue  # the next run finds it damaged and removes it
        if ids:
            found[part] = ids
    return found


def held_in(snapshot: Path, ids: set[str]) -> int:
    """Return how many of these records a snapshot holds text of: all but those that it has taken down itself."""
    fates = pl.scan_parquet(snapshot / "audit/fates/*.parquet").filter(pl.col("fate") != "taken_down")
    held: int = fates.filter(pl.col("id").is_in(sorted(ids))).select(pl.len()).collect().item()
    return held
