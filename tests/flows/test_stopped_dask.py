"""A deployed run that works on a Dask cluster is stopped as any other: within seconds, and nothing of it is left."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from distributed import Client
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun

from flows.folders.clean_folder import claim_clean_folder
from tests.flows.conftest import free_port, strain, wait_until
from tests.flows.test_cli import WINNOW
from tests.flows.test_dask import dask_process
from tests.flows.test_deployment import PREFECT, SECONDS, end_of, start_manual
from tests.flows.test_workers import SOON, write_much

ON_DASK = {"runner": "dask", "workers": 2}


def processes_of(variable: str, value: str) -> set[int]:
    """Return the processes that were started with this value of a variable, or by one that was."""
    wanted = f"{variable}={value}".encode()
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.add(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def parent_of(process: int) -> int | None:
    """Return the parent of a process, or None if it has ended."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def time_of(state: str, run: FlowRun) -> datetime:
    """Return when a run came into a state."""
    with get_client(sync_client=True) as client:
        return next(was.timestamp for was in client.read_flow_run_states(run.id) if was.name == state)


@pytest.fixture
def serving(prefect_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`winnow serve`, which runs what is deployed, over a raw folder with much work."""
    write_much(tmp_path / "raw")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([WINNOW, "serve"], cwd=tmp_path, env=prefect_environment, stdout=log, stderr=log)
    wait_until(lambda: "started!" in (tmp_path / "log").read_text(errors="replace"), SECONDS)
    yield process
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def cluster(prefect_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler with two workers of their own."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    env = {**prefect_environment, "OF_CLUSTER": address}
    workers = ["worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    with ExitStack() as stack:
        for command in (["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], workers):
            stack.enter_context(dask_process(command, env, tmp_path / "log of Dask"))
        with Client(address, set_as_default=False, timeout=60) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=180)
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("stopped", ["cancel", "serve"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["own", "address"])
def test_stopped_run_ends_soon(
    stopped: str,
    elsewhere: bool,
    serving: subprocess.Popen[bytes],
    prefect_environment: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Cancelled, or with `winnow serve` by SIGTERM, it ends Cancelled; after 5 s no process and no staging is left."""
    address = request.getfixturevalue("cluster") if elsewhere else None
    of_dask = processes_of("OF_CLUSTER", address) if address else set()
    run = start_manual(tmp_path, settings={"run": {**ON_DASK, "address": address}})
    wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")), SECONDS)

    def left() -> set[int]:
        below = processes_of("OF_CLUSTER", address) - of_dask if address else set()
        # What stays is the process that a worker of the cluster has others forked from, for the next run too.
        at_work = {process for process in below if parent_of(process) in below}
        return at_work | processes_of("PREFECT__FLOW_RUN_ID", str(run.id))

    assert left()
    if stopped == "cancel":
        subprocess.run([*PREFECT, "flow-run", "cancel", str(run.id)], env=prefect_environment, check=True)
        asked = time_of("Cancelling", run)
    else:
        asked = datetime.now(UTC)
        serving.send_signal(signal.SIGTERM)
    state = end_of(run)
    with claim_clean_folder(tmp_path / "clean", "the next run"):
        wait_until(lambda: not left())
        assert (datetime.now(UTC) - asked).total_seconds() < SOON * strain()
    assert state.name == "Cancelled"
    assert not (tmp_path / "clean" / ".staging").exists()
