"""The stage that publishes: it writes the tables of a snapshot, checks them, switches to it and announces it."""

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from flows.running import orchestrator  # must stand before Prefect

# isort: split
from prefect import get_run_logger
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.folders.clean_folder import REPORT, SNAPSHOTS, published_snapshot
from flows.folders.corpora import Corpus, prune_corpus, publish_corpus
from flows.gates import Measured, SiteCount, check_gates, measured_of, sites_for_manifest
from flows.jobs.compaction import compact_store
from flows.jobs.site_counts import count_sites
from flows.jobs.store import prune_store
from flows.jobs.tally import Tally
from flows.jobs.written_tables import (
    KNOWN_EARLY,
    KNOWN_LATE,
    check_share,
    check_snapshot,
    count_article_files,
    write_articles,
    write_manifest,
    write_tables,
)
from flows.report.page import write_report
from flows.running.announcements import announce, asset_key, in_brief, report
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import worker_processes, workers_of
from flows.settings import settings_fingerprint
from flows.snapshots.differences import changes_between
from flows.snapshots.published import published_manifest
from flows.stages.tasks import Account, OverdueError, io_task

PACKAGES = ("winnow-news", "polars", "datasketch", "trafilatura", "rapidfuzz", "prefect")

Written = PrefectFuture[Tally]


@io_task("write-articles", "write articles {number} of {of}")
def write_article_files(run: CorpusRun, number: int, of: int) -> Tally:  # noqa: ARG001 - in its name
    """Write one file of articles and one of duplicates in a worker process."""
    rows = run.settings.publish.file_rows
    return workers_of(run).run(write_articles, number - 1, run.staging, run.snapshot, rows)


@io_task("write-tables", "write {names[0]}")
def write_snapshot_tables(run: CorpusRun, folders: Sequence[Path], names: Sequence[str]) -> Tally:
    """Write some of the other tables of the snapshot in a worker process."""
    rows = run.settings.publish.file_rows
    return workers_of(run).run(write_tables, names, folders, run.staging, run.store, run.snapshot, rows)


@io_task("count-sites", "count what is cut of each site")
def count_site_articles(run: CorpusRun, folders: Sequence[Path]) -> dict[str, SiteCount]:
    """Count what is cut of each site in a worker process."""
    return workers_of(run).run(count_sites, folders, run.staging, run.settings.gates.site_articles)


def begin_to_write(run: CorpusRun, runner: Runner, folders: Sequence[Path]) -> Written:
    """Start writing the tables that do not depend on the decisions about duplicates."""
    return runner.submit(write_snapshot_tables, run, folders, KNOWN_EARLY)


def write_snapshot(
    run: CorpusRun, runner: Runner, folders: Sequence[Path], begun: Written, account: Account
) -> Mapping[str, SiteCount]:
    """Write the other tables, and check all of them; return what is cut of each site.

    Raises an error if sums do not agree, there are too few articles, or a gate that is set to `fail` closes.
    """
    totals = account.totals
    account.advance("write", 0, 1)
    files = count_article_files(run.staging, run.settings.publish.file_rows)
    writing = [begun, *(runner.submit(write_article_files, run, number, files) for number in range(1, files + 1))]
    writing.append(runner.submit(write_snapshot_tables, run, folders, KNOWN_LATE))
    account.gather(writing, lambda: None)
    if failed := totals.counts["fate failed"]:
        account.warn(f"{failed} records failed in a stage: audit/fates has each one's error")
    for unfinished in run.snapshot.rglob(".*"):  # left by a worker that died while writing; another wrote the file
        unfinished.unlink()
    check_snapshot(run.snapshot, totals.counts)
    had = published_manifest(run.clean)
    check_share(totals.counts, had["counts"]["articles"] if had else 0, run.settings)
    found = Measured(totals.counts, runner.submit(count_site_articles, run, folders).result())
    for warning in check_gates(run.settings.gates, found, measured_of(had) if had else None):
        account.warn(warning)
    account.advance("write", 1, 1)
    return found.sites


def publish_snapshot(
    run: CorpusRun, corpus: Corpus, started: datetime, sites: Mapping[str, SiteCount], account: Account
) -> dict[str, Any]:
    """Add manifest and report to the snapshot, publish and announce it, and tidy up; return the manifest."""
    log = get_run_logger()
    manifest = _manifest(run, started, sites, account)
    write_manifest(run.snapshot, manifest)
    _write_report(run, account)
    before = published_snapshot(run.clean)

    def publish() -> Path:  # Prefect may give a task copies of what it is given, and the lock of a corpus must be none
        return publish_corpus(corpus, run.snapshot, run.run_id)

    materialized = materialize(
        asset_key(corpus.where),
        by="winnow",
        asset_deps=[asset_key(run.raw)],
        name="publish",
        task_run_name="publish",
        cache_policy=NO_CACHE,
        persist_result=False,
    )(publish)
    snapshot = materialized()
    log.info("published %s: %s", run.run_id, in_brief(manifest["counts"]))
    try:
        _say_and_tidy(run, corpus, snapshot, before, manifest, account)
    except Exception as error:  # noqa: BLE001 - whatever it is, the snapshot is published, and the next run tidies up
        log.warning("published, but not tidied up or not reported: %s", error)
    return manifest


def _say_and_tidy(
    run: CorpusRun,
    corpus: Corpus,
    snapshot: Path,
    before: Path | None,
    manifest: Mapping[str, Any],
    account: Account,
) -> None:
    """Tell Prefect what was published, and remove old snapshots and unused parts of the store."""
    log = get_run_logger()
    changes = changes_between(before, snapshot)
    announce(corpus.where, before.name if before else None, manifest, changes)
    report(corpus.where, snapshot, manifest, changes, account.warnings)
    present = pl.read_parquet(run.staging / "files.parquet")["file"]
    prune_store(run.store, present, set(account.totals.parts))
    if joined := compact_store(run.store, present, run.settings.run.part_articles):
        log.info("joined %d batches of the store", joined)
    for name in prune_corpus(corpus, run.settings.publish.keep_snapshots):
        log.info("removed the old snapshot %s", name)


def _write_report(run: CorpusRun, account: Account) -> None:
    """Write the report of a staged snapshot beside its tables.

    A run is good without its report, so whatever fails here costs only the report. That is also why it gets its own
    worker.
    """
    try:
        with worker_processes(run, 1) as workers, orchestrator.quiet_when_stopped():
            workers.run(write_report, run.snapshot, run.snapshot / REPORT, run.clean / SNAPSHOTS)
    except OverdueError:
        raise
    except Exception as error:  # noqa: BLE001 - as said above
        account.warn(f"no report was written ({str(error) or type(error).__name__})")


def _manifest(run: CorpusRun, started: datetime, sites: Mapping[str, SiteCount], account: Account) -> dict[str, Any]:
    ended = datetime.now(UTC)
    return {
        "run_id": run.run_id,
        "started": started.isoformat(),
        "ended": ended.isoformat(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "settings": run.settings.model_dump(mode="json"),
        "settings_fingerprint": settings_fingerprint(run.settings),
        "counts": dict(sorted(account.totals.counts.items())),
        "warnings": list(account.warnings),
        "seconds": {**account.seconds, "total": round((ended - started).total_seconds(), 3)},
        "worker_peak_bytes": account.totals.peak_bytes,
        "sites": sites_for_manifest(sites),
    }
