"""What the tasks of all stages share: what they know of the run, when they are tried again, how they are counted."""

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
    """A run has taken all the hours it may."""


def _is_io_failure(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether the failure is one that a disk or a network share may not repeat."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) and not is_disk_full(error)


def io_task(name: str, run_name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a task that is tried again after a failure of I/O and whose inputs are never hashed for a cache.

    A task that has ended may run again where the machine that it ran on is lost: it writes the same files then.
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
    """What the flow keeps of a run: whom it tells of its progress, its warnings, its counts and its times."""

    advance: Advance
    warnings: list[str] = field(default_factory=list)
    totals: Tally = field(default_factory=Tally)
    seconds: dict[str, float] = field(default_factory=dict)

    def warn(self, message: str) -> None:
        """Log a warning and keep it."""
        self.warnings.append(message)
        get_run_logger().warning("%s", message)

    def gather(self, futures: Iterable[PrefectFuture[Tally]], advance: Callable[[], None]) -> None:
        """Count what tasks have done as they end, and call `advance` after each."""
        for future in as_completed(list(futures)):
            self.totals.add(future.result())
            advance()

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note how long a stage takes."""
        start = time.monotonic()
        yield
        self.seconds[stage] = round(time.monotonic() - start, 3)
