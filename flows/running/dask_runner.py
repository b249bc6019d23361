"""Tasks on a Dask cluster; only runs that ask for one import this module, since its packages are an extra."""

import asyncio
import logging
import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from flows.running import orchestrator  # must stand before Prefect

# isort: split
from distributed import Client, LocalCluster, Nanny, Worker
from distributed.diagnostics.plugin import WorkerPlugin
from prefect import get_run_logger
from prefect_dask.task_runners import DaskTaskRunner

from flows.errors import UsageError
from flows.jobs.store import store_fingerprint
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import Workers, give_workers, take_workers
from flows.settings import Settings

_CONNECT_SECONDS = 10
_FIRST_WORKER_SECONDS = 60
_CLOSE_SECONDS, _STOP_SECONDS = 5.0, 0.5  # that a worker gets to end by itself: at the end of a run, when it is stopped


@contextmanager
def dask_runner(settings: Settings, workers: int) -> Iterator[Runner]:
    """Give a runner whose tasks go to a Dask cluster.

    It is the cluster whose scheduler `run.address` names, or one of `workers` processes on this machine that lasts as
    long as the context. Raises UsageError if the scheduler cannot be reached or has no workers.
    """
    # Dask's messages about its own work do not concern the run, whose tasks report on themselves.
    for name in ("distributed", "prefect.task_runner.dask"):
        logging.getLogger(name).setLevel(orchestrator.QUIET)
    if settings.run.address is None:
        with _cluster_here(workers) as cluster, _runner_at(cluster.scheduler_address, here=True) as runner:
            yield runner
    else:
        with _runner_at(settings.run.address, here=False) as runner:
            yield runner


@contextmanager
def _runner_at(address: str, *, here: bool) -> Iterator[Runner]:
    with DaskTaskRunner(address=address, client_kwargs={"timeout": _CONNECT_SECONDS}) as tasks:
        try:
            client = tasks.client
        except (OSError, ValueError) as error:
            raise UsageError(f"the Dask scheduler at run.address = {address!r} cannot be reached: {error}") from error
        threads = _threads(client)
        if not threads:
            raise UsageError(f"the Dask scheduler at run.address = {address!r} has no workers")
        _load(client)
        get_run_logger().info("%d tasks at once on the Dask cluster at %s", threads, address)
        yield Runner(tasks, threads, partial(_worker_processes, client, here))


def _threads(client: Client) -> int:
    """Wait for the first worker of a cluster; return how many tasks the cluster works on at once."""
    deadline = time.monotonic() + _FIRST_WORKER_SECONDS
    threads: dict[str, int] = {}
    while not threads and time.monotonic() < deadline:
        threads = client.nthreads()  # type: ignore[no-untyped-call]
        time.sleep(0 if threads else 0.2)
    return sum(threads.values())


def _load(client: Client) -> None:
    """Make scheduler and workers import what they need to unpickle tasks and results.

    They do so on a thread, since they would lose connections if they answered nobody for several seconds.
    """
    load = partial(asyncio.to_thread, import_module, __name__)
    try:
        client.run_on_scheduler(load)  # type: ignore[no-untyped-call]
        client.run(load)
    except ModuleNotFoundError as error:
        needs = "scheduler and workers need what runs have, winnow-news[dask]"
        raise UsageError(f"the Dask cluster has no module {error.name}: {needs}") from error


class _Nanny(Nanny):
    """Starts a worker of a cluster on this machine, restarts it if it dies, and gives it time to end."""

    patience = _CLOSE_SECONDS

    async def close(self, **_: Any) -> Any:  # type: ignore[override] # Dask names a time, and this has its own
        """Let the worker end by itself, and kill it if that takes too long."""
        return await super().close(timeout=self.patience)


@contextmanager
def _cluster_here(workers: int) -> Iterator[LocalCluster]:
    """Start a cluster on this machine that no other machine can reach and that prints nothing."""
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        threads_per_worker=1,
        worker_class=_Nanny,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=None,  # Dask does not count the processes below a worker, which need the memory
        silence_logs=orchestrator.QUIET,
        env={"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"},
    ) as cluster:
        try:
            yield cluster
        except BaseException as error:
            if not isinstance(error, Exception):
                for nanny in cluster.workers.values():
                    nanny.patience = _STOP_SECONDS
            raise


class RunPlugin(WorkerPlugin):
    """Gives each Dask worker, including those that join later, worker processes for a run: one for each of its threads.

    A task waits for one of them in a thread of the Dask worker, as it does on one machine in a thread of the run. So a
    file that kills its reader kills no Dask worker, and time limits work, which need the main thread of a process.
    """

    def __init__(self, run: CorpusRun, *, here: bool) -> None:
        self.name = f"winnow {run.run_id}"
        self._run = run
        self._here = here
        self._workers: Workers | None = None  # until `setup` makes them; a Dask worker that is refused gets none
        # What is in the folders of the run; other machines may have other folders of the same names.
        self._seen = [run.store, *(islice(run.raw.iterdir(), 1) if isinstance(run.raw, Path) else ())]

    def setup(self, worker: Worker) -> None:
        """Make the processes; raise UsageError if the worker cannot do the work of this run."""
        if missing := [path for path in self._seen if not path.exists() and not path.is_symlink()]:
            raise UsageError(f"does not see {missing[0]}: raw and clean must be on folders that all workers share")
        if store_fingerprint(self._run.settings) != self._run.store.name:
            raise UsageError("has another version of Winnow, of Python, or of a package that shapes what is published")
        if self._here:  # signals that stop the run often go to all its processes, but the run ends these itself
            for sent in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sent, signal.SIG_IGN)
        # Dask's nanny makes its workers daemons, which may not have children. These children end with them anyway.
        multiprocessing.current_process().daemon = False
        self._workers = Workers(worker.state.nthreads)
        give_workers(self._run, self._workers)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - as Dask calls it
        """Kill the processes, since the run has no more work for them or was stopped."""
        if self._workers is not None:
            take_workers(self._run).stop()


@contextmanager
def _worker_processes(client: Client, here: bool, run: CorpusRun) -> Iterator[None]:
    """Provide worker processes for a run on all Dask workers."""
    plugin = RunPlugin(run, here=here)
    try:
        try:
            client.register_plugin(plugin)
        except UsageError as error:
            raise UsageError(f"a worker of the Dask cluster {error}") from error
        yield
    finally:
        with suppress(OSError):  # if the cluster is gone, there is nothing to tidy up
            client.unregister_worker_plugin(plugin.name)  # type: ignore[no-untyped-call]
