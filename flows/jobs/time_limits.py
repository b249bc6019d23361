"""Time limits: an alarm for a piece of work, and a note of each step, by which to end a worker that hears no alarm."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from types import FrameType

_GRACE_SECONDS = 30.0  # that a step may take beyond its limit before its process is ended


class TooSlow(BaseException):
    """The time of a piece of work is over; a BaseException, so that no handler for ordinary errors swallows it."""


class DeadlyError(BaseException):
    """Raised in place of a step that a process has died of."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the body after this many seconds; needs the main thread, which runs the jobs of a worker."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one record, or to several together, the first of which is named."""

    stage: str
    source: str
    record: int
    records: int = 1


Begins = Callable[[Step, float], None]


@contextmanager
def noted_steps(mark: Path, slow: frozenset[Step], deadly: frozenset[Step] = frozenset()) -> Iterator[Begins]:
    """Give a function that says which step begins and its limit in seconds.

    Python hears the alarm only between two of its own steps, and a library may not return to Python. So the function
    notes the step in the file `mark`, by which the process that this one works for sees when to end it
    (`held_process`), and the work can begin anew without the step (`step_at_death`): the function raises TooSlow for
    the steps in `slow`, and DeadlyError for those in `deadly`, of which a process died in another way.
    """
    mark.parent.mkdir(parents=True, exist_ok=True)
    with mark.open("wb") as noted:

        def begins(step: Step, seconds: float) -> None:
            if step in slow:
                raise TooSlow
            if step in deadly:
                raise DeadlyError
            until = time.monotonic() + seconds + _GRACE_SECONDS
            os.pwrite(noted.fileno(), json.dumps([until, os.getpid(), *astuple(step)]).encode() + b"\n", 0)

        try:
            yield begins
        finally:
            mark.unlink(missing_ok=True)


def _noted(mark: Path) -> tuple[Step, int, bool] | None:
    """Return the step that a process has noted last, the process, and whether the time of the step is over."""
    line = mark.read_bytes().partition(b"\n")[0] if mark.exists() else b""
    if not line:
        return None
    until, process, *step = json.loads(line)
    return Step(*step), process, time.monotonic() > until


def held_process(mark: Path) -> int | None:
    """Return the process that has been at one step for too long, or None."""
    try:
        _, process, overdue = _noted(mark) or (None, None, False)
    except (OSError, ValueError):  # it is at the end of its work, or noting a step; the next look will tell
        return None
    return process if overdue else None


def step_at_death(mark: Path) -> tuple[Step, bool] | None:
    """Return the step that a process was at as it died, and whether its time was over."""
    noted = _noted(mark)
    return (noted[0], noted[2]) if noted else None


def overdue_step(mark: Path) -> Step | None:
    """Return the step that a process was ended for; None if it died of something else."""
    step, overdue = step_at_death(mark) or (None, False)
    return step if overdue else None
