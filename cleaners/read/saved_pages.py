"""MHTML: a page that a browser saved with everything that belongs to it."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO

from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page
from cleaners.read.rows import too_large
from cleaners.records import Fate, RawDocument

_LOCATIONS = ("Content-Location", "Snapshot-Content-Location")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[A-Za-z][A-Za-z-]*:[^\n]*\n|[ \t][^\n]*\n)*\r?\n")


def is_mhtml(head: bytes) -> bool:
    """Tell whether a file begins like MHTML: with the header of a mail that announces a page and its parts."""
    found = _HEADER.match(head)
    return found is not None and b"multipart/related" in found[0].lower()


def read_mhtml(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read the first HTML part, which is the page; frames, pictures and styles are skipped."""
    content = stream.read(config.max_bytes + 1)
    if len(content) > config.max_bytes:
        yield too_large(source, 0, config)
        return
    message = message_from_bytes(content, policy=policy.default)
    page = next(
        (part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")), None
    )
    if page is None:
        yield Fate(source, 0, "no_text", "the saved page has no HTML part")
        return
    body = page.get_payload(decode=True)
    if not isinstance(body, bytes) or not body.strip():
        yield Fate(source, 0, "no_text", "the saved page is empty")
        return
    addresses = (str(part.get(name) or "").strip() for part, name in ((page, _LOCATIONS[0]), (message, _LOCATIONS[1])))
    url = next((address for address in addresses if address.startswith("http")), None)
    yield RawDocument(source, 0, _decoded(body, page), "html", url=url)


def _decoded(body: bytes, page: EmailMessage) -> bytes | str:
    """Decode a part by its charset if the bytes fit it; a whole page stays bytes, since it may declare its encoding."""
    charset = page.get_content_charset()
    try:
        return body.decode(charset) if charset and not is_page(body) else body
    except (LookupError, UnicodeError):
        return body
