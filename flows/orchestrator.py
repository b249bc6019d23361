"""What must be told to Prefect before it is imported; import this module first."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Event

# A temporary server needs 17 to 30 s of CPU for its first start here, more than Prefect's own limit of 20 s.
_DEFAULTS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
for _name, _value in _DEFAULTS.items():
    os.environ.setdefault(_name, _value)

from prefect.logging.handlers import PrefectConsoleHandler  # noqa: E402 - the settings above must stand first
from prefect.settings import get_current_settings  # noqa: E402 - the settings above must stand first

from flows.errors import UsageError  # noqa: E402 - stands with the others


def api_url() -> str | None:
    """Return the address of the Prefect server that is configured, or None where a flow must start its own."""
    return get_current_settings().api.url


def check_home() -> None:
    """Make the folder that a temporary server keeps its database in.

    Raises UsageError where that fails: the server would not start, and a run would wait five minutes for it.
    """
    home = get_current_settings().home
    try:
        home.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=home).close()
    except OSError as error:
        raise UsageError(f"Prefect's folder {home} cannot be used ({error.strerror}): set PREFECT_HOME") from error


def hide_tracebacks() -> None:
    """Keep tracebacks off the console once Prefect is imported; its server has them in the log of the run."""
    for handler in _console():
        handler.addFilter(lambda record: not record.exc_info)


@contextmanager
def stopped_by_interrupt(stopped: Event) -> Iterator[None]:
    """Set `stopped` once the user interrupts, and keep the console still.

    Every task that then still waits would print that it failed.
    """
    # Polars' handler has a wait that was interrupted go on, so that Ctrl-C would be heard only once a task ends.
    signal.siginterrupt(signal.SIGINT, True)
    try:
        yield
    except KeyboardInterrupt:
        stopped.set()
        for handler in _console():
            handler.setLevel(logging.CRITICAL + 1)
        raise


def _console() -> list[logging.Handler]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, PrefectConsoleHandler)]
