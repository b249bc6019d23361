"""The stage that finds near-duplicates: one task for a corpus of one shard, or a task for each step and shard."""

from collections.abc import Sequence
from pathlib import Path

from flows.jobs.near_duplicates import count_cleaned, find_duplicates
from flows.jobs.sharded_duplicates import STEPS, Shards, Step, count_shards, line_up_articles
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


@io_task("deduplicate-line-up", "line up articles")
def line_up(run: CorpusRun, shards: Shards, folders: Sequence[Path], rulings: Sequence[Ruling]) -> Tally:
    """Line up all cleaned articles, without their wide columns, in a worker process."""
    return workers_of(run).run(line_up_articles, shards, folders, rulings)


@io_task("deduplicate-shard", "{step.what} {number} of {of}")
def take_step(run: CorpusRun, shards: Shards, step: Step, number: int, of: int) -> Tally:  # noqa: ARG001 - in its name
    """Take a step of the stage for one shard in a worker process."""
    return workers_of(run).run(step.work, shards, number - 1)


def deduplicate_corpus(
    run: CorpusRun, runner: Runner, folders: Sequence[Path], exempt: Sequence[Ruling], account: Account
) -> None:
    """Decide which cleaned articles are kept, and which kept one stands for each of the others."""
    count = count_shards(count_cleaned(folders), run.settings)
    steps = STEPS if count > 1 else ()
    account.advance("deduplicate", 0, 1 + len(steps))
    if count > 1:
        shards = Shards(run.clean, run.staging, count, run.settings)
        account.totals.add(runner.submit(line_up, run, shards, folders, exempt).result())
    else:
        account.totals.add(runner.submit(find_near_duplicates, run, folders, exempt).result())
    account.advance("deduplicate", 1, 1 + len(steps))
    for done, step in enumerate(steps, start=1):
        of = count if step.sharded else 1
        taken = [runner.submit(take_step, run, shards, step, n, of) for n in range(1, of + 1)]
        account.gather(taken, lambda: None)
        account.advance("deduplicate", 1 + done, 1 + len(steps))
