"""The stage that finds near-duplicates: one task over all cleaned articles."""

from collections.abc import Sequence
from pathlib import Path

from flows.jobs.near_duplicates import find_duplicates
from flows.jobs.tally import Tally
from flows.rulings import Ruling
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import workers_of
from flows.stages.tasks import Account, io_task


@io_task("deduplicate", "find near-duplicates")
def find_near_duplicates(run: CorpusRun, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Find near-duplicates among all cleaned articles in a worker process."""
    return workers_of(run).run(find_duplicates, folders, run.clean, run.staging, run.settings, rulings)


def deduplicate_corpus(
    run: CorpusRun, runner: Runner, folders: Sequence[Path], exempt: Sequence[Ruling], account: Account
) -> None:
    """Have it decided which of the cleaned articles are kept, and which kept one stands for each of the others."""
    account.advance("deduplicate", 0, 1)
    account.totals.add(runner.submit(find_near_duplicates, run, folders, exempt).result())
    account.advance("deduplicate", 1, 1)
