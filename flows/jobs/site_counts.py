"""How much is cut of each site, for the gates, counted from what stripping has noted about each article."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.gates import SiteCount
from flows.jobs.staging import MISSING, TAKEN_DOWN, table_parts
from flows.snapshots.stats import length_of_span


def count_sites(folders: Sequence[Path], staging: Path, least: int) -> dict[str, SiteCount]:
    """Return the counts of each site with at least `least` articles; articles that are taken down do not count."""
    cleaned = pl.scan_parquet(table_parts(folders, "cleaned")).select("id", "site").drop_nulls()
    taken = pl.scan_parquet(staging / TAKEN_DOWN).select("id")
    counted = pl.concat([_stripped(folders), _carried(staging / MISSING)])
    found = (
        cleaned.join(taken, on="id", how="anti")
        .join(counted, on="id")
        .group_by("site")
        .agg(articles=pl.len(), characters=pl.col("characters").sum(), characters_cut=pl.col("characters_cut").sum())
        .filter(pl.col("articles") >= least)
        .collect()
    )
    return {site: SiteCount(*counts) for site, *counts in found.iter_rows()}


def _stripped(folders: Sequence[Path]) -> pl.LazyFrame:
    schema = {"id": pl.String(), "characters": pl.Int64(), "characters_cut": pl.Int64()}
    parts = table_parts(folders, "evidence")
    return pl.scan_parquet(parts).select(*schema) if parts else pl.LazyFrame(schema=schema)


def _carried(missing: Path) -> pl.LazyFrame:
    """Count the articles that are carried on from the snapshot before; they are few, so their texts are read."""
    claims = pl.scan_parquet(table_parts([missing], "removals")).filter(pl.col("reason") != "unsure")
    cut = claims.group_by("id").agg(characters_cut=length_of_span().sum())
    kept = pl.scan_parquet(table_parts([missing], "cleaned"))
    lengths = kept.select("id", kept=pl.col("text").str.len_chars().cast(pl.Int64)).join(cut, on="id", how="left")
    both = lengths.with_columns(pl.col("characters_cut").fill_null(0))
    return both.select("id", pl.col("kept").add(pl.col("characters_cut")).alias("characters"), "characters_cut")
