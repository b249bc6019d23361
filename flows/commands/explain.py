"""The command that shows what became of one record, and why."""

import sys
from pathlib import Path
from typing import Annotated

import click
import typer
from rich.console import Console

from flows.commands.usage import Clean, Json, usage_errors

app = typer.Typer()


@app.command()
def explain(
    target: Annotated[
        str, typer.Argument(metavar="ID_OR_SOURCE", help="An article's id, or its path below the raw folder.")
    ],
    clean: Clean = Path("clean"),
    pager: Annotated[
        bool,
        typer.Option("--pager/--no-pager", help="Use a pager for output longer than the terminal, never when piped."),
    ] = True,
    as_json: Json = False,
) -> None:
    """Show what was cut from an article, and what it duplicates.

    Shows the text as it was extracted, with each cut in the colour of its reason, the rules that cut it, and the text
    as it is published. Compares a duplicate with the article that was kept, by the settings of its snapshot.

    Example: winnow explain aggregator/story.txt
    """
    from flows.folders.clean_folder import current_snapshot
    from flows.folders.corpora import at_hand
    from flows.snapshots.explain import explain_record, find_records, show_record
    from flows.snapshots.published import naming_damage
    from flows.terminal_text import as_json as json_of

    with usage_errors(), at_hand(clean) as folder:
        snapshot = current_snapshot(folder)
        with naming_damage(snapshot):
            records = [explain_record(snapshot, record) for record in find_records(snapshot, target)]
    if as_json:
        typer.echo(json_of(records))
        return
    console = Console()
    with console.capture() as captured:
        for record in records:
            console.print(show_record(record))
    shown = captured.get()
    if pager and console.is_terminal and shown.count("\n") > console.height:
        click.echo_via_pager(shown)
    else:
        sys.stdout.write(shown)
