"""The worker processes of a run, forked from a server that has loaded once for all what each of them needs."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from threading import Thread


def start_fork_server() -> None:
    """Start the process that workers are forked from, if it does not run; it loads (2 s) while the caller goes on.

    A fork of the caller would copy locks that threads of Prefect and polars hold. Here none work: those that polars
    starts as it is imported (its allocator's, and one that removes spilled files) wait, and hold no lock meanwhile.
    """
    multiprocessing.set_forkserver_preload(["flows.preloaded"])
    forkserver.ensure_running()


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of so many worker processes; a worker starts with the first task that finds no other at rest.

    When the run is stopped (Ctrl-C, SIGTERM, its time is over) all workers are killed, whatever they are at: the store
    and the snapshots are written so that it may be.
    """
    start_fork_server()
    context = multiprocessing.get_context("forkserver")
    # The fork server has the environment of its own start; workers need what the run was told since, as credentials.
    environment = dict(os.environ)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(environment,))
    try:
        yield pool
    except BaseException as error:
        if not isinstance(error, Exception):
            for child in multiprocessing.active_children():
                if isinstance(child, context.Process):
                    child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


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
