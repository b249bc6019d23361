"""JSON and JSON Lines: each object is a record."""

import ast
import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from cleaners.encoding import decode
from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.forms import head_of
from cleaners.read.rows import document, has_content, too_large
from cleaners.records import Fate, RawDocument

# Characters that are read at once.
_CHUNK = 1_048_576
_BLANK = re.compile(r"[\s,]*")
# Scrapers leave tabs and other control characters in strings.
_DECODER = json.JSONDecoder(strict=False)
# A value that a script calls a function with (JSONP), and what is left of the call behind it.
_CALL = re.compile(r"\s*[A-Za-z_$][\w$.]{0,60}\(\s*(?=[\[{])")
_BEHIND_CALL = re.compile(r"[\s,);]*")
# Strings within strings that are opened: a value that was written as JSON twice.
_TWICE = 2
# Objects that may enclose the list of rows; answers of the Guardian and of Elasticsearch have two.
_ENVELOPES = 2
# At least this many lists of one length are the columns of a table.
_TABLE_COLUMNS = 2
# An array, or an object over several lines, is JSON though the file is named JSON Lines.
_WHOLE = re.compile(rb"\s*(?:\[\s*\{|\{\s*\n\s*\")")


def read_json_lines(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one object from each line; `record` is the index of the line, counting blank lines.

    A bad line costs only that line. If a line holds several objects, the first has the line's index, and the others are
    numbered after the last line. A file that is one array, or objects over several lines, is read as JSON.
    """
    head = head_of(stream)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _WHOLE.match(head.removeprefix(codecs.BOM_UTF8)):
        yield from read_json(stream, source=source, config=config)
        return
    record = -1
    late: list[object] = []
    held = 0
    while line := stream.readline(config.max_bytes + 2):
        record += 1
        if len(line) > config.max_bytes + 1 and not line.endswith(b"\n"):
            yield too_large(source, record, config)
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            continue
        if not line.strip(b" \t\r\n\v\f\0\x1e"):
            continue
        values = _values(line, source, record)
        if isinstance(values, Fate):
            yield values
            continue
        yield _object(values[0], source=source, record=record, config=config)
        if len(values) > 1:
            held += len(line)
            if held > config.max_bytes:
                raise UnreadableError(f"too many lines hold several objects: line {record + 1} is one of them")
            late += values[1:]
    for value in late:
        record += 1
        yield _object(value, source=source, record=record, config=config)


def _values(line: bytes, source: str, record: int) -> list[object] | Fate:
    """Return the values of a line: one, or several if two writers lost a line end between them."""
    line = line.removeprefix(codecs.BOM_UTF8).strip(b"\0\x1e")
    text: str | None
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = decode(line, form="text")
    if text is None:
        return Fate(source, record, "unreadable", f"line {record + 1}: no known encoding fits the bytes")
    text = text.strip()
    values: list[object] = []
    at = 0
    try:
        while at < len(text):
            value, at = _DECODER.raw_decode(text, at)
            values.append(value)
            blank = _BLANK.match(text, at)
            at = blank.end() if blank else at
    except json.JSONDecodeError as error:
        if not values and (printed := _printed(text)) is not None:
            return [printed]
        what = error.msg.removesuffix(" starting at")  # as some of Python's messages end
        return Fate(source, record, "unreadable", f"line {record + 1} is not JSON: {what} at character {error.pos + 1}")
    except (ValueError, RecursionError):
        return Fate(
            source, record, "unreadable", f"line {record + 1} is not usable JSON: too deep, or a number too long"
        )
    return values


def _printed(text: str) -> dict[str, object] | None:
    """Return an object as Python prints it, with single quotes, `None` and `True`; None if it is none."""
    if not text.startswith(("{'", '{"')):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def _object(value: object, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    if not isinstance(value, dict):
        return Fate(source, record, "unreadable", f"not an object but {_kind(value)}")
    return document(value, source=source, record=record, config=config)


def _kind(value: object) -> str:
    match value:
        case list():
            return "an array"
        case str():
            return "a string"
        case None:
            return "null"
        case bool():
            return "true or false"
    return "a number"


def read_json(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one object, an array of objects, or objects in a row, with only one in memory at a time."""
    text = _Text(stream, config.max_bytes)
    record = 0
    in_array = False
    while text.skip_blank():
        mark = text.peek()
        if not in_array and mark == "[":
            in_array = True
            text.step()
            continue
        if in_array and mark == "]":
            in_array = False
            text.step()
            continue
        value = text.value()
        if value is _TOO_LARGE:
            yield too_large(source, record, config)
            return
        for row in _unwrapped(value, config):
            yield _object(row, source=source, record=record, config=config)
            record += 1
    if in_array:
        raise UnreadableError("the array does not end: the file is cut off")


def _unwrapped(value: object, config: ReadConfig) -> list[object]:
    """Return the rows in an object that is not a row: the answer of an interface, rows by identity, or columns."""
    for _ in range(_TWICE):
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            value = _read_again(value)
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return [value]
    if (rows := _columns(value)) is not None:
        return rows
    if has_content(value, config):
        return [value]
    found = _rows_inside(value, config, _ENVELOPES)
    return [value] if found is None else found


def _read_again(value: str) -> object:
    """Return the value that a string holds as JSON, or the string if it holds none."""
    try:
        return _DECODER.decode(value)
    except (ValueError, RecursionError):
        return value


def _rows_inside(value: dict[str, object], config: ReadConfig, depth: int) -> list[object] | None:
    """Return the rows of the first list that has content, or the values by identity; None if there are neither."""
    for part in value.values():
        if isinstance(part, list) and any(isinstance(row, dict) and has_content(row, config) for row in part):
            return part
    rows = list(value.values())
    if rows and all(isinstance(row, dict) and has_content(row, config) for row in rows):
        return rows
    inside = [part for part in value.values() if isinstance(part, dict)] if depth else []
    if depth:
        inside += [part[0] for part in value.values() if isinstance(part, list) and part and isinstance(part[0], dict)]
    return next((found for part in inside if (found := _rows_inside(part, config, depth - 1)) is not None), None)


def _columns(value: dict[str, object]) -> list[object] | None:
    """Return the rows of a table written by columns, as lists of one length or as objects with numbers as keys.

    pandas may also write the names of the columns by themselves, above the rows.
    """
    names, data = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(name, str) for name in names):
        return [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in data]
    columns = {
        name: [*column.values()] if isinstance(column, dict) and all(key.isdecimal() for key in column) else column
        for name, column in value.items()
    }
    lists = {name: column for name, column in columns.items() if isinstance(column, list)}
    lengths = {len(column) for column in lists.values()}
    if len(lists) < len(columns) or len(lists) < _TABLE_COLUMNS or len(lengths) != 1:
        return None
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


_TOO_LARGE = object()


class _Text:
    """The text of the file from the next value on, read only as far as needed."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        head = stream.read(_CHUNK)
        encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._text = ""
        self._at = 0
        self._ended = False
        self._blank = _BLANK
        self._add(head)
        call = _CALL.match(self._text)
        if call is not None:
            self._at, self._blank = call.end(), _BEHIND_CALL

    def _add(self, chunk: bytes) -> None:
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise UnreadableError("the file is not UTF-8") from error
        self._ended = not chunk
        self._text = self._text[self._at :] + more
        self._at = 0

    def skip_blank(self) -> bool:
        """Move to the next value or bracket; return False at the end of the file."""
        while True:
            blank = self._blank.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text):
                return True
            if self._ended:
                return False
            self._add(self._stream.read(_CHUNK))

    def peek(self) -> str:
        return self._text[self._at]

    def step(self) -> None:
        self._at += 1

    def value(self) -> object:
        """Return the next value, reading until it is whole; each read is twice as long, so that retries cost little."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                message, where = error.msg, error.pos
            except (ValueError, RecursionError) as error:
                raise UnreadableError("not usable JSON: too deep, or a number too long") from error
            else:
                # A number may continue in the next chunk; an object, array or string is complete.
                if end < len(self._text) or self._ended or self._text[end - 1] in '}]"':
                    self._at = end
                    return value
                message, where = "a number is cut off", end
            rest = len(self._text) - self._at
            if self._ended:
                raise UnreadableError(f"not JSON: {message} at character {where - self._at + 1} of the record")
            if rest > self._limit:
                return _TOO_LARGE
            self._add(self._stream.read(max(_CHUNK, rest)))
