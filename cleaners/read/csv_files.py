"""CSV and TSV: the first line names the columns, one record a row."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.rows import document, too_large
from cleaners.records import Fate, RawDocument

_DELIMITERS = ",;\t|"
_PIECE = 1_048_576


def read_csv(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one record a row, the header not counted; the delimiter is the header's most frequent of `, ; tab |`.

    Fields that are not UTF-8 stay bytes, for their encoding to be found one by one.
    """
    # The limit is the csv module's own, for the whole process; its default of 128 kB is under one long article.
    csv.field_size_limit(config.max_bytes)
    lines = _Lines(stream, config.max_bytes)
    head = next(lines, "")
    if "\0" in head:
        raise UnreadableError("not text: the header has NUL bytes (UTF-16, or no CSV file)")
    delimiter = max(_DELIMITERS, key=lambda mark: head.count(mark))
    try:
        header = [_name(cell) for cell in next(csv.reader([head], delimiter=delimiter), [])]
    except csv.Error as error:
        raise UnreadableError(f"the header is not a CSV row: {error}") from error
    rows = csv.reader(lines, delimiter=delimiter)
    record = -1
    while True:
        record += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            lines.overlong = False
            if "field larger" in str(error):
                yield too_large(source, record, config)
            else:
                yield Fate(source, record, "unreadable", f"not a CSV row: {error}")
            continue
        if lines.overlong:
            lines.overlong = False
            yield too_large(source, record, config)
            continue
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            message = f"the row has {len(row)} fields and the header {len(header)}"
            yield Fate(source, record, "unreadable", message)
            continue
        row += [""] * (len(header) - len(row))
        values = {name: _field(cell) for name, cell in zip(header, row, strict=True)}
        yield document(values, source=source, record=record, config=config)


class _Lines:
    """The lines, byte for byte as Latin-1, so that a field of any encoding comes through whole.

    A line over the limit is cut there and `overlong` set, for the row it belongs to.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self.overlong = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._limit + 2)
        if not line:
            raise StopIteration
        if len(line) > self._limit and not line.endswith(b"\n"):
            self.overlong = True
            while (rest := self._stream.readline(_PIECE)) and not rest.endswith(b"\n"):
                pass
        return line.decode("latin-1")


def _name(cell: str) -> str:
    return cell.encode("latin-1").decode("utf-8-sig", errors="replace").strip().strip('"')


def _field(cell: str) -> str | bytes:
    content = cell.encode("latin-1")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
