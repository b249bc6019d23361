"""Where the tasks of a run work: in threads of this process, which wait for its worker processes."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flows import orchestrator  # noqa: F401 - must stand before Prefect

# isort: split
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.settings import Settings
from flows.workers import worker_processes

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Runner:
    """What runs the tasks of a run, with so many workers at once.

    `worker_processes` gives the run with a staging folder its workers, for as long as the context lasts, in every
    process that a task may come to.
    """

    tasks: TaskRunner[Any]
    workers: int
    worker_processes: Callable[[Path], AbstractContextManager[Any]]

    def submit(self, task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[R]:
        """Have a task run, and return what will have its result."""
        future: PrefectFuture[R] = self.tasks.submit(task, signature(task.fn).bind(*args, **kwargs).arguments)
        return future


@contextmanager
def task_runner(settings: Settings) -> Iterator[Runner]:
    """Give the runner that the settings ask for."""
    workers = settings.run.workers or len(os.sched_getaffinity(0))
    # Two threads a worker, so that none waits for a task.
    threads: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=2 * workers)
    with threads:
        yield Runner(threads, workers, partial(worker_processes, count=workers))
