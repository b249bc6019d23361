"""Where the tasks of a run work: in threads of this process, or of the processes of a Dask cluster."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from flows.running import orchestrator  # noqa: F401 - must stand before Prefect

# isort: split
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.errors import UsageError
from flows.running.corpus_run import CorpusRun
from flows.running.workers import worker_processes
from flows.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the tasks of a run, with `workers` workers at once.

    `worker_processes` gives the run its workers, for as long as the context lasts, in every process that may get one of
    its tasks. There a thread of the task waits for a worker.
    """

    tasks: TaskRunner[Any]
    workers: int
    worker_processes: Callable[[CorpusRun], AbstractContextManager[Any]]

    def submit(self, task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[R]:
        """Submit a task; return the future of its result."""
        future: PrefectFuture[R] = self.tasks.submit(task, signature(task.fn).bind(*args, **kwargs).arguments)
        return future


@contextmanager
def task_runner(settings: Settings) -> Iterator[Runner]:
    """Give the runner that the settings ask for; raise UsageError if it is not available."""
    workers = settings.run.workers or len(os.sched_getaffinity(0))
    if settings.run.runner == "dask":
        try:
            from flows.running.dask_runner import dask_runner
        except ModuleNotFoundError as error:
            needs = f"run.runner = 'dask' needs the package {error.name}"
            raise UsageError(f"{needs}: pip install 'winnow-news[dask]'") from error
        with dask_runner(settings, workers) as runner:
            yield runner
        return
    # Two threads for each worker, so that no worker waits for a task.
    threads: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=2 * workers)
    with threads:
        yield Runner(threads, workers, partial(worker_processes, count=workers))
