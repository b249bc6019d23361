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

from flows.jobs.time_limits import Step, TooSlow, overdue_step, time_limit
from tests.flows.conftest import publish
from tests.flows.test_bad_input import GOOD
from tests.flows.test_cli import winnow
from tests.flows.test_failing_stages import story

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
    (raw / "long.jsonl").write_text(row + json.dumps({"text": "x", "n": [[1]] * 3_000_000}) + "\n" + row * 20)
    (raw / "good.txt").write_text(GOOD)
    published = publish(raw, tmp_path / "clean", read={"seconds": 0.1})
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
    published = publish(raw, tmp_path / "clean", run={"page_seconds": 1.5})
    assert fates_of(tmp_path / "clean")["good.txt"][0] == "kept"
    fate, message = fates_of(tmp_path / "clean")["slow.txt"]
    assert (fate, message) == ("too_slow", "took longer than 1.5 s to strip (run.page_seconds)")
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
import os, sys, time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from flows.jobs import time_limits
from flows.running import workers as module

time_limits._GRACE_SECONDS = 0.5
module._LOOK_SECONDS = 0.1

@dataclass(frozen=True)
class Job:
    mark: Path

def work(job):
    with time_limits.noted_steps(job.mark, frozenset()) as begins:
        begins(time_limits.Step("read", "a.txt", 0), 600.0)
        for number in range(1, 6):
            begins(time_limits.Step("extract", "a.txt", number), {seconds})
            {work}
    return "done"

def main():
    workers = module.Workers(1)
    started = time.monotonic()
    try:
        print(workers.run_job(work, Job(Path("at"))))
    except BrokenProcessPool:
        print("ended")
    workers.close()
    assert time.monotonic() - started < 300
"""


def with_stuck_worker(work: str, folder: Path, *, seconds: float) -> str:
    """Have a worker do this at each of five steps that may take so many seconds; return what became of it."""
    (folder / "stuck.py").write_text(STUCK.format(work=work, seconds=seconds))
    command = [sys.executable, "-c", "import stuck; stuck.main()"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("work", "outcome", "step"),
    [
        ("time.sleep(0.3)", "done\n", None),
        ("sum(range(number // 3 * 10**18))", "ended\n", Step("extract", "a.txt", 3)),
    ],
)
def test_worker_that_one_call_holds_is_ended(work: str, outcome: str, step: Step | None, tmp_path: Path) -> None:
    """A worker that a step holds for too long is ended, whatever steps before it may take, and has said which.

    One that gets on works to its end.
    """
    assert (with_stuck_worker(work, tmp_path, seconds=1), overdue_step(tmp_path / "at")) == (outcome, step)


def test_process_that_dies_within_its_time_was_not_slow(tmp_path: Path) -> None:
    """What else a process dies of is not taken for a step that took too long."""
    assert with_stuck_worker("os._exit(1)", tmp_path, seconds=60) == "ended\n"
    assert (tmp_path / "at").exists()
    assert overdue_step(tmp_path / "at") is None


# Stages that make one endless call on a record with their mark (see holder/sitecustomize.py), and what is said of it.
HELD = {"extract": "extract", "split": "split", "index": "index", "strip": "strip", "fingerprint": "strip"}


def holding(env: dict[str, str]) -> dict[str, str]:
    """Return an environment with the stages that hold or die."""
    return env | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).with_name("holder")), str(Path(__file__).parents[2])])
    }


@pytest.mark.slow
def test_article_that_a_worker_dies_of_as_it_strips_costs_itself(
    tmp_path: Path, prefect_environment: dict[str, str]
) -> None:
    """An article that needs more memory than there is has failed, alone, and the run publishes the others."""
    (tmp_path / "raw").mkdir()
    for number, mark in enumerate(["", "deadly", ""]):
        (tmp_path / "raw" / f"{number}.txt").write_text(story(number, mark))
    result = winnow("run", cwd=tmp_path, env=holding(prefect_environment))
    assert result.returncode == 0, result.stderr
    fates = fates_of(tmp_path / "clean")
    assert {name: fate for name, (fate, _) in fates.items()} == {"0.txt": "kept", "1.txt": "failed", "2.txt": "kept"}
    assert fates["1.txt"][1] == "strip: a process died of it: it needs more memory than there is"


@pytest.mark.slow
def test_record_that_one_call_holds_costs_itself(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """Where a library does not come back, of a row as of a file, that record is too_slow and all others are kept."""
    raw = tmp_path / "raw"
    raw.mkdir()
    in_rows = [stage for stage in HELD if stage != "split"]  # which befalls only files of one record
    texts = [story(number, f"held-{stage}") for number, stage in enumerate(in_rows)]
    texts += [story(number) for number in range(4, 9)]
    (raw / "rows.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    (raw / "file.txt").write_text(story(9, "held-split"))
    (raw / "good.txt").write_text(story(10))
    limits = ["--set", "run.page_seconds=1", "--set", "read.seconds=1"]
    result = winnow("run", *limits, cwd=tmp_path, env=holding(prefect_environment))
    assert result.returncode == 0, result.stderr
    fates = pl.read_parquet(tmp_path / "clean/current/audit/fates/*.parquet")
    assert fates.filter(fate="kept").height == 6
    held = [("file.txt", 0, "split"), *(("rows.jsonl", number, stage) for number, stage in enumerate(in_rows))]
    assert fates.filter(fate="too_slow").select("source", "record", "message").rows() == [
        (source, record, f"took longer than 1 s to {HELD[stage]} (run.page_seconds)") for source, record, stage in held
    ]


CARRIED = {
    "held-fingerprint": ("too_slow", "took longer than 1 s to deduplicate (run.page_seconds)"),
    "deadly": ("failed", "deduplicate: a process died of it: it needs more memory than there is"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mark", CARRIED)
def test_article_carried_on_that_holds_or_kills_a_worker_costs_itself(
    mark: str, tmp_path: Path, prefect_environment: dict[str, str]
) -> None:
    """Of articles whose raw file is gone, the one whose fingerprint does not come back has a fate, the others stay."""
    (tmp_path / "raw").mkdir()
    for number, its_mark in enumerate(["", mark, ""]):
        (tmp_path / "raw" / f"{number}.txt").write_text(story(number, its_mark))
    published = publish(tmp_path / "raw", tmp_path / "clean")
    for path in published.raw.iterdir():
        path.unlink()
    result = winnow("run", "--set", "run.page_seconds=1", cwd=tmp_path, env=holding(prefect_environment))
    assert result.returncode == 0, result.stderr
    fates = fates_of(tmp_path / "clean")
    assert (fates["0.txt"][0], fates["1.txt"], fates["2.txt"][0]) == ("kept", CARRIED[mark], "kept")
