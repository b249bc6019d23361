"""A run on a Dask cluster, of a real scheduler and two workers, publishes what a run on one machine does."""

import logging
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest
from distributed import Client
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

from flows.errors import UsageError
from flows.jobs.store import open_store
from flows.running import dask_runner
from flows.running.corpus_run import CorpusRun
from flows.running.dask_runner import RunPlugin
from flows.running.runners import task_runner
from flows.settings import Settings
from tests.flows.conftest import SAMPLE, Published, ends_within, free_port, publish, tables, wait_until
from tests.flows.test_cli import WINNOW
from tests.flows.test_workers import SOON, is_gone, write_much

# Batches of eight files, so that each worker has several, and some have one that is not like the others; and three
# shards, in which the dedup stage works on the cluster alone.
SEVERAL = {"batch_files": 8, "part_articles": 8, "shard_articles": 16}
GATES = ("extract", "weigh")
LOG = logging.getLogger("of a run")


@dataclass(frozen=True)
class Cluster:
    """A scheduler, and the folder of the files that its workers wait for before some of their work."""

    address: str
    gates: Path

    def client(self) -> Client:
        """Return a client of its own."""
        return Client(self.address, set_as_default=False, timeout=60)  # type: ignore[no-untyped-call]

    def workers(self) -> dict[str, int]:
        """Return the processes of the workers by their addresses."""
        with self.client() as client:
            found: dict[str, int] = client.run(os.getpid)
        return found

    def worker(self, env: dict[str, str], log: Path) -> AbstractContextManager[None]:
        """Have one more worker of two threads, which another process starts anew should it die."""
        command = ["worker", self.address, "--nworkers", "1", "--nthreads", "2", "--no-dashboard"]
        return dask_process([*command, "--host", "127.0.0.1", "--local-directory", str(self.gates)], env, log)


@contextmanager
def dask_process(command: list[str], env: dict[str, str], log: Path) -> Iterator[None]:
    """Have a command of Dask's at work."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command], env=env, cwd=log.parent, stdout=stream, stderr=stream
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def cluster(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, each started by its own command, as on machines of their own."""
    folder = tmp_path_factory.mktemp("cluster")
    found = Cluster(f"tcp://127.0.0.1:{free_port()}", folder)
    for gate in GATES:
        (folder / gate).touch()
    path = os.pathsep.join([str(Path(__file__).with_name("gate")), str(Path(__file__).parents[2])])
    gated = prefect_environment | {"PYTHONPATH": path, "GATE": str(folder)}
    port = found.address.rsplit(":", 1)[1]
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
    with ExitStack() as stack:
        stack.enter_context(dask_process(scheduler, prefect_environment, folder / "log"))
        for _ in range(2):
            stack.enter_context(found.worker(gated, folder / "log"))
        with found.client() as client:
            client.wait_for_workers(2, timeout=180)
        yield found


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, and a file that kills whatever process reads it."""
    folder = tmp_path_factory.mktemp("dask") / "raw"
    shutil.copytree(SAMPLE, folder)
    shutil.copy(Path(__file__).with_name("data") / "deadly.parquet", folder / "wire")
    return folder


@pytest.fixture(scope="module")
def local(raw: Path, prefect_environment: dict[str, str]) -> Published:
    """A run on one machine."""
    return publish(raw, raw.with_name("local"))


@pytest.fixture(scope="module")
def on_dask(raw: Path, cluster: Cluster) -> Published:
    """A run on the cluster, whose Dask workers are the same before and after it."""
    before = cluster.workers()
    published = publish(raw, raw.with_name("dask"), run={"runner": "dask", "address": cluster.address, **SEVERAL})
    assert cluster.workers() == before
    return published


def test_tables_are_those_of_a_local_run(local: Published, on_dask: Published) -> None:
    """Every Parquet file of a run on the cluster has the bytes of that of a run on one machine."""
    assert tables(on_dask) == tables(local)


def test_file_that_kills_its_reader_costs_itself_alone(on_dask: Published) -> None:
    """The file has its fate, the others of its batch theirs."""
    fates = pl.read_parquet(on_dask.current / "audit/fates/*.parquet").filter(pl.col("source").str.starts_with("wire/"))
    assert fates.filter(source="wire/deadly.parquet")["fate"].to_list() == ["unreadable"]
    assert "unreadable" not in fates.filter(pl.col("source") != "wire/deadly.parquet")["fate"].to_list()


def test_tasks_of_the_cluster_are_told_to_prefect(on_dask: Published) -> None:
    """The server knows all tasks of the run, and that each has completed."""
    named = FlowRunFilter(name=FlowRunFilterName(any_=[f"clean {on_dask.raw} into {on_dask.clean}"]))

    def states() -> list[tuple[str, str | None]]:
        with get_client(sync_client=True) as client:
            runs = client.read_task_runs(flow_run_filter=named)
        return sorted((run.name, run.state_name) for run in runs)

    # The last task of a run to end is the last that the server learns of.
    wait_until(lambda: ("publish", "Completed") in states())
    wait_until(lambda: {state for _, state in states()} == {"Completed"})
    assert [name for name, _ in states() if name.startswith("extract")] == [f"extract {n} of 5" for n in range(1, 6)]


def test_near_duplicates_are_found_in_shards(on_dask: Published) -> None:
    """On the cluster each step of the dedup stage has a task for each shard."""
    named = FlowRunFilter(name=FlowRunFilterName(any_=[f"clean {on_dask.raw} into {on_dask.clean}"]))
    of = math.ceil(on_dask.manifest["counts"]["cleaned"] / SEVERAL["shard_articles"])
    assert of > 2
    wanted = {f"judge pairs {number} of {of}" for number in range(1, of + 1)}
    with get_client(sync_client=True) as client:  # the server may learn of a task after the run has ended
        wait_until(lambda: wanted <= {run.name for run in client.read_task_runs(flow_run_filter=named)})


@pytest.mark.slow
@pytest.mark.parametrize("gate", GATES)
def test_killed_worker_costs_a_retry(gate: str, raw: Path, local: Published, cluster: Cluster) -> None:
    """A worker that is killed in the middle of its task is started anew, and the run publishes the same bytes."""
    (cluster.gates / gate).unlink()
    before = cluster.workers()
    victim = next(iter(before))
    killed = []

    def kill() -> None:
        try:
            with cluster.client() as client:
                # More than the other worker can have.
                wait_until(lambda: len(list(cluster.gates.glob(f"{gate} * waits"))) >= 3, 300)
                os.kill(before[victim], signal.SIGKILL)
                killed.append(before[victim])
                wait_until(lambda: victim not in client.nthreads())
        finally:
            (cluster.gates / gate).touch()

    killing = Thread(target=kill)
    killing.start()
    published = publish(
        raw, raw.with_name(f"killed at {gate}"), run={"runner": "dask", "address": cluster.address, **SEVERAL}
    )
    killing.join()
    assert killed
    assert tables(published) == tables(local)


def run_of(folder: Path, settings: Settings) -> CorpusRun:
    """Return the record of a run over one file."""
    (folder / "raw").mkdir()
    (folder / "raw" / "a.txt").touch()
    clean = folder / "clean"
    return CorpusRun("a run", folder / "raw", clean, open_store(clean, settings), settings)


def test_worker_that_does_not_see_the_store_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    """A run whose folders a worker does not see ends with that, whatever else ends with it."""
    run = run_of(tmp_path, Settings())
    (tmp_path / "clean/.store").rename(tmp_path / "elsewhere")
    with (
        cluster.client() as client,
        pytest.raises(UsageError, match=f"no worker of the Dask cluster can do the work: each does not see {tmp_path}"),
        dask_runner._worker_processes(client, False, LOG, run),
    ):
        pass


def test_worker_that_does_not_see_the_files_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    """Where a worker has another folder of the same name, it takes no task: it would find all files gone."""
    plugin = RunPlugin(run_of(tmp_path, Settings()), here=False)
    (tmp_path / "raw/a.txt").rename(tmp_path / "elsewhere")
    with cluster.client() as client:
        client.register_plugin(plugin)
        problems = client.run(dask_runner._problem_of, plugin.name)
        client.unregister_worker_plugin(plugin.name)
    assert [f"does not see {tmp_path}/raw/a.txt" in str(problem) for problem in problems.values()] == [True, True]


def test_worker_with_another_version_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    """Where what shapes the corpus is not the same on a worker, it takes no task: it would publish other texts."""
    run = run_of(tmp_path, Settings())
    other = run.store.rename(run.store.with_name("0" * 32))
    with (
        cluster.client() as client,
        pytest.raises(UsageError, match="each has another version of Winnow"),
        dask_runner._worker_processes(client, False, LOG, replace(run, store=other)),
    ):
        pass


@pytest.mark.slow
def test_worker_that_joins_with_another_version_gets_no_tasks(
    cluster: Cluster, tmp_path: Path, prefect_environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """The others do all the work, the run is warned, and the worker's own log says why."""
    for package in ("cleaners", "flows"):
        shutil.copytree(Path(__file__).parents[2] / package, tmp_path / "other" / package)
    with (tmp_path / "other/flows/errors.py").open("a") as module:
        module.write("# another version\n")
    run = run_of(tmp_path, Settings())
    before = cluster.workers()
    with (
        cluster.client() as client,
        dask_runner._worker_processes(client, False, LOG, run),
        cluster.worker({**prefect_environment, "PYTHONPATH": str(tmp_path / "other")}, tmp_path / "log"),
    ):
        wait_until(lambda: "gets no tasks" in caplog.text, 60)
        worked = client.gather([client.submit(work(), number) for number in range(60)])
        assert set(worked) == set(before.values())
        (late,) = set(cluster.workers()) - set(before)
    said = "has another version of Winnow, of Python, or of a package that shapes what is published"
    assert f"a worker of the Dask cluster gets no tasks: {late} {said}" in caplog.messages
    assert f"this worker gets no tasks of the run into {run.clean}: it {said}" in (tmp_path / "log").read_text()


def work() -> Callable[[int], int]:
    """Return a function that works for a moment and gives its process; workers get it whole, not as a name."""

    def at_work(_: int) -> int:
        time.sleep(0.05)
        return os.getpid()

    return at_work


@pytest.mark.slow
def test_tasks_wait_for_workers_that_are_started_anew(cluster: Cluster, tmp_path: Path) -> None:
    """A run that loses all its workers goes on once others are there."""
    with (
        cluster.client() as client,
        dask_runner._worker_processes(client, False, LOG, run_of(tmp_path, Settings())),
    ):
        before = cluster.workers()
        for process in before.values():
            os.kill(process, signal.SIGKILL)
        wait_until(lambda: not client.nthreads())
        assert client.submit(work(), 0).result(timeout=60) not in before.values()


def test_missing_package_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, asking for Dask says what to install."""
    monkeypatch.delitem(sys.modules, "flows.running.dask_runner")
    monkeypatch.setitem(sys.modules, "distributed", None)
    settings = Settings.model_validate({"run": {"runner": "dask"}})
    with pytest.raises(UsageError, match=r"needs the package distributed.*: pip install 'winnow-news\[dask\]'"):
        task_runner(settings).__enter__()


def test_scheduler_that_does_not_answer_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where no scheduler is ends the run with a line that names it."""
    monkeypatch.setattr(dask_runner, "_CONNECT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    settings = Settings.model_validate({"run": {"runner": "dask", "address": address}})
    with pytest.raises(UsageError, match=f"run.address = '{address}' cannot be reached"):
        task_runner(settings).__enter__()


@pytest.mark.slow
@pytest.mark.parametrize("send", [os.kill, os.killpg])
def test_run_with_its_own_cluster_is_stopped(send: Any, tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """SIGTERM to the run, or to all its processes, ends it within 5 s: status 143, one line, and no process is left."""
    write_much(tmp_path / "raw")
    command = [WINNOW, "run", "--set", "run.runner=dask", "--set", "run.workers=2"]
    run = subprocess.Popen(
        command, cwd=tmp_path, env=prefect_environment, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")), 180)
    with ends_within(SOON):
        send(run.pid, signal.SIGTERM)
        _, said = run.communicate(timeout=60)
        wait_until(lambda: is_gone(run.pid))
    assert run.returncode == 143
    lines = [line for line in said.splitlines() if "INFO" not in line and not line.startswith("Using the Prefect")]
    assert lines == ["winnow: terminated; nothing was published"]
    assert not (tmp_path / "clean/.staging").exists()
