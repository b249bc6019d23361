"""The worker processes of a run: what they are forked from, and that they end with it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

from flows.folders.clean_folder import claim_clean_folder
from tests.flows.conftest import ends_within, wait_until
from tests.flows.test_cli import WINNOW

ROWS = 300_000  # of one file: half a minute of work for one worker
AT_ONCE = 10  # seconds
SOON = 5
SECONDS = 30


@contextmanager
def run_at_work(folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Give a run of the command in a process group of its own, whose workers are at work."""
    write_much(folder / "raw")
    process = subprocess.Popen(
        [WINNOW, "run"], cwd=folder, env=env, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_until(lambda: any(folder.glob("clean/.store/*/extracted/*.parquet")), 4 * SECONDS)
        yield process
    finally:
        if not is_gone(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def running(prefect_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run whose workers are at work."""
    with run_at_work(tmp_path, prefect_environment) as process:
        yield process


def write_much(raw: Path) -> None:
    """Make a raw folder that keeps a worker at work for half a minute."""
    raw.mkdir()
    row = json.dumps({"text": "The ferry of the northern line ran on time, and nobody was left on the quay."}) + "\n"
    (raw / "feed.jsonl").write_text(row * ROWS)


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
    with ends_within(AT_ONCE):
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=SECONDS)
    assert running.returncode == 130
    assert said.endswith("winnow: interrupted; nothing was published\n")
    assert "Traceback" not in said
    assert not (tmp_path / "clean/current").exists()
    wait_until(lambda: is_gone(running.pid))


@pytest.mark.parametrize("send", [os.kill, os.killpg])
def test_terminated_run_says_so(
    send: Callable[[int, int], None],
    running: subprocess.Popen[str],
    tmp_path: Path,
    prefect_environment: dict[str, str],
) -> None:
    """SIGTERM to the run, or to all its processes, ends it within 5 s: status 143, one line, Cancelled, none left."""
    with ends_within(SOON):
        send(running.pid, signal.SIGTERM)
        _, said = running.communicate(timeout=SECONDS)
        wait_until(lambda: is_gone(running.pid))  # the processes that serve the run end once they see it gone
    assert (running.returncode, said.splitlines()[-1]) == (143, "winnow: terminated; nothing was published")
    assert [line for line in said.splitlines() if "ERROR" in line or "Traceback" in line] == []
    assert not (tmp_path / "clean/.staging").exists()
    with claim_clean_folder(tmp_path / "clean", "the next run"), get_client(sync_client=True) as client:
        named = FlowRunFilter(name=FlowRunFilterName(like_=str(tmp_path)))
        (run,) = client.read_flow_runs(flow_run_filter=named)
    assert (run.name, run.state_name) == (f"clean {tmp_path / 'raw'} into {tmp_path / 'clean'}", "Cancelled")


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_run_with_a_server_of_its_own_is_stopped(
    sent: int, status: int, tmp_path: Path, prefect_environment: dict[str, str]
) -> None:
    """Ctrl-C and SIGTERM to all processes of a terminal end a run that started a server, and the server ends too."""
    env = {name: value for name, value in prefect_environment.items() if name != "PREFECT_API_URL"}
    with run_at_work(tmp_path, {**env, "PREFECT_HOME": str(tmp_path / "prefect")}) as process:
        (server,) = [child for child in children_of(process.pid) if b"prefect\0server" in command_of(child)]
        with ends_within(AT_ONCE):
            os.killpg(process.pid, sent)
            _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == status, said
    assert said.endswith("; nothing was published\n")
    wait_until(lambda: not Path(f"/proc/{server}").exists())


def children_of(process: int) -> list[int]:
    """Return the ids of the processes that a process started."""
    lists = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    return [int(child) for children in lists for child in children.split()]


def command_of(process: int) -> bytes:
    """Return the command line of a process, its words parted by zero bytes."""
    return Path(f"/proc/{process}/cmdline").read_bytes()


PROGRAM = """
import os
from flows.running.workers import Workers

assert __name__ == "__main__", "this is imported again"
workers = Workers(1)
assert workers.run(os.getppid) != os.getpid()
workers.close()
"""


def test_workers_do_not_load_the_program_that_they_work_for(tmp_path: Path) -> None:
    """A worker of a run that Prefect started would else import Prefect, whatever the fork server has loaded."""
    (tmp_path / "program.py").write_text(PROGRAM)
    result = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr


IDLE = """
import os, signal, sys, time
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from flows.running import workers as module

if __name__ == "__main__":
    if sys.argv[1] == "missed":
        module._Worker.terminate = lambda worker: None
    workers = module.Workers(2)
    for wait in [workers._pool.submit(time.sleep, 0.5) for _ in range(2)]:
        wait.result()
    # Both wait for work now, one of them with the lock of their queue.
    os.kill(list(workers._pool._processes)[0], signal.SIGKILL)
    broken = workers._pool
    while workers._pool is broken:  # until it has seen it, and another takes its place
        with suppress(BrokenProcessPool):
            workers.run(time.sleep, 0)
    workers.close()
    print("closed")
"""


@pytest.mark.parametrize("other", ["ended", "missed"])
def test_worker_that_is_killed_at_rest_holds_up_nothing(other: str, tmp_path: Path) -> None:
    """The other is ended with it, also where the pool missed it as it started, and work goes on in new ones."""
    (tmp_path / "idle.py").write_text(IDLE)
    result = subprocess.run(
        [sys.executable, tmp_path / "idle.py", other], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stdout == "closed\n", result.stderr


HELD = """
import os
from flows.running.workers import Workers

if __name__ == "__main__":
    workers = Workers(1)
    print(workers.run(os.getpid), flush=True)
    workers.run(sum, range(10**18))
"""


def test_worker_that_one_call_holds_ends_with_a_killed_run(tmp_path: Path) -> None:
    """It runs no code that could notice, and would take a processor for good."""
    (tmp_path / "held.py").write_text(HELD)
    run = subprocess.Popen([sys.executable, tmp_path / "held.py"], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    worker = int(run.stdout.readline())
    before = ticks_of(worker)
    wait_until(lambda: ticks_of(worker) > before + 20)
    run.kill()
    run.wait()
    try:
        wait_until(lambda: not Path(f"/proc/{worker}").exists(), SOON)
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def ticks_of(process: int) -> int:
    """Return the hundredths of a second that a process has worked."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])


def test_polars_has_not_worked_where_workers_are_forked() -> None:
    """Loading what workers need leaves polars' threads unstarted: a fork would lose them, and polars wait for them."""
    script = (
        "import os, flows.running.preloaded, polars as pl\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "pl.DataFrame({'n': range(9)}).lazy().group_by('n').len().collect()\n"
        "print(len(os.listdir('/proc/self/task')) > before)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "True\n"
