"""Which article is kept: the total order of articles, and stars of verified pairs round the first of each."""

from collections.abc import Iterable
from math import log1p
from typing import NamedTuple

import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.tokens.words import I64

# What makes an extraction good, besides a text without lost letters.
FOUND = ("title", "author", "url")


class Point(NamedTuple):
    """A point of the order of keeping: its column, whether more is better, and the reason to give if it decides.

    `reason` may use the columns of the dropped article and, with the prefix `kept_`, those of the kept one.
    """

    column: str
    more_is_better: bool
    reason: pl.Expr


def _kept_and_other(reason: str, column: str) -> pl.Expr:
    return pl.format(reason, f"kept_{column}", column)


# These decide among equally complete articles, in this order.
POINTS = (
    Point("preference", False, pl.lit("preferred source")),
    Point("quality", True, _kept_and_other("better extracted ({} of 4, not {})", "quality")),
    Point("cleanness", True, pl.lit("cleaner (fewer lines that are no sentences)")),
    Point("published", False, _kept_and_other("earlier ({}, not {})", "published")),
    Point("words", True, _kept_and_other("more words ({}, not {})", "words")),
    Point("id", False, pl.lit("first by id")),
)
COLUMNS = tuple(point.column for point in POINTS)
DESCENDING = tuple(point.more_is_better for point in POINTS)
# All columns that the order of keeping rests on, besides the id.
ORDER = ("address", "seen", "prose", *COLUMNS[:-1])


def order_of_keeping(articles: pl.DataFrame, *, config: DedupConfig) -> pl.DataFrame:
    """Sort articles by the order of keeping; add `completeness`, `preference`, `quality`, `cleanness`.

    The most complete article comes first (in steps, so that a few more words do not decide), then the preferred source,
    the better extraction, the cleaner text, the earliest date, more words, and the id. A few words in lines that do not
    end like a sentence add nothing to completeness, since they may be captions. The quality of an extraction is how
    much of an article it found: a point each for headline, author and address, and one for a text in which no letter
    was lost to a wrong encoding.
    """
    preference = pl.lit(len(config.preferred_sources))
    for place, name in reversed(list(enumerate(config.preferred_sources))):
        at = (pl.col("site") == name).fill_null(False) | pl.col("source").str.starts_with(name)
        preference = pl.when(at).then(place).otherwise(preference)
    few = pl.when(pl.col("loose") <= config.loose_max).then("loose").otherwise(0.0)
    prose = (pl.col("words") * (1 - few)).round().clip(1)
    return articles.with_columns(
        prose=prose.cast(pl.UInt32),
        completeness=(prose.log() / log1p(config.completeness_step)).floor(),
        cleanness=100 - (few * 100).round(),
        preference=preference,
        quality=pl.sum_horizontal(*(pl.col(name).is_not_null() for name in FOUND), ~pl.col("lost_letters")),
    ).sort("completeness", *COLUMNS, descending=[True, *DESCENDING], nulls_last=True)


def best_copies_first(ordered: pl.DataFrame, groups: I64, *, config: DedupConfig) -> pl.DataFrame:
    """Put the best of the equally complete articles of each group of likely copies first; `ordered` is in order.

    Completeness counts in steps, and copies that differ by a few words may fall on both sides of a step's end.
    """
    rows = ordered.with_row_index("at").with_columns(group=pl.Series(groups))
    several = pl.len().over("group") > 1
    places = rows.filter(several).sort("group", "at")
    complete = pl.col("prose") >= (1 - config.completeness_step) * pl.col("prose").max().over("group")
    by_point = [pl.when(complete).then(name) for name in COLUMNS]
    moved = places.sort(
        "group", complete, *by_point, "at", descending=[False, True, *DESCENDING, False], nulls_last=True
    ).with_columns(at=places["at"])
    return pl.concat([rows.filter(~several), moved]).sort("at").drop("at", "group")


def newest_first(ordered: pl.DataFrame, *, config: DedupConfig) -> pl.DataFrame:
    """Put the newest complete version of each address in the place of its best one; `ordered` is in order."""
    rows = ordered.with_row_index("at")
    several = pl.col("address").is_not_null() & (pl.len().over("address") > 1)
    places = rows.filter(several).sort("address", "at")
    complete = pl.col("words") >= config.version_size * pl.col("words").max().over("address")
    moved = places.sort("address", complete, "seen", "at", descending=[False, True, True, False], nulls_last=True)
    moved = moved.with_columns(at=places["at"])
    return pl.concat([rows.filter(~several | several.is_null()), moved]).sort("at").drop("at")


def join_stars(kept: I64, accepted: Iterable[tuple[int, int]]) -> None:
    """Make the right row of each accepted pair a member of the left row's star, if both still stand for themselves.

    `kept` holds for each row the row that is kept for it, and is changed in place. The pairs must come sorted, over all
    calls, with the row that is kept first on the left. So a row becomes a member only by a pair with the kept row
    itself, never through another member.
    """
    for left, right in accepted:
        if kept[left] == left and kept[right] == right:
            kept[right] = left


def reasons_to_keep(members: pl.DataFrame, *, config: DedupConfig) -> pl.Series:
    """Say for each member why the other article was kept: by the first point of the order in which they differ.

    `members` has the columns of `order_of_keeping`, and those of the kept article with the prefix `kept_`.
    """
    newer = (pl.col("kept_address") == pl.col("address")) & (pl.col("kept_seen") > pl.col("seen"))
    longer = pl.col("kept_prose") * (1 - config.completeness_step) > pl.col("prose")
    reasons = [
        (newer, _kept_and_other("newer version ({}, not {})", "seen")),
        (longer, _kept_and_other("more complete ({} words, not {})", "prose")),
    ]
    for column, more_is_better, reason in POINTS[:-1]:
        kept, other = pl.col(f"kept_{column}"), pl.col(column)
        if column == "published":
            reasons.append((other.is_null() & kept.is_not_null(), pl.lit("dated, the other not")))
        reasons.append((kept > other if more_is_better else kept < other, reason))
    why = POINTS[-1].reason
    for differs, reason in reversed(reasons):
        why = pl.when(differs).then(reason).otherwise(why)
    return members.select(reason=why).get_column("reason")
