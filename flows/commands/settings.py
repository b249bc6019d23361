"""The command that tells the settings."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.commands.usage import Config, Json, usage_errors

app = typer.Typer()


@app.command()
def settings(
    section: Annotated[
        str | None, typer.Argument(help="Show only this section or setting, such as dedup or publish.min_words.")
    ] = None,
    config: Config = None,
    toml: Annotated[bool, typer.Option("--toml", help="Print a settings file with comments.")] = False,
    as_json: Json = False,
) -> None:
    """Show every setting, what it means and where it is set.

    Tells its value, its default, its unit and what it takes.

    Example: winnow settings --toml > winnow.toml
    """
    from flows.described_settings import as_toml, describe_settings
    from flows.settings import settings_file
    from flows.terminal_text import as_json as json_of
    from flows.terminal_text import visible

    with usage_errors():
        rows = describe_settings(settings_file(config), section)
    if as_json:
        typer.echo(json_of([asdict(row) for row in rows]))
        return
    if toml:
        typer.echo(as_toml(rows), nl=False)
        return
    console = Console()
    for row in rows:
        value = "not set" if row.value is None else visible(json_of(row.value).replace("\n", " "))
        told = Text.assemble((row.path, "bold"), " = ", (value, "" if row.origin == "default" else "green"))
        console.print(told)
        default = "" if row.value == row.default else f"; default {json_of(row.default)}".replace("\n", " ")
        unit = f"{row.unit}, " if row.unit else ""
        console.print(
            Padding(Text(f"{unit}{row.allowed}{default}; from {visible(row.origin)}", style="dim"), (0, 0, 0, 4))
        )
        console.print(Padding(Text(row.meaning), (0, 0, 0, 4)))
