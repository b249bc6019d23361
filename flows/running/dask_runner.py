"""Tasks on a Dask cluster; only runs that ask for one import this module, since its packages are an extra."""

import asyncio
import logging
import multiprocessing
import os
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
from dask.base import annotate
from distributed import Client, LocalCluster, Nanny, Status, Worker
from distributed.diagnostics.plugin import WorkerPlugin
from prefect import get_run_logger
from prefect_dask.task_runners import DaskTaskRunner

from flows.errors import UsageError
from flows.jobs.store import store_fingerprint
from flows.running.corpus_run import CorpusRun
from flows.running.runners import Runner
from flows.running.workers import Workers, give_workers, take_workers
from flows.settings import Settings

Log = logging.Logger | logging.LoggerAdapter[logging.Logger]
_LOG = logging.getLogger("distributed.worker.winnow")  # a worker's own log, where the person who started it looks
_CONNECT_SECONDS = 10
_FIRST_WORKER_SECONDS = 60
_CLOSE_SECONDS = 5.0  # that a worker has to end by itself


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
        log = get_run_logger()
        log.info("%d tasks at once on the Dask cluster at %s", threads, address)
        yield Runner(tasks, threads, partial(_worker_processes, client, here, log))


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

    stopped = False

    async def close(self, **_: Any) -> Any:  # type: ignore[override] # Dask names a time, and this has its own
        """Let the worker end by itself, and kill it if that takes too long."""
        if self.stopped and self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return await super().close(timeout=_CLOSE_SECONDS)


@contextmanager
def _cluster_here(workers: int) -> Iterator[LocalCluster]:
    """Start a cluster on this machine that no other machine can reach and that prints nothing."""
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        threads_per_worker=1,
        worker_class=_Nanny,
        host="127.0.0.1",
        dashboard_address=None,
        # Any free port for its pages, since Dask prints a warning if another cluster has the usual one.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        memory_limit=None,  # what needs memory are the processes below a worker, which Dask does not count
        silence_logs=orchestrator.QUIET,
        env={"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"},
    ) as cluster:
        try:
            yield cluster
        except BaseException as error:
            if not isinstance(error, Exception):
                for nanny in cluster.workers.values():
                    nanny.stopped = True
            raise


class RunPlugin(WorkerPlugin):
    """Gives each Dask worker, including those that join later, worker processes for a run: one for each of its threads.

    A task waits in a thread of the Dask worker for one of them, as on one machine it does in a thread of the run. So a
    file that kills its reader kills no Dask worker, and time limits hold, which need the main thread of a process.

    A worker offers the run its threads as a resource, which every task of the run asks for. One that cannot do the work
    offers none and gets no task; other runs may use it. Plugin and resource are named by the corpus, which has one run
    at a time: so a run takes the place of one that was killed.
    """

    def __init__(self, run: CorpusRun, *, here: bool) -> None:
        self.name = f"winnow {run.clean}"
        self._run = run
        self._here = here
        self.problem: str | None = None  # why the worker that this is at cannot do the work
        self._workers: Workers | None = None  # until they are made; a Dask worker that is refused gets none
        # What stands in the folders as the run sees them; another machine's of the same names would have others.
        self._seen = [run.store, *(islice(run.raw.iterdir(), 1) if isinstance(run.raw, Path) else ())]

    async def setup(self, worker: Worker) -> None:
        """Make the processes, or say to both sides why the worker cannot do the work of this run."""
        self.problem = self._find_problem()
        if self.problem:
            _LOG.error("this worker gets no tasks of the run into %s: it %s", self._run.clean, self.problem)
            worker.log_event(self.name, f"{worker.address} {self.problem}")
            return
        if self._here:  # what stops the run is often sent to all its processes, and these it ends itself
            for sent in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sent, signal.SIG_IGN)
        # Dask's nanny makes its workers daemons, which may not have children. These children end with them anyway.
        multiprocessing.current_process().daemon = False
        self._workers = Workers(worker.state.nthreads)
        give_workers(self._run, self._workers)
        await worker.set_resources(**{self.name: worker.state.nthreads})
        if worker.status == Status.running:
            # The scheduler looks again at tasks that nobody could do when a worker joins or, as here, ends a pause.
            worker.status = Status.paused
            worker.status = Status.running

    def _find_problem(self) -> str | None:
        if missing := [path for path in self._seen if not path.exists() and not path.is_symlink()]:
            return f"does not see {missing[0]}: raw and clean must be on folders that all workers share"
        if store_fingerprint(self._run.settings) != self._run.store.name:
            return "has another version of Winnow, of Python, or of a package that shapes what is published"
        return None

    async def teardown(self, worker: Worker) -> None:
        """Kill the processes, since the run has no more work for them or was stopped."""
        if self._workers is not None:
            take_workers(self._run).stop()
            await worker.set_resources(**{self.name: 0})


@contextmanager
def _worker_processes(client: Client, here: bool, log: Log, run: CorpusRun) -> Iterator[None]:
    """Keep worker processes for a run on the Dask workers that can do its work; other workers get no tasks.

    Raises UsageError if no worker can do it. A warning names each that cannot, also if it joins later.
    """
    plugin = RunPlugin(run, here=here)
    warning = "a worker of the Dask cluster gets no tasks: %s"
    try:
        client.register_plugin(plugin)
        problems = client.run(_problem_of, plugin.name)
        if all(problems.values()):
            raise UsageError(f"no worker of the Dask cluster can do the work: each {next(iter(problems.values()))}")
        for address, problem in problems.items():
            if problem:
                log.warning(warning, f"{address} {problem}")
        client.subscribe_topic(  # type: ignore[no-untyped-call]
            plugin.name, lambda event: log.warning(warning, event[1])
        )
        with annotate(resources={plugin.name: 1}):
            yield
    finally:
        with suppress(OSError):  # if the cluster is gone, there is nothing to tidy up
            client.unregister_worker_plugin(plugin.name)  # type: ignore[no-untyped-call]


def _problem_of(name: str, dask_worker: Worker) -> str | None:
    plugin = dask_worker.plugins[name]
    assert isinstance(plugin, RunPlugin)
    return plugin.problem
