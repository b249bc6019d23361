"""JSON and JSON Lines: one record an object."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.forms import head_of
from cleaners.read.rows import document, too_large
from cleaners.records import Fate, RawDocument

_CHUNK = 1_048_576
_BLANK = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
# An array, or an object over several lines: JSON under the name of JSON Lines.
_WHOLE = re.compile(rb"\s*(?:\[\s*\{|\{\s*\n\s*\")")


def read_json_lines(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one object a line; `record` is the line's index, blank lines counted. A bad line costs that line only.

    A file that is one array, or objects over several lines, is read as JSON.
    """
    head = head_of(stream)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _WHOLE.match(head.removeprefix(codecs.BOM_UTF8)):
        yield from read_json(stream, source=source, config=config)
        return
    record = -1
    while line := stream.readline(config.max_bytes + 2):
        record += 1
        if len(line) > config.max_bytes + 1 and not line.endswith(b"\n"):
            yield too_large(source, record, config)
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            continue
        if not line.strip(b" \t\r\n\v\f\0\x1e"):
            continue
        yield _line(line, source=source, record=record, config=config)


def _line(line: bytes, *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    try:
        value: object = json.loads(line.removeprefix(codecs.BOM_UTF8).strip(b"\0\x1e").decode())
    except UnicodeDecodeError as error:
        return Fate(source, record, "unreadable", f"line {record + 1} is not UTF-8 (byte {error.start + 1})")
    except json.JSONDecodeError as error:
        return Fate(
            source, record, "unreadable", f"line {record + 1} is not JSON: {error.msg} at character {error.pos + 1}"
        )
    except (ValueError, RecursionError):
        return Fate(
            source, record, "unreadable", f"line {record + 1} is not usable JSON: too deep, or a number too long"
        )
    return _object(value, source=source, record=record, config=config)


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
    """Read one object, an array of objects, or objects one after another, without holding more than one in memory."""
    text = _Text(stream, config.max_bytes)
    record = 0
    in_array = False
    while text.skip_blank():
        mark = text.peek()
        if not in_array and record == 0 and mark == "[":
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
        yield _object(value, source=source, record=record, config=config)
        record += 1
    if in_array:
        raise UnreadableError("the array does not end: the file is cut off")


_TOO_LARGE = object()


class _Text:
    """The file's text from the next value on, read only as far as needed."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        head = stream.read(_CHUNK)
        encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._text = ""
        self._at = 0
        self._ended = False
        self._add(head)

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
            blank = _BLANK.match(self._text, self._at)
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
        """Return the next value, reading on until it is whole; reading doubles, so that retries cost little."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                message, where = error.msg, error.pos
            except (ValueError, RecursionError) as error:
                raise UnreadableError("not usable JSON: too deep, or a number too long") from error
            else:
                # A number may go on in the next chunk; an object, array or string may not.
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
