"""What is printed of raw files: safe for a terminal, and the same as JSON."""

import json
from typing import Any

# Control characters move a terminal's cursor and change its colours, and marks of direction show letters in another
# order than they stand. The newline is left: what is printed holds none of a raw file's own.
_UNSEEN = [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)]
_SHOWN = {code: f"\\u{code:04x}" for code in _UNSEEN if code != 0x0A}


def visible(text: str) -> str:
    """Return a text with control characters and marks of direction written out, as `\\u001b`."""
    return text.translate(_SHOWN)


def as_json(value: Any) -> str:
    """Return a value as JSON in which control characters and marks of direction are written out; dates as text."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False, default=str))
