"""What a kept article takes over from its copies if its own page does not state it."""

import polars as pl

FILLED = ("author", "published", "url")
# Excerpts (`contained`) are left out, since nothing says whose they are.
COPIES = ("exact", "near", "version")


def fill_from_copies(articles: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Find the author, date and address that kept articles lack and their copies have.

    `articles` has `id`, `author`, `published` and `url`; `clusters` is the table of `deduplicate`. Returns a row for
    each article that gains something: `id`, `filled_author`, `filled_published`, `filled_url`, and `filled_from`, which
    names the copy that each came from, as in `author: 00c1..., url: 00c1...`. The copy that shares most with the
    article gives author and address; the earliest date counts.
    """
    members = clusters.filter(pl.col("verdict").is_in(COPIES)).select("id", "kept_id", "jaccard")
    copies = members.join(articles.select("id", *FILLED), on="id")
    kept = articles.select(kept_id="id", **{f"own_{name}": name for name in FILLED})
    copies = copies.join(kept, on="kept_id").sort(-pl.col("jaccard"), "id")
    gained = [
        copies.filter(pl.col(f"own_{name}").is_null() & pl.col(name).is_not_null())
        .sort(["published"] if name == "published" else ["kept_id"], maintain_order=True)
        .group_by("kept_id", maintain_order=True)
        .agg(
            pl.col(name).first().alias(f"filled_{name}"),
            pl.format("{}: {}", pl.lit(name), pl.col("id").first()).alias(f"{name}_from"),
        )
        for name in FILLED
    ]
    rows = copies.select("kept_id").unique(maintain_order=True)
    for table in gained:
        rows = rows.join(table, on="kept_id", how="left", maintain_order="left")
    origins = [f"{name}_from" for name in FILLED]
    return (
        rows.filter(pl.any_horizontal(pl.col(origins).is_not_null()))
        .select(
            pl.col("kept_id").alias("id"),
            *(f"filled_{name}" for name in FILLED),
            pl.concat_str(origins, separator=", ", ignore_nulls=True).alias("filled_from"),
        )
        .sort("id")
    )
