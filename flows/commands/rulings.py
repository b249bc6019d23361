"""Commands by which people overrule what a run finds."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.usage import Clean, Config, Json, usage_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from flows.rulings import Ruling

app = typer.Typer()

EXAMPLES = 5
EXEMPT_FROM = {"cuts": "cuts", "merge": "merging"}
Reason = Annotated[str | None, typer.Option(help="Why; it stands in audit/fates.")]
List = Annotated[bool, typer.Option("--list", help="List what is ruled so far.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back; the next run publishes as if it had not been.")]


@app.command()
def takedown(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL|SITE|SOURCE|ID...", help="A page, a site, a file or folder below raw, or an id."),
    ] = None,
    reason: Reason = None,
    listed: List = False,
    undo: Undo = False,
    clean: Clean = Path("clean"),
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Have articles never be published again, by the next run and all later ones.

    No text of theirs is then in any table; their fate is `taken_down`. A copy elsewhere is judged alone, and stays
    unless it is named too. Snapshots that are kept hold them until they are pruned. It stands in
    CLEAN/takedowns.toml, or in the file that publish.takedowns names.

    Example: winnow takedown https://example.org/story --reason "court order of 3 May"
    """
    from flows.corpora import at_hand
    from flows.errors import UsageError
    from flows.rulings import add_rulings, published_records, read_rulings, rule, rule_matches, undo_rulings
    from flows.settings import settings_file, settings_of_run
    from flows.snapshot import damage_told, published_snapshot

    with usage_errors():
        settings = settings_of_run(settings_file(config))
    with usage_errors(), at_hand(clean, settings) as folder:
        if listed:
            _list(read_rulings(folder, settings, "takedowns"), as_json)
            return
        if not targets:
            raise UsageError("name what to take down, or --list")
        if undo:
            for ruling in undo_rulings(folder, settings, "takedowns", targets, ["takedown"]):
                typer.echo(f"{_said(ruling)}: may be published again")
            return
        if not reason:
            raise UsageError("say why with --reason: it stands in audit/fates")
        with damage_told(folder / "current"):
            known = published_records(published_snapshot(folder))
        made = rule(["takedown"], targets, reason, known)
        place = _place(add_rulings(folder, settings, "takedowns", made), folder, clean)
    for ruling in made:
        matches = known.join(rule_matches(known, [ruling]), on="id", how="semi")
        _tell(ruling, matches, "taken down")
        copies = known.join(matches, on="cluster_id", how="semi").join(rule_matches(known, made), on="id", how="anti")
        if copies.height:
            typer.echo(f"  copies elsewhere that stay: {_named(copies)}")
    typer.echo(f"Written to {place}. The next run leaves them out; snapshots that are kept hold them until then.")


def _place(path: Path, folder: Path, clean: Path) -> str:
    """Return where a file of rulings is for people, when `folder` stands in for an address."""
    from flows.addresses import folder_named

    return str(path) if folder == clean else str(path).replace(str(folder), str(folder_named("clean", clean)))


def _tell(ruling: "Ruling", matches: "pl.DataFrame", what: str) -> None:
    named = f": {_named(matches)}" if matches.height else " in the current snapshot"
    typer.echo(f"{_said(ruling)}: {what}; {matches.height:,} records{named}")


def _said(ruling: "Ruling") -> str:
    from flows.printed import visible

    return visible(f"{ruling.kind} {ruling.target}")


def _named(records: "pl.DataFrame") -> str:
    from flows.printed import visible

    rows = records.sort("source", "record").head(EXAMPLES).select("source", "record").rows()
    more = ["..."] if records.height > EXAMPLES else []
    return visible(", ".join([*(f"{source} record {record}" for source, record in rows), *more]))


def _list(rulings: "Sequence[Ruling]", as_json: bool) -> None:
    from flows.printed import as_json as json_of
    from flows.printed import visible

    if as_json:
        typer.echo(json_of([asdict(ruling) for ruling in rulings]))
        return
    for ruling in rulings:
        typer.echo(visible(f"{ruling.added}  {ruling.what}  {ruling.kind} {ruling.target}: {ruling.reason}"))
    if not rulings:
        typer.echo("Nothing.")


@app.command()
def restore(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE...", help="A file or folder below raw, or an article's id; a URL or site too."),
    ] = None,
    cuts: Annotated[bool, typer.Option("--cuts", help="Nothing is to be cut from it.")] = False,
    merge: Annotated[bool, typer.Option("--merge", help="It is to be no duplicate, and to have none.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Both; so it is if none of the three is given.")] = False,
    reason: Reason = None,
    listed: List = False,
    undo: Undo = False,
    clean: Clean = Path("clean"),
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Exempt articles from being cut or merged, from the next run on.

    What would have been cut then stands in audit/removals as `unsure`, and the message of its fate says why. It stands
    in CLEAN/exemptions.toml, or in the file that publish.exemptions names.

    Example: winnow restore wire/lighthouse-excerpt.txt --merge --reason "a brief of its own"
    """
    from flows.corpora import at_hand
    from flows.errors import UsageError
    from flows.rulings import add_rulings, published_records, read_rulings, rule, rule_matches, undo_rulings
    from flows.settings import settings_file, settings_of_run
    from flows.snapshot import damage_told, published_snapshot

    with usage_errors():
        settings = settings_of_run(settings_file(config))
    with usage_errors(), at_hand(clean, settings) as folder:
        if listed:
            _list(read_rulings(folder, settings, "exemptions"), as_json)
            return
        if not targets:
            raise UsageError("name what to restore, or --list")
        what = [name for name, chosen in {"cuts": cuts, "merge": merge}.items() if chosen and not everything]
        what = what or ["cuts", "merge"]
        if undo:
            for ruling in undo_rulings(folder, settings, "exemptions", targets, what):
                typer.echo(f"{_said(ruling)}: no longer exempt from {EXEMPT_FROM[ruling.what]}")
            return
        with damage_told(folder / "current"):
            known = published_records(published_snapshot(folder))
        made = rule(what, targets, reason or "restored", known)
        place = _place(add_rulings(folder, settings, "exemptions", made), folder, clean)
    for ruling in made:
        matches = known.join(rule_matches(known, [ruling]), on="id", how="semi")
        _tell(ruling, matches, f"exempt from {EXEMPT_FROM[ruling.what]}")
    typer.echo(f"Written to {place}. The next run goes by it.")
