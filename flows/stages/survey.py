"""The stage that surveys all articles before any is stripped: what the pages of a site share."""

from collections.abc import Sequence

from flows.jobs.survey import survey
from flows.jobs.tally import Tally
from flows.rulings import Ruling
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import workers_of
from flows.stages.tasks import Account, io_task


@io_task("survey", "survey the lines of each site")
def survey_parts(run: CorpusRun, rulings: Sequence[Ruling]) -> tuple[list[str], Tally]:
    """Find the parts to strip, the lines that the pages of a site share, and the rulings on articles."""
    return workers_of(run).run(survey, run.staging, run.store, rulings)


def survey_corpus(run: CorpusRun, runner: Runner, exempt: Sequence[Ruling], account: Account) -> list[str]:
    """Stage what stripping must know of other articles; return the extracted parts with articles of this run."""
    parts, tally = runner.submit(survey_parts, run, exempt).result()
    account.totals.add(tally)
    return parts
