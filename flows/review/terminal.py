"""A review in the terminal: one item at a time; each answer is saved at once."""

import os
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from flows.errors import UsageError
from flows.review.verdicts import Answer, Verdict, VerdictFile, about, read_verdicts, verdict_on, write_verdicts
from flows.snapshots.explain import compared_words
from flows.snapshots.records import Row
from flows.terminal_text import visible

ANSWERS: dict[str, Answer] = {"r": "right", "w": "wrong", "u": "unsure"}
KEYS = "r right · w wrong · u unsure · s skip · b back · q quit"


def resume(path: Path, empty: VerdictFile) -> VerdictFile:
    """Return what a file of verdicts holds so far, or `empty`; raise UsageError if it is on another snapshot."""
    if not path.exists():
        return empty
    held = read_verdicts(path)
    if held.run_id != empty.run_id:
        raise UsageError(f"{path} holds verdicts on {held.run_id}, not on {empty.run_id}: name another with --out")
    return held


def ask(
    items: Sequence[Row], path: Path, held: VerdictFile, *, console: Console, read_key: Callable[[], str]
) -> VerdictFile:
    """Ask about items, beginning with the first without a verdict, until the last is answered or the user quits.

    Each answer is in the file before the next item is shown; verdicts on other items stay in it.
    """
    given: dict[object, Verdict] = {about(verdict): verdict for verdict in held.verdicts}
    keys = [about(verdict_on(item, "unsure")) for item in items]
    at = next((place for place, key in enumerate(keys) if key not in given), len(items))
    while at < len(items):
        judged = sum(key in given for key in keys)
        before = given.get(keys[at])
        _show(items[at], f"{at + 1} of {len(items)}, {judged} judged", before.verdict if before else None, console)
        key = ""
        while key not in (*ANSWERS, *"sbq"):
            key = read_key()
        if key in ANSWERS:
            given[keys[at]] = verdict_on(items[at], ANSWERS[key])
            held = held.model_copy(update={"verdicts": tuple(given.values())})
            write_verdicts(path, held)
            console.print(Text(f"  {ANSWERS[key]}", style="bold"))
        elif key == "q":
            break
        if key in ANSWERS or key == "s":
            at += 1
        elif key == "b":
            at = max(0, at - 1)
    return held


@contextmanager
def pressed_keys(terminal: int) -> Iterator[Callable[[], str]]:
    """Give a function that returns the next key pressed at a terminal; Ctrl-C and Ctrl-D count as `q`.

    The terminal keeps its settings between two keys. If they were set for each key, keys pressed while an item is shown
    would be lost.
    """
    before = termios.tcgetattr(terminal)
    at_once = termios.tcgetattr(terminal)
    # Ctrl-C is read as a key, since its signal could reach another thread than the one that waits for keys.
    at_once[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)

    def read_key() -> str:
        key = os.read(terminal, 1)
        return "q" if key in (b"", b"\x03", b"\x04") else key.decode(errors="replace").lower()

    termios.tcsetattr(terminal, termios.TCSADRAIN, at_once)
    try:
        yield read_key
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _show(item: Row, place: str, before: str | None, console: Console) -> None:
    console.rule(place)
    console.print(Text(visible(item["question"]), style="bold"))
    if "left" in item:
        for side in ("left", "right"):
            console.print(_headline(side, item[side]))
        console.print(compared_words(item["parts"]))
    else:
        console.print(_headline("", item))
        marked = (visible(item["text"]), "reverse")
        console.print(
            Text.assemble((visible(item["before"]), "dim"), "[[", marked, "]]", (visible(item["after"]), "dim"))
        )
    console.print(Text(f"{KEYS}{f' (judged {before})' if before else ''}", style="dim"))


def _headline(side: str, row: Row) -> Text:
    named = f"{row['source']} record {row['record']}: {row['title'] or '(no headline)'}"
    return Text(visible(f"{side} {named}".strip()), style="cyan")
