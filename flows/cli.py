"""The command line `winnow`; what needs Prefect is imported by the command that needs it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.errors import UsageError

app = typer.Typer(
    help="Raw scraped news in, a clean, deduplicated Parquet corpus out, with an audit of everything left out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Raw = Annotated[Path, typer.Option(help="Folder of raw files, searched with its subfolders.")]
Clean = Annotated[Path, typer.Option(help="Folder that snapshots are published in; read CLEAN/current.")]


@contextmanager
def _usage_errors() -> Iterator[None]:
    """Turn what the user can mend into one line on standard error and exit status 2."""
    try:
        yield
    except UsageError as error:
        typer.echo(f"winnow: {error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def run(
    raw: Raw = Path("raw"),
    clean: Clean = Path("clean"),
    config: Annotated[Path | None, typer.Option(help="Settings file; winnow.toml is read if it stands here.")] = None,
    assign: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Set one value, over the file; may be repeated."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Clean a folder of raw news and publish a snapshot.

    Prints how many records were kept, how many were not, and why. Exit status: 0 published, 1 failed (nothing
    published, the old snapshot is intact), 2 bad usage or configuration, 130 interrupted.

    Example: winnow run --raw crawl --clean corpus --set publish.min_words=30
    """
    from flows.settings import load_settings

    default = Path("winnow.toml")
    with _usage_errors():
        settings = load_settings(config or (default if default.exists() else None), assign or [])
    level = "ERROR" if quiet else "WARNING" if sys.stderr.isatty() else "INFO"
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = level

    from flows.workers import start_fork_server

    start_fork_server()  # it loads while Prefect is imported

    from flows.corpus import check_folders, clean_corpus
    from flows.orchestrator import api_url, check_home, hide_tracebacks
    from flows.snapshot import claim_clean_folder

    with _usage_errors():
        check_folders(raw, clean)
        with claim_clean_folder(clean):
            pass  # the flow claims it again; a folder that cannot be used is said here, before a server is started
        if api_url() is None:
            check_home()
    if not quiet:
        _say_where(api_url())
    hide_tracebacks()
    before = (clean / "current").resolve()
    try:
        state = clean_corpus(raw=raw, clean=clean, settings=settings, progress=not quiet, return_state=True)
    except KeyboardInterrupt:
        typer.echo(f"winnow: interrupted; {_what_is_published(clean, before)}", err=True)
        raise typer.Exit(130) from None
    if not state.is_completed():
        typer.echo(
            f"winnow: the run failed; {_what_is_published(clean, before)}: {state.message}\n"
            f"Its log: prefect flow-run logs {state.state_details.flow_run_id}",
            err=True,
        )
        raise typer.Exit(1)
    manifest = state.result()
    if not quiet:
        _print_summary(manifest, clean)


def _what_is_published(clean: Path, before: Path) -> str:
    """Say what a run that did not end well has left; `before` is what `current` named when it began."""
    return "nothing was published" if (clean / "current").resolve() == before else "its snapshot is published"


def _say_where(url: str | None) -> None:
    if url is None:
        typer.echo(
            "No Prefect server is configured (PREFECT_API_URL): starting a temporary one on 127.0.0.1; "
            "this takes about 10 s, the first time up to a minute ...",
            err=True,
        )
    else:
        typer.echo(f"Using the Prefect server at {url}", err=True)


def _print_summary(manifest: dict[str, dict[str, int]], clean: Path) -> None:
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
    if not counts.get("files"):
        console.print("The raw folder holds no files: an empty snapshot was published.")
    console.print(f"Published snapshot {manifest['run_id']} in {clean / 'current'}", soft_wrap=True, markup=False)


@app.command()
def explain(
    target: Annotated[
        str, typer.Argument(metavar="ID_OR_SOURCE", help="An article's id, or its path below the raw folder.")
    ],
    clean: Clean = Path("clean"),
) -> None:
    """Show what was cut from an article and by which rule, and which article it duplicates.

    Example: winnow explain aggregator/story.txt
    """
    from flows.explain import explain_record, find_records
    from flows.snapshot import current_snapshot

    with _usage_errors():
        snapshot = current_snapshot(clean)
        records = find_records(snapshot, target)
    console = Console()
    for record in records:
        console.print(explain_record(snapshot, record))


@app.command()
def deploy() -> None:
    """Create the work pool and the deployments of prefect.yaml on the configured Prefect server.

    Then start a worker with `prefect worker start --pool winnow`, and run by hand with
    `prefect deployment run clean-corpus/manual`.
    """
    from flows.deployments import deploy_all

    with _usage_errors():
        status = deploy_all()
    raise typer.Exit(status)


@app.command()
def serve() -> None:
    """Serve the deployments of prefect.yaml from this process, without work pool or worker, until stopped."""
    from flows.deployments import serve_all

    with _usage_errors():
        serve_all()


def main() -> None:
    """Run the command line."""
    app()
