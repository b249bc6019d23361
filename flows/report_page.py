"""The report of a snapshot as one HTML file that opens from disk and asks for nothing else."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows.errors import UsageError
from flows.folders import replace_file
from flows.report_numbers import gather

REPORT = "report.html"  # its name in a snapshot
# Signs that a page would not show and that could make its text look like another: each is shown by its name or code.
_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = (*range(0x80, 0xA0), 0x00AD, 0x200B, 0x2028, 0x2029, 0x2060, 0xFEFF, *range(0xE0000, 0xE0080))
_MARKS = _CONTROLS | {code: f"⟨U+{code:04X}⟩" for code in (*_DIRECTIONS, *_UNSEEN)}


def write_report(snapshot: Path, file: Path, snapshots: Path) -> None:
    """Write the report of a snapshot in one step; `snapshots` is where those before it stand.

    Raises UsageError where the snapshot cannot be read, or the file cannot be written.
    """
    try:
        numbers = gather(snapshot, snapshots)
    except (pl.exceptions.PolarsError, ValueError, KeyError, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise UsageError(f"the snapshot {snapshot} is damaged: {why}") from error
    try:
        replace_file(file, render(numbers))
    except OSError as error:
        raise UsageError(f"cannot write the report {file.absolute()}: {error.strerror}") from error


def render(numbers: dict[str, Any]) -> str:
    """Return the page of what was gathered."""
    environment = Environment(
        loader=PackageLoader("flows"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "percent": _percent, "tallest": _tallest}
    shown = visible(numbers)
    data = {name: shown[name] for name in ("run", "settings_fingerprint", "reader", "pairs", "review")}
    templates = files("flows") / "templates"
    return environment.get_template("report.html").render(
        shown,
        data=_json(data),
        style=Markup((templates / "report.css").read_text(encoding="utf-8")),
        script=Markup((templates / "report.js").read_text(encoding="utf-8")),
    )


def visible(value: Any) -> Any:
    """Return data with each sign that cannot be seen in its texts shown as a mark."""
    match value:
        case str():
            return value.translate(_MARKS)
        case dict():
            return {visible(key): visible(each) for key, each in value.items()}
        case list() | tuple():
            return [visible(each) for each in value]
        case _:
            return value


def _json(data: Any) -> Markup:
    """Return data as JSON that no text in it can end the script element of."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _number(value: float) -> str:
    return f"{value:,}"


def _percent(value: float, of: float = 1) -> str:
    share = 100 * value / of if of else 0.0
    return f"{share:.1f} %" if share >= 0.1 or not value else "under 0.1 %"


def _tallest(rows: list[dict[str, Any]]) -> int:
    return max((row["kept"] + row["other"] for row in rows), default=0)
