"""The command that finds out what is wrong and says what to do."""

from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.usage import Clean, Config, Json, usage_errors

app = typer.Typer()

STYLES = {"ok": "green", "note": "yellow", "wrong": "bold red"}


@app.command()
def doctor(clean: Clean = Path("clean"), config: Config = None, as_json: Json = False) -> None:
    """Find out what keeps runs from working, and say what to do.

    Looks at the packages, the settings, the clean folder (disk, lock, current snapshot, store) and the Prefect server
    (does it answer, does it plan the runs of the deployments, does a worker take them). Changes nothing; but it copies
    the current snapshot of an address into the work folder. Ends with status 1 if something is wrong.
    """
    from flows.folders.addresses import folder_named
    from flows.health.local import examine
    from flows.health.server import examine_server
    from flows.settings import settings_file
    from flows.terminal_text import as_json as json_of
    from flows.terminal_text import visible

    with usage_errors():
        folder_named("clean", clean)
        file = settings_file(config)
    findings = []
    console = Console()
    for part in (examine(clean, file), examine_server(clean)):
        for finding in part:
            findings.append(finding)
            if not as_json:
                text = f"{finding.what}: {finding.found}" + (f" -> {finding.advice}" if finding.advice else "")
                console.print(
                    Text.assemble((f"{finding.state:<5} ", STYLES[finding.state]), visible(text)), soft_wrap=True
                )
    if as_json:
        typer.echo(json_of([asdict(finding) for finding in findings]))
    raise typer.Exit(int(any(finding.state == "wrong" for finding in findings)))
