"""What `winnow doctor` examines on this machine: the environment, the settings, and the clean folder."""

import fcntl
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from flows.errors import StoreError, UsageError
from flows.folders.addresses import Address, folder_named, work_folder
from flows.folders.clean_folder import published_snapshot
from flows.folders.corpora import RULINGS, at_hand
from flows.folders.leases import holder_of
from flows.jobs.store import PARTS, is_sound
from flows.rulings import read_rulings
from flows.settings import Settings, settings_of_run
from flows.snapshots.published import check_readable
from flows.terminal_text import counted

PACKAGE = "winnow-news"
GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: what was examined, its state and what was found; `advice` says what to do if something is wrong."""

    what: str
    state: Literal["ok", "note", "wrong"]
    found: str
    advice: str = ""


def examine(clean: Path, file: Path | None) -> Iterator[Finding]:
    """Yield findings about the environment, the settings in a file, and a clean folder."""
    yield Finding("system", "ok", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    yield from _packages()
    settings = Settings()
    try:
        settings = settings_of_run(file)
        yield Finding("settings", "ok", str(file or "the defaults"))
    except UsageError as error:
        yield Finding("settings", "wrong", str(error), "mend the file, or name another with --config")
    try:
        where = folder_named("clean", clean)
        with at_hand(clean, settings) as folder:
            yield from _rulings(folder, settings)
            if isinstance(where, Address):
                yield Finding("address", "ok", f"{where} answers")
                yield from _snapshot(folder)
                holder = holder_of(where)
                yield Finding("lock", "ok", f"held by {holder}" if holder else "no run works at the address")
    except (UsageError, StoreError) as error:
        yield Finding(
            "address",
            "wrong",
            str(error),
            "servers and credentials come from the environment (AWS_..., GOOGLE_..., AZURE_...)",
        )
        return
    if isinstance(where, Address):
        work = work_folder(where, settings.run.work)
        if not work.is_dir():
            yield Finding("work folder", "note", f"{work} is not there yet", "winnow run makes it")
            return
        yield _disk(work)
        yield from _store(work)
        return
    if not clean.is_dir():
        yield Finding("clean folder", "note", f"{clean.absolute()} is not there yet", "winnow run makes it")
        return
    yield _writable(clean)
    yield from _snapshot(clean)
    yield _disk(clean)
    yield _lock(clean)
    yield from _store(clean)


def _rulings(clean: Path, settings: Settings) -> Iterator[Finding]:
    for name in RULINGS:
        try:
            count = len(read_rulings(clean, settings, name))
            yield Finding(name, "ok", counted(count, "ruling"))
        except UsageError as error:
            yield Finding(name, "wrong", str(error), "mend the file, or name another in the settings")


def _packages() -> Iterator[Finding]:
    """Yield whether packages that Winnow needs are missing or of a version that it does not allow."""
    unmet = []
    for line in requires(PACKAGE) or []:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            unmet.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            unmet.append(f"{wanted.name} is {found}, not {wanted.specifier}")
    if unmet:
        yield Finding("packages", "wrong", "; ".join(unmet), "install Winnow anew, with requirements.lock")
    else:
        yield Finding("packages", "ok", f"Winnow {version(PACKAGE)} with Prefect {version('prefect')} and all it needs")


def _writable(clean: Path) -> Finding:
    if os.access(clean, os.W_OK | os.X_OK):
        return Finding("clean folder", "ok", f"{clean.absolute()} can be written to")
    found = f"{clean.absolute()} cannot be written to by this user"
    return Finding("clean folder", "wrong", found, "run as the user that owns it, or change its permissions")


def _snapshot(clean: Path) -> Iterator[Finding]:
    snapshot = published_snapshot(clean)
    if snapshot is None:
        dangling = (clean / "current").is_symlink() or (clean / "current").exists()
        found = "current names no snapshot with a manifest" if dangling else "nothing is published yet"
        advice = "ln -sfn snapshots/NAME current, with one of those there are" if dangling else "winnow run"
        yield Finding("snapshot", "wrong" if dangling else "note", found, advice)
        return
    yield _finding_of("snapshot", lambda: check_readable(snapshot), f"{snapshot.name} can be read", "winnow rollback")


def _finding_of(what: str, check: Callable[[], None], found: str, advice: str) -> Finding:
    try:
        check()
    except (UsageError, OSError) as error:
        return Finding(what, "wrong", str(error), advice)
    return Finding(what, "ok", found)


def _disk(clean: Path) -> Finding:
    """Tell whether there is room for another snapshot as large as the current one."""
    free = shutil.disk_usage(clean).free
    snapshot = published_snapshot(clean)
    needed = sum(path.stat().st_size for path in snapshot.rglob("*") if path.is_file()) if snapshot else 0
    found = f"{free / GB:,.1f} GB are free, the current snapshot has {needed / GB:,.1f} GB"
    if free > needed:
        return Finding("disk", "ok", found)
    return Finding("disk", "wrong", found, "make room, or keep fewer snapshots (publish.keep_snapshots)")


def _lock(clean: Path) -> Finding:
    """Tell who holds the folder; the lock is only tried if the file names a holder."""
    path = clean / ".lock"
    if path.is_dir():
        return Finding("lock", "wrong", f"{path} is a folder", "move it away")
    holder = path.read_text(errors="replace").strip() if path.exists() else ""
    if not holder:
        return Finding("lock", "ok", "no run works in the folder")
    with path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding("lock", "ok", f"held by {holder}")
    return Finding("lock", "note", f"left by a run that was killed: {holder}", "nothing: the next run clears it")


def _store(clean: Path) -> Iterator[Finding]:
    """Yield whether the parts of the store still have the bytes that were written."""
    folder = clean / ".store"
    if not folder.is_dir():
        return
    parts = [
        part
        for store in folder.iterdir()
        for table in (*PARTS, "stripped")
        for part in sorted((store / table).rglob("*.parquet"))
    ]
    damaged = [part for part in parts if not is_sound(part)]
    if damaged:
        found = f"{len(damaged)} of {len(parts)} parts are damaged, as {damaged[0].relative_to(clean)}"
        yield Finding("store", "note", found, "nothing: the next run does them again; see whether the disk is failing")
    else:
        yield Finding("store", "ok", f"{len(parts)} parts are whole")
