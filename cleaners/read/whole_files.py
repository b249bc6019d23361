"""Files that hold one record: text, Markdown and HTML."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Literal

from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, why_binary
from cleaners.read.heads import without_head
from cleaners.read.markdown import plain_markdown
from cleaners.read.rows import document, squash, too_large
from cleaners.records import Fate, RawDocument

# A text without a line break in which line breaks and quotes stand as they do in a program's string.
_ESCAPED_BREAK = re.compile(rb"\\n|\\r")
_ESCAPES = {b"n": b"\n", b"r": b"", b"t": b"\t", b'"': b'"', b"'": b"'", b"\\": b"\\"}
_ESCAPE = re.compile(rb"\\([nrt\"'\\])")
_BREAKS = 2


def read_text(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a text file; if it begins like an HTML page, read it as HTML."""
    yield _read(stream, "text", source=source, config=config)


def read_markdown(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a Markdown file as text, without tags and the marks of links, pictures and emphasis."""
    item = _read(stream, "text", source=source, config=config)
    if isinstance(item, RawDocument) and item.form == "text":
        content = item.content if isinstance(item.content, bytes) else item.content.encode()
        item = replace(item, content=plain_markdown(content))
    yield item


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
    if is_page(content):
        return RawDocument(source, 0, content, "html")
    if form == "text":
        content = _with_breaks(content)
        if (parts := without_head(content, config)) is not None:
            wanted = {squash(name) for name in config.content_columns}
            fields = {name: value for name, value in parts[0].items() if squash(name) not in wanted}
            return document({**fields, config.content_columns[0]: parts[1]}, source=source, record=0, config=config)
    return RawDocument(source, 0, content, form)


def _with_breaks(content: bytes) -> bytes:
    r"""Return a text with real line breaks, if it is one line in which they stand as `\n`."""
    if b"\n" in content.strip() or len(_ESCAPED_BREAK.findall(content)) < _BREAKS:
        return content
    return _ESCAPE.sub(lambda found: _ESCAPES[found[1]], content)
