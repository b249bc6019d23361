"""Counts of what came into a snapshot and what became of it, for `winnow stats` and the report."""

from pathlib import Path
from typing import Any

import polars as pl

from flows.snapshots.published import read_manifest
from flows.snapshots.records import scan

SITES = 10


def snapshot_stats(snapshot: Path) -> dict[str, Any]:
    """Return the figures of a snapshot: what came in, fates, cuts by reason and rule, duplicates and sites.

    `sites` has the ten sites with the most records; a record that was not published has no site.
    """
    manifest = read_manifest(snapshot)
    counts = manifest["counts"]
    claims = scan(snapshot, "audit/removals").select("id", "reason", "rule", "score", size=length_of_span()).collect()
    articles = read_articles(snapshot)
    lost = claims.filter(pl.col("reason") != "unsure").group_by("id").agg(cut=pl.col("size").sum())
    spans = by_rule(claims, "reason", "rule").select(
        "reason", "rule", spans="count", records="articles", characters="size"
    )
    sites = by_site(articles, lost).rename({"kept": "articles", "copies": "duplicates", "cut": "characters_cut"})
    sites = sites.select("site", "articles", "duplicates", "words", "characters_cut")
    duplicates = scan(snapshot, "duplicates").group_by("verdict").len("count")
    came_in = ("files", "bytes", "records", "split_off", "missing")
    return {
        "run": manifest["run_id"],
        "came_in": {name: counts.get(name, 0) for name in came_in},
        "fates": {name.removeprefix("fate "): n for name, n in counts.items() if name.startswith("fate ")},
        "words": articles.filter("kept")["words"].sum(),
        "characters": {name: counts.get(name, 0) for name in ("characters", "characters_kept", "characters_cut")},
        "cuts": spans.sort("characters", "reason", "rule", descending=[True, False, False]).to_dicts(),
        "duplicates": duplicates.sort("count", "verdict", descending=[True, False]).collect().to_dicts(),
        "sites": sites.head(SITES).to_dicts(),
    }


def read_articles(snapshot: Path) -> pl.DataFrame:
    """Return every article of a snapshot, kept or not, without its text; `words` has 64 bits, so that sums fit."""
    columns = ["id", "site", "published", "cluster_size"]
    tables = [
        scan(snapshot, table).select(*columns, pl.col("words").cast(pl.Int64), kept=pl.lit(kept))
        for table, kept in (("articles", True), ("duplicates", False))
    ]
    return pl.concat(tables).collect(engine="streaming")


def length_of_span() -> pl.Expr:
    """Return an expression for the number of characters of a claimed span."""
    return pl.col("end").cast(pl.Int64) - pl.col("start").cast(pl.Int64)


def by_site(articles: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """Count the articles and words of each site; sites with the most articles, kept or not, come first.

    `cut` sums up the column of that name of `lost`, which has a row for each article that lost something. `left` counts
    the words of all articles, `words` those of the kept ones.
    """
    return (
        articles.join(lost, on="id", how="left")
        .group_by("site")
        .agg(
            kept=pl.col("kept").sum(),
            copies=(~pl.col("kept")).sum(),
            words=pl.col("words").filter("kept").sum(),
            left=pl.col("words").sum(),
            cut=pl.col("cut").sum(),
        )
        .sort(-(pl.col("kept") + pl.col("copies")).cast(pl.Int64), "site", nulls_last=True)
    )


def by_rule(claims: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Count claims by reason, or by reason and rule: spans, articles, characters (`size`), and the lowest score."""
    return claims.group_by(*by).agg(
        count=pl.len(), articles=pl.col("id").n_unique(), size=pl.col("size").sum(), lowest=pl.col("score").min()
    )
