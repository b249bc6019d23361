"""What a content looks like: text, HTML, or no text at all."""

import io
import re
from typing import BinaryIO

from cleaners.encoding import utf16_without_mark

# Bytes at its start by which a file's form is told.
_HEAD = 65_536
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--(?>.*?-->))\s*)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_PAGE_BYTES = re.compile(_PAGE.pattern.encode(), re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(
    r"</(?:p|div|article|section|main|body|html|h[1-6]|ul|ol|li|table|blockquote|figure)\s*>|<br\s*/?>|<p(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_MARKUP_BYTES = re.compile(_MARKUP.pattern.encode(), re.IGNORECASE)

_BLOCK_TAG = re.compile(rb"</?(?:p|div|br|h[1-6]|li|article|blockquote|table)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_FIRST_TAG = re.compile(rb"\s*<(?:!--|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
# Tags. A text about markup has one or two; a fragment of a page has one for each paragraph.
_FEW_TAGS, _MANY_TAGS = 2, 4
_NEWS_XML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<(?:nitf|newsitem|newsmessage)\b", re.IGNORECASE
)
_JSON = re.compile(rb"\s*(?:\[\s*)?\{\s*\"[^\"\n]{1,80}\"\s*:")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"GIF8": "a GIF image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a ZIP archive (or an Office document)",
    b"\x1f\x8b": "gzip data",
    b"BZh": "bzip2 data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"\xfd7zXZ": "xz data",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
    b"OggS": "an Ogg recording",
    b"ID3": "an MP3 recording",
    b"RIFF": "a RIFF recording or image",
    b"wOFF": "a font",
}
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1a\x1b")
# Share of control bytes in binary data. Damaged text has a stray one; none of 9,000 text files had 1 in 1,000.
_CONTROL_SHARE = 0.01


def is_page(content: str | bytes) -> bool:
    """Tell whether the content begins like an HTML page."""
    if isinstance(content, str):
        return _PAGE.match(content[:_HEAD].lstrip("\ufeff")) is not None
    return _PAGE_BYTES.match(content[:_HEAD].removeprefix(_TEXT_MARKS[0])) is not None


def looks_like_markup(content: str | bytes) -> bool:
    """Tell whether the content of a column is HTML: a whole page, or a fragment with block tags."""
    pattern = _MARKUP.search(content) if isinstance(content, str) else _MARKUP_BYTES.search(content)
    return pattern is not None or is_page(content)


def is_markup(head: bytes) -> bool:
    """Tell whether a text file begins like a fragment of HTML."""
    return _FIRST_TAG.match(head) is not None and len(_BLOCK_TAG.findall(head)) >= _FEW_TAGS


def is_news_xml(head: bytes) -> bool:
    """Tell whether a file begins like a text of a news agency in XML: NITF, NewsML."""
    return _NEWS_XML.match(head.removeprefix(_TEXT_MARKS[0])) is not None


def has_markup(head: bytes) -> bool:
    """Tell whether a text that does not begin with a tag has at least four block tags."""
    return len(_BLOCK_TAG.findall(head)) >= _MANY_TAGS


def begins_as_json(head: bytes) -> bool:
    """Tell whether a file begins like a JSON object, or a list of JSON objects."""
    return _JSON.match(head.removeprefix(_TEXT_MARKS[0])) is not None


def head_of(stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream that is at its start, without moving it."""
    if stream.seekable():
        head = stream.read(_HEAD)
        stream.seek(0)
        return head
    return stream.peek(_HEAD) if isinstance(stream, io.BufferedReader) else b""


def why_no_table(head: bytes) -> str | None:
    """Return what a file is if it is neither JSON nor CSV, so that it gets one reason instead of one for each line."""
    if is_page(head):
        return "an HTML page"
    # A crash can leave NUL bytes in a log of JSON lines, which does not make it binary.
    return None if head.lstrip(b" \t\r\n\0\x1e").startswith((b"{", b"[")) else why_binary(head)


def magic(head: bytes) -> str | None:
    """Return what a file is if its first bytes are the signature of a known kind."""
    return next((kind for mark, kind in _MAGIC.items() if head.startswith(mark)), None)


def why_binary(content: bytes) -> str | None:
    """Return what the content is if it is not text, judged by its first bytes and its share of control characters."""
    head = content[:_HEAD]
    if head.startswith(_TEXT_MARKS) and not head.startswith(b"\xff\xd8\xff"):
        return None
    if kind := magic(head):
        return kind
    if utf16_without_mark(head) is not None:
        return None
    if b"\0" in head and head.count(b"\0") > _CONTROL_SHARE * len(head):
        return f"binary data ({head.count(0) / len(head):.0%} NUL bytes)"
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > _CONTROL_SHARE * len(head):
        return f"binary data ({control / len(head):.0%} control characters)"
    return None
