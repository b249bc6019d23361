"""Nothing that lies in the raw folder holds a run: neither what is no file on a disk nor what takes too long."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from flows.jobs.time_limits import TooSlow, time_limit
from tests.flows.conftest import publish
from tests.flows.test_bad_input import GOOD

LINKED = {
    "kmsg.txt": ("/proc/kmsg", "a link to /proc/kmsg, which is no file on a disk"),
    "memory.txt": ("/proc/self/mem", "which is no file on a disk"),
    "sys.txt": ("/sys/kernel/uevent_seqnum", "a link to /sys/kernel/uevent_seqnum, which is no file on a disk"),
    "zero.txt": ("/dev/zero", "a device; only regular files are read"),
    "tty.txt": ("/dev/tty", "a device; only regular files are read"),
    "pipe.txt": ("../pipe", "a pipe; only regular files are read"),
    "socket.txt": ("../socket", "a socket; only regular files are read"),
    "circle.txt": ("circle.txt", "gone since the folder was listed, or a dangling link"),
}


def fates_of(clean: Path) -> dict[str, tuple[str, str | None]]:
    """Return fate and message of the first record of each source."""
    rows = pl.read_parquet(clean / "current/audit/fates/*.parquet").filter(record=0)
    return {source: (fate, message) for source, fate, message in rows.select("source", "fate", "message").rows()}


def test_only_regular_files_are_read(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """Links to devices, pipes, sockets and to what the kernel makes up are told, and nothing waits for them."""
    raw = tmp_path / "raw"
    raw.mkdir()
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(raw / "direct.txt")
    (raw / "good.txt").write_text(GOOD)
    (tmp_path / "elsewhere.txt").write_text(GOOD.replace("Ferry", "Boat").replace("storms", "quiet days"))
    (raw / "linked.txt").symlink_to(tmp_path / "elsewhere.txt")
    for name, (target, _) in LINKED.items():
        (raw / name).symlink_to(target)
    with socket.socket(socket.AF_UNIX) as made:
        before = Path.cwd()
        os.chdir(tmp_path)  # the address of a socket may have a hundred letters
        try:
            made.bind("socket")
        finally:
            os.chdir(before)
        publish(raw, tmp_path / "clean")
    fates = fates_of(tmp_path / "clean")
    assert fates["direct.txt"] == ("unreadable", "a pipe; only regular files are read")
    assert {name for name, (fate, _) in fates.items() if fate in ("kept", "duplicate")} == {"good.txt", "linked.txt"}
    for name, (_, message) in LINKED.items():
        assert fates[name][0] == "unreadable"
        assert re.search(re.escape(message), fates[name][1] or ""), name


def test_file_that_takes_too_long_to_read_costs_the_rest_of_it(
    tmp_path: Path, prefect_environment: dict[str, str]
) -> None:
    """Where reading is over its time, what was read before stands, and a fate says that the rest was not."""
    raw = tmp_path / "raw"
    raw.mkdir()
    row = json.dumps({"text": GOOD, "url": "https://a.example/x"}) + "\n"
    (raw / "long.jsonl").write_text(row + json.dumps({"text": "x", "n": [[1]] * 700_000}) + "\n" + row * 20)
    (raw / "good.txt").write_text(GOOD)
    published = publish(raw, tmp_path / "clean", read={"seconds": 0.02})
    rows = pl.read_parquet(published.current / "audit/fates/*.parquet").filter(source="long.jsonl")
    assert rows["fate"].to_list()[0] in ("kept", "duplicate")
    slow = rows.filter(fate="too_slow")
    assert slow.height == 1
    assert "to read (read.seconds); nothing after it in the file was read" in slow["message"][0]
    assert rows.height < 22


def test_article_that_takes_too_long_to_strip_costs_itself(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """An article over the time of a step has a fate and stands in the audit whole; the others are stripped."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "good.txt").write_text(GOOD)
    cranes = "".join(f"Crane {number}\n" for number in range(45_000))  # extracted in 0.05 s, stripped in 5
    (raw / "slow.txt").write_text(f"Stock list\n\n{cranes}")
    published = publish(raw, tmp_path / "clean", run={"page_seconds": 1.0})
    assert fates_of(tmp_path / "clean")["good.txt"][0] == "kept"
    fate, message = fates_of(tmp_path / "clean")["slow.txt"]
    assert (fate, message) == ("too_slow", "took longer than 1 s to strip (run.page_seconds)")
    removals = pl.read_parquet(published.current / "audit/removals/*.parquet").filter(reason="failed")
    assert removals["rule"].to_list() == ["time"]
    assert removals["text"][0].startswith("Crane 0")


def test_alarm_ends_the_work_and_is_gone_after() -> None:
    """Work over its time is broken off, work within it is not, and no alarm is left behind."""
    with pytest.raises(TooSlow), time_limit(0.05):
        time.sleep(5)
    with time_limit(0.05):
        pass
    time.sleep(0.1)


STUCK = """
import time
from flows.jobs import time_limits
time_limits._GRACE_SECONDS = time_limits._BEAT_SECONDS = 0.0
with time_limits.watchdog(1.0) as gets_on:
    for _ in range(6):
        time.sleep(0.3)
        {step}
"""


@pytest.mark.parametrize(("step", "status"), [("gets_on()", 0), ("pass", 1)])
def test_watchdog_ends_a_process_that_does_not_get_on(step: str, status: int) -> None:
    """A process that stands still is ended, one that says it gets on works to its end."""
    process = subprocess.run([sys.executable, "-c", STUCK.format(step=step)], capture_output=True, check=False)
    assert (process.returncode, process.stderr) == (status, b"")
