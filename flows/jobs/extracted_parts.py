"""From raw files to extracted parts in the store: a worker process takes a batch of files at a time."""

import errno
import os
import shutil
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cleaners.extract import extract
from cleaners.read import is_whole, read_records
from cleaners.records import Article, Fate, FateName, RawDocument, record_id
from cleaners.strip import line_keys, opening_keys, split
from flows.folders.objects import ChangedError, NoObjectError, ObjectError, RefusedError, fetch
from flows.folders.sources import Source
from flows.jobs.limited_steps import take_step
from flows.jobs.store import key_file, write_part
from flows.jobs.tally import Tally, peak_bytes
from flows.jobs.time_limits import Begins, Step, TooSlow, noted_steps, time_limit
from flows.settings import Settings
from flows.tables import ARTICLE_FIELDS, COUNTS, CURRENT, EXTRACTED, FATE, FILES, REFUSED, frame_of, write_frame

T = TypeVar("T")

# Fates held in memory before they are written; a table without a usable row has one for each row.
REFUSED_AT_ONCE = 10_000
# A file may take `read.seconds`, and the same again for each of these bytes on disk.
READ_LIMIT_BYTES = 10_000_000
# The kernel makes up the files below these as they are read. Some have no end, and reading others changes something.
_NO_DISKS = ("/proc", "/sys")
_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class TransientReadError(OSError):
    """A raw file could not be read for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """The job of extracting some sources; its `name` is unique in the run, and `last` says that no retry follows.

    The steps in `slow` took too long and are left out.
    """

    name: str
    sources: tuple[Source, ...]
    staging: Path
    store: Path
    settings: Settings
    last: bool
    slow: frozenset[Step] = frozenset()

    @property
    def mark(self) -> Path:
        """The file that names the step of the worker."""
        return self.staging / "at" / f"extract-{self.name}"


@dataclass(slots=True)
class _Extracted:
    """What a batch has extracted: articles and fates that are not yet written, and the parts that are."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def extract_batch(job: ExtractJob) -> Tally:
    """Read, extract and split the records of files that the store does not know; stage which files there are."""
    known = _known_files(job.store)
    fetched: Counter[str] = Counter()
    current: list[dict[str, Any]] = []
    unkeyed: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    held = _Extracted()
    with noted_steps(job.mark, job.slow) as begins:
        for source in job.sources:
            try:
                with _at_hand(source, job, fetched, begins) as file:
                    key = _key(file, job, begins)
                    counts = known.get(key)
                    if counts is None:
                        counts = _extract_file(file, key, job, held, begins)
                        new.append({"file": key, **counts})
                current.append({"source": source.name, "file": key, **counts})
            except _CannotReadError as error:
                row, fate = _refused(source, str(error), error.fate)
                current.append(row)
                unkeyed.append(fate)
    _flush(held, job)
    if new:
        # Written last, so that a file is known only once everything from it is in the store.
        rows = [{**row, "parts": held.parts} for row in new]
        write_part(frame_of(rows, FILES), job.store / "files")
    tally = _stage(job, current, unkeyed)
    tally.counts["files_new"] = len(new)
    tally.counts.update(fetched)
    tally.peak_bytes = peak_bytes()
    return tally


def refuse_file(job: ExtractJob, message: str) -> Tally:
    """Stage that the only file of a job cannot be read."""
    (source,) = job.sources
    row, fate = _refused(source, message)
    return _stage(job, [row], [fate])


def _refused(source: Source, message: str, fate: FateName = "unreadable") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two rows for a file that cannot be read: one says that it is there, the other is its fate."""
    row = {"source": source.name, "file": None, "records": 1, "split_off": 0}
    return row, _fate_row(Fate(source.name, 0, fate, message))


def _stage(job: ExtractJob, current: Sequence[dict[str, Any]], unkeyed: Sequence[dict[str, Any]]) -> Tally:
    """Stage which files there are and which of them could not be read; return their counts."""
    write_frame(frame_of(current, CURRENT), job.staging / "current" / f"{job.name}.parquet")
    write_frame(frame_of(unkeyed, FATE), job.staging / "unreadable" / f"{job.name}.parquet")
    counts = {name: sum(row[name] for row in current) for name in COUNTS}
    size = sum(source.size for source in job.sources)
    return Tally(counts=Counter(counts | {"files": len(job.sources), "bytes": size}))


@lru_cache(maxsize=1)
def _known_files(store: Path) -> dict[str, dict[str, int]]:
    """Return the counts of each file that the store knows; read once for each worker and run."""
    files = (
        pl.scan_parquet(store / "files" / "*.parquet", schema=FILES).select("file", "records", "split_off").collect()
    )
    return {file: {"records": records, "split_off": split_off} for file, records, split_off in files.rows()}


class _CannotReadError(Exception):
    """A raw file cannot be read this time; the message says why, and `fate` says it in one word."""

    def __init__(self, message: str, fate: FateName = "unreadable") -> None:
        super().__init__(message)
        self.fate: FateName = fate


@contextmanager
def _at_hand(source: Source, job: ExtractJob, fetched: Counter[str], begins: Begins) -> Iterator[Source]:
    """Give a source whose path is that of a file: for an object, a copy that lasts as long as the body.

    Raises _CannotReadError, or TransientReadError if another attempt may help.
    """
    if source.problem is not None:
        raise _CannotReadError(source.problem)
    if source.bucket is None:
        yield source
        return
    copy = job.staging / "fetched" / f"{job.name}-{os.getpid()}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        _fetch(source, job, copy, begins)
        fetched.update(fetched=1, bytes_fetched=source.size)
        yield replace(source, path=str(copy))
    finally:
        copy.unlink(missing_ok=True)


def _fetch(source: Source, job: ExtractJob, copy: Path, begins: Begins) -> None:
    assert source.bucket is not None
    free = shutil.disk_usage(copy.parent).free
    if source.size > free:
        why = f"{source.size:,} bytes, and the disk that it would be copied to has {free:,} free"
        raise _CannotReadError(why, "too_large")
    seconds = read_seconds(source, job.settings)
    gets_on = partial(begins, Step("fetch", source.name, 0), seconds)
    try:
        gets_on()
        with time_limit(seconds):
            fetch(source.bucket, source.path, copy, size=source.size, e_tag=source.e_tag, gets_on=gets_on)
    except TooSlow:
        raise _CannotReadError(f"took longer than {seconds:g} s to fetch (read.seconds)", "too_slow") from None
    except NoObjectError:
        raise _CannotReadError("gone since the address was listed") from None
    except ChangedError:
        raise _CannotReadError("changed since the address was listed; the next run reads it") from None
    except RefusedError as error:
        raise _CannotReadError(f"cannot be fetched: {error.strerror}") from None
    except ObjectError as error:
        raise _cannot_read(source, job, error) from None


def _key(source: Source, job: ExtractJob, begins: Begins) -> str:
    """Return the key of a file; raise _CannotReadError, or TransientReadError if another attempt may help."""
    seconds = read_seconds(source, job.settings)
    try:
        begins(Step("key", source.name, 0), seconds)
        with time_limit(seconds):
            _check_regular(Path(source.path))
            return key_file(source)
    except TooSlow:
        raise _CannotReadError(f"took longer than {seconds:g} s to read (read.seconds)", "too_slow") from None
    except PermissionError as error:
        raise _CannotReadError("permission denied") from error
    except OSError as error:
        raise _cannot_read(source, job, error) from error


def _check_regular(path: Path) -> None:
    """Raise _CannotReadError unless this is a file on a disk or a link to one, since reading others may never end."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise
        raise _CannotReadError("gone since the folder was listed, or a dangling link") from error
    if stat.S_ISDIR(mode) and path.is_symlink():
        raise _CannotReadError("a link to a folder; such links are not followed")
    if stat.S_ISDIR(mode):
        os.scandir(path).close()  # raises the reason if the folder still cannot be listed
        raise _CannotReadError("a folder that could not be listed; its files are not in this run")
    if not stat.S_ISREG(mode):
        kind = next((name for of_kind, name in _KINDS if of_kind(mode)), "not a regular file")
        raise _CannotReadError(f"{kind}; only regular files are read")
    if path.is_symlink() and any((target := path.resolve()).is_relative_to(place) for place in _NO_DISKS):
        raise _CannotReadError(f"a link to {target}, which is no file on a disk")


def read_seconds(source: Source, settings: Settings) -> float:
    """Return the seconds that reading a file may take."""
    return settings.read.seconds * (1 + source.size / READ_LIMIT_BYTES)


def _cannot_read(source: Source, job: ExtractJob, error: OSError) -> Exception:
    """Return the error to raise for a failure of I/O: one that causes another attempt, unless this is the last."""
    if not job.last:
        return TransientReadError(error.errno, f"{source.name}: {error.strerror}")
    return _CannotReadError(f"cannot be read: {error.strerror or error}")


def _extract_file(source: Source, key: str, job: ExtractJob, held: _Extracted, begins: Begins) -> dict[str, int]:
    """Extract one file into `held`, writing parts as they fill; return the numbers of its records and its splits."""
    counts = {"records": 0, "split_off": 0}
    for outcome in _outcomes(source, job, counts, begins):
        row: dict[str, Any] | Fate
        if isinstance(outcome, Fate):
            row = outcome
        else:  # a step of its own: the first part of a compilation has the number of the whole
            row = _limited("index", outcome, job, begins, partial(_row, outcome, key))
        if isinstance(row, Fate):
            held.refused.append({**_fate_row(row), "file": key})
        else:
            held.articles.append(row)
        if len(held.articles) == job.settings.run.part_articles or len(held.refused) == REFUSED_AT_ONCE:
            _flush(held, job)
    return counts


def _row(article: Article, key: str) -> dict[str, Any]:
    values = {name: getattr(article, name) for name in ARTICLE_FIELDS}
    keys = {"lines": sorted(line_keys(article)), "openings": opening_keys(article)}
    return {**values, "file": key, "id": article.id, **keys}


def _flush(held: _Extracted, job: ExtractJob) -> None:
    if held.articles:
        held.parts.append(write_part(frame_of(held.articles, EXTRACTED), job.store / "extracted"))
        held.articles = []
    if held.refused:
        held.parts.append(write_part(frame_of(held.refused, REFUSED), job.store / "refused"))
        held.refused = []


def _outcomes(source: Source, job: ExtractJob, counts: dict[str, int], begins: Begins) -> Iterator[Article | Fate]:
    # Only a file with one record can be a compilation; whoever made a table or a feed decided what its articles are.
    outcomes = _extracted(source, job, begins)
    first = list(islice(outcomes, 2))
    whole = is_whole(source.name) and len(first) == 1
    for outcome in chain(first, outcomes):
        counts["records"] += 1
        parts = _split(outcome, job, begins) if whole and isinstance(outcome, Article) else (outcome,)
        counts["split_off"] += len(parts) - 1
        yield from parts


def _split(article: Article, job: ExtractJob, begins: Begins) -> tuple[Article | Fate, ...]:
    parts = _limited("split", article, job, begins, partial(split, article, config=job.settings.strip))
    return (parts,) if isinstance(parts, Fate) else parts


def _extracted(source: Source, job: ExtractJob, begins: Begins) -> Iterator[Article | Fate]:
    for outcome in _read(source, job, begins):
        if isinstance(outcome, Fate):
            yield outcome
        else:
            yield _limited("extract", outcome, job, begins, partial(extract, outcome, config=job.settings.extract))


def _limited(
    stage: str, record: RawDocument | Article, job: ExtractJob, begins: Begins, work: Callable[[], T]
) -> T | Fate:
    return take_step(Step(stage, record.source, record.record), work, begins, job.settings)


def _read(source: Source, job: ExtractJob, begins: Begins) -> Iterator[RawDocument | Fate]:
    """Read the records of a file until its time is over; the time spent on its records does not count."""
    seconds = left = read_seconds(source, job.settings)
    record = -1
    try:
        with Path(source.path).open("rb") as stream:
            items = read_records(stream, source=source.name, config=job.settings.read)
            while True:
                begins(Step("read", source.name, record + 1), left)
                began = time.monotonic()
                with time_limit(max(left, 0.001)):
                    item = next(items, None)
                if item is None:
                    return
                left -= time.monotonic() - began
                record = item.record
                yield item
    except TooSlow:
        message = f"took longer than {seconds:g} s to read (read.seconds); nothing after it in the file was read"
        yield Fate(source.name, record + 1, "too_slow", message)
    except OSError as error:
        # Not stored as a fate of the content, so that the next run tries again.
        raise _cannot_read(source, job, error) from error


def _fate_row(fate: Fate) -> dict[str, Any]:
    return {**asdict(fate), "id": record_id(fate.source, fate.record), "kept_id": None}
