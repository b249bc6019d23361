"""Files that are one record: text, Markdown and HTML."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, why_binary
from cleaners.read.rows import too_large
from cleaners.records import Fate, RawDocument


def read_text(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a text file; one that begins as an HTML page is HTML."""
    yield _read(stream, "text", source=source, config=config)


def read_html(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read an HTML file."""
    yield _read(stream, "html", source=source, config=config)


def _read(stream: BinaryIO, form: Literal["text", "html"], *, source: str, config: ReadConfig) -> RawDocument | Fate:
    content = stream.read(config.max_bytes + 1)
    if len(content) > config.max_bytes:
        return too_large(source, 0, config)
    if not content.strip(b" \t\r\n\v\f\0"):
        return Fate(source, 0, "no_text", "the file is empty" if not content else "the file is blank")
    if kind := why_binary(content):
        return Fate(source, 0, "unreadable", f"not text: {kind}")
    return RawDocument(source, 0, content, "html" if is_page(content) else form)
