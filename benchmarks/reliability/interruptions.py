"""Runs that are killed, lose a worker, or run out of disk."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.reliability.place import WINNOW, Outcome, Place, run, start, tables_of
from flows.folders.files import discard
from flows.running.failures import DiskFullError


def start_anew(place: Place) -> subprocess.Popen[str]:
    """Start a run that has no store to build on."""
    place.restore()
    discard(place.clean / ".store")
    return start(place.command("--quiet"))


def seconds_of_run(place: Place) -> float:
    """Return the seconds of an undisturbed run that has no store to build on."""
    begun = time.perf_counter()
    if start_anew(place).wait():
        raise RuntimeError("a run that nothing was done to failed")
    return time.perf_counter() - begun


def kills(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill the whole process group of a run without a store; runs that had ended before do not count."""
    outcome = Outcome(
        "`kill -9` of the whole run at a random moment", "the old snapshot stands; the next run is the same"
    )
    yield outcome
    longest = seconds_of_run(place)
    while outcome.tried < count:
        process = start_anew(place)
        moment = chance.uniform(0, longest)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            continue
        stood = place.is_whole()
        outcome.note(f"after {moment:.2f} s", right=stood and place.mends())


def _children(process: int) -> list[int]:
    with suppress(OSError):  # the process may end meanwhile
        threads = Path(f"/proc/{process}/task").iterdir()
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    return []


def _is_alive(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def workers_below(run: int) -> list[int]:
    """Return the living workers of a run: the children of its fork server, which is its own child."""
    return [worker for child in _children(run) for worker in _children(child) if _is_alive(worker)]


def workers_killed(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill one of a run's workers, as the kernel does when memory runs out; runs without a worker do not count.

    If no worker is at work at the chosen moment, wait until one is.
    """
    outcome = Outcome("one worker killed at a random moment, as where memory ends", "as above, or published the same")
    yield outcome
    longest = seconds_of_run(place)
    while outcome.tried < count:
        process = start_anew(place)
        time.sleep(chance.uniform(0, longest))
        workers: list[int] = []
        while not workers and process.poll() is None:
            workers = workers_below(process.pid)
            time.sleep(0 if workers else 0.005)
        killed = False
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed = True
        try:
            process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            outcome.note("it hung", right=False)
            continue
        if killed:
            stood = place.is_whole()
            outcome.note(f"status {process.returncode}", right=stood and place.mends())


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """Mount a file system of `size` bytes; give whether this user may."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    may = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield may
    finally:
        if may:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def disks(place: Place, count: int) -> Iterator[Outcome]:
    """Give runs different amounts of room on the disk, from none to enough."""
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
            outcome.note(f"room {room:,}: {what}", right=right, refused=what == "told")
    readonly = Outcome("`clean/` read-only", "refused in one line with status 2")
    yield readonly
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder, "disk"), 2 * needed + 4_000_000) as may:
        if may:
            hurt = Path(folder, "disk", "clean")
            shutil.copytree(place.clean, hurt, symlinks=True)
            subprocess.run(["mount", "-o", "remount,ro", str(hurt.parent)], check=True)
            told = start([WINNOW, "run", "--raw", str(place.raw), "--clean", str(hurt)])
            said = told.communicate()[1]
            right = (told.returncode, said.count("\n")) == (2, 1) and "Read-only file system" in said
            readonly.note(said, right=right, refused=True)
