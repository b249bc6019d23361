"""Limits in time: on a piece of work, and on a worker that does not even get to see that its time is up."""

import faulthandler
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_BEAT_SECONDS = 1.0  # between two settings of the watchdog, of which each starts a thread (0.1 ms)
_GRACE_SECONDS = 30.0  # over every limit, before the watchdog ends the process


class TooSlow(BaseException):
    """Raised by the alarm inside the work; no handler for ordinary errors may swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the body after this many seconds; needs the main thread, where a pool's worker runs its jobs."""

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
    """Give a function to say that the work gets on; where it is not called for this long, this process ends at once.

    The alarm is heard between two steps of Python only. A library that never comes back from one is met by this.
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
