import gzip
import io

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
    """Only successful HTML responses are read; the index counts every record of the file."""
    content = (
        record("request", b"GET / HTTP/1.1\r\n\r\n")
        + record("response", PAGE)
        + record("response", response(b"GIF8", "image/gif"))
        + record("response", response(b"<html>gone</html>", status="404 Not Found"))
        + record("response", PAGE, "https://gull.example/2")
    )
    assert read(content) == [
        RawDocument("a.warc", 1, b"<html><p>The ferry sank.</p></html>", "html", "https://gull.example/ferry"),
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
