import gzip
import io
import zlib

import pytest

from cleaners.read import read_records
from cleaners.read.config import ReadConfig
from cleaners.records import Fate, RawDocument


def record(kind: str, body: bytes, uri: str = "https://gull.example/ferry") -> bytes:
    """Return a WARC record."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2031-04-05T06:07:08Z\r\n"
        f"WARC-Record-ID: <urn:uuid:11111111-1111-1111-1111-111111111111>\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def response(body: bytes, kind: str = "text/html", status: str = "200 OK", extra: str = "") -> bytes:
    """Return an HTTP response."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}\r\n".encode() + body


def read(content: bytes, source: str = "a.warc", config: ReadConfig | None = None) -> list[RawDocument | Fate]:
    """Read a file's bytes under a name."""
    return list(read_records(io.BytesIO(content), source=source, config=config or ReadConfig()))


PAGE = response(b"<html><p>The ferry sank.</p></html>")


def test_html_responses_are_records_with_their_address() -> None:
    """Successful HTML responses are read, an error's page is told; the index counts every record of the file."""
    content = (
        record("request", b"GET / HTTP/1.1\r\n\r\n")
        + record("response", PAGE)
        + record("response", response(b"GIF8", "image/gif"))
        + record("response", response(b"<html>gone</html>", status="404 Not Found"))
        + record("response", PAGE, "https://gull.example/2")
    )
    assert read(content) == [
        RawDocument("a.warc", 1, b"<html><p>The ferry sank.</p></html>", "html", "https://gull.example/ferry"),
        Fate("a.warc", 3, "unsupported", "the response's status is 404: no article"),
        RawDocument("a.warc", 4, b"<html><p>The ferry sank.</p></html>", "html", "https://gull.example/2"),
    ]


def test_charset_of_the_server_is_used_unless_the_bytes_are_utf8() -> None:
    """The header's charset decodes what is not UTF-8."""
    western = record("response", response("<html>Café</html>".encode("cp1252"), "text/html; charset=windows-1252"))
    lying = record("response", response("<html>Café</html>".encode(), "text/html; charset=iso-8859-1"))
    odd = record("response", response("<html>Café</html>".encode("cp1252"), "text/html; charset=idna"))
    assert [item.content for item in read(western + lying + odd) if isinstance(item, RawDocument)] == [
        "<html>Café</html>",
        "<html>Café</html>".encode(),
        "<html>Café</html>".encode("cp1252"),
    ]


def test_damaged_response_costs_itself() -> None:
    """A response with broken compression or no HTTP in it is a fate, the records after it are read."""
    packed = gzip.compress(b"<html>" + b"x" * 500)
    broken = response(packed[:10] + b"\xff" * 20 + packed[30:], extra="Content-Encoding: gzip\r\n")
    items = read(record("response", broken) + record("response", b"nothing") + record("response", PAGE))
    assert [(item.record, getattr(item, "fate", "read")) for item in items] == [
        (0, "unreadable"),
        (1, "unreadable"),
        (2, "read"),
    ]


def test_compressed_response_over_the_limit_is_too_large() -> None:
    """A bomb inside a response stops at the limit."""
    bomb = response(gzip.compress(b"0" * 3_000_000), extra="Content-Encoding: gzip\r\n")
    items = read(record("response", bomb) + record("response", PAGE), config=ReadConfig(max_bytes=10_000))
    assert [getattr(item, "fate", "read") for item in items] == ["too_large", "read"]


def test_file_cut_off_in_the_middle_keeps_the_records_before() -> None:
    """The records before the cut are read, plain or compressed, and the cut is told."""
    pages = [response(f"<html>{number * 7919}</html>".encode()) for number in range(500)]
    whole = b"".join(gzip.compress(record("response", page)) for page in pages)
    for content, name in ((gzip.decompress(whole)[:-10], "a.warc"), (whole[:-40], "a.warc.gz")):
        items = read(content, name)
        last = items[-1]
        assert isinstance(last, Fate) and "cut off" in last.message
        assert len(items) == len(pages)


def test_what_is_no_warc_is_a_fate() -> None:
    """Garbage gives one fate; garbage after a record ends the file there."""
    assert [getattr(item, "fate", "read") for item in read(b"garbage\n" * 9)] == ["unreadable"]
    items = read(record("response", PAGE) + b"garbage\r\n\r\n")
    assert [getattr(item, "fate", "read") for item in items] == ["read", "unreadable"]


HTML = b"<!DOCTYPE html><html><p>The ferry sank.</p></html>"
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(HTML) + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", HTML),
        ("Content-Encoding: gzip\r\n", HTML),
        ("Content-Encoding: br\r\n", HTML),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", HTML),
        ("Content-Encoding: deflate\r\n", DEFLATED),
        ("Content-Encoding: deflate\r\n", zlib.compress(HTML)),
        ("Content-Encoding: gzip\r\n", gzip.compress(HTML)),
    ],
    ids=["chunked", "gzip", "br", "both", "raw deflate", "deflate", "as it says"],
)
def test_body_is_read_whether_it_is_encoded_or_only_says_so(headers: str, body: bytes) -> None:
    """Crawls before 2019 keep the encoding's headers over decoded bodies; servers send deflate without its header."""
    (item,) = read(record("response", response(body, extra=headers)))
    assert isinstance(item, RawDocument) and item.content == HTML


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: TEXT/HTML; charset=UTF-8\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html, text/html\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n",
        b"HTTP/1.1 200\r\nContent-Type: text/html\r\n",
        b"HTTP/2.0 200 OK\r\nContent-Type: text/html\r\n",
        b"HTTP/1.1 203 Non-Authoritative Information\r\nContent-Type: text/html\r\n",
    ],
)
def test_page_is_read_however_its_type_is_written(head: bytes) -> None:
    """A type in capitals, doubled or missing is still a page's; status 203 is a page passed on by a proxy."""
    (item,) = read(record("response", head + b"\r\n" + HTML))
    assert isinstance(item, RawDocument) and item.content == HTML


def test_resource_and_conversion_are_read() -> None:
    """A page without its response, and the text that a crawl made of one, are records with their address."""
    page = record("resource", HTML).replace(b"application/http; msgtype=resource", b"text/html")
    text = record("conversion", b"The ferry sank.\n").replace(b"application/http; msgtype=conversion", b"text/plain")
    for name in ("a.warc", "a.warc.wet"):
        assert read(page + text, name) == [
            RawDocument(name, 0, HTML, "html", "https://gull.example/ferry"),
            RawDocument(name, 1, b"The ferry sank.\n", "text", "https://gull.example/ferry"),
        ]


def test_notes_of_a_crawler_are_passed_over() -> None:
    """Its settings, its log and the text that it took from a page stand under addresses of their own."""
    log = record("resource", b"--2031-04-05-- resolving gull.example\n", "metadata://gnu.org/software/wget/wget.log")
    text = record("resource", b"The ferry sank.\n", "urn:text:https://gull.example/ferry")
    notes = (log + text).replace(b"application/http; msgtype=resource", b"text/plain")
    items = read(notes + record("response", PAGE))
    assert [(item.record, type(item)) for item in items] == [(2, RawDocument)]


def test_response_with_line_feeds_alone_in_its_header_is_read() -> None:
    """Old servers ended the lines of a header without a carriage return."""
    (item,) = read(record("response", b"HTTP/1.0 200 OK\nServer: old\nContent-Type: text/html\n\n" + HTML))
    assert isinstance(item, RawDocument) and item.content == HTML


def test_file_without_pages_names_what_it_holds() -> None:
    """A WARC of requests and pictures only says so."""
    (item,) = read(record("request", b"GET / HTTP/1.1\r\n\r\n") + record("response", response(b"GIF8", "image/gif")))
    assert isinstance(item, Fate) and item.fate == "no_text"
    assert "1 request, 1 response" in item.message
