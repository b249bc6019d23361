"""Text files of many articles, as databases of newspapers export them: Nexis and ProQuest."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import BinaryIO

from cleaners.encoding import decode
from cleaners.read.config import ReadConfig
from cleaners.read.rows import document, too_large
from cleaners.records import Fate, RawDocument

# The line above each article: "3 of 200 DOCUMENTS", "Document 3 of 200".
_COUNT = rb"[ \t]*(?:\d+ of \d+ documents|document \d+ of \d+)[ \t]*\r?\n"
# No part of the lines above gives back what it took: pages begin with hundreds of lines of spaces.
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:[_=*-]++[ \t]*+)?\r?\n)*+" + _COUNT, re.IGNORECASE)
_OPENS = re.compile(_COUNT, re.IGNORECASE)
# A line between two articles.
_RULE = re.compile(r"[_=*-]{10,}")
_LABEL = re.compile(r"([A-Z][A-Za-z/ -]{1,38}):(?:\s+(.*))?$")
_TITLES, _AUTHORS = frozenset({"title", "headline"}), frozenset({"byline", "author"})
_DATES, _URLS, _TEXTS = frozenset({"publication date", "date"}), frozenset({"url"}), frozenset({"full text", "body"})
# Labels of what stands above an article's text, and of what stands below it, besides these.
_ABOVE = {"section", "length", "dateline", "highlight", "series", "abstract", "links", "publication info"}
_BELOW = {
    "load-date",
    "language",
    "graphic",
    "document-type",
    "publication-type",
    "pub-type",
    "subject",
    "company",
    "organization",
    "person",
    "people",
    "geographic",
    "ticker",
    "industry",
    "country",
    "state",
    "city",
    "location",
    "acc-no",
    "journal-code",
    "correction-date",
    "credit",
    "company / organization",
    "identifier / keyword",
    "classification",
    "publication title",
    "publication year",
    "publication subject",
    "publisher",
    "place of publication",
    "country of publication",
    "source type",
    "language of publication",
    "document type",
    "proquest document id",
    "document url",
    "last updated",
    "database",
    "copyright",
    "issn",
}
# Labels that end a text: "Date: ..." may be a line of it.
_AFTER = frozenset({*_BELOW, "url", "title", "publication date"})
_KNOWN = frozenset(_TITLES | _AUTHORS | _DATES | _URLS | _TEXTS | _ABOVE | _BELOW)
_COPYRIGHT = re.compile(r"\s*(?:copyright\b|©|all rights reserved).*|\s*end of document", re.IGNORECASE)
# A line in the middle of the page: the newspaper, the day, the edition.
_CENTRED = re.compile(r"[ \t]{8,}\S")
_DAY = re.compile(r"\b[^\W\d_]+\.? \d{1,2}, \d{4}\b|\d{1,2}\.? [^\W\d_]+ \d{4}\b")


def is_collection(head: bytes) -> bool:
    """Tell whether a text begins with the line that databases set above the first of several articles."""
    return _FIRST.match(head) is not None


def read_collection(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one record from each article of an export: what stands between two lines that count the articles."""
    for record, block in enumerate(_blocks(stream, config.max_bytes)):
        if len(block) > config.max_bytes:
            yield too_large(source, record, config)
        else:
            columns = _columns(decode(block, form="text") or "", config)
            yield document(columns, source=source, record=record, config=config)


def _blocks(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield what follows each counting line; of a block that is over the limit, only as much as shows that."""
    block: list[bytes] | None = None
    size = 0
    for line in stream:
        if _OPENS.fullmatch(line):
            if block is not None:
                yield b"".join(block)
            block, size = [], 0
        elif block is not None and size <= limit:
            block.append(line)
            size += len(line)
    if block is not None:
        yield b"".join(block)


def _columns(text: str, config: ReadConfig) -> dict[str, object]:
    """Return the columns of an article: its text, the labelled lines around it, and the lines above these."""
    lines = [line for line in text.splitlines() if not _RULE.fullmatch(line.strip())]
    start = _start_of_text(lines)
    stop = next((at for at in range(start + 1, len(lines)) if _ends_text(lines[at])), len(lines))
    body = [
        _LABEL.sub(r"\2", lines[start]) if _name(lines[start]) in _TEXTS else lines[start],
        *lines[start + 1 : stop],
    ]
    around = _labelled([*lines[:start], *lines[stop:]])
    top = [line for line in takewhile(lambda line: not _name(line), lines[:start]) if line.strip()]
    headline = [line.strip() for line in top if not _CENTRED.match(line) and not _DAY.match(line.strip())]
    day = next((found[0] for line in top if (found := _DAY.search(line))), None)
    columns = (
        (config.content_columns, "\n".join(body).strip("\n")),
        (config.title_columns, " ".join(headline) or _first(around, _TITLES)),
        (config.author_columns, around.get("byline") or _in_order(around.get("author"))),
        (config.date_columns, _first(around, _DATES) or day),
        (config.url_columns, _first(around, _URLS)),
    )
    return {names[0]: value for names, value in columns if names and value is not None}


def _start_of_text(lines: list[str]) -> int:
    """Return the line that a label names as the text, or else the first behind the labelled paragraphs."""
    labelled = seen = False
    for at, line in enumerate(lines):
        if _name(line) in _TEXTS:
            return at
    for at, line in enumerate(lines):
        if not line.strip():
            labelled = False
        elif _name(line):
            labelled = seen = True
        elif seen and not labelled:
            return at
    return max(0, len(lines) - 1)


def _ends_text(line: str) -> bool:
    return _name(line) in _AFTER or (_COPYRIGHT.fullmatch(line) is not None and _CENTRED.match(line) is not None)


def _name(line: str) -> str:
    """Return the label that opens a line, in small letters, if databases use it."""
    label = _LABEL.match(line)
    name = label[1].lower() if label else ""
    return name if name in _KNOWN else ""


def _labelled(lines: list[str]) -> dict[str, str]:
    """Return what follows the first label of each name, to the end of its paragraph."""
    values: dict[str, str] = {}
    name = ""
    for line in lines:
        bare = line.strip()
        if found := _name(line):
            name = "" if found in values else found
            if name:
                values[name] = _LABEL.sub(r"\2", line).strip()
        elif not bare:
            name = ""
        elif name:
            values[name] = f"{values[name]} {bare}".strip()
    return values


def _in_order(names: str | None) -> str | None:
    """Return names as they are spoken, where the surname stands first: "Moor, Ida; Ahlers, Joost"."""
    if names is None:
        return None
    parts = (name.strip().partition(", ") for name in names.split(";"))
    return ", ".join(f"{first} {last}".strip() for last, _, first in parts)


def _first(values: dict[str, str], names: frozenset[str]) -> str | None:
    return next((values[name] for name in values if name in names and values[name]), None)
