"""The flow `clean-corpus`: raw files in, one published snapshot out."""

import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

import polars as pl
from pydantic import Field

from flows import orchestrator  # must stand before Prefect

# isort: split
from prefect import flow, get_run_logger, task
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import flow_run, task_run
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task
from prefect.utilities.timeout import timeout

from cleaners.strip.config import Keepable
from flows.addresses import Folder
from flows.compaction import compact_store
from flows.corpora import Corpus, claim_corpus, prune_corpus, publish_corpus
from flows.differences import changes_between
from flows.errors import StoreError, TakenError, UsageError
from flows.extracted_parts import ExtractJob, extract_batch, refuse_file, survey
from flows.failures import is_disk_full, place_told
from flows.folders import check_folders, named_folders
from flows.gates import Measured, SiteCount, check_gates, measured_of, sites_for_manifest
from flows.near_duplicates import find_duplicates
from flows.progress import Advance, progress_bar
from flows.report_page import REPORT, write_report
from flows.reports import (
    announce,
    asset_key,
    forgo_retries,
    in_brief,
    later_run,
    progress_artifact,
    report,
    tag_run,
)
from flows.rulings import Ruling, read_rulings
from flows.settings import (
    Settings,
    assigned_value,
    differences,
    settings_file,
    settings_fingerprint,
    settings_of_run,
)
from flows.site_counts import count_sites
from flows.snapshot import (
    KNOWN_EARLY,
    KNOWN_LATE,
    MISSING,
    carry_missing,
    check_share,
    check_snapshot,
    count_article_files,
    published_manifest,
    published_snapshot,
    write_articles,
    write_manifest,
    write_tables,
)
from flows.sources import Source, deal_batches, list_sources, share_out
from flows.store import known_sources, mend_store, open_store, prune_store, remember_sources, stage_known
from flows.stripped_parts import StripJob, strip_batch
from flows.takedowns import take_down
from flows.tally import Tally
from flows.workers import start_fork_server, worker_pool

P = ParamSpec("P")
R = TypeVar("R")

RETRY_DELAYS = [1.0, 5.0]  # seconds before the second and the third attempt
DEADLY = "a process died of reading it: the file is damaged, or needs more memory than there is"
FEWEST_FILES = 32  # in one task, where there are so many; smaller parts would make the store slow to read
# The settings that people change, which are parameters of their own: the name there, and the setting.
OFTEN = {
    "min_words": "publish.min_words",
    "missing": "publish.missing",
    "keep_snapshots": "publish.keep_snapshots",
    "keep_text_of": "strip.keep",
    "contained_min": "dedup.contained_min",
    "preferred_sources": "dedup.preferred_sources",
    "publication_columns": "read.publication_columns",
    "max_bytes": "read.max_bytes",
    "workers": "run.workers",
    "hours": "run.hours",
}
PACKAGES = ("winnow-news", "polars", "datasketch", "trafilatura", "rapidfuzz", "prefect")


def _is_io_failure(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether the failure is one that a disk or a network share may not repeat."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) and not is_disk_full(error)


def _io_task(name: str, run_name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a task that is tried again after a failure of I/O and whose inputs are never hashed for a cache."""
    return task(
        name=name,
        task_run_name=run_name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=RETRY_DELAYS,
        retry_condition_fn=_is_io_failure,
    )


class OverdueError(TimeoutError):
    """A run has taken all the hours it may."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run works: its workers, whether they were stopped, its folders and its settings."""

    pool: ProcessPoolExecutor
    stopped: Event
    clean: Path
    staging: Path
    store: Path
    snapshot: Path
    settings: Settings


@_io_task("extract", "extract {number} of {of}")
def extract_files(place: Place, number: int, of: int, sources: Sequence[Source]) -> Tally:  # noqa: ARG001 - in its name
    """Read and extract the new files of one batch in a worker process."""
    last = task_run.run_count > len(RETRY_DELAYS)
    job = ExtractJob(f"{number:06d}", tuple(sources), place.staging, place.store, place.settings, last)
    try:
        return place.pool.submit(extract_batch, job).result()
    except BrokenProcessPool:
        return _extract_apart(place, job)


def _extract_apart(place: Place, job: ExtractJob) -> Tally:
    """Extract a batch in a process of its own; where that dies, half by half, down to the file that it dies of."""
    if place.stopped.is_set():
        raise BrokenProcessPool("the run was stopped")
    with worker_pool(1) as pool, suppress(BrokenProcessPool):
        return pool.submit(extract_batch, job).result()
    if len(job.sources) == 1:
        return refuse_file(job, DEADLY)
    middle = len(job.sources) // 2
    tally = Tally()
    for half, sources in enumerate((job.sources[:middle], job.sources[middle:])):
        _add(tally, _extract_apart(place, replace(job, name=f"{job.name}-{half}", sources=sources)))
    return tally


@_io_task("survey", "survey the lines of each site")
def survey_parts(place: Place, rulings: Sequence[Ruling]) -> Tally:
    """Find the parts to strip, and sum up which lines the pages of a site share and what is ruled on articles."""
    return place.pool.submit(survey, place.staging, place.store, rulings).result()


@_io_task("strip", "strip {number} of {of}")
def strip_parts(place: Place, number: int, of: int, parts: Sequence[str]) -> Tally:  # noqa: ARG001 - in its name
    """Strip and cut the articles of some parts in a worker process."""
    job = StripJob(tuple(parts), place.staging, place.store, place.settings)
    return place.pool.submit(strip_batch, job).result()


@_io_task("carry-missing", "carry on what is missing")
def carry_missing_articles(place: Place) -> Tally:
    """Stage the published articles whose raw file is gone or cannot be read."""
    return place.pool.submit(carry_missing, place.clean, place.staging, place.settings).result()


@_io_task("take-down", "leave out what is taken down")
def take_down_articles(place: Place, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Stage the fates of the articles that are never to be published."""
    return place.pool.submit(take_down, folders, place.staging, place.store, rulings).result()


@_io_task("deduplicate", "find near-duplicates")
def deduplicate_corpus(place: Place, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Find near-duplicates among all cleaned articles in a worker process."""
    return place.pool.submit(find_duplicates, folders, place.clean, place.staging, place.settings, rulings).result()


@_io_task("count-sites", "count what is cut of each site")
def count_site_articles(place: Place, folders: Sequence[Path]) -> dict[str, SiteCount]:
    """Count what is cut of each site in a worker process."""
    least = place.settings.gates.site_articles
    return place.pool.submit(count_sites, folders, place.staging, least).result()


@_io_task("write-articles", "write articles {number} of {of}")
def write_article_files(place: Place, number: int, of: int) -> Counter[str]:  # noqa: ARG001 - in its name
    """Write one file of articles and one of duplicates in a worker process."""
    rows = place.settings.publish.file_rows
    return place.pool.submit(write_articles, number - 1, place.staging, place.snapshot, rows).result()


@_io_task("write-tables", "write {names[0]}")
def write_snapshot_tables(place: Place, folders: Sequence[Path], names: Sequence[str]) -> Counter[str]:
    """Write some of the other tables of the snapshot in a worker process."""
    rows = place.settings.publish.file_rows
    return place.pool.submit(write_tables, names, folders, place.staging, place.store, place.snapshot, rows).result()


@flow(
    name="clean-corpus",
    flow_run_name="clean {raw} into {clean}",
    description="Clean a folder of scraped news into a deduplicated Parquet snapshot with a full audit.",
    task_runner=ThreadPoolTaskRunner(max_workers=2 * (os.cpu_count() or 1)),  # type: ignore[arg-type]
    persist_result=False,
    validate_parameters=False,  # the run does it, and says in one line what is wrong
)
def clean_corpus(
    raw: Path = Path("raw"),
    clean: Path = Path("clean"),
    config: Path | None = None,
    min_words: Annotated[int | None, Field(ge=1)] = None,
    missing: Literal["keep", "drop"] | None = None,
    keep_snapshots: Annotated[int | None, Field(ge=1, le=10_000)] = None,
    keep_text_of: list[Keepable] | None = None,
    contained_min: Annotated[float | None, Field(gt=0, le=1)] = None,
    preferred_sources: list[str] | None = None,
    publication_columns: list[str] | None = None,
    max_bytes: Annotated[int | None, Field(ge=1_000, le=1_000_000_000)] = None,
    workers: Annotated[int | None, Field(ge=1, le=256)] = None,
    hours: Annotated[float | None, Field(gt=0, le=10_000)] = None,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Read `raw`, strip and deduplicate it, and publish one snapshot in `clean`.

    Settings that are not given are those of the file `config`, and what that does not have is the default. Returns the
    manifest of the snapshot. Raises UsageError where a folder cannot be used or a setting is wrong. A run that is
    stopped, and one that finds another publishing into `clean`, ends in the state Cancelled. Whatever fails,
    `clean/current` stays what it was, unless the snapshot was published already.

    Args:
        raw: The folder of raw files, as the machine that runs the flow has it, or an address as s3://bucket/crawl.
        clean: The folder that snapshots are published in (read its `current`), or an address as s3://bucket/news.
        config: The settings file (TOML); winnow.toml where the run works, if there is one, when not given.
        min_words: Words an article must have left to be published, 1 or more; 10 by default.
        missing: Whether published articles whose raw file is gone stay published (keep, the default) or go (drop).
        keep_snapshots: Snapshots kept, the current one included, 1 to 10,000; 3 by default.
        keep_text_of: Reasons whose text is left in the articles, as `credit` for reporters' credits; none by default.
        contained_min: Share of the smaller article that must stand in the other for two to be near-duplicates, over 0
            to 1; raise it to keep more articles apart.
        preferred_sources: Sites, or beginnings of a path below raw, whose copy of an article is kept, the best first.
        publication_columns: Names of the column with the newspaper's name, which is taken off the headline's end.
        max_bytes: Bytes of the largest record read, decompressed, 1,000 to 1,000,000,000.
        workers: Worker processes, 1 to 256; one for each core by default.
        hours: Hours the run may take, over 0 to 10,000; 23 by default.
        settings: Any setting, section by section, as in the file.
    """
    often: list[Any] = [min_words, missing, keep_snapshots, keep_text_of, contained_min, preferred_sources]
    often += [publication_columns, max_bytes, workers, hours]
    ending: State[Any]
    try:
        source, target = named_folders(Path(raw), Path(clean))
        check_folders(source, target)
        file = settings_file(config and Path(config))
        given = [assigned_value(path, v) for path, v in zip(OFTEN.values(), often, strict=True) if v is not None]
        used = settings_of_run(file, settings, *given)
        start_fork_server()
        if (later := later_run()) is not None:
            orchestrator.hide_traceback()
            return Cancelled(message=f"late: the run of {later} does its work")  # type: ignore[return-value]
        tag_run(target)
        with (
            timeout(used.run.hours * 3600, timeout_exc_type=OverdueError),
            claim_corpus(target, used, f"run {flow_run.id}") as corpus,
            place_told(corpus.folder),
            progress_bar() as drawn,
            progress_artifact(target) as told,
        ):

            def advance(stage: str, done: int, total: int) -> None:
                drawn(stage, done, total)
                told(stage, done, total)

            manifest = _run(source, corpus, used, advance, _say_settings(file, used, corpus.folder))
        ending = Completed(message=in_brief(manifest["counts"]), data=manifest)
    except TakenError as error:
        orchestrator.hide_traceback()
        ending = Cancelled(message=str(error))
    except UsageError as error:
        forgo_retries()
        orchestrator.hide_traceback(error)
        ending = Failed(message=str(error), data=error)
    except StoreError as error:
        orchestrator.hide_traceback(error)
        ending = Failed(message=str(error), data=error)
    except OverdueError as error:
        forgo_retries()
        orchestrator.hide_traceback(error)
        message = f"the run took more than run.hours = {used.run.hours:g} and was stopped"
        ending = Failed(name="TimedOut", message=message, data=error)
    except tuple(orchestrator.STOPS) as stop:
        orchestrator.hide_traceback()
        ending = Cancelled(message=orchestrator.STOPS[type(stop)])
    return ending  # type: ignore[return-value] # a flow ends in the state that it returns


def _say_settings(file: Path | None, settings: Settings, clean: Path) -> list[str]:
    """Log where the settings come from and which differ from the defaults; return what to warn of."""
    log = get_run_logger()
    changed = ", ".join(f"{path} = {value!r}" for path, value in differences(settings, Settings()).items())
    log.info("settings from %s; not the defaults: %s", file or "the defaults", changed or "none")
    published = published_manifest(clean)
    before = published and published["settings_fingerprint"]
    if before in (None, settings_fingerprint(settings)):
        return []
    warning = f"other settings than those of the snapshot before ({before}): what was read and stripped is done again"
    return [warning]


def _run(raw: Folder, corpus: Corpus, settings: Settings, advance: Advance, warnings: list[str]) -> dict[str, Any]:
    log = get_run_logger()
    clean = corpus.folder
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S.%f}-{str(flow_run.id or 'local')[:8]}"
    taken_down = read_rulings(clean, settings, "takedowns")
    exempt = read_rulings(clean, settings, "exemptions")
    store = open_store(clean, settings)
    seconds: dict[str, float] = {}
    totals = Tally()
    stopped = Event()

    workers = settings.run.workers or len(os.sched_getaffinity(0))
    with worker_pool(workers) as pool, orchestrator.told_of_a_stop(stopped):
        listed = time.time_ns()
        sources = list_sources(raw)
        log.info("%d files in %s", len(sources), raw)
        if not sources:
            warnings.append(f"{raw} holds no files: only articles carried on from before can be published")
        if lost := mend_store(store):
            warnings.append(f"the store was damaged: {lost} files are done again")
        for warning in warnings:
            log.warning("%s", warning)
        place = Place(pool, stopped, clean, clean / ".staging" / "parts", store, clean / ".staging" / run_id, settings)
        place.staging.mkdir(parents=True)
        with _timed(seconds, "extract"):
            known = known_sources(store, sources)
            _add(totals, stage_known(known, sources, place.staging))
            untouched = set(known["source"])
            touched = [source for source in sources if source.name not in untouched]
            most = share_out(len(touched), workers=workers, least=FEWEST_FILES, most=settings.run.batch_files)
            batches = deal_batches(touched, files=most, size=settings.run.batch_bytes)
            extracting = [
                extract_files.submit(place, at, len(batches), batch) for at, batch in enumerate(batches, start=1)
            ]
            _gather(extracting, totals, lambda: advance("read", totals.counts["files"], len(sources)))
            remember_sources(store, sources, place.staging, listed)
        log.info("%d records in %d files", totals.counts["records"], totals.counts["files"])
    # Other workers: a file that cannot be read may have been the end of the first ones.
    with worker_pool(workers) as pool, orchestrator.told_of_a_stop(stopped):
        place = replace(place, pool=pool)
        with _timed(seconds, "strip"):
            surveyed = survey_parts(place, exempt)
            totals.counts.update(surveyed.counts)
            share = share_out(len(surveyed.parts), workers=workers, least=1, most=settings.run.batch_parts)
            shares = [surveyed.parts[at : at + share] for at in range(0, len(surveyed.parts), share)]
            stripping = [strip_parts.submit(place, at, len(shares), parts) for at, parts in enumerate(shares, start=1)]
            articles = totals.counts["extracted"]
            _gather(stripping, totals, lambda: advance("strip", totals.counts["stripped"], articles))
            folders = [store / "stripped" / name for name in sorted(totals.parts)]
            _add(totals, carry_missing_articles(place))
            folders.append(place.staging / MISSING)
            _add(totals, take_down_articles(place, folders, taken_down))
        log.info("%d articles stripped, %d claims", totals.counts["cleaned"], totals.counts["removals"])
        with _timed(seconds, "deduplicate"):
            advance("deduplicate", 0, 1)
            writing = [write_snapshot_tables.submit(place, folders, KNOWN_EARLY)]
            _add(totals, deduplicate_corpus(place, folders, exempt))
            advance("deduplicate", 1, 1)
        with _timed(seconds, "write"):
            advance("write", 0, 1)
            files = count_article_files(place.staging, settings.publish.file_rows)
            writing += [write_article_files.submit(place, number, files) for number in range(1, files + 1)]
            writing.append(write_snapshot_tables.submit(place, folders, KNOWN_LATE))
            for written in as_completed(writing):
                totals.counts.update(written.result())
            if failed := totals.counts["fate failed"]:
                warnings.append(f"{failed} records failed in a stage: audit/fates has each one's error")
                log.warning("%s", warnings[-1])
            check_snapshot(place.snapshot, totals.counts)
            had = published_manifest(clean)
            check_share(totals.counts, had["counts"]["articles"] if had else 0, settings)
            found = Measured(totals.counts, count_site_articles(place, folders))
            for warning in check_gates(settings.gates, found, measured_of(had) if had else None):
                warnings.append(warning)
                log.warning("%s", warning)
            advance("write", 1, 1)
    manifest = _manifest(run_id, started, settings, totals, seconds, warnings)
    manifest["sites"] = sites_for_manifest(found.sites)
    write_manifest(place.snapshot, manifest)
    warnings += _write_report(place)
    before = published_snapshot(clean)
    materialized = materialize(
        asset_key(corpus.where),
        by="winnow",
        asset_deps=[asset_key(raw)],
        name="publish",
        task_run_name="publish",
        cache_policy=NO_CACHE,
        persist_result=False,
    )(publish_corpus)
    snapshot = materialized(corpus, place.snapshot, run_id)
    log.info("published %s: %s", run_id, in_brief(manifest["counts"]))
    try:
        changes = changes_between(before, snapshot)
        announce(corpus.where, before.name if before else None, manifest, changes)
        report(corpus.where, snapshot, manifest, changes, warnings)
        present = pl.read_parquet(place.staging / "files.parquet")["file"]
        prune_store(store, present, set(totals.parts))
        if joined := compact_store(store, present, settings.run.part_articles):
            log.info("joined %d batches of the store", joined)
        for name in prune_corpus(corpus, settings.publish.keep_snapshots):
            log.info("removed the old snapshot %s", name)
    except Exception as error:  # noqa: BLE001 - whatever it is, the snapshot is published, and the next run tidies up
        log.warning("published, but not tidied up or not reported: %s", error)
    return manifest


def _write_report(place: Place) -> list[str]:
    """Write the report of a staged snapshot beside its tables; return what to warn of.

    A run is good without its report, so whatever fails here costs only that; hence also a worker of its own.
    """
    try:
        with worker_pool(1) as pool, orchestrator.told_of_a_stop(place.stopped):
            pool.submit(write_report, place.snapshot, place.snapshot / REPORT, place.clean / "snapshots").result()
    except OverdueError:
        raise
    except Exception as error:  # noqa: BLE001 - as said above
        warning = f"no report was written ({str(error) or type(error).__name__})"
        get_run_logger().warning("%s", warning)
        return [warning]
    return []


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds[stage] = round(time.monotonic() - start, 3)


def _gather(futures: list[PrefectFuture[Tally]], totals: Tally, advance: Callable[[], None]) -> None:
    for future in as_completed(futures):
        _add(totals, future.result())
        advance()


def _add(totals: Tally, tally: Tally) -> None:
    totals.parts.extend(tally.parts)
    totals.counts.update(tally.counts)
    totals.peak_bytes = max(totals.peak_bytes, tally.peak_bytes)


def _manifest(
    run_id: str,
    started: datetime,
    settings: Settings,
    totals: Tally,
    seconds: dict[str, float],
    warnings: list[str],
) -> dict[str, Any]:
    ended = datetime.now(UTC)
    return {
        "run_id": run_id,
        "started": started.isoformat(),
        "ended": ended.isoformat(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "settings": settings.model_dump(mode="json"),
        "settings_fingerprint": settings_fingerprint(settings),
        "counts": dict(sorted(totals.counts.items())),
        "warnings": list(warnings),
        "seconds": {**seconds, "total": round((ended - started).total_seconds(), 3)},
        "worker_peak_bytes": totals.peak_bytes,
    }
