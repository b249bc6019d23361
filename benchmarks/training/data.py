"""Reading and writing the folder from which the models learn, as docs/reference/training-data.md describes it."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cleaners.config import Config
from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, RawDocument

_WORD = re.compile(r"\w+")
# Second-level names under which publishers register, as in `news.co.uk`.
_SHARED_NAMES = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})
_CONFIG = Config()


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file, perhaps gzipped; only line feeds separate rows, not other line breaks."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def write_rows(path: Path, found: list[dict[str, Any]]) -> None:
    """Write a JSON Lines file, gzipped if its name says so."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())


def page_folders(data: Path) -> list[Path]:
    """Return the folders of marked pages that exist: `pages` and, with more languages, `world`."""
    return [data / name for name in ("pages", "world") if (data / name / "truth.jsonl").exists()]


def text_of(path: Path) -> str:
    """Return the text of a file, from `path` or, gzipped, from `path`.gz."""
    packed = path.with_name(f"{path.name}.gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return content.decode(errors="replace")


def words_in(text: str) -> list[str]:
    """Return the words by which texts are compared with the marked ones: runs of letters, digits and underscores."""
    return _WORD.findall(text)


def publisher(address: str | None) -> str | None:
    """Return the publisher of a page, so that folds can separate publishers.

    That is the registered name of the host without its suffix: `cnn` for `https://edition.cnn.com/1` and for `cnn`.
    """
    host = urlsplit(address if address and "//" in address else f"//{address or ''}").hostname
    if not host:
        return None
    parts = host.removeprefix("www.").split(".")
    ending = 2 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SHARED_NAMES else 1
    return parts[max(0, len(parts) - ending - 1)]


def articles_in(path: Path) -> Iterator[Article]:
    """Yield the articles of a file, read and extracted as a run does by default."""
    with path.open("rb") as stream:
        for record in read_records(stream, source=path.name, config=_CONFIG.read):
            article = extract(record, config=_CONFIG.extract) if isinstance(record, RawDocument) else record
            if isinstance(article, Article):
                yield article


def paragraphs(text: str) -> list[str]:
    """Return the non-empty lines of a text."""
    return [line.strip() for line in text.split("\n") if line.strip()]
