"""The life of a snapshot: staged beside the others, checked, made durable, switched to at once, pruned later."""

import fcntl
import json
import math
import os
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.attempts import attempt
from cleaners.dedup import FILLED, fingerprint
from cleaners.records import Fate
from flows.errors import TakenError, UsageError
from flows.folders import discard
from flows.rulings import EXEMPT
from flows.settings import Settings, settings_of_run
from flows.shown_records import scan
from flows.tables import (
    CLEANED,
    COLUMNS,
    CURRENT,
    FATE,
    REFUSED,
    REMOVAL,
    TABLES,
    frame_of,
    schema_json,
    write_frame,
    write_table,
    write_table_file,
)
from flows.tally import Tally, peak_bytes

SNAPSHOTS = "snapshots"  # in a clean folder, or at an address
MANIFEST = "manifest.json"  # in a snapshot; one that has none is not whole
KEY = ("source", "record", "id")
MISSING = "missing"  # the folder in staging of the articles that are carried on
CARRIED = ("articles", "duplicates", "audit/removals")  # tables that missing articles are carried on from
DEDUP_AUDIT = ("pairs", "passages", "capped")
# Staged by the dedup stage: each cleaned article with its cluster and the part it is in, in the order of the tables.
DECIDED = "decided.parquet"
# Staged before it: the fates of the articles that are never to be published, and whether each is a missing one.
TAKEN_DOWN = "taken_down.parquet"
# The articles' own tables; beside them, the table that is known before the dedup stage, and those known after it.
KEPT_OR_NOT = {"articles": pl.col("id") == pl.col("kept_id"), "duplicates": pl.col("id") != pl.col("kept_id")}
KNOWN_EARLY = ("audit/removals",)
KNOWN_LATE = tuple(name for name in TABLES if name not in KEPT_OR_NOT and name not in KNOWN_EARLY)


class InconsistentSnapshotError(Exception):
    """The staged tables do not add up; nothing was published."""


class DamagedSnapshotError(UsageError):
    """The snapshot before cannot be read, so nothing can be carried on from it; nothing was published."""


class TooFewArticlesError(UsageError):
    """The snapshot has so few articles, against the one before, that something must be wrong; nothing was published."""


@contextmanager
def claim_clean_folder(clean: Path, run: str) -> Iterator[None]:
    """Hold the clean folder for one run, making it if need be, and clear staging before and after.

    `run` is what others are told of who holds it. Raises UsageError where the folder cannot be written to, and
    TakenError where another run holds it.
    """
    clean = clean.absolute()
    try:
        (clean / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        lock = os.open(clean / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}"
        raise UsageError(f"cannot write to the clean folder {clean}: {what}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 1024, 0).decode(errors="replace").strip() or "it has only just begun"
            raise TakenError(f"another run is publishing into {clean}: {holder}") from error
        except OSError as error:
            raise UsageError(f"the clean folder {clean} cannot be locked: {error.strerror}") from error
        _say_who(lock, f"{told_holder(run)}\n")
        _tidy(clean)
        try:
            yield
        finally:
            shutil.rmtree(clean / ".staging", ignore_errors=True)
            _say_who(lock, "")
    finally:
        os.close(lock)


def told_holder(run: str) -> str:
    """Return what others are told of a run that begins to hold a clean folder or an address."""
    return f"{run}, process {os.getpid()} on {socket.gethostname()}, since {datetime.now(UTC):%F %T} UTC"


def _say_who(lock: int, text: str) -> None:
    with suppress(OSError):  # a full disk holds no words; the lock is held all the same
        os.ftruncate(lock, 0)
        os.pwrite(lock, text.encode(), 0)


def _tidy(clean: Path) -> None:
    """Clear what a dead run left."""
    try:
        discard(clean / ".staging")
        discard(clean / ".current.new")
    except OSError as error:
        raise UsageError(f"cannot clear {error.filename}, which an earlier run left: {error.strerror}") from error


def check_current(clean: Path) -> None:
    """Raise UsageError where `current` of a clean folder is not ours to replace, or names no whole snapshot."""
    current = clean / "current"
    if not current.is_symlink() and current.exists():
        raise UsageError(f"{current} is no link to a snapshot, so no run has made it: move it out of the way")
    if current.is_symlink() and not (current / MANIFEST).is_file():
        raise UsageError(_damaged(current, f"it has no {MANIFEST}"))


def _damaged(snapshot: Path, why: str) -> str:
    if not snapshot.is_symlink():
        return f"the snapshot {snapshot} is damaged ({why})"
    return (
        f"the snapshot {snapshot.resolve()} is damaged ({why}): point {snapshot} at one that is whole, or remove the "
        "link; without it, articles whose raw file is gone are not carried on"
    )


@contextmanager
def damage_told(snapshot: Path) -> Iterator[None]:
    """Raise DamagedSnapshotError for what reading a published snapshot raises where files are missing or damaged."""
    try:
        yield
    except (pl.exceptions.PolarsError, ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedSnapshotError(_damaged(snapshot, why)) from error


def table_parts(folders: Iterable[Path], table: str) -> list[Path]:
    """Return the parts of one table in folders of cleaned work, in the order of the folders."""
    return [part for folder in folders for part in sorted((folder / table).glob("*.parquet"))]


def carry_missing(clean: Path, staging: Path, settings: Settings) -> Tally:
    """Stage the articles of the current snapshot whose raw file is gone or cannot be read, with their removals.

    A file that cannot be read was counted as one record; where its articles are carried on, they are its records.
    """
    folder = staging / MISSING
    cleaned, removals = pl.DataFrame(schema=CLEANED), pl.DataFrame(schema=REMOVAL)
    replaced = 0
    snapshot = clean / "current"
    if (snapshot / MANIFEST).is_file():
        with damage_told(snapshot):
            cleaned, removals, replaced = _carried(snapshot, staging, settings)
    prints, failed = _fingerprint_each(cleaned, settings)
    write_frame(cleaned.join(failed, on="id", how="anti", maintain_order="left"), folder / "cleaned" / "part.parquet")
    write_frame(removals, folder / "removals" / "part.parquet")
    write_frame(prints, folder / "fingerprints" / "part.parquet")
    write_frame(failed, folder / "short" / "part.parquet")
    return Tally(counts=Counter(records=-replaced), peak_bytes=peak_bytes())


def _carried(snapshot: Path, staging: Path, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the articles to carry on from a snapshot, their removals, and how many unread files they stand for."""
    cleaned, removals = pl.DataFrame(schema=CLEANED), pl.DataFrame(schema=REMOVAL)
    if not _can_be_carried(snapshot, settings):
        return cleaned, removals, 0
    read = pl.scan_parquet(staging / "current" / "*.parquet", schema=CURRENT).drop_nulls("file").select("source")
    unread = frozenset(_unread(staging)["source"])
    published = [scan(snapshot, table) for table in ("articles", "duplicates")]
    # Mostly no file is gone, and then no text need be read.
    lost = pl.concat([table.select("id", "source") for table in published]).join(read, on="source", how="anti")
    gone = lost.collect()
    if settings.publish.missing == "drop":
        below = pl.Series([_is_below(source, unread) for source in gone["source"]], dtype=pl.Boolean)
        gone = gone.filter(below)
    replaced = len(unread & set(gone["source"]))
    gone = gone.select("id")
    if gone.height:
        # What an article took over from its copies is not its own, and is looked for anew.
        own = [
            pl.when(~pl.col("filled_from").fill_null("").str.contains(f"{name}: ", literal=True)).then(name)
            for name in FILLED
        ]
        rows = pl.concat([table.with_columns(own).select(list(CLEANED)) for table in published])
        rows = rows.join(gone.lazy(), on="id", how="semi")
        cleaned = rows.with_columns(missing=pl.lit(True)).sort("source", "record").collect()
        claims = pl.scan_parquet(snapshot / "audit/removals/*.parquet")
        removals = claims.join(gone.lazy(), on="id", how="semi", maintain_order="left").collect()
    return cleaned, removals, replaced


def _can_be_carried(snapshot: Path, settings: Settings) -> bool:
    """Say whether the articles of a snapshot have today's columns; raises UsageError where they do not and should.

    A column that may be empty may be missing too: the version that published the snapshot did not have it yet.
    """
    published = json.loads((snapshot / "schema.json").read_text(encoding="utf-8"))
    today = json.loads(schema_json())
    if all(_fits(published.get(table, {}), today[table], table) for table in CARRIED):
        return True
    if settings.publish.missing == "drop":
        return False
    raise UsageError(
        f"{snapshot} was published with other columns, so its articles cannot be carried on: publish once with "
        "--set publish.missing=drop, or name another clean folder"
    )


def _fits(published: dict[str, str], today: dict[str, str], table: str) -> bool:
    """Say whether a published table has today's columns, but for those that may be empty, and no others."""
    missing = {name for name in today if name not in published and COLUMNS[table][name].empty}
    return published == {name: kind for name, kind in today.items() if name not in missing}


def _unread(staging: Path) -> pl.DataFrame:
    """Return the fates of the files and folders that could not be read this time."""
    return pl.scan_parquet(staging / "unreadable" / "*.parquet", schema=FATE).collect()


def _is_below(source: str, places: frozenset[str]) -> bool:
    """Say whether a source is one of these places or lies in one of them."""
    parts = source.split("/")
    return any("/".join(parts[: end + 1]) in places for end in range(len(parts)))


def _fingerprint_each(cleaned: pl.DataFrame, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the fingerprints of articles, and the fates of those on which that fails.

    They are computed together; where that fails, half by half, down to the article that it fails on.
    """
    work = partial(fingerprint, cleaned["text"], config=settings.dedup)
    if cleaned.is_empty():
        return cleaned.select("id").hstack(work()), pl.DataFrame(schema=FATE)
    source, record, name = cleaned.select(KEY).row(0)
    prints = attempt("deduplicate", source, record, work)
    if not isinstance(prints, Fate):
        return cleaned.select("id").hstack(prints), pl.DataFrame(schema=FATE)
    if cleaned.height == 1:
        none = _fingerprint_each(cleaned.clear(), settings)[0]
        return none, frame_of([{**asdict(prints), "id": name, "kept_id": None}], FATE)
    middle = cleaned.height // 2
    halves = [_fingerprint_each(half, settings) for half in (cleaned[:middle], cleaned[middle:])]
    return pl.concat(half[0] for half in halves), pl.concat(half[1] for half in halves)


def published_snapshot(clean: Path) -> Path | None:
    """Return the folder that `clean/current` points at, if anything is published."""
    return (clean / "current").resolve() if (clean / "current" / MANIFEST).is_file() else None


def published_manifest(clean: Path) -> dict[str, Any] | None:
    """Return the manifest of the current snapshot, if there is one."""
    return read_manifest(clean / "current") if published_snapshot(clean) is not None else None


def read_manifest(snapshot: Path) -> dict[str, Any]:
    """Return the manifest of a snapshot; raises DamagedSnapshotError where it cannot be read."""
    with damage_told(snapshot):
        manifest: dict[str, Any] = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def snapshot_settings(snapshot: Path) -> Settings:
    """Return the settings that a snapshot was made with; raises UsageError where this version does not know them."""
    manifest = read_manifest(snapshot)
    try:
        return settings_of_run(None, manifest["settings"])
    except UsageError as error:
        made = manifest["versions"].get("winnow-news", "another version")
        raise UsageError(f"{snapshot} was made with settings of Winnow {made}, not this one's ({error})") from error


def previous_clusters(clean: Path) -> pl.DataFrame:
    """Return the `id` and `cluster_id` of every article of the current snapshot, if there is one."""
    snapshot = clean / "current"
    if not (snapshot / MANIFEST).is_file():
        return pl.DataFrame(schema={"id": pl.String, "cluster_id": pl.String})
    tables = [pl.scan_parquet(snapshot / table / "*.parquet") for table in ("articles", "duplicates")]
    with damage_told(snapshot):
        return pl.concat([table.select("id", "cluster_id") for table in tables]).collect()


def count_article_files(staging: Path, rows: int) -> int:
    """Return over how many files of `rows` rows the articles go; an empty corpus has one file too."""
    articles: int = pl.scan_parquet(staging / DECIDED).select(pl.len()).collect().item()
    return max(1, math.ceil(articles / rows))


def write_articles(number: int, staging: Path, snapshot: Path, rows: int) -> Tally:
    """Write one file of the articles kept and one of those not kept, of `rows` rows together; count the rows of each.

    `rows` is what is in memory at once.
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
        if chosen.height or number == 0:  # readers find the schema in the first file, if nothing else
            write_table_file(chosen, snapshot / name, TABLES[name], number=number)
    return Tally(counts=counts, peak_bytes=peak_bytes())


def write_tables(
    names: Sequence[str], folders: Sequence[Path], staging: Path, store: Path, snapshot: Path, rows: int
) -> Tally:
    """Write some of the other tables from the cleaned work in `folders`, in the order of source and record.

    `rows` is the most a file may hold. Counts the rows of each table and of each fate.
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
    taken = pl.scan_parquet(staging / TAKEN_DOWN).select("id")  # no text of theirs is published here either
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
    """Return one row per record: what refused it, what it was too short for, or where it stands in its cluster."""
    kept = KEPT_OR_NOT["articles"]
    why_not = pl.when(kept).then(pl.lit(None, pl.String)).otherwise(pl.format("{}: {}", "verdict", "keep_reason"))
    unread = _unread(staging)
    # A file that could not be read has the fates of its articles that are carried on, and else one of its own.
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
    told = pl.concat([published.select(columns), *(frame.select(columns) for frame in others)])
    # The message of what is taken down ends with the target, by which the next take-down knows it (`taken_text`).
    fates = pl.concat([_with_exemptions(told, staging).select(columns), taken.select(columns)])
    return fates.sort("source", "record")


def _with_exemptions(fates: pl.DataFrame, staging: Path) -> pl.DataFrame:
    """Say in the messages of fates what the records are exempt from, and why."""
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

    Raises InconsistentSnapshotError with the sum that does not.
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
    """Raise TooFewArticlesError where there are under `publish.min_share` of the articles of the snapshot before."""
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
    """Write the manifest of a snapshot, and the schema of its tables."""
    (snapshot / "schema.json").write_text(schema_json(), encoding="utf-8")
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (snapshot / MANIFEST).write_text(text, encoding="utf-8")


def publish(staged: Path, clean: Path, run_id: str) -> Path:
    """Make a staged snapshot durable and point `clean/current` at it in one atomic step; return its final folder."""
    for folder, _, files in os.walk(staged):
        for file in files:
            _sync(Path(folder, file))
        _sync(Path(folder))
    final = clean / SNAPSHOTS / run_id
    staged.rename(final)
    _sync(final.parent)
    switch(clean, run_id)
    return final


def switch(clean: Path, run_id: str) -> None:
    """Point `clean/current` at a snapshot in one atomic step."""
    link = clean / ".current.new"
    link.symlink_to(Path(SNAPSHOTS, run_id), target_is_directory=True)
    link.replace(clean / "current")
    _sync(clean)


def check_readable(snapshot: Path) -> None:
    """Raise DamagedSnapshotError unless every column of every table of a snapshot can be read."""
    with damage_told(snapshot):
        for table in TABLES:
            for part in sorted((snapshot / table).glob("*.parquet")):
                pl.read_parquet(part)
            pl.scan_parquet(snapshot / table / "*.parquet").collect_schema()


def prune(clean: Path, keep: int) -> list[str]:
    """Remove the oldest snapshots beyond `keep`, never the current one; return the names of those removed."""
    current = (clean / "current").resolve().name
    # Run ids begin with the time of the run, so their order by name is their order in time.
    older = sorted(path.name for path in (clean / SNAPSHOTS).iterdir() if path.is_dir() and path.name != current)
    surplus = older[: max(0, len(older) - (keep - 1))]
    for name in surplus:
        shutil.rmtree(clean / SNAPSHOTS / name)
    return surplus


def current_snapshot(clean: Path) -> Path:
    """Return the folder that `clean/current` points at; raises UsageError where nothing is published yet."""
    snapshot = published_snapshot(clean)
    if snapshot is None:
        check_current(clean)
        raise UsageError(f"nothing is published in {clean.absolute()} yet: run `winnow run` first")
    return snapshot


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
