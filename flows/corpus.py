"""The flow `clean-corpus`, which turns raw files into a published snapshot."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from flows.running import orchestrator  # must stand before Prefect

# isort: split
from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed
from prefect.utilities.timeout import timeout

from cleaners.strip.config import Keepable
from flows.errors import StoreError, TakenError, UsageError
from flows.folders.addresses import Folder
from flows.folders.corpora import Corpus, claim_corpus
from flows.folders.run_folders import check_folders, named_folders
from flows.jobs.store import open_store
from flows.rulings import read_rulings
from flows.running.announcements import forgo_retries, in_brief, later_run, progress_artifact, tag_run
from flows.running.corpus_run import CorpusRun, name_of_run
from flows.running.failures import naming_cause
from flows.running.progress import Advance, progress_bar
from flows.running.runners import task_runner
from flows.running.workers import start_fork_server
from flows.settings import Settings, assigned_value, differences, settings_file, settings_fingerprint, settings_of_run
from flows.snapshots.published import published_manifest
from flows.stages.dedup import deduplicate_corpus
from flows.stages.extract import extract_sources
from flows.stages.publish import begin_to_write, publish_snapshot, write_snapshot
from flows.stages.strip import strip_corpus
from flows.stages.survey import survey_corpus
from flows.stages.tasks import Account, OverdueError

# The settings that people change most are parameters of their own: the parameter, and its setting.
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


@flow(
    name="clean-corpus",
    flow_run_name="clean {raw} into {clean}",
    description="Clean a folder of scraped news into a deduplicated Parquet snapshot with a full audit.",
    persist_result=False,
    validate_parameters=False,  # the run does that, and says in one line what is wrong
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
    asked = locals()
    ending: State[Any]
    try:
        source, target = named_folders(Path(raw), Path(clean))
        check_folders(source, target)
        file = settings_file(config and Path(config))
        given = [assigned_value(path, asked[name]) for name, path in OFTEN.items() if asked[name] is not None]
        used = settings_of_run(file, settings, *given)
        start_fork_server()
        if (later := later_run()) is not None:
            orchestrator.hide_traceback()
            return Cancelled(message=f"late: the run of {later} does its work")  # type: ignore[return-value]
        tag_run(target)
        with (
            timeout(used.run.hours * 3600, timeout_exc_type=OverdueError),
            claim_corpus(target, used, f"run {flow_run.id}") as corpus,
            naming_cause(corpus.folder),
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
    """Log where the settings come from and which differ from the defaults; return warnings, if there are any."""
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
    """Take a run through its stages; return the manifest of the published snapshot."""
    started = datetime.now(UTC)
    run_id = name_of_run(started, str(flow_run.id))
    account = Account(advance)
    for warning in warnings:
        account.warn(warning)
    clean = corpus.folder
    taken_down = read_rulings(clean, settings, "takedowns")
    exempt = read_rulings(clean, settings, "exemptions")
    run = CorpusRun(run_id, raw, clean, open_store(clean, settings), settings)
    with task_runner(settings) as runner:
        extract_sources(run, runner, account)
        # New workers, since a file that cannot be read may have broken the pool of the first ones.
        with runner.worker_processes(run), orchestrator.quiet_when_stopped():
            with account.timed("strip"):
                parts = survey_corpus(run, runner, exempt, account)
                folders = strip_corpus(run, runner, parts, taken_down, account)
            with account.timed("deduplicate"):
                begun = begin_to_write(run, runner, folders)
                deduplicate_corpus(run, runner, folders, exempt, account)
            with account.timed("write"):
                sites = write_snapshot(run, runner, folders, begun, account)
    return publish_snapshot(run, corpus, started, sites, account)
