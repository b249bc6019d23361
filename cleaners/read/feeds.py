"""RSS and Atom: each item is a record."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.rows import document, too_large
from cleaners.records import Fate, RawDocument

_ITEMS = frozenset({"item", "entry"})
# Elements with the text, the whole text before the teaser. Media and comments of an item use other namespaces.
_BODIES = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "issued", "date")
_MEDIA = "search.yahoo.com/mrss"
# Atomic, since with backtracking comments cost the square of their number, and pages have hundreds.
_FEED = re.compile(
    rb"\s*(?>(?:<\?[^>]*>|<!--(?>.*?-->)|<!DOCTYPE[^>]*>)\s*)*+<(?:rss|feed|(?:\w+:)?RDF)\b", re.IGNORECASE | re.DOTALL
)


def is_feed(head: bytes) -> bool:
    """Tell whether a file begins as RSS or Atom does."""
    return _FEED.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read_feed(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one record from each item or entry: its full text if the feed has it, else its description."""
    record = -1
    try:
        for _, node in etree.iterparse(stream, events=("end",), recover=True, resolve_entities=False, no_network=True):
            if _local(node) not in _ITEMS:
                continue
            record += 1
            row = _row(node)
            size = sum(len(value) for value in row.values())
            yield (
                too_large(source, record, config)
                if size > config.max_bytes
                else document(row, source=source, record=record, config=_NAMES)
            )
            node.clear()
            while (before := node.getprevious()) is not None:
                before.getparent().remove(before)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not valid XML: {error.msg}") from error


# The names that `_row` gives; the settings cannot name anything, since a feed has no columns.
_NAMES = ReadConfig(
    content_columns=("text",),
    url_columns=("url",),
    title_columns=("title",),
    date_columns=("published",),
    author_columns=("author",),
    publication_columns=(),
)


def _row(item: etree._Element) -> dict[str, str]:
    """Return the fields of an item, each under one name."""
    texts: dict[str, str] = {}
    authors: list[str] = []
    link = ""
    for node in item:
        name = _local(node)
        if _MEDIA in str(node.tag):
            continue
        if name == "link":
            address = node.get("href") or (node.text or "").strip()
            link = address if address and (not link or node.get("rel", "alternate") == "alternate") else link
        elif name in ("creator", "author"):
            authors += [text for part in ([*node] or [node]) if _local(part) != "email" and (text := _text(part))][:1]
        else:
            texts.setdefault(name, _text(node))
    return {
        "text": next((texts[name] for name in _BODIES if texts.get(name)), ""),
        "title": texts.get("title", ""),
        "author": ", ".join(dict.fromkeys(authors)),
        "published": next((texts[name] for name in _DATES if texts.get(name)), ""),
        "url": link or (texts.get("guid", "") if texts.get("guid", "").startswith("http") else ""),
    }


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: etree._Element) -> str:
    """Return an element's text; markup inside it (Atom's XHTML) stays markup."""
    if len(node):
        return "".join(etree.tostring(part, encoding="unicode") for part in node)
    return (node.text or "").strip()
