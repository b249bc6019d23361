"""What `winnow stats` shows: what came into a snapshot and what became of it."""

import json
from pathlib import Path
from typing import Any

import polars as pl

SITES = 10


def snapshot_stats(snapshot: Path) -> dict[str, Any]:
    """Return the figures of a snapshot: what came in, fates, cuts by reason and rule, duplicates and sites.

    `sites` has the ten with the most records; a record that was published nowhere has no site.
    """
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    counts = manifest["counts"]
    claims = pl.scan_parquet(snapshot / "audit/removals/*.parquet")
    spans = claims.group_by("reason", "rule").agg(
        spans=pl.len(), records=pl.col("id").n_unique(), characters=_length().sum()
    )
    cut = claims.filter(pl.col("reason") != "unsure").group_by("id").agg(cut=_length().sum())
    articles, duplicates = (pl.scan_parquet(snapshot / table / "*.parquet") for table in ("articles", "duplicates"))
    columns = ("id", "site", "words")
    rows = pl.concat([articles.select(*columns, kept=True), duplicates.select(*columns, kept=False)])
    sites = (
        rows.join(cut, on="id", how="left")
        .group_by("site")
        .agg(
            articles=pl.col("kept").sum(),
            duplicates=(~pl.col("kept")).sum(),
            words=pl.col("words").filter("kept").sum(),
            characters_cut=pl.col("cut").fill_null(0).sum(),
        )
        .sort(pl.col("articles") + pl.col("duplicates"), "site", descending=[True, False])
    )
    verdicts = duplicates.group_by("verdict").len("count").sort("count", "verdict", descending=[True, False])
    came_in = ("files", "bytes", "records", "split_off", "missing")
    return {
        "run": manifest["run_id"],
        "came_in": {name: counts.get(name, 0) for name in came_in},
        "fates": {name.removeprefix("fate "): n for name, n in counts.items() if name.startswith("fate ")},
        "words": articles.select(pl.col("words").cast(pl.Int64).sum()).collect().item(),
        "characters": {name: counts.get(name, 0) for name in ("characters", "characters_kept", "characters_cut")},
        "cuts": spans.sort("characters", "reason", "rule", descending=[True, False, False]).collect().to_dicts(),
        "duplicates": verdicts.collect().to_dicts(),
        "sites": sites.head(SITES).collect().to_dicts(),
    }


def _length() -> pl.Expr:
    return pl.col("end").cast(pl.Int64) - pl.col("start").cast(pl.Int64)
