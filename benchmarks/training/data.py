"""The folder that the models learn from, as docs/reference describes it."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file, also gzipped; only a line feed ends one, whatever else breaks lines."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def write_rows(path: Path, found: list[dict[str, Any]]) -> None:
    """Write a JSON Lines file, gzipped if its name says so."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())


def text_of(path: Path) -> str:
    """Return the text of a file, from `path` or, gzipped, from `path`.gz."""
    packed = path.with_name(f"{path.name}.gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return content.decode(errors="replace")


def paragraphs(text: str) -> list[str]:
    """Return the non-empty lines of a text."""
    return [line.strip() for line in text.split("\n") if line.strip()]
