"""One file of any kind: its suffix decides how it is read."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from polars.exceptions import PanicException

from cleaners.attempts import failure
from cleaners.read.config import ReadConfig
from cleaners.read.csv_files import read_csv
from cleaners.read.decompress import PACKINGS, UnreadableError, unpack
from cleaners.read.forms import head_of, why_no_table
from cleaners.read.json_files import read_json, read_json_lines
from cleaners.read.parquet import read_parquet
from cleaners.read.warc import read_warc
from cleaners.read.whole_files import read_html, read_text
from cleaners.records import Fate, RawDocument

_READERS: dict[str, Callable[..., Iterator[RawDocument | Fate]]] = {
    ".txt": read_text,
    ".md": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
    ".warc": read_warc,
}
_TABLES = (read_json, read_json_lines, read_csv)


def is_whole(source: str) -> bool:
    """Tell whether a file of this name is one record by its kind: a text or a page."""
    return _READERS.get(_suffixes(source)[0]) in (read_text, read_html)


def read_records(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one file, record by record, in its order.

    `stream` is seekable and at its start; the caller opens and closes it. The suffix of `source` says what the file is,
    `.gz`, `.bz2` or `.zst` behind it that it is compressed. Every record gives a raw document or a fate, and a file
    without any gives one fate. Nothing but an I/O error of `stream` itself is raised: what a reader cannot make
    sense of costs the record it is at, and where the reader cannot go on, those after it in the file.
    """
    suffix, packing = _suffixes(source)
    reader = _READERS.get(suffix)
    if reader is None:
        yield Fate(source, 0, "unsupported", f"files named {suffix or 'without a suffix'} are not read")
        return
    record = -1
    try:
        content = unpack(stream, packing) if packing else stream
        if reader in _TABLES and (other := why_no_table(head_of(content))):
            raise UnreadableError(f"not {suffix.lstrip('.').upper()}: {other}")
        for item in reader(content, source=source, config=config):
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


def _suffixes(source: str) -> tuple[str, str | None]:
    """Return the suffix that says what the file is and the name of its compression."""
    name = source.rsplit("/", 1)[-1].lower()
    packing = next((kind for end, kind in PACKINGS.items() if name.endswith(end)), None)
    stem = name.rsplit(".", 1)[0] if packing else name
    dot = stem.rfind(".")
    return (stem[dot:] if dot > 0 else ""), packing
