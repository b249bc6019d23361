"""Where the tasks of a run work: in threads of this process, or of those of a Dask cluster."""

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
    """What runs the tasks of a run, with `workers` workers at once.

    `worker_processes` gives a run its workers, for as long as the context lasts, in every process that a task of it may
    come to. The task waits there, in a thread, for one of them; this is so wherever that process is.
    """

    tasks: TaskRunner[Any]
    workers: int
    worker_processes: Callable[[CorpusRun], AbstractContextManager[Any]]

    def submit(self, task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[R]:
        """Have a task run, and return what will have its result."""
        future: PrefectFuture[R] = self.tasks.submit(task, signature(task.fn).bind(*args, **kwargs).arguments)
        return future


@contextmanager
def task_runner(settings: Settings) -> Iterator[Runner]:
    """Give the runner that the settings ask for; raises UsageError where there is none."""
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
    # Two threads a worker, so that none waits for a task.
    threads: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=2 * workers)
    with threads:
        yield Runner(threads, workers, partial(worker_processes, count=workers))
