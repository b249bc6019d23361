"""The command line `winnow`; only commands that need Prefect import it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from flows.commands import doctor, explain, report, review, rulings, settings, snapshots
from flows.commands.usage import Clean, Config, usage_errors
from flows.errors import StoreError, TakenError, UsageError
from flows.folders.addresses import Folder

app = typer.Typer(
    help="Raw scraped news in, a clean, deduplicated Parquet corpus out, with an audit of everything left out.",
    no_args_is_help=True,
    # Rich would keep the line ends of the docstrings and break long lines once more.
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
    pretty_exceptions_enable=False,
)

Raw = Annotated[
    Path, typer.Option(help="Folder of raw files, searched with its subfolders, or an address as s3://bucket/crawl.")
]


class _TerminatedError(BaseException):
    """The process got SIGTERM."""


# What stopped a run that ended Cancelled, by the message of its state; any other message says that the folder is taken.
_STOPS: dict[str, type[BaseException]] = {"interrupted": KeyboardInterrupt, "terminated": _TerminatedError}


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _TerminatedError


@contextmanager
def _stops(clean: Path) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into one line on standard error and the exit status that shells use for each."""
    began = datetime.now(UTC)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except (KeyboardInterrupt, _TerminatedError) as stop:
        said, status = ("interrupted", 130) if isinstance(stop, KeyboardInterrupt) else ("terminated", 143)
        typer.echo(f"winnow: {said}; {_what_is_published(clean, began, *stop.args)}", err=True)
        raise typer.Exit(status) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"winnow {version('winnow-news')}")
        raise typer.Exit


@app.callback()
def _common(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    raw: Raw = Path("raw"),
    clean: Clean = Path("clean"),
    config: Config = None,
    assign: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override one setting of the file; may be repeated."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Clean a folder of raw news and publish a snapshot.

    Prints how many records were kept, how many were not, and why.

    Exit status: 0 published; 1 failed, and the old snapshot is intact; 2 bad usage or configuration; 75 another run is
    publishing into CLEAN, so try again later; 130 interrupted; 143 terminated.

    Example: winnow run --raw crawl --clean corpus --set publish.min_words=30
    """
    with usage_errors(), _stops(clean):
        _run(raw, clean, config, assign or [], quiet)


def _run(raw: Path, clean: Path, config: Path | None, assignments: list[str], quiet: bool) -> None:
    from flows.folders.corpora import check_corpus
    from flows.folders.run_folders import check_folders, named_folders
    from flows.settings import assigned, settings_file, settings_of_run

    began = datetime.now(UTC)
    source, target = named_folders(raw, clean)
    file, given = settings_file(config), assigned(assignments)
    # The flow checks all of this again; here, mistakes are reported before Prefect is loaded and a server is started.
    settings = settings_of_run(file, given)
    check_folders(source, target)
    check_corpus(target, settings)
    level = "ERROR" if quiet else "WARNING" if sys.stderr.isatty() else "INFO"
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = level

    from flows.running.workers import start_fork_server

    start_fork_server()  # it loads its modules while Prefect is imported

    from flows.corpus import clean_corpus
    from flows.running.orchestrator import api_url, hide_tracebacks, require_server_for_run
    from flows.running.progress import shown_progress

    if not quiet:
        _say_where(api_url())
    hide_tracebacks()
    require_server_for_run()
    with nullcontext() if quiet else shown_progress():
        # As texts, since a path changes an address: it drops a slash.
        folders: dict[str, Any] = {"raw": str(source), "clean": str(target)}
        state = clean_corpus(**folders, config=file, settings=given, return_state=True)
    flow_run = str(state.state_details.flow_run_id)
    if state.is_cancelled():
        message = str(state.message)
        raise _STOPS[message](flow_run) if message in _STOPS else TakenError(message)
    if not state.is_completed():
        typer.echo(
            f"winnow: the run failed; {_what_is_published(clean, began, flow_run)}: {state.message}\n"
            f"Its log: prefect flow-run logs {flow_run}",
            err=True,
        )
        raise typer.Exit(1)
    manifest = state.result()
    if not quiet:
        _print_summary(manifest, target)


def _what_is_published(clean: Path, began: datetime, flow_run: str = "") -> str:
    """Say whether a run that did not end well has published; `flow_run` is its id, or empty if Prefect gave it none."""
    from flows.folders.corpora import published_run
    from flows.running.corpus_run import name_of_run

    try:
        published = published_run(clean)
    except (UsageError, StoreError) as error:
        return f"whether it has published is not known ({error})"
    # Another run may have published meanwhile, so a change of `current` proves nothing.
    ours = published is not None and published >= name_of_run(began) and published.endswith(flow_run[-8:])
    return "its snapshot is published" if ours else "nothing was published"


def _say_where(url: str | None) -> None:
    if url is None:
        typer.echo(
            "No Prefect server is configured (PREFECT_API_URL): starting a temporary one on 127.0.0.1; "
            "this takes about 10 s, the first time up to a minute ...",
            err=True,
        )
    else:
        typer.echo(f"Using the Prefect server at {url}", err=True)


def _print_summary(manifest: dict[str, Any], clean: Folder) -> None:
    counts = manifest["counts"]
    table = Table("what", "count")
    table.columns[1].justify = "right"
    table.add_row("files", f"{counts.get('files', 0):,}")
    table.add_row("records", f"{counts.get('records', 0) + counts.get('split_off', 0):,}", end_section=True)
    for name, count in counts.items():
        if name.startswith("fate "):
            table.add_row(name.removeprefix("fate "), f"{count:,}")
    table.add_section()
    table.add_row("claims in the audit", f"{counts['audit/removals']:,}")
    table.add_row("scored pairs", f"{counts['audit/pairs']:,}")
    for stage, spent in manifest["seconds"].items():
        table.add_row(f"seconds: {stage}", f"{spent:.1f}")
    console = Console()
    console.print(table)
    for warning in manifest["warnings"]:
        console.print(f"Warning: {warning}", soft_wrap=True, markup=False)
    if not counts.get("files"):
        carried = counts["articles"] + counts["duplicates"]
        left = f"articles carried on from the snapshot before: {carried:,}"
        console.print(f"The raw folder holds no files; {left if carried else 'an empty snapshot was published'}.")
    place = clean / "current" if isinstance(clean, Path) else clean
    console.print(f"Published snapshot {manifest['run_id']} in {place}", soft_wrap=True, markup=False)


DeployedConfig = Annotated[
    Path | None,
    typer.Option(help="Settings file that each run will read; without this option winnow.toml, if it is here."),
]
Cron = Annotated[str | None, typer.Option(help="When the nightly deployment runs: five cron fields.")]
Timezone = Annotated[str | None, typer.Option(help="Time zone of --cron, such as Europe/Berlin.")]
Notify = Annotated[
    str | None,
    typer.Option(metavar="TYPE/NAME", help="Notification block of the server to tell when something goes wrong."),
]


def _deploy(
    raw: Raw = Path("raw"),
    clean: Clean = Path("clean"),
    config: DeployedConfig = None,
    cron: Cron = None,
    timezone: Timezone = None,
    notify: Notify = None,
) -> None:
    from flows.deploying.deployments import deploy_all

    with usage_errors():
        created = deploy_all(raw, clean, config, cron, timezone, notify)
    for line in created:
        typer.echo(line)


# Gives both commands the options of `_deploy`, which typer reads from its annotations.
_deploys = wraps(_deploy, assigned=("__annotations__",))


@app.command()
@_deploys
def deploy(**options: Any) -> None:
    """Create the deployments on the configured Prefect server.

    `nightly` runs at 03:23 UTC unless --cron says otherwise, `manual` when you ask for it. Both record the absolute
    paths of the folders and of the settings file, so a worker must find them there. Automations watch for runs that
    fail, fall silent, or publish nothing for 26 hours. If you run this again, it updates what you name and keeps paused
    what was paused.

    Then start a worker where winnow is installed: prefect worker start --pool winnow

    And run it by hand: prefect deployment run clean-corpus/manual

    Example: winnow deploy --raw crawl --clean corpus --cron "0 5 * * *"
    """
    _deploy(**options)
    typer.echo("Start a worker, where winnow is installed: prefect worker start --pool winnow")


@app.command()
@_deploys
def serve(**options: Any) -> None:
    """Create the deployments, and work as their worker until stopped.

    Creates what `winnow deploy` creates. Ctrl-C stops it; runs that it works on are then stopped too.
    """
    from flows.deploying.deployments import work

    _deploy(**options)
    raise typer.Exit(work())


for commands in (explain, report, snapshots, review, rulings, settings, doctor):
    app.add_typer(commands.app)


def main() -> None:
    """Run the command line."""
    app()
