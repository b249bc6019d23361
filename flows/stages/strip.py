"""The stage that strips, and also settles what is missing or taken down, before duplicates are looked for."""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from flows.running import orchestrator  # noqa: F401 - must stand before Prefect

# isort: split
from prefect import get_run_logger

from flows.folders.sources import share_out
from flows.jobs.missing import CarryJob, carry_missing
from flows.jobs.staging import MISSING
from flows.jobs.stripped_parts import StripJob, strip_batch
from flows.jobs.takedowns import take_down
from flows.jobs.tally import Tally
from flows.rulings import Ruling
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import workers_of
from flows.stages.slow_steps import run_without_deadly
from flows.stages.tasks import Account, io_task


@io_task("strip", "strip {number} of {of}")
def strip_parts(run: CorpusRun, number: int, of: int, parts: Sequence[str]) -> Tally:  # noqa: ARG001 - in its name
    """Strip and cut the articles of some parts in a worker process."""
    job = StripJob(f"{number:06d}", tuple(parts), run.staging, run.store, run.settings)
    workers = workers_of(run)
    try:
        return workers.run_job(strip_batch, job)
    except BrokenProcessPool:
        return run_without_deadly(workers, strip_batch, job)


@io_task("carry-missing", "carry on what is missing")
def carry_missing_articles(run: CorpusRun) -> Tally:
    """Stage the published articles whose raw file is gone or cannot be read."""
    job = CarryJob(run.clean, run.staging, run.settings)
    workers = workers_of(run)
    try:
        return workers.run_job(carry_missing, job)
    except BrokenProcessPool:
        return run_without_deadly(workers, carry_missing, job)


@io_task("take-down", "leave out what is taken down")
def take_down_articles(run: CorpusRun, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Stage the fates of the articles that are never to be published."""
    return workers_of(run).run(take_down, folders, run.staging, run.store, rulings)


def strip_corpus(
    run: CorpusRun, runner: Runner, parts: Sequence[str], taken_down: Sequence[Ruling], account: Account
) -> list[Path]:
    """Strip the articles of the extracted parts; return the folders that hold all cleaned articles."""
    totals = account.totals
    share = share_out(len(parts), workers=runner.workers, least=1, most=run.settings.run.batch_parts)
    shares = [parts[at : at + share] for at in range(0, len(parts), share)]
    stripping = [runner.submit(strip_parts, run, at, len(shares), part) for at, part in enumerate(shares, start=1)]
    account.gather(stripping, lambda: account.advance("strip", totals.counts["stripped"], totals.counts["extracted"]))
    folders = [run.store / "stripped" / name for name in sorted(totals.parts)]
    totals.add(runner.submit(carry_missing_articles, run).result())
    folders.append(run.staging / MISSING)
    totals.add(runner.submit(take_down_articles, run, folders, taken_down).result())
    counts = totals.counts
    get_run_logger().info("%d articles stripped, %d claims", counts["cleaned"], counts["removals"])
    return folders
