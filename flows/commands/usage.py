"""What all commands share: common options, and the way errors end a command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from flows.errors import StoreError, TakenError, UsageError

Clean = Annotated[
    Path,
    typer.Option(
        help="Folder that snapshots are published in (read CLEAN/current), or an address as s3://bucket/news."
    ),
]
Config = Annotated[
    Path | None, typer.Option(help="Settings file; without this option winnow.toml, if it is in this folder.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

TAKEN = os.EX_TEMPFAIL  # 75, which tells mail servers and systemd to try again later


@contextmanager
def usage_errors() -> Iterator[None]:
    """Turn errors that the user can mend into one line and exit status 2, and those that may pass into status 1."""
    try:
        yield
    except PermissionError as error:  # polars' has no attribute for the file
        typer.echo(f"winnow: {str(error).removeprefix(f'[Errno {error.errno}] ')}", err=True)
        raise typer.Exit(2) from None
    except (UsageError, StoreError) as error:
        typer.echo(f"winnow: {error}", err=True)
        raise typer.Exit(
            TAKEN if isinstance(error, TakenError) else 1 if isinstance(error, StoreError) else 2
        ) from None
