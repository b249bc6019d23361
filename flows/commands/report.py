"""The command that writes the report of a snapshot."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.usage import Clean, usage_errors

app = typer.Typer()


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="Run id of a snapshot, or the beginning of one.")] = "current",
    clean: Clean = Path("clean"),
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to write it; by default CLEAN/report.html, for an address report.html."
        ),
    ] = None,
) -> None:
    """Write one HTML page on a snapshot, with a sample to review.

    It shows what the snapshot holds and what was cut and merged, opens from disk in any browser and needs no network.
    Each run leaves its own beside its tables, as CLEAN/current/report.html.

    Example: winnow report --clean corpus --out corpus.html
    """
    from flows.folders.clean_folder import REPORT
    from flows.folders.corpora import at_hand
    from flows.report.page import write_report
    from flows.snapshots.kept import find_kept

    with usage_errors(), at_hand(clean, everything=run != "current") as folder:
        snapshot = find_kept(folder, run)
        file = out or (clean if folder == clean else Path()) / REPORT
        write_report(snapshot, file, snapshot.parent)
    typer.echo(f"Wrote the report of {snapshot.name} to {file}")
