"""ZIP and tar archives: their files are read one after the other, like those of a folder."""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, BinaryIO

from cleaners.read.decompress import UnreadableError

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Bytes read at once.
_BUFFER = 65_536


def zip_members(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO | str]]:
    """Yield name and content of every file in a ZIP archive; the reason stands in for content that is unreadable."""
    if not stream.seekable():
        raise UnreadableError("a compressed ZIP archive: unpack it once, and it is read")
    try:
        with zipfile.ZipFile(stream) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or _is_hidden(entry.filename):
                    continue
                if entry.flag_bits & 1:
                    yield entry.filename, "encrypted"
                    continue
                try:
                    member = archive.open(entry)
                except (NotImplementedError, zipfile.BadZipFile) as error:
                    yield entry.filename, str(error)
                    continue
                with member:
                    yield entry.filename, _forward(member)
    except zipfile.BadZipFile as error:
        raise UnreadableError(f"not a valid ZIP archive: {error}") from error


def tar_members(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO | str]]:
    """Yield name and content of every file in a tar archive, in one pass; read each before the next."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                member = archive.extractfile(entry) if entry.isfile() and not _is_hidden(entry.name) else None
                if member is not None:
                    with member:
                        yield entry.name, _forward(member)
                # tarfile's list of what it has read would grow with the archive.
                archive.members = []  # type: ignore[attr-defined]
    except tarfile.TarError as error:
        raise UnreadableError(f"not a valid tar archive from here on: {error}") from error


def _is_hidden(name: str) -> bool:
    """Tell whether a file is hidden, or one of macOS's notes; the files of a folder are passed over for the same."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.split("/"))


class _Forward(io.RawIOBase):
    """A member that can only be read forward, since going back would restart its decompression."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer", /) -> int:
        target = memoryview(buffer)
        try:
            chunk = self._member.read(len(target))
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, ValueError) as error:
            raise UnreadableError(f"damaged in the archive: {error}") from error
        target[: len(chunk)] = chunk
        return len(chunk)


def _forward(member: IO[bytes]) -> BinaryIO:
    return io.BufferedReader(_Forward(member), _BUFFER)
