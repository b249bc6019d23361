"""The worker processes of a run: what they are forked from, and that they end with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.test_cli import WINNOW

ROWS = 300_000  # of one file: half a minute of work for one worker
AT_ONCE = 10  # seconds
SECONDS = 30


@pytest.fixture
def running(prefect_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run of the command in a process group of its own, whose workers are at work."""
    (tmp_path / "raw").mkdir()
    row = json.dumps({"text": "The ferry of the northern line ran on time, and nobody was left on the quay."}) + "\n"
    (tmp_path / "raw" / "feed.jsonl").write_text(row * ROWS)
    process = subprocess.Popen(
        [WINNOW, "run"],
        cwd=tmp_path,
        env=prefect_environment,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")))
        yield process
    finally:
        if not is_gone(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, which is called again and again; fail after half a minute."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_gone(group: int) -> bool:
    """Tell whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_workers_end_with_a_killed_run(running: subprocess.Popen[str]) -> None:
    """When the run itself is killed, no process of it stays behind."""
    running.kill()
    running.wait()
    wait_until(lambda: is_gone(running.pid))


def test_interrupted_run_says_so(running: subprocess.Popen[str], tmp_path: Path) -> None:
    """Ctrl-C ends a run at once, whatever its workers are at: status 130, one line, nothing published, none left."""
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=AT_ONCE)
    assert running.returncode == 130
    assert said.endswith("winnow: interrupted; nothing was published\n")
    assert "Traceback" not in said
    assert not (tmp_path / "clean/current").exists()
    wait_until(lambda: is_gone(running.pid))


def test_polars_has_not_worked_where_workers_are_forked() -> None:
    """Loading what workers need leaves polars' threads unstarted: a fork would lose them, and polars wait for them."""
    script = (
        "import os, flows.preloaded, polars as pl\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "pl.DataFrame({'n': range(9)}).lazy().group_by('n').len().collect()\n"
        "print(len(os.listdir('/proc/self/task')) > before)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "True\n"
