"""WARC and WET: the pages of a crawl, or their text."""

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.forms import is_page, why_binary
from cleaners.read.rows import too_large
from cleaners.records import Fate, RawDocument

_HTML = ("text/html", "application/xhtml+xml")
# Media types that say nothing, so that the first bytes of the content decide.
_VAGUE = ("", "application/octet-stream", "unknown", "unknown/unknown", "text/plain", "application/xml", "text/xml")
_TEXT = "text/plain"
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})")
# HTTP statuses with which a page comes: as it is, or as a proxy passed it on.
_GOOD = (200, 203)
# Bytes of the longest HTTP header.
_HEADER = 65_536
# Addresses of what a crawler notes of its own: its settings, its log, the text of a page that is there too.
_NOTES = ("metadata:", "urn:", "filedesc:", "dns:", "whois:")
Decoding = Literal["all", "transfer", "none"]


def read_warc(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read the pages and texts of responses, resources and conversions; `record` counts all records of the file.

    Requests, other media and notes of the crawler are skipped; a page with an error status gives a fate. A damaged
    record costs only itself, unless the next record cannot be found; then the file ends.
    """
    if isinstance(stream, io.BufferedReader) and not stream.seekable():
        # Unbuffered: when compressed data end early, a buffered reader loses what it has read before.
        archive = ArchiveIterator(stream.raw, parse_http=False)
    else:
        archive = ArchiveIterator(stream, parse_http=False)
    index = -1
    passed: Counter[str] = Counter()
    given = False
    while True:
        index += 1
        try:
            warc = next(archive, None)
        except OSError as error:
            raise _damage(error) from error
        if warc is None:
            break
        item = _record(warc, source=source, record=index, config=config)
        if item is None:
            passed[warc.headers.get("WARC-Type") or "unnamed"] += 1
        else:
            given = True
            yield item
    if passed and not given:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(passed.items()))
        yield Fate(source, 0, "no_text", f"the file holds no page and no text among its records ({kinds})")


def _record(warc: WarcRecord, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate | None:
    if warc.record_type not in (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion):
        return None
    kind = _type(warc.headers.get("Content-Type"))
    is_response = warc.record_type == WarcRecordType.response and kind in ("application/http", "", "message/http")
    if not is_response and kind not in (*_HTML, _TEXT):
        return None
    url = (warc.headers.get("WARC-Target-URI") or "").strip("<>") or None
    if url is not None and url.startswith(_NOTES):
        return None
    if warc.content_length > config.max_bytes:
        return too_large(source, record, config)
    raw = warc.reader.read(warc.content_length)
    if len(raw) < warc.content_length:
        return Fate(source, record, "unreadable", "the record is shorter than it says: the file is cut off")
    if is_response:
        # The response is parsed from a copy, so that the place in the file is kept if it is damaged.
        work = partial(_parsed, raw, url, source=source, record=record, config=config)
        return attempt("read", source, record, work)
    if not raw.strip():
        return Fate(source, record, "no_text", "the record is empty")
    is_html = kind in _HTML or is_page(raw)
    return RawDocument(source, record, raw, "html" if is_html else "text", url=url)


def _type(header: str | None) -> str:
    """Return the first media type of a header, without its parameters."""
    found = _TYPE.search(header or "")
    return found[0].lower() if found else ""


def _parsed(raw: bytes, url: str | None, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate | None:
    raw = _with_line_ends(raw)
    status = _STATUS.match(raw)
    if status is None:
        return Fate(source, record, "unreadable", "no HTTP response in a response record")
    content, response, error = _body(raw, config, "all")
    if error is not None or not content.strip():
        # Crawlers may store a decoded body with the headers of the encoded one.
        fallbacks: tuple[Decoding, ...] = ("transfer", "none")
        for decoding in fallbacks:
            plain, response, damage = _body(raw, config, decoding)
            plain = plain if is_page(plain) else _inflated(plain, config.max_bytes + 1) or plain
            if damage is None and (is_page(plain) or (error is not None and not why_binary(plain))):
                content, error = plain, None
                break
    headers = response.http_headers
    kind = _type(headers.get("Content-Type") if headers is not None else None)
    if kind not in _HTML and not (kind in _VAGUE and is_page(content)):
        return None
    if int(status[1]) not in _GOOD:
        return Fate(source, record, "unsupported", f"the response's status is {int(status[1])}: no article")
    if error is not None:
        return Fate(source, record, "unreadable", f"a damaged HTTP response: {error}")
    if len(content) > config.max_bytes:
        return too_large(source, record, config)
    if not content.strip():
        return Fate(source, record, "no_text", "the response has no body")
    return RawDocument(source, record, _decoded(content, response.http_charset), "html", url=url)


def _with_line_ends(raw: bytes) -> bytes:
    """Return a response with the line ends that HTTP asks for in its header; old servers sent line feeds alone."""
    header, blank, body = raw.partition(b"\n\n")
    if not blank or b"\r" in header or len(header) > _HEADER:
        return raw
    return header.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def _body(raw: bytes, config: ReadConfig, decoding: Decoding) -> tuple[bytes, WarcRecord, OSError | None]:
    """Return the body of a response, the parsed response, and the error in either, if there was one."""
    response = WarcRecord()
    response.set_bytes_content(raw)
    response.is_http = True
    try:
        response.parse_http(auto_decode=decoding)
        return response.reader.read(config.max_bytes + 1), response, None
    except OSError as error:
        return b"", response, error


def _inflated(body: bytes, limit: int) -> bytes | None:
    """Decompress a `deflate` body without zlib's header, which many servers send; None if it is something else."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit)
    except zlib.error:
        return None


def _decoded(content: bytes, charset: str | None) -> bytes | str:
    """Decode by the server's charset if it fits and the bytes are not UTF-8; UTF-8 under another name is common."""
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        return content
    try:
        return content.decode(charset.strip("\"' ")) if charset else content
    except (LookupError, UnicodeError):
        return content


def _damage(error: OSError) -> Exception:
    """Return an error of fastwarc as damage of the file, and an error of the stream as it is."""
    return error if error.errno is not None else UnreadableError(f"not a valid WARC file from here on: {error}")
