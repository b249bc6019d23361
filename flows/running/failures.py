"""Failures whose cause is the place where a run works: a full disk, or a store that is gone."""

import errno
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import UsageError
from flows.folders.files import discard, make_folder
from flows.jobs.store import MARK

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Bytes, about those of a part. If less is free, a failure is that of a full disk, whatever the library calls it.
_LEAST_FREE = 4_000_000
_MEGABYTE = 1_000_000


class DiskFullError(Exception):
    """The disk of the clean folder is full; nothing was published."""


class StoreGoneError(Exception):
    """The store was removed while the run worked; nothing was published."""


def is_disk_full(error: BaseException | None) -> bool:
    """Say whether an error, or one of its causes, is that of a disk without space."""
    while error is not None:
        words = str(error)
        if (isinstance(error, OSError) and error.errno in _NO_SPACE) or "No space left" in words:
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def naming_cause(clean: Path) -> Iterator[None]:
    """Raise DiskFullError or StoreGoneError in place of an error in the body that has this cause.

    A library that runs out of space may report a damaged file; a store that is gone shows as a missing file.
    """
    mark = clean / ".store" / MARK
    sign = str(time.time_ns())
    try:
        make_folder(mark.parent)
        discard(mark)
        mark.write_text(sign)
        yield
    except UsageError:
        raise
    except Exception as error:
        if is_disk_full(error) or shutil.disk_usage(clean).free < _LEAST_FREE:
            raise DiskFullError(_full(clean)) from error
        if not (mark.is_file() and mark.read_text() == sign):
            raise StoreGoneError(f"{mark.parent} was removed while the run worked: run again") from error
        raise
    finally:
        if mark.is_file():
            mark.unlink()


def _full(clean: Path) -> str:
    usage = shutil.disk_usage(clean)
    current = clean / "current"
    needed = _bytes_in(current.resolve()) if current.is_dir() else 0
    staged, stored = _bytes_in(clean / ".staging"), _bytes_in(clean / ".store")
    least = f"; the one before takes {_shown(needed)}" if needed else ""
    return (
        f"the disk of {clean} is full, or a quota on it: {_shown(usage.free)} of {_shown(usage.total)} are free, and a "
        f"run needs room for a snapshot{least}. What this run had staged ({_shown(staged)}) is removed as it ends; "
        f"{clean / '.store'} ({_shown(stored)}) may be removed, which costs time only"
    )


def _bytes_in(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _shown(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
