"""A file of any kind: its suffix decides how it is read or, if that does not say, its first bytes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from polars.exceptions import PanicException

from cleaners.attempts import failure
from cleaners.read.archives import tar_members, zip_members
from cleaners.read.config import ReadConfig
from cleaners.read.csv_files import read_csv
from cleaners.read.databases import is_collection, read_collection
from cleaners.read.decompress import PACKINGS, UnreadableError, packing_of, unpack
from cleaners.read.feeds import is_feed, read_feed
from cleaners.read.forms import (
    begins_as_json,
    has_markup,
    head_of,
    is_markup,
    is_news_xml,
    is_page,
    why_binary,
    why_no_table,
)
from cleaners.read.heads import has_json_head
from cleaners.read.json_files import read_json, read_json_lines
from cleaners.read.parquet import read_parquet
from cleaners.read.saved_pages import is_mhtml, read_mhtml
from cleaners.read.unsupported import known_kind, unknown_kind
from cleaners.read.warc import read_warc
from cleaners.read.whole_files import read_html, read_markdown, read_text
from cleaners.read.xml_files import read_xml
from cleaners.records import Fate, RawDocument

_Reader = Callable[..., Iterator[RawDocument | Fate]]
_READERS: dict[str, _Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".shtml": read_html,
    ".mhtml": read_mhtml,
    ".mht": read_mhtml,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".jl": read_json_lines,
    ".jsonlines": read_json_lines,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
    ".warc": read_warc,
    ".wet": read_warc,
}
_WHOLE = (read_text, read_markdown, read_html)
_TABLES = (read_json, read_json_lines, read_csv)
# Suffixes of programs that make pages. Crawlers save the pages under them; the program itself does not begin as a page.
_PAGE_MAKERS = frozenset({".php", ".asp", ".aspx", ".jsp", ".cfm", ".do", ".cgi", ".pl"})
_XML = frozenset({".xml", ".rss", ".atom", ".rdf", ".enex", ".nitf", ".tei"})
_ARCHIVES = {".zip": zip_members, ".wacz": zip_members, ".tar": tar_members}
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".tbz": ".tar.bz2", ".txz": ".tar.xz", ".tzst": ".tar.zst"}
# What crawlers append to the suffix: a number (page.html.1) or a query (page.html@id=7, page.php?id=7).
_QUERY = re.compile(r"(\.[a-z]{2,8})[@?&;].*$", re.DOTALL)
_NUMBER = re.compile(r"(?<=\w)\.\d{1,4}$")
# Files that describe a collection and lie in its folders.
_ABOUT = frozenset(
    {"readme", "license", "licence", "copying", "changelog", "makefile", "dockerfile", "manifest", "index"}
)


def is_whole(source: str) -> bool:
    """Tell whether a file of this name holds one record: a text or a page."""
    suffix = _suffixes(source)[0]
    return suffix in _PAGE_MAKERS or _READERS.get(suffix) in _WHOLE


def names_a_file(name: str) -> bool:
    """Tell whether a name has a suffix by which files are read: as a text, a page, a table or an archive."""
    suffix, packing = _suffixes(name)
    return packing is not None or suffix in _READERS or suffix in _ARCHIVES


def read_records(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one file, record by record, in its order.

    `stream` must be seekable and at its start; the caller opens and closes it. The suffix of `source` says what the
    file is, and `.gz`, `.bz2`, `.xz` or `.zst` after it that it is compressed; if the suffix does not say, the first
    bytes do. Every record gives a raw document or a fate, and a file without records gives one fate. Raises only the
    I/O errors of `stream` itself: what a reader does not understand costs the record it is at and, if it cannot go on,
    the later records of the file.
    """
    suffix, packing = _suffixes(source)
    record = -1
    try:
        packing = packing_of(stream, packing)
        content = unpack(stream, packing) if packing else stream
        if suffix in _ARCHIVES:
            items = _archive(content, suffix, source, config)
        else:
            items = _file(content, source, suffix, config)
        for item in items:
            record = item.record
            yield item
    except UnreadableError as error:
        record += 1
        yield Fate(source, record, "unreadable", str(error))
    except OSError:
        raise
    except (Exception, PanicException) as error:  # noqa: BLE001 - libraries raise anything on files nobody foresaw
        record += 1
        fate = failure("read", source, record, error)
        lost = "" if is_whole(source) else "; nothing after it in the file was read"
        yield replace(fate, message=fate.message + lost)
    if record < 0:
        yield Fate(source, 0, "no_text", "the file holds no records")


def _file(content: BinaryIO, source: str, suffix: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read a file that is not an archive."""
    reader = _reader(content, source, suffix)
    if isinstance(reader, Fate):
        yield reader
        return
    if reader in _TABLES and (other := why_no_table(head_of(content))):
        raise UnreadableError(f"not {suffix.lstrip('.').upper() or 'a table'}: {other}")
    yield from reader(content, source=source, config=config)


def _archive(content: BinaryIO, suffix: str, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read the files of an archive; the numbers of records continue from one file to the next."""
    first = 0
    for name, member in _ARCHIVES[suffix](content):
        inner, _ = _suffixes(name)
        if isinstance(member, str):
            items: Iterator[RawDocument | Fate] = iter([Fate(name, 0, "unreadable", member)])
        elif inner in _ARCHIVES:
            items = iter([Fate(name, 0, "unsupported", "an archive in an archive: unpack it into the raw folder")])
        else:
            items = read_records(member, source=name, config=config)
        last = -1
        for item in items:
            last = max(last, item.record)
            at = first + item.record
            if isinstance(item, Fate):
                yield replace(item, source=source, record=at, message=f"{name}: {item.message}")
            else:
                yield replace(item, source=source, record=at)
        first += last + 1


def _reader(content: BinaryIO, source: str, suffix: str) -> _Reader | Fate:
    """Return the reader for a file: by its suffix, unless its first bytes plainly show another kind."""
    reader = _READERS.get(suffix)
    if reader is not None and reader not in _WHOLE:
        return reader
    if message := known_kind(suffix):
        return Fate(source, 0, "unsupported", message)
    head = head_of(content)
    found = _look(head)
    if reader is read_text and not found and has_markup(head):
        return read_html
    if reader is not None:
        return found or reader
    if suffix in _XML and not is_page(head) and found in (None, read_html):
        return read_xml
    name = source.rsplit("/", 1)[-1].lower()
    if found and (found is not read_json_lines or not suffix):
        return found
    if not suffix and name not in _ABOUT and not why_binary(head):
        return read_text
    return Fate(source, 0, "unsupported", unknown_kind(suffix, head))


def _look(head: bytes) -> _Reader | None:
    """Return the reader for what the first bytes of a file plainly are, or None."""
    if is_feed(head):
        return read_feed
    if is_news_xml(head):
        return read_xml
    if is_page(head) or is_markup(head):
        return read_html
    if is_mhtml(head):
        return read_mhtml
    if is_collection(head):
        return read_collection
    if begins_as_json(head) and not has_json_head(head):
        return read_json_lines
    return read_warc if head.startswith(b"WARC/") else None


def _suffixes(source: str) -> tuple[str, str | None]:
    """Return the suffix that says what the file is and the name of its compression."""
    name = _QUERY.sub(r"\1", source.rsplit("/", 1)[-1].lower())
    for short, long in _SHORT.items():
        if name.endswith(short):
            name = name.removesuffix(short) + long
    packing = next((kind for end, kind in PACKINGS.items() if name.endswith(end)), None)
    stem = name.rsplit(".", 1)[0] if packing else name
    stem = _NUMBER.sub("", stem)
    dot = stem.rfind(".")
    suffix = stem[dot:] if dot > 0 else ""
    return suffix, packing
