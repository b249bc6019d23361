"""What is printed of raw files: safe for a terminal, and the same as JSON."""

import json
from typing import Any

# Signs that nobody sees and that make a text look like another: control characters move a terminal's cursor and change
# its colours, marks of direction show letters in another order than they stand, and signs without width part words or
# hide in them. The newline is left: what is printed holds none of a raw file's own.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {0x0A}
_DIRECTIONS = {0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)}
_WITHOUT_WIDTH = {0xAD, 0x200B, 0x2060, 0xFEFF, *range(0xE0000, 0xE0080)}
UNSEEN = frozenset(_CONTROLS | _DIRECTIONS | _WITHOUT_WIDTH)
_SHOWN = {code: f"\\u{code:04x}" if code <= 0xFFFF else json.dumps(chr(code)).strip('"') for code in UNSEEN}


def visible(text: str) -> str:
    """Return a text with signs that nobody sees written out as in JSON, as `\\u001b`."""
    return text.translate(_SHOWN)


def counted(number: int, what: str) -> str:
    """Return a number with the name of what is counted, as `1 record` and `2,000 records`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def as_json(value: Any) -> str:
    """Return a value as JSON in which signs that nobody sees are written out; dates as text."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False, default=str))
