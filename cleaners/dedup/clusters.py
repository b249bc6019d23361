"""Who is kept: the total order of articles, and stars of verified pairs round the first of each."""

from collections.abc import Iterable
from math import log1p

import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.words import I64

# What makes an extraction good, beside a text without lost letters.
FOUND = ("title", "author", "url")
# Columns that the order of keeping rests on, beside the id.
ORDER = ("completeness", "preference", "quality", "published", "words")


def order_of_keeping(articles: pl.DataFrame, *, config: DedupConfig) -> pl.DataFrame:
    """Sort articles by the order in which they are kept; add `completeness`, `preference` and `quality`.

    Most complete first (in steps, so that a few words more do not decide), then the preferred source, the better
    extraction, the earliest date, more words, and the id. The quality of an extraction is how much of an article it
    found: a point each for headline, author and address, and one for a text in which no letter is lost to a wrong
    encoding.
    """
    preference = pl.lit(len(config.preferred_sources))
    for place, name in reversed(list(enumerate(config.preferred_sources))):
        at = (pl.col("site") == name).fill_null(False) | pl.col("source").str.starts_with(name)
        preference = pl.when(at).then(place).otherwise(preference)
    return articles.with_columns(
        completeness=(pl.col("words").clip(1).cast(pl.Float64).log() / log1p(config.completeness_step)).floor(),
        preference=preference,
        quality=pl.sum_horizontal(
            *(pl.col(name).is_not_null() for name in FOUND),
            ~pl.col("lost_letters"),
        ),
    ).sort(
        "completeness",
        "preference",
        "quality",
        "published",
        "words",
        "id",
        descending=[True, False, True, False, True, False],
        nulls_last=True,
    )


def join_stars(kept: I64, accepted: Iterable[tuple[int, int]]) -> None:
    """Make the right row of each accepted pair a member of the left's star, where both still stand for themselves.

    `kept` says for each row which one is kept for it. Pairs come sorted, over all calls, with the row kept first on the
    left; so a row becomes a member only by a pair with the kept row itself, never through another member.
    """
    for left, right in accepted:
        if kept[left] == left and kept[right] == right:
            kept[right] = left


def reasons_to_keep(members: pl.DataFrame) -> pl.Series:
    """Say for each member why the other was kept: the first point of the order in which they differ.

    Columns: those of `order_of_keeping`, and the same of the kept article with the prefix `kept_`.
    """
    more = pl.format("more complete ({} words, not {})", "kept_words", "words")
    return members.select(
        reason=pl.when(pl.col("kept_completeness") > pl.col("completeness"))
        .then(more)
        .when(pl.col("kept_preference") < pl.col("preference"))
        .then(pl.lit("preferred source"))
        .when(pl.col("kept_quality") > pl.col("quality"))
        .then(pl.format("better extracted ({} of 4, not {})", "kept_quality", "quality"))
        .when(pl.col("published").is_null() & pl.col("kept_published").is_not_null())
        .then(pl.lit("dated, the other not"))
        .when(pl.col("kept_published") < pl.col("published"))
        .then(pl.format("earlier ({}, not {})", "kept_published", "published"))
        .when(pl.col("kept_words") > pl.col("words"))
        .then(more)
        .otherwise(pl.lit("first by id"))
    ).get_column("reason")
