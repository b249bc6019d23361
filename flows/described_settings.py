"""What `winnow settings` shows: every setting with its value, what it takes, its meaning and its origin."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flows.errors import UsageError
from flows.settings import Settings, leaves, read_settings_file, settings_of_run
from flows.terminal_text import UNSEEN

WIDTH = 100
# TOML has no surrogates, with which JSON writes code points above U+FFFF.
_ESCAPED = {code: f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}" for code in UNSEEN}


@dataclass(frozen=True, slots=True)
class Described:
    """A setting; `unit` says what a number counts, and `origin` is `default` or the path of the settings file."""

    path: str
    value: Any
    default: Any
    allowed: str
    unit: str
    meaning: str
    origin: str


def describe_settings(file: Path | None, section: str | None = None) -> list[Described]:
    """Return every setting, or those of a section, as a run with this settings file would have them.

    Raises UsageError if the file is wrong or there is no such section.
    """
    used = settings_of_run(file).model_dump(mode="json")
    stated = set(leaves(read_settings_file(file))) if file else set()
    rows = []
    for path, model, name, default in _fields(Settings()):
        value: Any = used
        for key in path.split("."):
            value = value[key]
        allowed = _allowed(model, name)
        unit, meaning = _unit_and_meaning(model.model_fields[name].description or "", number="number" in allowed)
        origin = str(file) if path in stated else "default"
        rows.append(Described(path, value, default, allowed, unit, meaning, origin))
    chosen = [row for row in rows if section is None or f"{row.path}.".startswith(f"{section}.")]
    if not chosen:
        raise UsageError(f"no setting or section {section!r}; the sections are {', '.join(Settings.model_fields)}")
    return chosen


def _fields(model: BaseModel, above: str = "") -> Iterator[tuple[str, type[BaseModel], str, Any]]:
    """Yield path, model, name and default of each setting; a section's own come before its subsections, as in TOML."""
    kind = type(model)
    defaults = model.model_dump(mode="json")
    below = {name: value for name in kind.model_fields if isinstance(value := getattr(model, name), BaseModel)}
    for name in kind.model_fields:
        if name not in below:
            yield f"{above}{name}", kind, name, defaults[name]
    for name, section in below.items():
        yield from _fields(section, f"{above}{name}.")


def _unit_and_meaning(description: str, *, number: bool) -> tuple[str, str]:
    """Split the description of a number into unit and meaning at its colon; other settings have no unit."""
    unit, colon, meaning = description.partition(": ")
    if not (number and colon):
        return "", description
    return unit, meaning[0].upper() + meaning[1:]


def _allowed(model: type[BaseModel], name: str) -> str:
    """Return in words what a setting takes."""
    schema = model.model_json_schema()["properties"][name]
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    return " or ".join([*map(_kind, kinds), *(["not set"] if "anyOf" in schema else [])])


def _kind(schema: dict[str, Any]) -> str:
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices:
        return " | ".join(map(str, choices))
    if schema["type"] == "array":
        least = " (one at least)" if schema.get("minItems") else ""
        return f"list of {_kind(schema['items'])}{least}"
    bounds = [
        f"{word} {schema[key]:,}"
        for key, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "over"),
            ("maximum", "to"),
            ("exclusiveMaximum", "under"),
        )
        if key in schema
    ]
    names = {"integer": "whole number", "number": "number", "boolean": "true | false", "string": "text"}
    return " ".join([names[schema["type"]], *bounds])


def as_toml(rows: Sequence[Described]) -> str:
    """Return settings as a settings file with comments, in which the defaults are commented out.

    So the file does not block the better default of a later version. Read back, it gives the same settings.
    """
    lines = ["# Settings of Winnow. What is commented out is the default; take the # away to change it."]
    section = ""
    for row in rows:
        above, _, name = row.path.rpartition(".")
        if above != section:
            section = above
            lines += ["", f"[{section}]"]
        text = f"{row.meaning} [{', '.join(filter(None, (row.unit, row.allowed)))}]"
        lines += ["", *textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)]
        if row.value is None:
            lines.append(f"# {name} is not set")
        else:
            lines.append(f"{'#' if row.value == row.default else ''}{name} = {toml_value(row.value)}")
    return "\n".join(lines) + "\n"


def toml_value(value: Any) -> str:
    """Return a number, a text, a boolean or a list of these as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
    return json.dumps(value)
