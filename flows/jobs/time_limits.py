"""Time limits: an alarm for a piece of work, and a watchdog for workers that cannot hear the alarm."""

import faulthandler
import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from types import FrameType

_BEAT_SECONDS = 1.0  # at least between two resets of the watchdog, each of which starts a thread (0.1 ms)
_GRACE_SECONDS = 30.0  # that the watchdog waits beyond a limit before it ends the process


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
def watchdog(mark: Path, slow: frozenset[Step], deadly: frozenset[Step] = frozenset()) -> Iterator[Begins]:
    """Give a function that says which step begins and its limit in seconds; end the process if that passes.

    Python hears the alarm only between two of its own steps, and a library may not return to Python. The file `mark`
    then names the step (`step_at_death`), so that the work can begin anew without it: the function raises TooSlow for
    the steps in `slow`, and DeadlyError for those in `deadly`, of which a process died in another way.
    """
    armed, last = 0.0, -math.inf
    mark.parent.mkdir(parents=True, exist_ok=True)
    with Path(os.devnull).open("w") as sink, mark.open("wb") as marked:

        def begins(step: Step, seconds: float) -> None:
            nonlocal armed, last
            if step in slow:
                raise TooSlow
            if step in deadly:
                raise DeadlyError
            now = time.monotonic()
            until = now + seconds + _GRACE_SECONDS - 2 * _BEAT_SECONDS  # a moment before the process is ended
            os.pwrite(marked.fileno(), json.dumps([until, *astuple(step)]).encode() + b"\n", 0)
            if seconds > armed or now - last > _BEAT_SECONDS:
                armed, last = seconds, now
                faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True, file=sink)

        try:
            yield begins
        finally:
            faulthandler.cancel_dump_traceback_later()
    mark.unlink()


def step_at_death(mark: Path) -> tuple[Step, bool] | None:
    """Return the step that a process was at as it died, and whether the watchdog has just ended it for that."""
    written = mark.read_bytes().partition(b"\n")[0] if mark.exists() else b""
    if not written:
        return None
    until, *step = json.loads(written)
    return Step(*step), time.monotonic() > until


def overdue_step(mark: Path) -> Step | None:
    """Return the step for which the watchdog has just ended a process; None if the process died of something else."""
    step, overdue = step_at_death(mark) or (None, False)
    return step if overdue else None
