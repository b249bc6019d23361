"""Progress bars on a terminal; elsewhere, the flow's log and its progress artifact show how far it is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[str, int, int], None]

_shown = ContextVar("shown", default=False)


@contextmanager
def shown_progress() -> Iterator[None]:
    """Let runs in the body draw their progress, if standard error is a terminal."""
    token = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(token)


@contextmanager
def progress_bar() -> Iterator[Advance]:
    """Give a function `advance(stage, done, total)` that draws a bar for each stage, if progress is shown."""
    if not (_shown.get() and sys.stderr.isatty()):
        yield lambda _stage, _done, _total: None
        return
    columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done, total=total)

        yield advance
