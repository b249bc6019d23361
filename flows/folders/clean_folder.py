"""A clean folder: one run at a time holds it; snapshots are made durable, switched to in one step, and pruned."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import TakenError, UsageError
from flows.folders.files import discard

SNAPSHOTS = "snapshots"  # in a clean folder, or at an address
MANIFEST = "manifest.json"  # in a snapshot, which is not whole without it
REPORT = "report.html"  # in a snapshot, and in the clean folder, where `winnow report` writes it


@contextmanager
def claim_clean_folder(clean: Path, run: str) -> Iterator[None]:
    """Hold the clean folder for one run, create it if necessary, and clear staging before and after.

    Others are told that `run` holds it. Raises UsageError if the folder cannot be written to, and TakenError if another
    run holds it.
    """
    clean = clean.absolute()
    try:
        (clean / SNAPSHOTS).mkdir(parents=True, exist_ok=True)
        lock = os.open(clean / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}"
        raise UsageError(f"cannot write to the clean folder {clean}: {what}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, 1024, 0).decode(errors="replace").strip() or "it has only just begun"
            raise TakenError(f"another run is publishing into {clean}: {holder}") from error
        except OSError as error:
            raise UsageError(f"the clean folder {clean} cannot be locked: {error.strerror}") from error
        _say_who(lock, f"{holder_line(run)}\n")
        _tidy(clean)
        try:
            yield
        finally:
            shutil.rmtree(clean / ".staging", ignore_errors=True)
            _say_who(lock, "")
    finally:
        os.close(lock)


def holder_line(run: str) -> str:
    """Return the line that tells others which run holds a clean folder or an address from now on."""
    return f"{run}, process {os.getpid()} on {socket.gethostname()}, since {datetime.now(UTC):%F %T} UTC"


def _say_who(lock: int, text: str) -> None:
    with suppress(OSError):  # on a full disk nothing is written, but the lock is held all the same
        os.ftruncate(lock, 0)
        os.pwrite(lock, text.encode(), 0)


def _tidy(clean: Path) -> None:
    """Remove what a dead run left behind."""
    try:
        discard(clean / ".staging")
        discard(clean / ".current.new")
    except OSError as error:
        raise UsageError(f"cannot clear {error.filename}, which an earlier run left: {error.strerror}") from error


def check_current(clean: Path) -> None:
    """Raise UsageError if `current` in a clean folder was not made by a run, or names no whole snapshot."""
    current = clean / "current"
    if not current.is_symlink() and current.exists():
        raise UsageError(f"{current} is no link to a snapshot, so no run has made it: move it out of the way")
    if current.is_symlink() and not (current / MANIFEST).is_file():
        raise UsageError(damage_message(current, f"it has no {MANIFEST}"))


def damage_message(snapshot: Path, why: str) -> str:
    """Return the message about a damaged snapshot; if it is given as `current`, the message also names its target."""
    if not snapshot.is_symlink():
        return f"the snapshot {snapshot} is damaged ({why})"
    return (
        f"the snapshot {snapshot.resolve()} is damaged ({why}): point {snapshot} at one that is whole, or remove the "
        "link; without it, articles whose raw file is gone are not carried on"
    )


def published_snapshot(clean: Path) -> Path | None:
    """Return the folder that `clean/current` points at, or None if nothing is published."""
    return (clean / "current").resolve() if (clean / "current" / MANIFEST).is_file() else None


def publish(staged: Path, clean: Path, run_id: str) -> Path:
    """Make a staged snapshot durable, and point `clean/current` at it in one atomic step; return its final folder."""
    for folder, _, files in os.walk(staged):
        for file in files:
            _sync(Path(folder, file))
        _sync(Path(folder))
    final = clean / SNAPSHOTS / run_id
    staged.rename(final)
    _sync(final.parent)
    switch(clean, run_id)
    return final


def switch(clean: Path, run_id: str) -> None:
    """Point `clean/current` at a snapshot in one atomic step."""
    link = clean / ".current.new"
    link.symlink_to(Path(SNAPSHOTS, run_id), target_is_directory=True)
    link.replace(clean / "current")
    _sync(clean)


def prune(clean: Path, keep: int) -> list[str]:
    """Remove the oldest snapshots beyond `keep`, but never the current one; return the names of the removed ones."""
    current = (clean / "current").resolve().name
    # Run ids begin with the time of the run, so sorting by name sorts by time.
    older = sorted(path.name for path in (clean / SNAPSHOTS).iterdir() if path.is_dir() and path.name != current)
    surplus = older[: max(0, len(older) - (keep - 1))]
    for name in surplus:
        shutil.rmtree(clean / SNAPSHOTS / name)
    return surplus


def current_snapshot(clean: Path) -> Path:
    """Return the folder that `clean/current` points at; raise UsageError if nothing is published yet."""
    snapshot = published_snapshot(clean)
    if snapshot is None:
        check_current(clean)
        raise UsageError(f"nothing is published in {clean.absolute()} yet: run `winnow run` first")
    return snapshot


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
