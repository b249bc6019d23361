"""WARC: the HTML responses of a crawl."""

import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.rows import too_large
from cleaners.records import Fate, RawDocument

_HTML = ("text/html", "application/xhtml+xml")


def read_warc(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read the successful HTML responses; `record` is the index among all records of the file.

    Requests, other media and error pages are no articles and are passed over. A damaged response costs itself; where
    the next record cannot be found, the file ends.
    """
    if isinstance(stream, io.BufferedReader) and not stream.seekable():
        # A buffered reader that meets the cut end of compressed data loses what it has read before it.
        archive = ArchiveIterator(stream.raw, parse_http=False)
    else:
        archive = ArchiveIterator(stream, parse_http=False)
    index = -1
    while True:
        index += 1
        try:
            warc = next(archive, None)
        except OSError as error:
            raise _damage(error) from error
        if warc is None:
            return
        if warc.record_type != WarcRecordType.response or not _is_http(warc):
            continue
        item = _response(warc, source=source, record=index, config=config)
        if item is not None:
            yield item


def _is_http(warc: WarcRecord) -> bool:
    return (warc.headers.get("Content-Type") or "").startswith("application/http")


def _response(warc: WarcRecord, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate | None:
    if warc.content_length > config.max_bytes:
        return too_large(source, record, config)
    raw = warc.reader.read(warc.content_length)
    if len(raw) < warc.content_length:
        return Fate(source, record, "unreadable", "the record is shorter than it says: the file is cut off")
    # The response is parsed from a copy, so that damage inside it cannot lose the place in the file.
    url = warc.headers.get("WARC-Target-URI")
    return attempt("read", source, record, partial(_parsed, raw, url, source=source, record=record, config=config))


def _parsed(raw: bytes, url: str | None, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate | None:
    response = WarcRecord()
    response.set_bytes_content(raw)
    response.is_http = True
    try:
        response.parse_http(auto_decode="all")
        if response.http_headers is None or response.http_headers.status_code is None:
            return Fate(source, record, "unreadable", "no HTTP response in a response record")
        if response.http_content_type not in _HTML or response.http_headers.status_code != 200:
            return None
        content = response.reader.read(config.max_bytes + 1)
    except OSError as error:
        return Fate(source, record, "unreadable", f"a damaged HTTP response: {error}")
    if len(content) > config.max_bytes:
        return too_large(source, record, config)
    if not content.strip():
        return Fate(source, record, "no_text", "the response has no body")
    return RawDocument(source, record, _decoded(content, response.http_charset), "html", url=url)


def _decoded(content: bytes, charset: str | None) -> bytes | str:
    """Apply the server's charset where it fits and the bytes are not UTF-8 anyway, the most usual lie."""
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        return content
    try:
        return content.decode(charset) if charset else content
    except (LookupError, UnicodeError):
        return content


def _damage(error: OSError) -> Exception:
    """Return fastwarc's own errors as damage of the file, and the stream's as they are."""
    return error if error.errno is not None else UnreadableError(f"not a valid WARC file from here on: {error}")
