"""The command that shows the settings."""

import textwrap
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.usage import Config, Json, usage_errors
from flows.errors import UsageError

app = typer.Typer()

INDENT = " " * 4


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
        if toml and as_json:
            raise UsageError("--toml and --json are two forms: give one of them")
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
        value_style = "" if row.origin == "default" else "green"
        console.print(Text.assemble((row.path, "bold"), " = ", (value, value_style)), soft_wrap=True)
        default = "" if row.value == row.default else f"; default {json_of(row.default)}".replace("\n", " ")
        unit = f"{row.unit}, " if row.unit else ""
        text = f"{unit}{row.allowed}{default}; from {visible(row.origin)}"
        console.print(Text(_indented(text, console.width), style="dim"), soft_wrap=True)
        console.print(Text(_indented(row.meaning, console.width)), soft_wrap=True)


def _indented(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)
