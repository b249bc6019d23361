"""The stage that reads and extracts: a task for each batch of files that were touched since the run before."""

import time
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from flows.running import orchestrator  # must stand before Prefect

# isort: split
from prefect import get_run_logger
from prefect.runtime import task_run

from flows.folders.sources import Source, deal_batches, list_sources, share_out
from flows.jobs.extracted_parts import ExtractJob, extract_batch, refuse_file
from flows.jobs.store import known_sources, mend_store, remember_sources, stage_known
from flows.jobs.tally import Tally
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import Workers, workers_of
from flows.stages.slow_steps import run_apart
from flows.stages.tasks import RETRY_DELAYS, Account, io_task

DEADLY = "a process died of reading it: the file is damaged, or needs more memory than there is"
FEWEST_FILES = 32  # in one task, if the run has as many; with smaller parts the store would be slow to read


@io_task("extract", "extract {number} of {of}")
def extract_files(run: CorpusRun, number: int, of: int, sources: Sequence[Source]) -> Tally:  # noqa: ARG001 - in its name
    """Read and extract the new files of one batch in a worker process."""
    last = task_run.run_count > len(RETRY_DELAYS)
    job = ExtractJob(f"{number:06d}", tuple(sources), run.staging, run.store, run.settings, last)
    workers = workers_of(run)
    try:
        return workers.run_job(extract_batch, job)
    except BrokenProcessPool:
        return _extract_apart(workers, job)


def _extract_apart(workers: Workers, job: ExtractJob) -> Tally:
    """Extract a batch in a process of its own or, if that dies, half by half, down to the file that is the cause."""
    try:
        return run_apart(workers, extract_batch, job)
    except BrokenProcessPool:
        if workers.stopped:
            raise
    if len(job.sources) == 1:
        return refuse_file(job, DEADLY)
    middle = len(job.sources) // 2
    tally = Tally()
    for half, sources in enumerate((job.sources[:middle], job.sources[middle:])):
        tally.add(_extract_apart(workers, replace(job, name=f"{job.name}-{half}", sources=sources)))
    return tally


def extract_sources(run: CorpusRun, runner: Runner, account: Account) -> None:
    """List the raw folder, and extract the files that the store does not know into the store."""
    log = get_run_logger()
    totals = account.totals
    listed = time.time_ns()
    sources = list_sources(run.raw)
    log.info("%d files in %s", len(sources), run.raw)
    if not sources:
        account.warn(f"{run.raw} holds no files: only articles carried on from before can be published")
    if lost := mend_store(run.store):
        account.warn(f"the store was damaged: {lost} files are done again")
    run.staging.mkdir(parents=True)
    with runner.worker_processes(run), orchestrator.quiet_when_stopped():
        with account.timed("extract"):
            known = known_sources(run.store, sources)
            totals.add(stage_known(known, sources, run.staging))
            untouched = set(known["source"])
            touched = [source for source in sources if source.name not in untouched]
            batch_files, batch_bytes = run.settings.run.batch_files, run.settings.run.batch_bytes
            most = share_out(len(touched), workers=runner.workers, least=FEWEST_FILES, most=batch_files)
            batches = deal_batches(touched, files=most, size=batch_bytes)
            extracting = [
                runner.submit(extract_files, run, at, len(batches), batch) for at, batch in enumerate(batches, start=1)
            ]
            account.gather(extracting, lambda: account.advance("read", totals.counts["files"], len(sources)))
            remember_sources(run.store, sources, run.staging, listed)
        log.info("%d records in %d files", totals.counts["records"], totals.counts["files"])
