"""The life of a snapshot: staged beside the others, checked, made durable, switched to at once, pruned later."""

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import UsageError
from flows.tables import FATE, TABLES, schema_json, write_table


class InconsistentSnapshotError(Exception):
    """The staged tables do not add up; nothing was published."""


@contextmanager
def claim_clean_folder(clean: Path) -> Iterator[None]:
    """Hold the clean folder for one run, making it if need be, and clear what a dead run left in staging.

    Raises UsageError where the folder cannot be written to or another run holds it.
    """
    try:
        (clean / "snapshots").mkdir(parents=True, exist_ok=True)
        lock = os.open(clean / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"cannot write to the clean folder {clean}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"another run is publishing into {clean}; wait for it to end") from error
        shutil.rmtree(clean / ".staging", ignore_errors=True)
        yield
    finally:
        os.close(lock)


def write_tables(staging: Path, snapshot: Path, rows: int) -> Counter[str]:
    """Write every table of the snapshot from the staged parts, part by part, in the order of source and record.

    `rows` is the most a file may hold. Returns the rows of each table and of each fate.
    """
    clusters = pl.read_parquet(staging / "clusters.parquet")
    parts = sorted((staging / "cleaned").glob("*.parquet"))

    def joined(kept: bool) -> Iterator[pl.DataFrame]:
        for part in parts:
            frame = pl.read_parquet(part).join(clusters, on="id", how="left", maintain_order="left")
            yield frame.filter((pl.col("id") == pl.col("kept_id")) == kept)

    def staged(folder: str) -> Iterator[pl.DataFrame]:
        return (pl.read_parquet(path) for path in sorted((staging / folder).glob("*.parquet")))

    counts: Counter[str] = Counter()
    frames = {
        "articles": joined(kept=True),
        "duplicates": joined(kept=False),
        "audit/removals": staged("removals"),
        "audit/pairs": iter([pl.read_parquet(staging / "pairs.parquet")]),
        "audit/fates": iter([_fates(staging, clusters)]),
    }
    for name, table in frames.items():
        counts[name] = write_table(table, snapshot / name, TABLES[name], rows=rows)
    (snapshot / "schema.json").write_text(schema_json(), encoding="utf-8")
    fates = pl.scan_parquet(snapshot / "audit/fates/*.parquet").group_by("fate").len().collect()
    counts.update({f"fate {fate}": count for fate, count in fates.iter_rows()})
    return counts


def _fates(staging: Path, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record: what refused it, what it was too short for, or where it stands in its cluster."""
    parts = (staging / "cleaned").glob("*.parquet")
    cleaned = [pl.read_parquet(path, columns=["source", "record", "id"]) for path in sorted(parts)]
    none = [pl.DataFrame(schema={name: FATE[name] for name in ("source", "record", "id")})]
    published = (
        pl.concat(cleaned or none)
        .join(clusters.select("id", "kept_id", "verdict", "keep_reason"), on="id", how="left", maintain_order="left")
        .with_columns(
            fate=pl.when(pl.col("id") == pl.col("kept_id")).then(pl.lit("kept")).otherwise(pl.lit("duplicate")),
            message=pl.when(pl.col("id") == pl.col("kept_id"))
            .then(pl.lit(None, pl.String))
            .otherwise(pl.format("{}: {}", "verdict", "keep_reason")),
        )
    )
    others = [pl.read_parquet(path) for folder in ("refused", "short") for path in (staging / folder).glob("*.parquet")]
    columns = list(FATE)
    return pl.concat([published.select(columns), *(frame.select(columns) for frame in others)]).sort("source", "record")


def check_snapshot(snapshot: Path, counts: Mapping[str, int]) -> None:
    """Check the sums that must agree before a snapshot may be published.

    Raises InconsistentSnapshotError with the sum that does not.
    """
    articles = pl.scan_parquet(snapshot / "articles/*.parquet")
    duplicates = pl.scan_parquet(snapshot / "duplicates/*.parquet")
    orphans = duplicates.join(articles, left_on="kept_id", right_on="id", how="anti").select(pl.len()).collect().item()
    fates = sum(count for name, count in counts.items() if name.startswith("fate "))
    distinct = pl.scan_parquet(snapshot / "audit/fates/*.parquet").select(pl.col("id").n_unique()).collect().item()
    sums = {
        "records read + parts split off = fates": (counts["records"] + counts["split_off"], fates),
        "fates = distinct ids": (fates, distinct),
        "articles = fates kept": (counts["articles"], counts.get("fate kept", 0)),
        "duplicates = fates duplicate": (counts["duplicates"], counts.get("fate duplicate", 0)),
        "duplicates without their kept article = 0": (orphans, 0),
        "characters extracted = kept + cut": (
            counts["characters"],
            counts["characters_kept"] + counts["characters_cut"],
        ),
    }
    wrong = [f"{name}: {left} against {right}" for name, (left, right) in sums.items() if left != right]
    if wrong:
        raise InconsistentSnapshotError("the staged snapshot does not add up: " + "; ".join(wrong))


def write_manifest(snapshot: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a snapshot."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (snapshot / "manifest.json").write_text(text, encoding="utf-8")


def publish(staged: Path, clean: Path, run_id: str) -> Path:
    """Make a staged snapshot durable and point `clean/current` at it in one atomic step; return its final folder."""
    for folder, _, files in os.walk(staged):
        for file in files:
            _sync(Path(folder, file))
        _sync(Path(folder))
    final = clean / "snapshots" / run_id
    staged.rename(final)
    _sync(final.parent)
    link = clean / ".current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("snapshots", run_id), target_is_directory=True)
    link.replace(clean / "current")
    _sync(clean)
    return final


def prune(clean: Path, keep: int) -> list[str]:
    """Remove the oldest snapshots beyond `keep`, never the current one; return the names of those removed."""
    current = (clean / "current").resolve().name
    # Run ids begin with the time of the run, so their order by name is their order in time.
    older = sorted(path.name for path in (clean / "snapshots").iterdir() if path.is_dir() and path.name != current)
    surplus = older[: max(0, len(older) - (keep - 1))]
    for name in surplus:
        shutil.rmtree(clean / "snapshots" / name)
    return surplus


def current_snapshot(clean: Path) -> Path:
    """Return the folder that `clean/current` points at; raises UsageError where nothing is published yet."""
    current = clean / "current"
    if not (current / "manifest.json").is_file():
        raise UsageError(f"nothing is published in {clean} yet: run `winnow run` first")
    return current.resolve()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
