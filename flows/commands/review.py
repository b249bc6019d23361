"""The command that counts people's verdicts and asks for them."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.commands.usage import Clean, Config, Json, usage_errors
from flows.errors import UsageError

if TYPE_CHECKING:
    from flows.review.verdicts import Reviewed, Verdict, VerdictFile
    from flows.rulings import Ruling
    from flows.settings import Settings

app = typer.Typer()


@app.command()
def review(
    verdicts: Annotated[
        list[Path] | None, typer.Argument(metavar="VERDICTS", help="Files that a review has saved.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Ask here about N samples of the current snapshot."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="With --sample: another seed than 0 draws another sample.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="With --sample: save the answers here, by default in winnow-verdicts-RUN.json."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the exemptions without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the exemptions that would be written, and write none.")
    ] = False,
    clean: Clean = Path("clean"),
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Count verdicts on a sample, and exempt what was judged wrong.

    Judge in the report (`winnow report`), which saves your verdicts to a file, or here with --sample. Shows for each
    rule and verdict how many were right, with Wilson's 95 % bounds. If a cut was wrong, its article is exempted from
    that rule's cuts; if a merge was wrong, the article that was dropped is exempted from merging, as by `winnow
    restore`. Asks before it writes. Names verdicts on what has changed since, and does not count them.

    Example: winnow review winnow-verdicts-20260301T032300.json
    """
    from flows.folders.clean_folder import current_snapshot
    from flows.folders.corpora import at_hand
    from flows.review.verdicts import exemptions_for, precision_table, read_verdicts, weigh_verdicts
    from flows.rulings import read_rulings
    from flows.settings import settings_file, settings_of_run
    from flows.snapshots.published import naming_damage

    with usage_errors():
        if bool(verdicts) == (sample is not None):
            raise UsageError("name either files of verdicts, or --sample N to be asked here")
        if sample is None and (seed is not None or out is not None):
            raise UsageError("--seed and --out go with --sample")
        if sample is not None and as_json:
            raise UsageError("--json counts files of verdicts; with --sample it has nothing to print")
        settings = settings_of_run(settings_file(config))
    with usage_errors(), at_hand(clean, settings) as folder:
        snapshot = current_snapshot(folder)
        with naming_damage(snapshot):
            if sample is not None:
                files = [_ask(snapshot, sample, seed or 0, out or Path(f"winnow-verdicts-{snapshot.name}.json"))]
                if not files[0].verdicts:
                    typer.echo("Nothing was judged.")
                    return
            else:
                files = [read_verdicts(path) for path in verdicts or ()]
            found = weigh_verdicts(files, snapshot)
            table = precision_table(found)
            there = read_rulings(folder, settings, "exemptions")
            new, beyond, already = exemptions_for(found, snapshot, there)
        if not as_json:
            _print_table(table)
            _print_rest(found, new, beyond, already)
        written = _write(new, clean, folder, settings, ask=not as_json, yes=yes, dry_run=dry_run)
        if as_json:
            _print_json(found, table, new, beyond, written)


def _ask(snapshot: Path, most: int, seed: int, path: Path) -> "VerdictFile":
    """Ask about a sample in the terminal; return the file of verdicts with the answers."""
    from flows.review.items import count_strata, draw, ids_of, items_of, read_candidates
    from flows.review.terminal import ask, pressed_keys, resume
    from flows.review.verdicts import FORMAT, VerdictFile
    from flows.settings import settings_fingerprint
    from flows.snapshots.published import snapshot_settings
    from flows.snapshots.records import read_records
    from flows.terminal_text import counted

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--sample needs a terminal: judge in the report and give its file instead")
    candidates = read_candidates(snapshot)
    drawn = draw(candidates, most=most, seed=seed)
    settings = snapshot_settings(snapshot)
    items = items_of(drawn, read_records(snapshot, ids_of(drawn)), settings.dedup)
    empty = VerdictFile(
        format=FORMAT,
        run_id=snapshot.name,
        settings_fingerprint=settings_fingerprint(settings),
        strata=count_strata(candidates),
        shown=len(items),
        verdicts=(),
    )
    begun = resume(path, empty)
    with pressed_keys(sys.stdin.fileno()) as read_key:
        held = ask(items, path, begun, console=Console(), read_key=read_key)
    if held.verdicts:
        typer.echo(f"{path} holds {counted(len(held.verdicts), 'verdict')}.")
    return held


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    table = Table("what", "in all", "right", "wrong", "unsure", "precision", "95 %", box=None, padding=(0, 1, 0, 0))
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        share = "" if row["precision"] is None else f"{row['precision']:.2f}"
        bounds = "" if row["precision"] is None else f"{row['low']:.2f} to {row['high']:.2f}"
        name = Text(f"  {row['stratum']}") if row["stratum"] else Text(row["kind"], style="bold")
        counts = (f"{row[column]:,}" for column in ("of", "right", "wrong", "unsure"))
        table.add_row(name, *counts, share, bounds)
    if rows:
        Console().print(table)
        typer.echo("The line of a kind weighs its rules and verdicts by how many there are. Unsure ones are left out.")
    else:
        typer.echo("No verdict was counted.")


def _print_rest(found: "Reviewed", new: "Sequence[Ruling]", beyond: "Sequence[Verdict]", already: int) -> None:
    from flows.terminal_text import counted, visible

    if found.stale:
        typer.echo(
            f"Stale and not counted, because {found.run_id} differs from what was judged: "
            f"{counted(len(found.stale), 'verdict')}:"
        )
        for stale in found.stale:
            typer.echo(visible(f"  {stale.kind}: {stale.in_words}: {stale.why} (judged on {stale.run_id})"))
    if beyond:
        typer.echo("Judged wrong, but no exemption can mend it (left in, kept apart or too short):")
        for verdict in beyond:
            typer.echo(visible(f"  {verdict.kind}: {verdict.in_words}"))
    if already:
        typer.echo(f"Judged wrong, and exempt already: {counted(already, 'verdict')}.")
    for ruling in new:
        what = f"from cuts by {ruling.rule}" if ruling.what == "cuts" else "from merging"
        typer.echo(visible(f"Exempt {what}: {ruling.reason.removeprefix('reviewed: ')}"))


def _write(
    new: "Sequence[Ruling]", clean: Path, folder: Path, settings: "Settings", *, ask: bool, yes: bool, dry_run: bool
) -> str | None:
    """Write exemptions if the user wants it, and say what becomes of them; return the file if it was written."""
    from flows.folders.corpora import path_to_show
    from flows.rulings import add_rulings, rulings_file
    from flows.terminal_text import counted

    if not new:
        return None
    path = path_to_show(rulings_file(folder, settings, "exemptions"), folder, clean)
    can_ask = ask and sys.stdin.isatty() and not dry_run
    if not yes and can_ask:
        yes = typer.confirm(f"Write {counted(len(new), 'exemption')} to {path}?", default=False)
    if dry_run or not yes:
        if ask:
            typer.echo("Nothing was written." if dry_run or can_ask else "Nothing was written; --yes writes them.")
        return None
    add_rulings(folder, settings, "exemptions", new)
    if ask:
        typer.echo(f"Written to {path}. It applies from the next run on.")
    return path


def _print_json(
    found: "Reviewed",
    table: Sequence[dict[str, Any]],
    new: "Sequence[Ruling]",
    beyond: "Sequence[Verdict]",
    written: str | None,
) -> None:
    from flows.terminal_text import as_json

    answer = {
        "run": found.run_id,
        "precision": table,
        "stale": [asdict(stale) for stale in found.stale],
        "exemptions": [asdict(ruling) for ruling in new],
        "written": written,
        "not_mended": [verdict.model_dump(mode="json") for verdict in beyond],
    }
    typer.echo(as_json(answer))
