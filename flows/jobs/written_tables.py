"""The tables of a snapshot: their writing from staging, and the checks before they may be published."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.dedup import FILLED
from flows.errors import UsageError
from flows.folders.clean_folder import MANIFEST
from flows.jobs.staging import DECIDED, DEDUP_AUDIT, KEY, MISSING, TAKEN_DOWN, table_parts, unread_files
from flows.jobs.tally import Tally, peak_bytes
from flows.rulings import EXEMPT
from flows.settings import Settings
from flows.tables import CLEANED, FATE, REFUSED, TABLES, schema_json, write_table, write_table_file

# The two tables of articles. The other tables follow: one that is known before the dedup stage, and those after it.
KEPT_OR_NOT = {"articles": pl.col("id") == pl.col("kept_id"), "duplicates": pl.col("id") != pl.col("kept_id")}
KNOWN_EARLY = ("audit/removals",)
KNOWN_LATE = tuple(name for name in TABLES if name not in KEPT_OR_NOT and name not in KNOWN_EARLY)


class InconsistentSnapshotError(Exception):
    """The counts of the staged tables do not add up; nothing was published."""


class TooFewArticlesError(UsageError):
    """The snapshot has far fewer articles than the one before, so something must be wrong; nothing was published."""


def count_article_files(staging: Path, rows: int) -> int:
    """Return the number of files of `rows` rows for all articles; an empty corpus has one file too."""
    articles: int = pl.scan_parquet(staging / DECIDED).select(pl.len()).collect().item()
    return max(1, math.ceil(articles / rows))


def write_articles(number: int, staging: Path, snapshot: Path, rows: int) -> Tally:
    """Write one file of kept articles and one of duplicates; return the number of rows of each.

    The two have `rows` rows together, which are in memory at once.
    """
    decided = pl.scan_parquet(staging / DECIDED).slice(number * rows, rows).collect()
    parts = decided["part"].unique(maintain_order=True).to_list()
    cleaned = pl.read_parquet(parts) if parts else pl.DataFrame(schema=CLEANED)
    frame = decided.drop("source", "record", "missing", "part").join(
        cleaned, on="id", how="left", maintain_order="left"
    )
    frame = frame.with_columns(pl.coalesce(name, f"filled_{name}").alias(name) for name in FILLED)
    counts: Counter[str] = Counter()
    for name, condition in KEPT_OR_NOT.items():
        chosen = frame.filter(condition)
        counts[name] = chosen.height
        if chosen.height or number == 0:  # the first file is always written, so that readers find the schema
            write_table_file(chosen, snapshot / name, TABLES[name], number=number)
    return Tally(counts=counts, peak_bytes=peak_bytes())


def write_tables(
    names: Sequence[str], folders: Sequence[Path], staging: Path, store: Path, snapshot: Path, rows: int
) -> Tally:
    """Write some of the other tables from the cleaned work in `folders`, sorted by source and record.

    A file holds at most `rows` rows. Returns the number of rows of each table and of each fate.
    """
    frames: dict[str, Callable[[], Iterator[pl.DataFrame]]] = {
        "audit/removals": lambda: _removals(folders, staging, rows),
        **{f"audit/{name}": partial(_staged, staging / f"{name}.parquet") for name in DEDUP_AUDIT},
        "audit/fates": lambda: iter([_fates(table_parts(folders, "short"), staging, store)]),
    }
    counts: Counter[str] = Counter()
    for name in names:
        counts[name] = write_table(frames[name](), snapshot / name, TABLES[name], rows=rows)
    if "audit/fates" in names:
        fates = pl.scan_parquet(snapshot / "audit/fates/*.parquet").group_by("fate").len().collect()
        counts.update({f"fate {fate}": count for fate, count in fates.iter_rows()})
        carried = pl.scan_parquet(staging / DECIDED).filter("missing").select("id")
        failed = pl.scan_parquet(staging / MISSING / "short" / "*.parquet", schema=FATE).select("id")
        taken = pl.scan_parquet(staging / TAKEN_DOWN).filter("missing").select("id")
        counts["missing"] = pl.concat([carried, failed, taken]).unique().collect().height
    return Tally(counts=counts, peak_bytes=peak_bytes())


def _staged(part: Path) -> Iterator[pl.DataFrame]:
    yield pl.read_parquet(part)


def _removals(folders: Sequence[Path], staging: Path, rows: int) -> Iterator[pl.DataFrame]:
    taken = pl.scan_parquet(staging / TAKEN_DOWN).select("id")  # no text of these is published here either
    holders = [parts for table in ("cleaned", "short") if (parts := table_parts(folders, table))]
    indexes = [pl.scan_parquet(parts, include_file_paths="part").select(*KEY, "part") for parts in holders]
    left = [index.join(taken, on="id", how="anti") for index in indexes]
    index = pl.concat(left).sort("source", "record").collect() if left else pl.DataFrame()
    for chunk in index.iter_slices(rows):
        names = {Path(part).parent.parent for part in chunk["part"].unique()}
        claims = pl.read_parquet(table_parts([folder for folder in folders if folder in names], "removals"))
        yield (
            chunk.with_row_index("place")
            .select("id", "place")
            .join(claims, on="id")
            .sort("place", "start", "end", "rule")
            .drop("place")
        )


def _fates(short: list[Path], staging: Path, store: Path) -> pl.DataFrame:
    """Return one row for each record: why it was refused, that it was too short, or its place in a cluster."""
    kept = KEPT_OR_NOT["articles"]
    why_not = pl.when(kept).then(pl.lit(None, pl.String)).otherwise(pl.format("{}: {}", "verdict", "keep_reason"))
    unread = unread_files(staging)
    # A file that could not be read has the fates of its articles that are carried on or, without any, one of its own.
    why = unread.select("source", why=pl.format("the raw file could not be read ({})", "message")).unique("source")
    decided = pl.read_parquet(staging / DECIDED).join(why, on="source", how="left", maintain_order="left")
    reason = pl.col("why").fill_null("the raw file is gone, or cannot be listed")
    gone = pl.format("{}; carried on from the snapshot before", reason)
    published = decided.with_columns(
        fate=pl.when(kept).then(pl.lit("kept")).otherwise(pl.lit("duplicate")),
        message=pl.when(pl.col("missing"))
        .then(pl.concat_str(why_not, gone, separator="; ", ignore_nulls=True))
        .otherwise(why_not),
    )
    files = pl.scan_parquet(staging / "files.parquet")
    refused = (
        pl.scan_parquet(store / "refused" / "*.parquet", schema=REFUSED).join(files, on="file", how="semi").collect()
    )
    taken = pl.read_parquet(staging / TAKEN_DOWN)
    carried = pl.concat([decided.select("source"), taken.select("source")])
    others = [refused, unread.join(carried, on="source", how="anti")]
    if short:
        others.append(pl.read_parquet(short).join(taken, on="id", how="anti"))
    columns = list(FATE)
    rows = pl.concat([published.select(columns), *(frame.select(columns) for frame in others)])
    # The message of a take-down ends with the target, by which later take-downs recognise it (`taken_text`).
    fates = pl.concat([_with_exemptions(rows, staging).select(columns), taken.select(columns)])
    return fates.sort("source", "record")


def _with_exemptions(fates: pl.DataFrame, staging: Path) -> pl.DataFrame:
    """Add to the messages of fates what the records are exempt from, and why."""
    for name, meaning in {"cuts": "nothing is cut from it", "merge": "it is merged with nothing"}.items():
        by_rule = pl.format("nothing is cut from it by {}", "rule")
        what = pl.when(pl.col("rule") == "").then(pl.lit(meaning)).otherwise(by_rule)
        exempt = pl.read_parquet(staging / EXEMPT / f"{name}.parquet").select(
            "id", why=pl.format("{}: {}", what, "reason")
        )
        exempt = exempt.group_by("id").agg(pl.col("why").sort().str.join("; "))
        fates = (
            fates.join(exempt, on="id", how="left")
            .with_columns(
                message=pl.when(pl.col("why").is_null())
                .then("message")
                .otherwise(pl.concat_str("message", "why", separator="; ", ignore_nulls=True))
            )
            .drop("why")
        )
    return fates


def check_snapshot(snapshot: Path, counts: Mapping[str, int]) -> None:
    """Check the sums that must agree before a snapshot may be published.

    Raises InconsistentSnapshotError with the sums that do not.
    """
    articles = pl.scan_parquet(snapshot / "articles/*.parquet")
    duplicates = pl.scan_parquet(snapshot / "duplicates/*.parquet")
    orphans = duplicates.join(articles, left_on="kept_id", right_on="id", how="anti").select(pl.len()).collect().item()
    fates = sum(count for name, count in counts.items() if name.startswith("fate "))
    distinct = pl.scan_parquet(snapshot / "audit/fates/*.parquet").select(pl.col("id").n_unique()).collect().item()
    sums = {
        "records read + parts split off + missing = fates": (
            counts["records"] + counts["split_off"] + counts["missing"],
            fates,
        ),
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


def check_share(counts: Mapping[str, int], before: int, settings: Settings) -> None:
    """Raise TooFewArticlesError if there are fewer than `publish.min_share` of the `before` articles."""
    if counts["articles"] >= settings.publish.min_share * before:
        return
    fates = [f"{count:,} {name.removeprefix('fate ')}" for name, count in counts.items() if name.startswith("fate ")]
    raise TooFewArticlesError(
        f"the snapshot would have {counts['articles']:,} articles and the one before has {before:,}: fewer than "
        f"publish.min_share = {settings.publish.min_share:g} of them. Files: {counts['files']:,}; records: "
        f"{', '.join(sorted(fates)) or 'none'}. Is the raw folder mounted and whole? To publish it all the same, set "
        "publish.min_share = 0"
    )


def write_manifest(snapshot: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a snapshot and the schema of its tables."""
    (snapshot / "schema.json").write_text(schema_json(), encoding="utf-8")
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (snapshot / MANIFEST).write_text(text, encoding="utf-8")
