"""Runs that are killed, lose a worker, or run out of disk."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.reliability.place import WINNOW, Outcome, Place, run, started, tables_of
from flows.failures import DiskFullError
from flows.folders import discard

LONGEST_RUN = 20.0  # seconds within which a run is killed


def kills(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill the whole group of a run that does everything anew."""
    outcome = Outcome(
        "`kill -9` of the whole run at a random moment", "the old snapshot stands; the next run is the same"
    )
    yield outcome
    for _ in range(count):
        place.restore()
        discard(place.clean / ".store")
        process = started(place.command())
        moment = chance.uniform(0, LONGEST_RUN)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        stood = place.is_whole()
        outcome.note(f"after {moment:.2f} s", right=stood and place.mends())


def _descendants(process: int) -> list[int]:
    children = [
        int(child)
        for thread in Path(f"/proc/{process}/task").glob("*/children")
        for child in thread.read_text().split()
    ]
    return [*children, *(below for child in children for below in _descendants(child))]


def workers_killed(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill one of the processes below a run, as the kernel does where memory ends."""
    outcome = Outcome("one worker killed at a random moment, as where memory ends", "as above, or published the same")
    yield outcome
    for _ in range(count):
        place.restore()
        discard(place.clean / ".store")
        process = started(place.command())
        deadline = time.monotonic() + 60
        while (
            process.poll() is None and time.monotonic() < deadline and not any(place.clean.glob(".store/*/*/*.parquet"))
        ):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 1))
        below = _descendants(process.pid) if process.poll() is None else []
        if below:
            os.kill(chance.choice(below), signal.SIGKILL)
        try:
            process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            outcome.note("it hung", right=False)
            continue
        stood = place.is_whole()
        outcome.note(f"status {process.returncode}", right=stood and place.mends())


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[bool]:
    """Mount a file system of so many bytes, if this user may."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    may = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield may
    finally:
        if may:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def disks(place: Place, count: int) -> Iterator[Outcome]:
    """Leave a run less and less room, from none to nearly enough."""
    outcome = Outcome("the disk of `clean/` full, at room from nothing to enough", "told in one line, or published")
    yield outcome
    needed = sum(path.lstat().st_size for path in place.clean.rglob("*") if path.is_file())
    for number in range(count):
        room = int(needed * 1.3 * number / count)
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder, "disk"), 2 * needed + 4_000_000) as may:
            if not may:
                break
            hurt = Path(folder, "disk", "clean")
            shutil.copytree(place.clean, hurt, symlinks=True)
            discard(hurt / ".store")
            ballast = Path(folder, "disk", "ballast")
            ballast.write_bytes(bytes(max(0, shutil.disk_usage(folder + "/disk").free - room)))
            what = "published"
            try:
                run(place.raw, hurt)
            except DiskFullError:
                what = "told"
            except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
                what = f"{type(error).__name__}: {error}"
            stood = tables_of(hurt) == place.tables
            ballast.unlink()
            run(place.raw, hurt)
            right = what in ("published", "told") and stood and tables_of(hurt) == place.tables
            outcome.note(f"room {room:,}: {what}", right=right)
    readonly = Outcome("`clean/` read-only", "refused in one line with status 2")
    yield readonly
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder, "disk"), 2 * needed + 4_000_000) as may:
        if may:
            hurt = Path(folder, "disk", "clean")
            shutil.copytree(place.clean, hurt, symlinks=True)
            subprocess.run(["mount", "-o", "remount,ro", str(hurt.parent)], check=True)
            told = started([WINNOW, "run", "--raw", str(place.raw), "--clean", str(hurt)])
            said = told.communicate()[1]
            readonly.note(said, right=(told.returncode, said.count("\n")) == (2, 1) and "Read-only file system" in said)
