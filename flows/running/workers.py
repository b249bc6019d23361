"""The worker processes of a run, forked from a server that has loaded once for all what each of them needs."""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from threading import Event, Lock, Thread
from typing import ParamSpec, TypeVar

from flows.running.corpus_run import CorpusRun

# Python's process that frees what a killed process held, as semaphores, starts with the first worker and would tell it.
sys.warnoptions.append("ignore:resource_tracker:UserWarning")

P = ParamSpec("P")
R = TypeVar("R")


def start_fork_server() -> None:
    """Start the process that workers are forked from, if it does not run; it loads (2 s) while the caller goes on.

    A fork of the caller would copy locks that threads of Prefect and polars hold. Here none work: those that polars
    starts as it is imported (its allocator's, and one that removes spilled files) wait, and hold no lock meanwhile.
    """
    multiprocessing.set_forkserver_preload(["flows.running.preloaded"])
    forkserver.ensure_running()


class _Worker(ForkServerProcess):
    """A worker as a pool ends it once another has died: it leaves SIGTERM alone (`_begin`), so it is killed.

    The pool would wait for it for ever where the dead one held the lock of the queue that both read.
    """

    def terminate(self) -> None:
        """End the worker."""
        self.kill()


class _Context(ForkServerContext):
    Process = _Worker


class Workers:
    """Worker processes of this process, all at work for one run."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pools: list[ProcessPoolExecutor] = []
        self._pool = self._new_pool(count)
        self._renewing = Lock()
        self._stopped = Event()

    def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a function gives in a worker; raises BrokenProcessPool where that dies, or another beside it."""
        with self._renewing:
            if self._pool._broken and not self.stopped:
                self._pool = self._new_pool(self._count)
        return self._run(self._pool, work, *args, **kwargs)

    def run_apart(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a function gives in a worker of its own; raises BrokenProcessPool where that dies."""
        pool = self._new_pool(1)
        try:
            return self._run(pool, work, *args, **kwargs)
        finally:
            _end(pool)
            self._pools.remove(pool)

    @property
    def stopped(self) -> bool:
        """Whether the run was stopped, and its workers were killed for that."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Kill all workers, whatever they are at: the store and the snapshots are written so that it may be."""
        self._stopped.set()
        for pool in list(self._pools):
            _kill(pool)

    def close(self) -> None:
        """End the workers, once those at work have done what they are at."""
        for pool in list(self._pools):
            _end(pool)

    def _run(self, pool: ProcessPoolExecutor, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        future = pool.submit(work, *args, **kwargs)
        if self.stopped:
            self.stop()  # once more: the worker may have started since
        return future.result()

    def _new_pool(self, count: int) -> ProcessPoolExecutor:
        """Make a pool; a worker starts with the first task that finds no other at rest."""
        start_fork_server()
        context = _Context()
        # The fork server has the environment of its own start; workers need what was set since, as credentials.
        environment = dict(os.environ)
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(environment,))
        self._pools.append(pool)
        return pool


def _kill(pool: ProcessPoolExecutor) -> None:
    # From Python 3.14 on a pool has a method for this.
    for process in list((pool._processes or {}).values()):
        process.kill()


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool once its workers have done what they are at; of one that broke, whatever they are at."""
    if pool._broken:
        # A worker that started just then was not among those that the pool has ended, and yet it waits for it.
        _kill(pool)
    pool.shutdown(cancel_futures=True)


_WORKERS: dict[str, Workers] = {}  # by run


def workers_of(run: CorpusRun) -> Workers:
    """Return the workers that this process has for a run; raises LookupError where it is not set up for it."""
    if run.run_id not in _WORKERS:
        raise LookupError(f"process {os.getpid()} on {socket.gethostname()} has no workers for the run {run.run_id}")
    return _WORKERS[run.run_id]


def give_workers(run: CorpusRun, workers: Workers) -> None:
    """Have a run's tasks in this process find its workers."""
    _WORKERS[run.run_id] = workers


def take_workers(run: CorpusRun) -> Workers:
    """Have a run's tasks find no workers in this process any more; return those they had."""
    return _WORKERS.pop(run.run_id)


@contextmanager
def worker_processes(run: CorpusRun, count: int) -> Iterator[Workers]:
    """Keep `count` workers ready for a run; whatever stops it (Ctrl-C, SIGTERM, the time limit) kills them."""
    workers = Workers(count)
    give_workers(run, workers)
    try:
        yield workers
    except BaseException as error:
        if not isinstance(error, Exception):
            workers.stop()
        raise
    finally:
        take_workers(run).close()


def _begin(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    _end_with_parent()


def _end_with_parent() -> None:
    """Have this worker leave signals to the process it works for, and end with it, were it killed.

    A worker left alone would wait for work for ever. What stops a run is often sent to all its processes: a worker that
    ended of it would look like one that died of a file.
    """
    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()
