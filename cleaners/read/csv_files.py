"""CSV and TSV: the first line names the columns, and each further row is a record."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from cleaners.encoding import find_encoding
from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.forms import head_of
from cleaners.read.rows import document, has_content, too_large
from cleaners.records import Fate, RawDocument

if TYPE_CHECKING:
    from typing_extensions import Buffer

_DELIMITERS = ",;\t|"
# Bytes that are decoded at once.
_PIECE = 1_048_576
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A first line of Excel's own, which names the delimiter.
_SEP = re.compile(r"(?:\xef\xbb\xbf)?\"?sep=(.)\"?[\r\n]*$", re.IGNORECASE)
# A quote within a field that is escaped by a backslash, and one that is doubled, as the standard asks.
_ESCAPED_QUOTE = re.compile(rb"\\\"(?![ ]*[,;\t|\r\n]|$)")
_DOUBLED_QUOTE = re.compile(rb"(?<![,;\t|\r\n\"])\"\"(?![,;\t|\r\n\"])")
_ESCAPE = re.compile(r"\\([\\\"])")
_ESCAPES = re.compile(r"\\([\\nrt'\"])")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_PHP_BREAK = re.compile(r"\\r\\n|\\n\\n")
# Rows by which the form of a table without a header is found, and the share of them that must have as many fields.
_SAMPLED, _EVEN = 100, 0.9
# The first line is data, not a header, if a cell has this many words, or is an address or a date.
_TEXT_WORDS = 8
_TITLE_WORDS = 3
_ADDRESS = re.compile(r"https?://\S+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{4}(?: .*)?")


def read_csv(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    r"""Read one record from each row after the header; the delimiter is the header's most frequent of `, ; tab |`.

    If the first line names no text, it may be no header: then the delimiter, and the quote (`"` or `'`), are those by
    which the first rows have one number of fields. Quotes in a field are doubled or escaped by a backslash, as the
    beginning of the file shows. If a file is not UTF-8, all its columns share one code page. Without a header, the
    longest cell of the first row names the text's column.
    """
    # The csv module has one limit for the whole process; its default of 128 kB is less than a long article.
    csv.field_size_limit(config.max_bytes)
    sample = head_of(stream)
    if sample.startswith(_UTF16):
        stream = io.BufferedReader(_Changed(stream, codecs.getincrementaldecoder("utf-16")()))
        sample = sample.decode("utf-16", errors="ignore").encode()
    elif b"\r" in sample and b"\n" not in sample:
        stream = io.BufferedReader(_Changed(stream, None))
        sample = sample.replace(b"\r", b"\n")
    escaped = _ESCAPED_QUOTE.search(sample) is not None and _DOUBLED_QUOTE.search(sample) is None
    lines = _Lines(stream, config.max_bytes, escaped=escaped)
    head = next(lines, "")
    named = _SEP.match(head)
    if named:
        head = next(lines, "")
    if "\0" in head:
        raise UnreadableError("not text: the header has NUL bytes (UTF-16 without its mark, or no CSV file)")
    delimiter, quote = (named[1], '"') if named else _form_of(head, sample, config)
    table = _Table(sample, delimiter)
    header: list[str] | None = None
    lines.back(head)
    rows = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    record = -2
    while True:
        record += 1
        lines.row.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            lines.overlong = False
            if header is None:
                raise UnreadableError(f"the header is not a CSV row: {error}") from error
            if "field larger" in str(error):
                yield too_large(source, record, config)
            else:
                yield Fate(source, record, "unreadable", f"not a CSV row: {error}")
            continue
        if header is None:
            header = [table.name(cell) for cell in row]
            guessed = None if has_content(dict.fromkeys(header), config) else _guessed(header, config)
            if guessed is None:
                continue
            header = guessed
            record += 1
        if lines.overlong:
            lines.overlong = False
            yield too_large(source, record, config)
            continue
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header) and not _fits(row, header, lines.row, config):
            message = f"the row has {len(row)} fields and the header {len(header)}"
            yield Fate(source, record, "unreadable", message)
            continue
        row += [""] * (len(header) - len(row))
        values: dict[str, object] = {}
        for name, cell in zip(header, table.fields(row), strict=False):
            # If columns share a name, the first that is not empty counts.
            values[name] = values.get(name) or cell
        yield document(values, source=source, record=record, config=config)


def _form_of(head: str, sample: bytes, config: ReadConfig) -> tuple[str, str]:
    """Return the delimiter and the quote of a table."""
    usual = max(_DELIMITERS, key=lambda mark: head.count(mark))
    if has_content(dict.fromkeys(cell.strip().strip('"') for cell in head.split(usual)), config):
        return usual, '"'
    best, most = (usual, '"'), 0.0
    lines = sample.decode("latin-1").splitlines(keepends=True)
    # The last line of the sample may be cut.
    lines = (lines if sample.endswith(b"\n") else lines[:-1])[:_SAMPLED] or [head]
    for delimiter in (usual, *_DELIMITERS.replace(usual, "")):
        for quote in ('"', "'"):
            if quote == "'" and not any(f"{delimiter}'" in line for line in lines):
                continue
            try:
                counts = Counter(map(len, csv.reader(lines, delimiter=delimiter, quotechar=quote)))
            except csv.Error:
                continue
            fields, rows = counts.most_common(1)[0]
            if fields > 1 and rows / counts.total() > most:
                best, most = (delimiter, quote), rows / counts.total()
    return best if most >= _EVEN else (usual, '"')


def _guessed(first: Sequence[str], config: ReadConfig) -> list[str] | None:
    """Name the columns of a table without a header by its first row; return None if that may be a header."""
    longest = max(range(len(first)), key=lambda at: len(first[at]), default=0)
    if len(first) < 2 or len(first[longest].split()) < _TEXT_WORDS:
        return None
    names = [""] * len(first)
    names[longest] = config.content_columns[0]
    for at, cell in enumerate(first):
        for pattern, columns in ((_ADDRESS, config.url_columns), (_DATE, config.date_columns)):
            if columns and pattern.fullmatch(cell.strip()) and columns[0] not in names:
                names[at] = columns[0]
    for at, cell in enumerate(first):
        if not names[at] and config.title_columns and len(cell.split()) >= _TITLE_WORDS:
            names[at] = config.title_columns[0]
            break
    return [name or f"column {at + 1}" for at, name in enumerate(names)]


def _fits(row: Sequence[str], header: Sequence[str], lines: Sequence[str], config: ReadConfig) -> bool:
    """Tell whether a row's surplus fields do not matter: they are blank, or follow a text that is quoted as a whole."""
    if not any(cell.strip() for cell in row[len(header) :]):
        return True
    texts = [cell for name, cell in zip(header, row, strict=False) if has_content({name: None}, config)]
    whole = "".join(lines)
    return bool(texts) and all('"' + cell.replace('"', '""') + '"' in whole for cell in texts if cell)


class _Table:
    """Decodes the cells of a table; the first field that is not UTF-8 decides on the code page of all."""

    def __init__(self, sample: bytes, delimiter: str) -> None:
        self._sample = sample
        self._tabs = delimiter == "\t"
        self._encoding: str | None = None

    def name(self, cell: str) -> str:
        (field,) = self.fields([cell.removeprefix("\xef\xbb\xbf")])
        text = field if isinstance(field, str) else field.decode("latin-1")
        return text.strip().strip('"')

    def fields(self, row: Sequence[str]) -> list[str | bytes]:
        """Return the cells as text, or as bytes if no encoding fits, so that each is judged alone."""
        cells = [cell.encode("latin-1") for cell in row]
        try:
            texts: list[str | bytes] = [cell.decode() for cell in cells]
        except UnicodeDecodeError:
            if self._encoding is None:
                # Other rows of the table may be UTF-8, and would mislead.
                lines = [line for line in self._sample.split(b"\n") if line.isascii() or not _is_utf8(line)]
                self._encoding = find_encoding(b"\n".join(lines)) or find_encoding(b"\n".join(cells))
            texts = [self._decoded(cell) for cell in cells]
        return [self._unescaped(text) if isinstance(text, str) and "\\" in text else text for text in texts]

    def _decoded(self, cell: bytes) -> str | bytes:
        for encoding in ("utf-8", self._encoding):
            try:
                return cell.decode(encoding) if encoding else cell
            except UnicodeDecodeError:
                continue
        return cell

    def _unescaped(self, text: str) -> str:
        r"""Return a field with real line breaks, and none for SQL's `\N`.

        Tab-separated tables write a break as `\n`; PHP writes two of them, or `\r\n`, and MySQL puts a backslash
        before the break itself. A single `\n` in other tables may be a part of a path.
        """
        if text == "\\N":
            return ""
        if "\n" in text:
            return text.replace("\\\n", "\n") if text.count("\\\n") == text.count("\n") else text
        if (self._tabs and "\\n" in text) or _PHP_BREAK.search(text):
            return _ESCAPES.sub(lambda found: _SIGNS[found[1]], text)
        return text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a table, decoded as Latin-1 so that the bytes of any encoding come through unchanged.

    A line over the limit is cut there, and `overlong` is set for its row. `row` collects the lines of the current row.
    """

    def __init__(self, stream: BinaryIO, limit: int, *, escaped: bool) -> None:
        self._stream = stream
        self._limit = limit
        self._escaped = escaped
        self._first: str | None = None
        self.overlong = False
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def back(self, line: str) -> None:
        """Make this line the next one again."""
        self._first = line or None

    def __next__(self) -> str:
        if self._first is not None:
            text, self._first = self._first, None
            return text
        line = self._stream.readline(self._limit + 2)
        if not line:
            raise StopIteration
        if len(line) > self._limit and not line.endswith(b"\n"):
            self.overlong = True
            while (rest := self._stream.readline(_PIECE)) and not rest.endswith(b"\n"):
                pass
        text = line.decode("latin-1")
        if self._escaped and "\\" in text:
            text = _ESCAPE.sub(lambda found: '""' if found[1] == '"' else found[1], text)
        self.row.append(text)
        return text


class _Changed(io.RawIOBase):
    """A UTF-8 stream with line feeds, made from one in UTF-16 or with the line ends of old Macs."""

    def __init__(self, stream: BinaryIO, decoder: codecs.IncrementalDecoder | None) -> None:
        self._stream = stream
        self._decoder = decoder
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        while not self._held:
            chunk = self._stream.read(_PIECE)
            if self._decoder is None:
                self._held = chunk.replace(b"\r", b"\n")
            else:
                try:
                    self._held = self._decoder.decode(chunk, final=not chunk).encode(errors="replace")
                except UnicodeDecodeError as error:
                    raise UnreadableError("the file is not UTF-16, though it begins with its mark") from error
            if not chunk and not self._held:
                return 0
        target = memoryview(buffer)
        count = min(len(target), len(self._held))
        target[:count] = self._held[:count]
        self._held = self._held[count:]
        return count
