"""Texts from raw files made safe for a terminal, in plain output and in JSON."""

import json
from typing import Any

# Invisible signs that make a text look like another: control characters move a terminal's cursor and change colours,
# marks of direction reorder letters, and signs without width split words or hide in them. The newline is not among
# them, since nothing that is printed has a newline from a raw file.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {0x0A}
_DIRECTIONS = {0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)}
_WITHOUT_WIDTH = {0xAD, 0x200B, 0x2060, 0xFEFF, *range(0xE0000, 0xE0080)}
UNSEEN = frozenset(_CONTROLS | _DIRECTIONS | _WITHOUT_WIDTH)
_SHOWN = {code: f"\\u{code:04x}" if code <= 0xFFFF else json.dumps(chr(code)).strip('"') for code in UNSEEN}


def visible(text: str) -> str:
    """Return a text in which invisible signs are written out as in JSON, such as `\\u001b`."""
    return text.translate(_SHOWN)


def counted(number: int, what: str) -> str:
    """Return a number with the name of what it counts, as `1 record` or `2,000 records`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def as_json(value: Any) -> str:
    """Return a value as JSON in which invisible signs are written out; dates become texts."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False, default=str))
