"""What the corpus and people know of the extracted articles, by which they are stripped."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.jobs.tally import Tally, peak_bytes
from flows.rulings import KEYS, Ruling, stage_exempt
from flows.tables import CURRENT, EXTRACTED, FILES, write_frame

# Line keys grouped at once; each takes about 100 bytes meanwhile.
LINES_AT_ONCE = 4_000_000


def survey(staging: Path, store: Path, rulings: Sequence[Ruling]) -> tuple[list[str], Tally]:
    """Return the extracted parts with articles of the current files; stage what the corpus and people know of them.

    That is the lines that the pages of a site repeat, the paragraphs of an article that open other articles, and the
    articles that people have exempted from cuts.
    """
    current = pl.scan_parquet(staging / "current" / "*.parquet", schema=CURRENT).select("file").drop_nulls().collect()
    write_frame(current, staging / "files.parquet")
    known = pl.scan_parquet(store / "files" / "*.parquet", schema=FILES).collect()
    named = known.join(current, on="file", how="semi")["parts"].explode().drop_nulls().unique().sort()
    paths = {name: store / "extracted" / f"{name}.parquet" for name in named}
    parts = [name for name, path in paths.items() if path.exists()]  # the other parts hold refused records
    sited = (
        pl.scan_parquet([paths[name] for name in parts], schema=EXTRACTED if not parts else None)
        .select("file", pl.col("site").fill_null(""), "lines")  # articles without a site count as one site's
        .join(current.lazy(), on="file", how="semi")
    )
    pages = sited.group_by("site").len("pages").sort("site").collect()
    write_frame(pages, staging / "site_pages.parquet")
    write_frame(_shared_lines(sited, pages["site"]), staging / "site_lines.parquet")
    openings = (
        pl.scan_parquet([paths[name] for name in parts], schema=EXTRACTED if not parts else None)
        .select("file", "id", "openings")
        .join(current.lazy(), on="file", how="semi")
    )
    write_frame(_found_elsewhere(openings), staging / "elsewhere.parquet")
    stage_exempt(current_records(staging, store) if rulings else pl.DataFrame(schema=KEYS), rulings, "cuts", staging)
    return parts, Tally(counts=Counter(extracted=int(pages["pages"].sum())), peak_bytes=peak_bytes())


def current_records(staging: Path, store: Path) -> pl.DataFrame:
    """Return the articles of the current files, with the columns by which rulings name them."""
    files = pl.scan_parquet(staging / "files.parquet")
    articles = pl.scan_parquet(store / "extracted" / "*.parquet", schema=EXTRACTED)
    return articles.join(files, on="file", how="semi").select(list(KEYS)).collect()


def _found_elsewhere(openings: pl.LazyFrame) -> pl.DataFrame:
    """Return, for each article, the keys of its paragraphs (but not the first) that open other articles."""
    first = openings.select(pl.col("openings").list.first().alias("key")).drop_nulls().unique()
    later = openings.select("id", pl.col("openings").list.slice(1).alias("key")).explode("key").drop_nulls()
    found = later.join(first, on="key", how="semi").collect(engine="streaming")
    return found.sort("id", "key").group_by("id", maintain_order=True).agg(pl.col("key").alias("keys"))


def _shared_lines(sited: pl.LazyFrame, sites: pl.Series) -> pl.DataFrame:
    """Count the pages of a site that have each line, for lines on several pages; a share of the keys at a time."""
    numbers = pl.LazyFrame({"site": sites}).with_row_index("number")
    lines = sited.join(numbers, on="site").select("number", pl.col("lines").alias("line")).explode("line").drop_nulls()
    total = lines.select(pl.len()).collect(engine="streaming").item()
    shares = 1 << (total // LINES_AT_ONCE).bit_length()
    counted = [
        lines.filter(pl.col("line") & (shares - 1) == share)
        .group_by("number", "line")
        .len("pages")
        .filter(pl.col("pages") > 1)
        .collect(engine="streaming")
        for share in range(shares)
    ]
    named = pl.concat(counted).lazy().join(numbers, on="number").select("site", "line", "pages")
    return named.sort("site", "line").collect()
