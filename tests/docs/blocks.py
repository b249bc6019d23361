"""The code blocks of a page."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks_of(page: Path, language: str) -> list[str]:
    """Return what is in the page's blocks of a language, in their order."""
    return [code for named, code in _BLOCK.findall(page.read_text(encoding="utf-8")) if named == language]
