"""What the tasks of all stages share: when they are tried again, and how their work is counted."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from flows.running import orchestrator  # noqa: F401 - must stand before Prefect

# isort: split
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture, as_completed
from prefect.tasks import Task

from flows.jobs.tally import Tally
from flows.running.failures import is_disk_full
from flows.running.progress import Advance

P = ParamSpec("P")
R = TypeVar("R")

RETRY_DELAYS = [1.0, 5.0]  # seconds before the second and the third attempt


class OverdueError(TimeoutError):
    """The run took longer than `run.hours`."""


def _is_io_failure(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether a failure is one of I/O, which another attempt may not meet again."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) and not is_disk_full(error)


def io_task(name: str, run_name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a task that is tried again after a failure of I/O and whose inputs are never hashed for a cache.

    A finished task may run again if its machine is lost; it must then write the same files.
    """
    return task(
        name=name,
        task_run_name=run_name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=RETRY_DELAYS,
        retry_condition_fn=_is_io_failure,
    )


@dataclass(slots=True)
class Account:
    """What the flow keeps about a run: the function that shows progress, warnings, counts and times."""

    advance: Advance
    warnings: list[str] = field(default_factory=list)
    totals: Tally = field(default_factory=Tally)
    seconds: dict[str, float] = field(default_factory=dict)

    def warn(self, message: str) -> None:
        """Log a warning, and keep it for the manifest."""
        self.warnings.append(message)
        get_run_logger().warning("%s", message)

    def gather(self, futures: Iterable[PrefectFuture[Tally]], advance: Callable[[], None]) -> None:
        """Add up the work of tasks as they end, and call `advance` after each."""
        for future in as_completed(list(futures)):
            self.totals.add(future.result())
            advance()

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Record the seconds that a stage takes."""
        start = time.monotonic()
        yield
        self.seconds[stage] = round(time.monotonic() - start, 3)
