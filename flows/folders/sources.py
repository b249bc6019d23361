"""The files of the raw folder, or the objects at its address, and their distribution over batches."""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from flows.folders.addresses import Address, Folder
from flows.folders.objects import Object, list_objects, naming_address

# Tasks that each worker gets at least, so that all workers finish at about the same time.
TURNS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file: its name as the tables give it, its path, and its size in bytes on disk.

    `modified` and `changed` are the times of the last change of its content and of its inode, in nanoseconds. For an
    object in a `bucket`, `path` is the key, `modified` is a number made from `e_tag`, and `changed` is 0, since an ETag
    changes with every version. `problem` says why the file cannot be read, if the listing has shown that.
    """

    name: str
    path: str
    size: int
    modified: int = 0
    changed: int = 0
    bucket: Address | None = None
    e_tag: str | None = None
    problem: str | None = None


def list_sources(raw: Folder) -> list[Source]:
    """List every file below the raw folder, sorted by name; hidden files and folders are skipped.

    A folder that cannot be listed, and a link to a folder, which is not followed, are listed like empty files, so that
    they get a fate. Raises UsageError if an address cannot be listed.
    """
    found = _objects(raw) if isinstance(raw, Address) else _walk(raw)
    return sorted(found, key=lambda source: source.name)


def _objects(raw: Address) -> list[Source]:
    bucket = Address(raw.scheme, raw.bucket)
    unlisted: list[Source] = []

    def note(folder: str, why: str) -> None:
        problem = f"a folder that could not be listed; its files are not in this run: {why}"
        unlisted.append(Source(_name(folder), str(raw / folder), 0, bucket=bucket, problem=problem))

    with naming_address(raw):
        objects = list_objects(raw, note)
    # Some tools mark a folder by an empty object.
    folders = {one.name.rsplit("/", 1)[0] for one in objects}
    shown = [
        one
        for one in objects
        if not any(part.startswith(".") for part in one.name.split("/"))
        and (one.size or (one.name and one.name not in folders))
    ]
    return [_of_object(one, raw, bucket) for one in shown] + unlisted


def _of_object(one: Object, raw: Address, bucket: Address) -> Source:
    e_tag = one.mark.get("e_tag")
    stamp = (_number(e_tag), 0) if e_tag else (one.modified, one.modified)
    return Source(_name(one.name), (raw / one.name).path, one.size, *stamp, bucket=bucket, e_tag=e_tag)


def _number(e_tag: str) -> int:
    return int.from_bytes(blake2b(e_tag.encode(), digest_size=7).digest())


def _walk(raw: Path) -> Iterator[Source]:
    # Strings, since a hundred thousand Path objects would take a second.
    above = len(f"{raw}/")
    unlisted: list[str] = []

    def note(error: OSError) -> None:
        unlisted.append(error.filename)

    for folder, folders, files in os.walk(raw, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        unlisted += [path for name in folders if os.path.islink(path := f"{folder}/{name}")]  # noqa: PTH114
        for file in files:
            if file.startswith("."):
                continue
            path = f"{folder}/{file}"
            try:
                stat = os.stat(path)  # noqa: PTH116
            except OSError:
                unlisted.append(path)  # a dangling link, or a file just removed: reading it will say so
                continue
            yield Source(_name(path[above:]), path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    for path in unlisted:
        yield Source(_name(path[above:]), path, 0)


def _name(path: str) -> str:
    """Return a name for a file that fits a Parquet string and that no other file has.

    Bytes that are not UTF-8 are written as \\xNN, and a backslash is doubled.
    """
    return os.fsencode(path).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def share_out(count: int, *, workers: int, least: int, most: int) -> int:
    """Return how many of `count` things one task gets: `most`, or fewer (at least `least`) to occupy all workers."""
    return min(most, max(least, math.ceil(count / (TURNS * workers))))


def deal_batches(sources: Iterable[Source], *, files: int, size: int) -> list[tuple[Source, ...]]:
    """Deal sources, in order, into batches of at most `files` files and `size` bytes; a larger file is alone in one."""
    batches: list[tuple[Source, ...]] = []
    batch: list[Source] = []
    held = 0
    for source in sources:
        if batch and (len(batch) == files or held + source.size > size):
            batches.append(tuple(batch))
            batch, held = [], 0
        batch.append(source)
        held += source.size
    if batch:
        batches.append(tuple(batch))
    return batches
