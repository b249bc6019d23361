"""The commands on kept snapshots."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.usage import Clean, Config, Json, usage_errors

app = typer.Typer()


@app.command()
def snapshots(clean: Clean = Path("clean"), as_json: Json = False) -> None:
    """List the kept snapshots, newest first.

    Says when each was published, what it holds, and which one is current.
    """
    from flows.folders.corpora import at_hand
    from flows.snapshots.kept import describe_kept, lines_of_kept
    from flows.terminal_text import as_json as json_of

    with usage_errors(), at_hand(clean) as folder:
        rows = describe_kept(folder)
    if as_json:
        typer.echo(json_of(rows))
        return
    table = _table("run", "published (UTC)", "articles", "duplicates", "", narrow=True)
    for line in lines_of_kept(rows):
        table.add_row(*line)
    Console().print(table)


@app.command()
def diff(
    old: Annotated[
        str | None, typer.Argument(help="Run id, or the beginning of one; by default the snapshot before NEW.")
    ] = None,
    new: Annotated[str, typer.Argument(help="Run id, or the beginning of one.")] = "current",
    clean: Clean = Path("clean"),
    as_json: Json = False,
) -> None:
    """Show how two snapshots differ.

    Counts the records that were added, removed and changed, and shows five examples of each. Compares all records with
    an article, kept or duplicate.

    Example: winnow diff 20260301T032300 current
    """
    from flows.folders.corpora import at_hand
    from flows.snapshots.differences import CHANGES, compare_snapshots, example_line
    from flows.snapshots.kept import find_kept, snapshot_before
    from flows.terminal_text import as_json as json_of
    from flows.terminal_text import counted, visible

    with usage_errors(), at_hand(clean, everything=True) as folder:
        after = find_kept(folder, new)
        before = find_kept(folder, old) if old else snapshot_before(folder, after)
        found = compare_snapshots(before, after)
    if as_json:
        typer.echo(json_of(found))
        return
    console = Console()
    counts = _table("", "old", "new", narrow=True)
    for name in ("run", "articles", "duplicates"):
        counts.add_row(name, *(_shown(found[side][name]) for side in ("old", "new")))
    console.print(counts)
    for name, meaning in CHANGES.items():
        console.print(
            f"{name.replace('_', ' ')}: {counted(found['changes'][name], 'record')} {meaning}",
            markup=False,
            soft_wrap=True,
        )
        for row in found["examples"][name]:
            console.print(Text(f"  {visible(example_line(row))}"), soft_wrap=True)


@app.command()
def stats(
    run: Annotated[str, typer.Argument(help="Run id, or the beginning of one.")] = "current",
    clean: Clean = Path("clean"),
    as_json: Json = False,
) -> None:
    """Show what came into a snapshot and what became of it.

    Counts fates, cuts by reason and rule, duplicates, and the ten sites with the most records.
    """
    from flows.folders.corpora import at_hand
    from flows.snapshots.kept import find_kept
    from flows.snapshots.published import naming_damage
    from flows.snapshots.stats import snapshot_stats
    from flows.terminal_text import as_json as json_of

    with usage_errors(), at_hand(clean, everything=run != "current") as folder:
        snapshot = find_kept(folder, run)
        with naming_damage(snapshot):
            found = snapshot_stats(snapshot)
    if as_json:
        typer.echo(json_of(found))
        return
    console = Console()
    console.print(f"Snapshot {found['run']}: {found['words']:,} words in articles", markup=False)
    for title in ("came_in", "fates", "characters"):
        table = _table(title.replace("_", " "), "count")
        for name, count in found[title].items():
            table.add_row(name.replace("_", " "), f"{count:,}")
        console.print(table)
    _print_rows(console, "cuts", found["cuts"])
    _print_rows(console, "duplicates", found["duplicates"])
    _print_rows(console, "sites with the most records", found["sites"])


@app.command()
def rollback(
    run: Annotated[
        str | None,
        typer.Argument(help="Run id, or the beginning of one; by default the newest before the current one."),
    ] = None,
    clean: Clean = Path("clean"),
    config: Config = None,
) -> None:
    """Switch `current` back to a kept snapshot, in one atomic step.

    The next run publishes anew, from that snapshot and the raw folder as it is by then. So first mend what was wrong in
    the raw folder or in the settings. Refuses a snapshot that holds what was taken down since, and ends with status 75
    while a run works.

    Example: winnow rollback 20260301T032300
    """
    from flows.settings import settings_file, settings_of_run
    from flows.snapshots.kept import roll_back

    with usage_errors():
        pointer, before, after = roll_back(clean, run, settings_of_run(settings_file(config)))
    typer.echo(f"{pointer} was {before} and is {after}; the next run publishes anew")


def _print_rows(console: Console, title: str, rows: list[dict[str, Any]]) -> None:
    from flows.terminal_text import visible

    if not rows:
        console.print(f"No {title}.")
        return
    table = _table(*(name.replace("_", " ") for name in rows[0]))
    table.title, table.title_justify = title, "left"
    for name, column in zip(rows[0], table.columns, strict=True):
        column.justify = "right" if isinstance(rows[0][name], int) else "left"
    for row in rows:
        table.add_row(*(Text(visible(_shown(value))) for value in row.values()))
    console.print(table)


def _table(*columns: str, narrow: bool = False) -> Table:
    """Return an empty table; a narrow one has no box, so that run ids fit into 80 columns."""
    table = Table(*columns, box=None, padding=(0, 1, 0, 0)) if narrow else Table(*columns)
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "(none)" if value is None else str(value)
