"""How two snapshots differ, as `winnow diff` shows it and as a run announces it."""

from pathlib import Path
from typing import Any

import polars as pl

from flows.snapshots.published import naming_damage

EXAMPLES = 5
COLUMNS = ("id", "source", "record", "title", "content_sha256")
# The kinds of changes, in the order in which they are shown, each with its meaning.
CHANGES = {
    "added": "that only the new one has",
    "removed": "that only the old one has",
    "text_changed": "whose text has changed",
    "kept_changed": "for which another article is kept now, as for one that was kept and is now a duplicate",
}


def compare_snapshots(old: Path, new: Path) -> dict[str, Any]:
    """Return the counts of two snapshots and of their differences, with the first five examples of each change.

    A record is a row of `articles/` or `duplicates/`. Raises DamagedSnapshotError if a snapshot cannot be read.
    """
    before, after = _records(old), _records(new)
    both = after.join(before, on="id", suffix="_old")
    changed = _differ(before, after) | {"kept_changed": both.filter(pl.col("kept_id") != pl.col("kept_id_old"))}
    sources = pl.concat([before, after]).unique("id", keep="last")
    named = dict(sources.select("id", pl.format("{} record {}", "source", "record")).iter_rows())
    return {
        "old": _counts(old, before),
        "new": _counts(new, after),
        "changes": {name: frame.height for name, frame in changed.items()},
        "examples": {name: _examples(frame, named) for name, frame in changed.items()},
    }


def changes_between(before: Path | None, after: Path) -> dict[str, int]:
    """Count the articles that are new in a snapshot, gone from the one before, and changed."""
    columns = {"id": pl.String(), "content_sha256": pl.String()}
    new = pl.scan_parquet(after / "articles/*.parquet").select(*columns).collect()
    old = pl.DataFrame(schema=columns)
    if before:
        old = pl.scan_parquet(before / "articles/*.parquet").select(*columns).collect()
    found = _differ(old, new)
    names = {"new": "added", "gone": "removed", "changed": "text_changed"}
    return {name: found[change].height for name, change in names.items()}


def _differ(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows that were added, removed, and changed in text; of changed rows, those of the newer frame."""
    both = after.join(before, on="id", suffix="_old")
    return {
        "added": after.join(before, on="id", how="anti"),
        "removed": before.join(after, on="id", how="anti"),
        "text_changed": both.filter(pl.col("content_sha256") != pl.col("content_sha256_old")),
    }


def _records(snapshot: Path) -> pl.DataFrame:
    articles = pl.scan_parquet(snapshot / "articles/*.parquet").select(*COLUMNS, kept_id="id")
    duplicates = pl.scan_parquet(snapshot / "duplicates/*.parquet").select(*COLUMNS, "kept_id")
    with naming_damage(snapshot):
        return pl.concat([articles, duplicates]).collect()


def _counts(snapshot: Path, records: pl.DataFrame) -> dict[str, Any]:
    kept = records.filter(pl.col("id") == pl.col("kept_id")).height
    return {"run": snapshot.name, "articles": kept, "duplicates": records.height - kept}


def _examples(frame: pl.DataFrame, named: dict[str, str]) -> list[dict[str, Any]]:
    rows = frame.sort("source", "record").head(EXAMPLES).to_dicts()
    for row in rows:
        for name in ("kept_id", "kept_id_old"):
            if name in row:
                kept = row.pop(name)
                row[name.replace("_id", "")] = "itself" if kept == row["id"] else named[kept]
    return [{name: value for name, value in row.items() if not name.endswith(("sha256", "sha256_old"))} for row in rows]


def example_line(row: dict[str, Any]) -> str:
    """Return one example as a line."""
    line = f"{row['source']} record {row['record']}: {row['title'] or '(no headline)'}"
    if row.get("kept_old", row["kept"]) != row["kept"]:
        line += f" [kept for it: {row['kept_old']}, now {row['kept']}]"
    return line
