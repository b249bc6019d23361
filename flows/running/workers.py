"""The worker processes of a run, forked from a server process that has loaded what each of them needs."""

import fcntl
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from threading import Event, Lock, Thread
from typing import ParamSpec, Protocol, TypeVar

from flows.jobs.time_limits import held_process
from flows.running.corpus_run import CorpusRun

# Python starts a process that frees what killed processes held, such as semaphores, and it would warn of each.
sys.warnoptions.append("ignore:resource_tracker:UserWarning")

_LOOK_SECONDS = 1.0  # between two looks at the step that a worker is at


class Job(Protocol):
    """Work whose steps are noted in a file (`noted_steps`)."""

    @property
    def mark(self) -> Path:
        """The file that names the step of the worker."""


P = ParamSpec("P")
R = TypeVar("R")
J = TypeVar("J", bound=Job)


def start_fork_server() -> None:
    """Start the process from which workers are forked, unless it runs; it loads for 2 s while the caller continues.

    A fork of the caller would copy locks that threads of Prefect and polars hold. In the fork server no thread works:
    those that polars starts on import (for its allocator, and to remove spilled files) wait and hold no lock.
    """
    multiprocessing.set_forkserver_preload(["flows.running.preloaded"])
    forkserver.ensure_running()


class _Worker(ForkServerProcess):
    """A worker that a pool can end after another has died: it ignores SIGTERM (`_begin`), so it must be killed.

    Otherwise the pool would wait for it forever if the dead worker held the lock of the queue that both read.
    """

    def terminate(self) -> None:
        """End the worker."""
        self.kill()


class _Context(ForkServerContext):
    Process = _Worker


class Workers:
    """Worker processes of this process, all for the same run."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pools: list[ProcessPoolExecutor] = []
        self._pool = self._new_pool(count)
        self._renewing = Lock()
        self._stopped = Event()

    def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the result of a function in a worker; raise BrokenProcessPool if a worker dies meanwhile."""
        return self._submit(self._whole_pool(), work, *args, **kwargs).result()

    def run_job(self, work: Callable[[J], R], job: J) -> R:
        """Return the result of a job as `run` does; end the worker if a step of the job takes too long."""
        return self._watch(self._whole_pool(), work, job)

    def run_apart(self, work: Callable[[J], R], job: J) -> R:
        """Return the result of a job in a worker of its own as `run_job` does."""
        pool = self._new_pool(1)
        try:
            return self._watch(pool, work, job)
        finally:
            _end(pool)
            self._pools.remove(pool)

    @property
    def stopped(self) -> bool:
        """Whether the run was stopped and its workers were killed."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Kill all workers, whatever they do; the writing of the store and of snapshots allows that."""
        self._stopped.set()
        for pool in list(self._pools):
            _kill(pool)

    def close(self) -> None:
        """End the workers once they have finished what they do."""
        for pool in list(self._pools):
            _end(pool)

    def _whole_pool(self) -> ProcessPoolExecutor:
        """Return the pool for all, which is made anew after one of its workers has died."""
        with self._renewing:
            if self._pool._broken and not self.stopped:
                self._pool = self._new_pool(self._count)
            return self._pool

    def _submit(self, pool: ProcessPoolExecutor, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future = pool.submit(work, *args, **kwargs)
        if self.stopped:
            self.stop()  # again, since the worker may have started after the first time
        return future

    def _watch(self, pool: ProcessPoolExecutor, work: Callable[[J], R], job: J) -> R:
        """Wait for the result of a job, and kill its worker once a step takes too long."""
        job.mark.unlink(missing_ok=True)  # an earlier attempt may have left it as its process died
        future = self._submit(pool, work, job)
        while not wait([future], timeout=_LOOK_SECONDS).done:
            held = (pool._processes or {}).get(held_process(job.mark) or 0)
            if held:
                held.kill()
        return future.result()

    def _new_pool(self, count: int) -> ProcessPoolExecutor:
        """Make a pool; a worker starts when a task finds no idle one."""
        start_fork_server()
        context = _Context()
        # The fork server has the environment of its start, but workers need what was set since, such as credentials.
        environment = dict(os.environ)
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(environment,))
        self._pools.append(pool)
        return pool


def _kill(pool: ProcessPoolExecutor) -> None:
    # Python 3.14 has a method of the pool for this.
    for process in list((pool._processes or {}).values()):
        process.kill()


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool once its workers have finished what they do; end a broken one at once."""
    if pool._broken:
        # The pool has not ended a worker that started just then, and yet it waits for it.
        _kill(pool)
    pool.shutdown(cancel_futures=True)


_WORKERS: dict[str, Workers] = {}  # by run


def workers_of(run: CorpusRun) -> Workers:
    """Return the workers that this process has for a run; raise LookupError if it has none."""
    if run.run_id not in _WORKERS:
        raise LookupError(f"process {os.getpid()} on {socket.gethostname()} has no workers for the run {run.run_id}")
    return _WORKERS[run.run_id]


def give_workers(run: CorpusRun, workers: Workers) -> None:
    """Register the workers of a run, so that its tasks in this process find them."""
    _WORKERS[run.run_id] = workers


def take_workers(run: CorpusRun) -> Workers:
    """Remove and return the workers that are registered for a run in this process."""
    return _WORKERS.pop(run.run_id)


@contextmanager
def worker_processes(run: CorpusRun, count: int) -> Iterator[Workers]:
    """Keep `count` workers ready for a run; whatever stops the run (Ctrl-C, SIGTERM, the time limit) kills them."""
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
    """Make this worker ignore signals, and end with the process that it works for, even if that is killed.

    An orphaned worker would wait for work forever. Signals that stop a run often go to all its processes, and a worker
    that a signal ended would look like one that died of a file.
    """
    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent and sys.platform == "linux":
        # The thread below cannot run while a library holds the interpreter. But the kernel can send SIGIO as the pipe
        # from the parent closes, and that signal ends a process.
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, fcntl.fcntl(parent.sentinel, fcntl.F_GETFL) | os.O_ASYNC)

    def wait() -> None:
        if parent:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()
