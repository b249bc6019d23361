"""Reading published snapshots, and the error for damaged ones."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import UsageError
from flows.folders.clean_folder import MANIFEST, damage_message, published_snapshot
from flows.settings import Settings, settings_of_run
from flows.tables import TABLES


class DamagedSnapshotError(UsageError):
    """A published snapshot cannot be read."""


@contextmanager
def naming_damage(snapshot: Path) -> Iterator[None]:
    """Turn errors from missing or damaged files of a published snapshot into DamagedSnapshotError."""
    try:
        yield
    except (pl.exceptions.PolarsError, ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedSnapshotError(damage_message(snapshot, why)) from error


def published_manifest(clean: Path) -> dict[str, Any] | None:
    """Return the manifest of the current snapshot, or None if nothing is published."""
    return read_manifest(clean / "current") if published_snapshot(clean) is not None else None


def read_manifest(snapshot: Path) -> dict[str, Any]:
    """Return the manifest of a snapshot; raise DamagedSnapshotError if it cannot be read."""
    with naming_damage(snapshot):
        manifest: dict[str, Any] = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def snapshot_settings(snapshot: Path) -> Settings:
    """Return the settings that a snapshot was made with; raise UsageError if this version does not know them."""
    manifest = read_manifest(snapshot)
    try:
        return settings_of_run(None, manifest["settings"])
    except UsageError as error:
        made = manifest["versions"].get("winnow-news", "another version")
        raise UsageError(f"{snapshot} was made with settings of Winnow {made}, not this one's ({error})") from error


def previous_clusters(clean: Path) -> pl.DataFrame:
    """Return the `id` and `cluster_id` of every article of the current snapshot; an empty table if there is none."""
    snapshot = clean / "current"
    if not (snapshot / MANIFEST).is_file():
        return pl.DataFrame(schema={"id": pl.String, "cluster_id": pl.String})
    tables = [pl.scan_parquet(snapshot / table / "*.parquet") for table in ("articles", "duplicates")]
    with naming_damage(snapshot):
        return pl.concat([table.select("id", "cluster_id") for table in tables]).collect()


def check_readable(snapshot: Path) -> None:
    """Raise DamagedSnapshotError unless every column of every table of a snapshot can be read."""
    with naming_damage(snapshot):
        for table in TABLES:
            for part in sorted((snapshot / table).glob("*.parquet")):
                pl.read_parquet(part)
            pl.scan_parquet(snapshot / table / "*.parquet").collect_schema()
