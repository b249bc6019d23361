"""Files that hold one record: text, Markdown and HTML."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Literal

from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, why_binary
from cleaners.read.rows import document, too_large
from cleaners.records import Fate, RawDocument

_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.{0,8192}?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)$")
_ITEM = re.compile(r"\s*-\s+(.+)$")
# Bounded, since the expression would search the rest of the line from every bracket that is never closed.
_PICTURE = re.compile(rb"!\[[^\[\]\n]{0,1000}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(rb"\[([^\[\]\n]{1,1000})\]\((?:https?:|/|#|mailto:)[^)\n]{0,2000}\)")
_BOLD = re.compile(rb"(\*\*|__)(?=\S)([^\n]{1,2000}?)(?<=\S)\1")
_TAG = re.compile(
    rb"</?(?:a|b|br|center|div|em|figure|figcaption|i|iframe|img|p|section|span|strong)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ITALIC = re.compile(rb"(?<![\w*])\*(?=[^\s*])([^*\n]+)(?<=\S)\*(?![\w*])")


def read_text(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a text file; if it begins like an HTML page, read it as HTML."""
    yield _read(stream, "text", source=source, config=config)


def read_markdown(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a Markdown file as text, without tags and the marks of links, pictures and emphasis."""
    item = _read(stream, "text", source=source, config=config)
    if isinstance(item, RawDocument) and item.form == "text" and isinstance(item.content, bytes):
        content = _BOLD.sub(rb"\2", _LINK.sub(rb"\1", _PICTURE.sub(b"", item.content)))
        yield replace(item, content=_ITALIC.sub(rb"\1", _TAG.sub(b"", content)))
    else:
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
    front = _FRONT.match(content) if form == "text" else None
    return RawDocument(source, 0, content, form) if front is None else _below(front, content, source, config)


def _below(front: re.Match[bytes], content: bytes, source: str, config: ReadConfig) -> RawDocument | Fate:
    """Return the text below front matter; the names and values there fill the fields of the record."""
    fields: dict[str, object] = {}
    last = ""
    for line in front[1].decode(errors="replace").splitlines():
        if found := _FIELD.match(line):
            last = found[1]
            fields[last] = found[2].strip().strip("\"'")
        elif last and (item := _ITEM.match(line)):
            before = fields[last]
            fields[last] = [*(before if isinstance(before, list) else []), item[1].strip().strip("\"'")]
    body = content[front.end() :]
    wanted = {name.lower() for name in config.content_columns}
    row = {name: value for name, value in fields.items() if name.lower() not in wanted}
    return document({**row, config.content_columns[0]: body}, source=source, record=0, config=config)
