"""Decompression as a stream: it holds no more than a buffer in memory, and reports a stream that ends early."""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol

import zstandard

from cleaners.read.forms import why_binary

if TYPE_CHECKING:
    from typing_extensions import Buffer


class UnreadableError(Exception):
    """The file cannot be read on from here; the message says why, for people."""


class _Unpacker(Protocol):
    """What zlib, bz2 and zstandard objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


# Bytes of a chunk, chosen by what it can expand to: gzip 16 kB × 1032 = 17 MB; zstd's run-length blocks turn 4 bytes
# into 128 kB, so 1 kB → 32 MB. bzip2 turns 113 bytes into 100 MB and xz expands 7,000 times, so these two are asked for
# their output in pieces.
_CHUNK = {"gzip": 16_384, "bzip2": 16_384, "xz": 16_384, "zstd": 1_024}
_PIECE = 1_048_576
# Bytes by which a file is told to be a text.
_HEAD = 4_096
_XZ_MEMORY = 134_217_728
_NEW: dict[str, Callable[[], _Unpacker]] = {
    "gzip": lambda: zlib.decompressobj(31),
    "bzip2": lambda: _Bounded(bz2.BZ2Decompressor()),
    # A file can make xz ask for up to 4 GB for its window; its highest level needs 65 MB.
    "xz": lambda: _Bounded(lzma.LZMADecompressor(memlimit=_XZ_MEMORY)),
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
}
PACKINGS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}


class _Bounded:
    """A bzip2 or xz decompressor that returns at most one piece a call and keeps the rest."""

    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def hungry(self) -> bool:
        return self._inner.needs_input

    def decompress(self, data: bytes, /) -> bytes:
        return self._inner.decompress(data, _PIECE)


class _Unpacked(io.RawIOBase):
    """The decompressed side of a stream of one or more members."""

    def __init__(self, stream: BinaryIO, packing: str) -> None:
        self._stream = stream
        self._packing = packing
        self._unpacker: _Unpacker | None = None
        self._packed = b""
        self._plain = memoryview(b"")
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        while not self._plain:
            if not self._fill():
                return 0
        target = memoryview(buffer)
        count = min(len(target), len(self._plain))
        target[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        self._given += count
        return count

    def tell(self) -> int:
        return self._given

    def _fill(self) -> bool:
        """Decompress one more chunk; return False at the proper end of the file."""
        pending = isinstance(self._unpacker, _Bounded) and not self._unpacker.hungry
        if not self._packed and not pending:
            self._packed = self._stream.read(_CHUNK[self._packing])
        if not self._packed and not pending:
            if self._unpacker is not None:
                raise UnreadableError(f"the {self._packing} data end early: the file is cut off")
            return False
        if self._unpacker is None:
            self._unpacker = _NEW[self._packing]()
        try:
            plain = self._unpacker.decompress(self._packed)
        except (zlib.error, lzma.LZMAError, OSError, zstandard.ZstdError) as error:
            raise UnreadableError(f"not valid {self._packing} data") from error
        self._packed = b""
        if self._unpacker.eof:
            # Several members may follow each other, and some writers pad the end with zeros.
            self._packed = self._unpacker.unused_data.lstrip(b"\0")
            self._unpacker = None
        self._plain = memoryview(plain)
        return True


def packing_of(stream: BinaryIO, named: str | None) -> str | None:
    """Return how a file is compressed: as its name says, unless its first bytes are those of a text or a page.

    Crawlers unpack files and keep their names. The stream must be at its start, and stays there.
    """
    if named is None or not stream.seekable():
        return named
    head = stream.read(_HEAD)
    stream.seek(0)
    return named if not head or why_binary(head) else None


def unpack(stream: BinaryIO, packing: str) -> BinaryIO:
    """Return the decompressed side of `stream`; reading it raises `UnreadableError` at damaged data."""
    return io.BufferedReader(_Unpacked(stream, packing), 65_536)
