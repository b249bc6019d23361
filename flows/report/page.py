"""The report of a snapshot as one HTML file that opens from disk and loads nothing else."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.errors import UsageError
from flows.folders.files import replace_file
from flows.report.numbers import gather
from flows.snapshots.published import naming_damage
from flows.terminal_text import UNSEEN

# Invisible signs are shown by their pictures or codes, except tabs, which are white space in a page.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_MARKS = {code: _PICTURES.get(code, f"⟨U+{code:04X}⟩") for code in UNSEEN - {0x09}}


def write_report(snapshot: Path, file: Path, snapshots: Path) -> None:
    """Write the report of a snapshot in one step; `snapshots` is the folder of the earlier ones.

    Raises UsageError if the snapshot is damaged or the file cannot be written.
    """
    with naming_damage(snapshot):
        numbers = gather(snapshot, snapshots)
    try:
        replace_file(file, render(numbers))
    except OSError as error:
        raise UsageError(f"cannot write the report {file.absolute()}: {error.strerror}") from error


def render(numbers: dict[str, Any]) -> str:
    """Return the page with what was gathered."""
    environment = Environment(
        loader=PackageLoader("flows.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "percent": _percent, "tallest": _tallest}
    shown = show_unseen(numbers)
    data = {name: shown[name] for name in ("run", "settings_fingerprint", "reader", "pairs", "review")}
    templates = files("flows.report") / "templates"
    return environment.get_template("report.html").render(
        shown,
        data=_json(data),
        style=Markup((templates / "report.css").read_text(encoding="utf-8")),
        script=Markup((templates / "report.js").read_text(encoding="utf-8")),
    )


def show_unseen(value: Any) -> Any:
    """Return data with each invisible sign in its texts shown as a mark."""
    match value:
        case str():
            return value.translate(_MARKS)
        case dict():
            return {show_unseen(key): show_unseen(each) for key, each in value.items()}
        case list() | tuple():
            return [show_unseen(each) for each in value]
        case _:
            return value


def _json(data: Any) -> Markup:
    """Return data as JSON in which no text can end the script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _number(value: float) -> str:
    return f"{value:,}"


def _percent(value: float, of: float = 1) -> str:
    share = 100 * value / of if of else 0.0
    return f"{share:.1f} %" if share >= 0.1 or not value else "under 0.1 %"


def _tallest(rows: list[dict[str, Any]]) -> int:
    return max((row["kept"] + row["other"] for row in rows), default=0)
