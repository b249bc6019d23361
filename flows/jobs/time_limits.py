"""Time limits: an alarm for a piece of work, and a watchdog for workers that cannot hear the alarm."""

import faulthandler
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_BEAT_SECONDS = 1.0  # at least between two resets of the watchdog, each of which starts a thread (0.1 ms)
_GRACE_SECONDS = 30.0  # that the watchdog waits beyond a limit before it ends the process


class TooSlow(BaseException):
    """The time of a piece of work is over; a BaseException, so that no handler for ordinary errors swallows it."""


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


@contextmanager
def watchdog(seconds: float) -> Iterator[Callable[[], None]]:
    """Give a function to call while the work makes progress; without a call for this long, this process ends at once.

    Python only hears the alarm between two of its own steps. The watchdog is for libraries that never return from one.
    """
    last = -math.inf
    with Path(os.devnull).open("w") as sink:

        def gets_on() -> None:
            nonlocal last
            now = time.monotonic()
            if now - last > _BEAT_SECONDS:
                last = now
                faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True, file=sink)

        gets_on()
        try:
            yield gets_on
        finally:
            faulthandler.cancel_dump_traceback_later()
