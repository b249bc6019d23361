"""Settings that Prefect needs before it is imported, and the server of a run; import this module first."""

import atexit
import ctypes
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

# The first start of a temporary server took 17 to 30 s of processor time, and Prefect's own limit is 20 s.
_DEFAULTS = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    # Retries for 2 + 4 + ... + 128 s, so that a run can report its end after the server restarts, as in prefect.yaml.
    "PREFECT_CLIENT_MAX_RETRIES": "7",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
for _name, _value in _DEFAULTS.items():
    os.environ.setdefault(_name, _value)
# As it ends, Python would look through all that Prefect has loaded: 0.7 to 1.3 s on a busy machine, now 0.1 s.
atexit.register(gc.freeze)

from prefect.client.orchestration import get_client  # noqa: E402 - the settings above must stand first
from prefect.context import refresh_global_settings_context  # noqa: E402 - the settings above must stand first
from prefect.exceptions import CancelledRun, TerminationSignal  # noqa: E402 - the settings above must stand first
from prefect.logging.handlers import PrefectConsoleHandler  # noqa: E402 - the settings above must stand first
from prefect.settings import get_current_settings  # noqa: E402 - the settings above must stand first
from prefect.settings.context import temporary_settings  # noqa: E402 - the settings above must stand first

from flows.errors import UsageError  # noqa: E402 - stands with the others

# Seconds for connecting to a configured server, which is tried four times, and for its answer.
_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 8.0
_STOP_SECONDS = 5
# HTTP statuses of a server under load; it is asked again for a minute.
_BUSY = frozenset({429, 502, 503})
_BUSY_SECONDS, _ASK_AGAIN_SECONDS = 60.0, 2.0
_SIGNAL_ON_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG of prctl(2)
QUIET = logging.CRITICAL + 1  # a level that lets nothing through
_START_A_SERVER = "start one with `prefect server start` and set PREFECT_API_URL=http://127.0.0.1:4200/api"


def api_url() -> str | None:
    """Return the address of the configured Prefect server, or None if a run must start its own."""
    return get_current_settings().api.url


def require_server() -> None:
    """Raise UsageError unless a Prefect server is configured and answers."""
    if api_url() is None:
        raise UsageError(f"no Prefect server is configured: {_START_A_SERVER}")
    _check_server()


def _check_server() -> None:
    """Raise UsageError unless the configured address answers like a Prefect server."""
    patience = {"timeout": (_CONNECT_SECONDS, *[_ANSWER_SECONDS] * 3)}
    with (
        temporary_settings({"client.max_retries": 0}),
        get_client(httpx_settings=patience, sync_client=True) as client,
    ):
        deadline = time.monotonic() + _BUSY_SECONDS
        while (problem := client.api_healthcheck()) is not None and _is_busy(problem):
            if time.monotonic() > deadline:
                break
            time.sleep(_ASK_AGAIN_SECONDS)
    if problem is not None:
        said = " ".join(str(problem).split()) or type(problem).__name__
        raise UsageError(
            f"the Prefect server at {api_url()} does not answer ({said}): is it up? Start it, or set PREFECT_API_URL "
            "to another, or to nothing for a run with a server of its own"
        )


def _is_busy(problem: Exception) -> bool:
    return getattr(getattr(problem, "response", None), "status_code", None) in _BUSY


def require_server_for_run() -> None:
    """Make sure that a Prefect server works: the configured one or, without one, a temporary one for this process.

    Raises UsageError if it does not answer or start.
    """
    if api_url() is None:
        _start_temporary_server()
    else:
        _check_server()


def _start_temporary_server() -> None:
    """Start a Prefect server whose database is in Prefect's home, and make it the configured one.

    Prefect would start one itself. But if that cannot work, Prefect starts it again and again, and prints everything
    that each one says.
    """
    settings = get_current_settings()
    home = settings.home
    _check_home(home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    # With -P, files of the working folder that are called as a library of Prefect's are not imported in its place.
    command = [sys.executable, "-P", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-ui", "--no-scheduler", "--no-late-runs"]
    with TemporaryFile("w+", errors="replace") as said:
        # In a session of its own, since Ctrl-C goes to all processes of a terminal, and the run must still tell the
        # server that it was stopped. Without a server, it would retry for minutes.
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        # What Prefect registers later runs before this at exit, such as sending the last lines of the log.
        atexit.register(_stop, server)
        if not _answers(server, f"{url}/health", settings.server.ephemeral.startup_timeout_seconds):
            raise UsageError(_why_not_started(said, home))
    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()


def _end_with_parent() -> None:
    """Make the kernel end this process with its parent, even if that is killed; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_ON_PARENTS_DEATH, signal.SIGTERM)


def _answers(server: subprocess.Popen[bytes], url: str, seconds: float) -> bool:
    """Wait until the server answers; return False if it ends or takes too long."""
    # The server is on this machine, so no proxy is used.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=_ANSWER_SECONDS):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _why_not_started(said: IO[str], home: Path) -> str:
    said.seek(0)
    lines = [line.strip() for line in said if line.strip()]
    # Alembic's message for a database at a revision that this Prefect does not have.
    if any("Can't locate revision" in line for line in lines):
        return (
            f"the database in Prefect's folder {home} was made or moved on by another version of Prefect than the one "
            f"here ({version('prefect')}): set PREFECT_HOME to another folder"
        )
    errors = [line for line in lines if "Error" in line]
    return (
        f"a temporary Prefect server did not start ({(errors or lines or ['it said nothing'])[-1]}): set PREFECT_HOME "
        f"to another folder than {home}, or {_START_A_SERVER}"
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _check_home(home: Path) -> None:
    """Make the folder for the database of a temporary server; raise UsageError if that fails."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=home).close()
    except OSError as error:
        raise UsageError(f"Prefect's folder {home} cannot be used ({error.strerror}): set PREFECT_HOME") from error


# The exceptions by which a run is stopped from outside, and the message of its state.
STOPS: dict[type[BaseException], str] = {KeyboardInterrupt: "interrupted", TerminationSignal: "terminated"}


def hide_tracebacks() -> None:
    """Keep tracebacks off the console once Prefect is imported; the server has them in the log of the run."""
    for handler in _console():
        handler.addFilter(lambda record: not record.exc_info)


def hide_traceback(error: Exception | None = None) -> None:
    """Keep Prefect from logging an error of the run with its traceback, since the state says enough.

    Without an `error`, this is about what Prefect raises for a run that has ended Cancelled.
    """

    def is_told(record: logging.LogRecord) -> bool:
        raised = record.exc_info[1] if record.exc_info else None
        return not (raised is error if error else isinstance(raised, CancelledRun))

    logging.getLogger("prefect.flow_runs").addFilter(is_told)


@contextmanager
def quiet_when_stopped() -> Iterator[None]:
    """Silence the console and the log of the tasks once the run is stopped from outside.

    Otherwise every waiting task would log that it failed.
    """
    # Polars' handler resumes an interrupted wait, so that Ctrl-C would have no effect until a task ends.
    signal.siginterrupt(signal.SIGINT, True)
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception):
            logging.getLogger("prefect.task_runs").setLevel(QUIET)
            for handler in _console():
                handler.setLevel(QUIET)
        raise


def _console() -> list[logging.Handler]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, PrefectConsoleHandler)]
