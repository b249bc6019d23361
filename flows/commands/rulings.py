"""The commands with which people overrule what a run finds."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.usage import Clean, Config, Json, usage_errors
from flows.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from flows.rulings import Ruling
    from flows.snapshots.purging import Holder

app = typer.Typer()

EXAMPLES = 5
# By kind of ruling: what taking it back does.
UNDONE = {
    "takedown": "may be published again",
    "cuts": "no longer exempt from cuts",
    "merge": "no longer exempt from merging",
}
Reason = Annotated[str | None, typer.Option(help="Why; audit/fates shows it.")]
List = Annotated[bool, typer.Option("--list", help="List what there is so far.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back, from the next run on.")]


@app.command()
def takedown(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="TARGETS", help="The URL of a page, a site, a file or folder below raw, or an id."),
    ] = None,
    reason: Reason = None,
    purge: Annotated[
        bool,
        typer.Option(
            "--purge", help="Remove what still holds what was taken down: older snapshots, reports, the store's copies."
        ),
    ] = False,
    listed: List = False,
    undo: Undo = False,
    clean: Clean = Path("clean"),
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Keep articles from ever being published again.

    From the next run on their fate is `taken_down`, and no table holds any text of them. A copy elsewhere is judged
    alone and stays unless you name it too. Take-downs stand in CLEAN/takedowns.toml, or in the file that
    publish.takedowns names.

    Snapshots published before hold the text until they are pruned. To remove it now, name what must go, then run
    `winnow run` and `winnow takedown --purge`. This removes every older snapshot that holds any of the text, as a
    whole, and cannot be undone. It ends with status 1 if something is left, such as the current snapshot.

    Example: winnow takedown https://a.example/story --reason "court order"
    """
    with usage_errors():
        if purge and (listed or undo):
            raise UsageError("--purge goes with neither --list nor --undo")
        _check_options(targets, reason, listed=listed, undo=undo, as_json=as_json)
        if listed:
            _list("takedowns", clean, config, as_json)
            return
        if undo:
            _undo("takedowns", ["takedown"], targets or (), clean, config)
            return
        if targets:
            if not reason:
                raise UsageError("say why with --reason; audit/fates will show it")
            _tell_copies(*_add("takedowns", ["takedown"], targets, reason, clean, config))
        elif not purge:
            raise UsageError("name what to take down, or --list")
        if purge:
            _purge(clean, config)
        else:
            _tell_holders(clean, config)


def _check_options(
    targets: Sequence[str] | None, reason: str | None, *, listed: bool, undo: bool, as_json: bool
) -> None:
    """Raise UsageError for options that do not go together, so that none is ignored."""
    if listed and (undo or targets):
        raise UsageError("--list lists all there is: give it without targets and without --undo")
    if as_json and not listed:
        raise UsageError("--json prints what --list lists: give it with --list")
    if undo and not targets:
        raise UsageError("name what to take back; --list shows what there is")
    if reason and (undo or not targets):
        raise UsageError("--reason says why something is ruled: give it with targets and without --undo")


def _undo(
    name: str,
    what: Sequence[str],
    targets: Sequence[str],
    clean: Path,
    config: Path | None,
    rules: Sequence[str] = (),
) -> None:
    """Take back the rulings on some targets, or only those for some rules."""
    from flows.folders.corpora import at_hand
    from flows.rulings import undo_rulings
    from flows.settings import settings_file, settings_of_run

    settings = settings_of_run(settings_file(config))
    with at_hand(clean, settings) as folder:
        for ruling in undo_rulings(folder, settings, name, targets, what, rules):
            typer.echo(f"{_said(ruling)}: {UNDONE[ruling.what]}{_by(ruling)}")


def _add(
    name: str,
    what: Sequence[str],
    targets: Sequence[str],
    reason: str,
    clean: Path,
    config: Path | None,
    rules: Sequence[str] = (),
) -> "tuple[list[Ruling], pl.DataFrame]":
    """Add rulings on some targets; return the rulings, and the published records."""
    from flows.folders.clean_folder import published_snapshot
    from flows.folders.corpora import at_hand, path_to_show
    from flows.rulings import add_rulings, published_records, rule, rule_matches
    from flows.settings import settings_file, settings_of_run
    from flows.snapshots.published import naming_damage
    from flows.terminal_text import counted

    settings = settings_of_run(settings_file(config))
    with at_hand(clean, settings) as folder:
        with naming_damage(folder / "current"):
            snapshot = published_snapshot(folder)
            known = published_records(snapshot)
            if rules:
                _check_rules(rules, snapshot)
        made = rule(what, targets, reason, known, rules)
        place = path_to_show(add_rulings(folder, settings, name, made), folder, clean)
    for ruling in made:
        matches = known.join(rule_matches(known, [ruling]), on="id", how="semi")
        none = "no record of the current snapshot" if snapshot else "nothing is published yet"
        found = f"{counted(matches.height, 'record')}: {_named(matches)}" if matches.height else none
        typer.echo(f"{_said(ruling)}: {ruling.in_words}; {found}")
    typer.echo(f"Written to {place}. It applies from the next run on.")
    return made, known


def _check_rules(rules: Sequence[str], snapshot: Path | None) -> None:
    """Raise UsageError for a rule that claims nothing in the current snapshot, which is probably misspelt."""
    import polars as pl

    claims = pl.scan_parquet(snapshot / "audit/removals/*.parquet") if snapshot else pl.LazyFrame({"rule": []})
    known = sorted(claims.select(pl.col("rule").unique()).collect()["rule"])
    for name in rules:
        if name not in known:
            raise UsageError(f"no rule {name!r} has claimed anything; there are {', '.join(known) or 'none'}")


def _tell_copies(made: "list[Ruling]", known: "pl.DataFrame") -> None:
    from flows.rulings import rule_matches

    named = rule_matches(known, made)
    clusters = known.join(named, on="id", how="semi").select("cluster_id").drop_nulls()
    copies = known.join(clusters, on="cluster_id", how="semi").join(named, on="id", how="anti")
    if copies.height:
        typer.echo(f"Copies elsewhere that stay: {_named(copies)}")


def _tell_holders(clean: Path, config: Path | None) -> None:
    from flows.folders.corpora import at_hand
    from flows.rulings import read_rulings
    from flows.settings import settings_file, settings_of_run
    from flows.snapshots.purging import find_holders

    settings = settings_of_run(settings_file(config))
    with at_hand(clean, settings, everything=True) as folder:
        holders = find_holders(folder, read_rulings(folder, settings, "takedowns"))
        if folder != clean:  # the work folder of an address holds copies too
            holders = [replace(holder, path=holder.path.resolve()) for holder in holders]
    if holders:
        typer.echo("Their text is still held by:")
        _print_holders(holders)
        typer.echo(
            "Snapshots go when they are pruned (publish.keep_snapshots). This removes all of these after the next"
        )
        typer.echo(f"run, and cannot be undone: winnow takedown --purge --clean {clean}")
    _tell_outside()


def _tell_outside() -> None:
    typer.echo("Raw files, and reports and verdicts saved elsewhere, are yours to remove.")


def _purge(clean: Path, config: Path | None) -> None:
    from flows.settings import settings_file, settings_of_run
    from flows.snapshots.purging import purge

    removed, left = purge(clean, settings_of_run(settings_file(config)))
    typer.echo("Removed:" if removed else "There was nothing to remove.")
    _print_holders(removed)
    if left:
        typer.echo("Left:")
        _print_holders(left)
    _tell_outside()
    if left:
        raise typer.Exit(1)


def _print_holders(holders: "Sequence[Holder]") -> None:
    from flows.terminal_text import counted, visible

    for holder in holders:
        records = counted(holder.records, "record") if holder.records else ""
        why = "; ".join(part for part in (records, holder.why_not) if part)
        typer.echo(visible(f"  {holder.what} {holder.path}: {why}"))


def _by(ruling: "Ruling") -> str:
    return f" by {ruling.rule}" if ruling.rule else ""


def _said(ruling: "Ruling") -> str:
    from flows.terminal_text import visible

    return visible(f"{ruling.kind} {ruling.target}")


def _named(records: "pl.DataFrame") -> str:
    from flows.terminal_text import visible

    rows = records.sort("source", "record").head(EXAMPLES).select("source", "record").rows()
    more = ["..."] if records.height > EXAMPLES else []
    return visible(", ".join([*(f"{source} record {record}" for source, record in rows), *more]))


def _list(name: str, clean: Path, config: Path | None, as_json: bool) -> None:
    """Print the rulings of a file."""
    from flows.folders.corpora import at_hand
    from flows.rulings import read_rulings
    from flows.settings import settings_file, settings_of_run
    from flows.terminal_text import as_json as json_of
    from flows.terminal_text import visible

    settings = settings_of_run(settings_file(config))
    with at_hand(clean, settings) as folder:
        rulings = read_rulings(folder, settings, name)
    if as_json:
        typer.echo(json_of([asdict(ruling) for ruling in rulings]))
        return
    for ruling in rulings:
        what = f"{ruling.what}{_by(ruling)}"
        typer.echo(visible(f"{ruling.added}  {what}  {ruling.kind} {ruling.target}: {ruling.reason}"))
    if not rulings:
        typer.echo("Nothing.")


@app.command()
def restore(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="TARGETS", help="A file or folder below raw, an id, the URL of a page, or a site."),
    ] = None,
    cuts: Annotated[bool, typer.Option("--cuts", help="Cut nothing from it.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="Merge it with no other article.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Both, which is also what happens without any of the three.")
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option("--rule", help="With --cuts: keep only this rule from cutting; may be repeated."),
    ] = None,
    reason: Reason = None,
    listed: List = False,
    undo: Undo = False,
    clean: Clean = Path("clean"),
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Exempt articles from being cut or merged, from the next run on.

    What would have been cut then stands in audit/removals as `unsure`, and the message of the article's fate says why.
    Exemptions stand in CLEAN/exemptions.toml, or in the file that publish.exemptions names. `winnow review` writes them
    too, for what was judged wrong.

    Example: winnow restore wire/kite.txt --merge --reason "its own story"
    """
    what = [name for name, chosen in {"cuts": cuts, "merge": merge}.items() if chosen and not everything]
    what = what or ["cuts", "merge"]
    with usage_errors():
        if by and what != ["cuts"]:
            raise UsageError("--rule names whose cuts are not to be made: give it with --cuts alone")
        if listed and (cuts or merge or everything or by):
            raise UsageError("--list lists all there is: give it without --cuts, --merge, --all and --rule")
        _check_options(targets, reason, listed=listed, undo=undo, as_json=as_json)
        if listed:
            _list("exemptions", clean, config, as_json)
        elif undo:
            _undo("exemptions", what, targets or (), clean, config, by or ())
        elif targets:
            _add("exemptions", what, targets, reason or "restored", clean, config, by or ())
        else:
            raise UsageError("name what to restore, or --list")
