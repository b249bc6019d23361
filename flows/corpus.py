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
from typing import Any, ParamSpec, TypeVar

import polars as pl

from flows import orchestrator  # must stand before Prefect

# isort: split
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import flow_run, task_run
from prefect.states import Cancelled
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.compaction import compact_store
from flows.errors import TakenError
from flows.extracted_parts import ExtractJob, extract_batch, refuse_file, survey
from flows.failures import is_disk_full, place_told
from flows.folders import check_folders
from flows.near_duplicates import find_duplicates
from flows.progress import Advance, progress_bar
from flows.settings import Settings, settings_fingerprint
from flows.snapshot import (
    KNOWN_EARLY,
    KNOWN_LATE,
    MISSING,
    carry_missing,
    check_share,
    check_snapshot,
    claim_clean_folder,
    count_article_files,
    prune,
    publish,
    write_articles,
    write_manifest,
    write_tables,
)
from flows.sources import Source, deal_batches, list_sources, share_out
from flows.store import known_sources, mend_store, open_store, prune_store, remember_sources, stage_known
from flows.stripped_parts import StripJob, strip_batch
from flows.tally import Tally
from flows.workers import start_fork_server, worker_pool

P = ParamSpec("P")
R = TypeVar("R")

DEFAULTS = Settings()
RETRY_DELAYS = [1.0, 5.0]  # seconds before the second and the third attempt
DEADLY = "a process died of reading it: the file is damaged, or needs more memory than there is"
FEWEST_FILES = 32  # in one task, where there are so many; smaller parts would make the store slow to read
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


@_io_task("extract", "extract-{number}")
def extract_files(place: Place, number: int, sources: Sequence[Source]) -> Tally:
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


@_io_task("survey", "survey")
def survey_parts(place: Place) -> Tally:
    """Find the parts to strip, and sum up which lines the pages of a site share."""
    return place.pool.submit(survey, place.staging, place.store).result()


@_io_task("strip", "strip-{parts[0]}")
def strip_parts(place: Place, parts: Sequence[str]) -> Tally:
    """Strip and cut the articles of some parts in a worker process."""
    job = StripJob(tuple(parts), place.staging, place.store, place.settings)
    return place.pool.submit(strip_batch, job).result()


@_io_task("carry-missing", "carry-missing")
def carry_missing_articles(place: Place) -> Tally:
    """Stage the published articles whose raw file is gone or cannot be read."""
    return place.pool.submit(carry_missing, place.clean, place.staging, place.settings).result()


@_io_task("deduplicate", "deduplicate")
def deduplicate_corpus(place: Place, folders: Sequence[Path]) -> Tally:
    """Find near-duplicates among all cleaned articles in a worker process."""
    return place.pool.submit(find_duplicates, folders, place.clean, place.staging, place.settings).result()


@_io_task("write-articles", "write-articles-{number}")
def write_article_files(place: Place, number: int) -> Counter[str]:
    """Write one file of articles and one of duplicates in a worker process."""
    rows = place.settings.publish.file_rows
    return place.pool.submit(write_articles, number, place.staging, place.snapshot, rows).result()


@_io_task("write-tables", "write-{names[0]}")
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
)
def clean_corpus(
    raw: Path = Path("raw"), clean: Path = Path("clean"), settings: Settings = DEFAULTS, progress: bool = False
) -> dict[str, Any]:
    """Read `raw`, strip and deduplicate it, and publish one snapshot in `clean`.

    Returns the manifest of the snapshot. Raises UsageError where a folder cannot be used. A run that is stopped, and
    one that finds another publishing into `clean`, ends in the state Cancelled. Whatever fails, `clean/current` stays
    what it was, unless the snapshot was published already.

    Args:
        raw: The folder of raw files.
        clean: The folder that snapshots are published in.
        settings: Every setting of the run, section by section.
        progress: Draw a progress bar, if standard error is a terminal.
    """
    try:
        check_folders(raw, clean)
        start_fork_server()
        with (
            claim_clean_folder(clean, f"run {flow_run.id}"),
            place_told(clean),
            progress_bar(shown=progress) as advance,
        ):
            return _run(raw, clean, settings, advance)
    except TakenError as error:
        ending: State[Any] = Cancelled(message=str(error))
    except tuple(orchestrator.STOPS) as stop:
        ending = Cancelled(message=orchestrator.STOPS[type(stop)])
    return ending  # type: ignore[return-value] # a flow ends in the state that it returns


def _run(raw: Path, clean: Path, settings: Settings, advance: Advance) -> dict[str, Any]:
    log = get_run_logger()
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S.%f}-{str(flow_run.id or 'local')[:8]}"
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
            log.warning("%s holds no files: only articles carried on from before can be published", raw)
        if lost := mend_store(store):
            log.warning("the store was damaged: %d files are done again", lost)
        place = Place(pool, stopped, clean, clean / ".staging" / "parts", store, clean / ".staging" / run_id, settings)
        place.staging.mkdir(parents=True)
        with _timed(seconds, "extract"):
            known = known_sources(store, sources)
            _add(totals, stage_known(known, sources, place.staging))
            untouched = set(known["source"])
            touched = [source for source in sources if source.name not in untouched]
            most = share_out(len(touched), workers=workers, least=FEWEST_FILES, most=settings.run.batch_files)
            batches = deal_batches(touched, files=most, size=settings.run.batch_bytes)
            extracting = [extract_files.submit(place, number, batch) for number, batch in enumerate(batches)]
            _gather(extracting, totals, lambda: advance("read", totals.counts["files"], len(sources)))
            remember_sources(store, sources, place.staging, listed)
        log.info("%d records in %d files", totals.counts["records"], totals.counts["files"])
    # Other workers: a file that cannot be read may have been the end of the first ones.
    with worker_pool(workers) as pool, orchestrator.told_of_a_stop(stopped):
        place = replace(place, pool=pool)
        with _timed(seconds, "strip"):
            surveyed = survey_parts(place)
            totals.counts.update(surveyed.counts)
            share = share_out(len(surveyed.parts), workers=workers, least=1, most=settings.run.batch_parts)
            shares = [surveyed.parts[at : at + share] for at in range(0, len(surveyed.parts), share)]
            stripping = [strip_parts.submit(place, parts) for parts in shares]
            articles = totals.counts["extracted"]
            _gather(stripping, totals, lambda: advance("strip", totals.counts["stripped"], articles))
            folders = [store / "stripped" / name for name in sorted(totals.parts)]
            _add(totals, carry_missing_articles(place))
            folders.append(place.staging / MISSING)
        log.info("%d articles stripped, %d claims", totals.counts["cleaned"], totals.counts["removals"])
        with _timed(seconds, "deduplicate"):
            advance("deduplicate", 0, 1)
            writing = [write_snapshot_tables.submit(place, folders, KNOWN_EARLY)]
            _add(totals, deduplicate_corpus(place, folders))
            advance("deduplicate", 1, 1)
        with _timed(seconds, "write"):
            advance("write", 0, 1)
            files = count_article_files(place.staging, settings.publish.file_rows)
            writing += [write_article_files.submit(place, number) for number in range(files)]
            writing.append(write_snapshot_tables.submit(place, folders, KNOWN_LATE))
            for written in as_completed(writing):
                totals.counts.update(written.result())
            if failed := totals.counts["fate failed"]:
                log.warning("%d records failed in a stage: audit/fates has each one's error", failed)
            check_snapshot(place.snapshot, totals.counts)
            check_share(clean, totals.counts, settings)
            advance("write", 1, 1)
    manifest = _manifest(run_id, started, settings, totals, seconds)
    write_manifest(place.snapshot, manifest)
    publish(place.snapshot, clean, run_id)
    log.info("published %s: %d articles, %d duplicates", run_id, *_kept_and_duplicates(manifest))
    try:
        present = pl.read_parquet(place.staging / "files.parquet")["file"]
        prune_store(store, present, set(totals.parts))
        if joined := compact_store(store, present, settings.run.part_articles):
            log.info("joined %d batches of the store", joined)
        for name in prune(clean, settings.publish.keep_snapshots):
            log.info("removed the old snapshot %s", name)
        _report(manifest)
    except Exception as error:  # noqa: BLE001 - whatever it is, the snapshot is published, and the next run tidies up
        log.warning("published, but not tidied up or not reported: %s", error)
    return manifest


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
    run_id: str, started: datetime, settings: Settings, totals: Tally, seconds: dict[str, float]
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
        "seconds": {**seconds, "total": round((ended - started).total_seconds(), 3)},
        "worker_peak_bytes": totals.peak_bytes,
    }


def _kept_and_duplicates(manifest: dict[str, Any]) -> tuple[int, int]:
    return manifest["counts"]["articles"], manifest["counts"]["duplicates"]


def _report(manifest: dict[str, Any]) -> None:
    """Leave the run's numbers with Prefect, as a table and as a page."""
    counts = manifest["counts"]
    create_table_artifact(
        key="clean-corpus-counts",
        table=[{"what": name, "count": count} for name, count in counts.items()],
        description="Counts of the run",
    )
    lines = [f"# Snapshot {manifest['run_id']}", ""]
    lines += [f"- **{name.removeprefix('fate ')}**: {counts[name]}" for name in counts if name.startswith("fate ")]
    lines += ["", "| stage | seconds |", "|---|---|"]
    lines += [f"| {stage} | {spent} |" for stage, spent in manifest["seconds"].items()]
    create_markdown_artifact(key="clean-corpus-run", markdown="\n".join(lines), description="The run in brief")
