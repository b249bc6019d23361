"""One real Prefect server for all tests of the flow, and one run of the sample."""

import fcntl
import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prefect.context import refresh_global_settings_context
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from typer.testing import CliRunner, Result

from flows.cli import app

SAMPLE = Path(__file__).parents[2] / "raw"


@dataclass(frozen=True)
class Published:
    """A finished run: its folders and its manifest."""

    raw: Path
    clean: Path
    manifest: dict[str, Any]

    @property
    def current(self) -> Path:
        """The link that readers use."""
        return self.clean / "current"


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a real server on a free port of 127.0.0.1, in force for this process too."""
    ours = environment_of_a_server(tmp_path_factory.mktemp("prefect"))
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # by all processes of these tests
    environment = {**os.environ, **ours}
    os.environ.update(ours)
    refresh_global_settings_context()  # Prefect has read the environment if a test module imported it
    # A run with a heartbeat waits at its end for a thread that sleeps a second at a time. The many runs of this process
    # have none here; those in processes of their own do.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), serving_alike(environment, shared):
        yield environment
        for handler in logging.getLogger("prefect.flow_runs").handlers:
            handler.flush()  # logs still on their way would find the server gone


def environment_of_a_server(home: Path) -> dict[str, str]:
    """Return what a server of its own on a free port, and all that use it, must be told."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
        # Scheduler, workers and served deployments look for what is due every second, not every 5 to 60.
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        # By default the server writes each state of a task by itself, which is about half of its work.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        "COLUMNS": "160",
    }


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[None]:
    """Have the server of an environment at work."""
    url = urllib.parse.urlsplit(environment["PREFECT_API_URL"])
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(url.port)]
    log = Path(environment["PREFECT_HOME"], "server.log")
    with log.open("ab") as stream:
        server = subprocess.Popen(command, env=environment, stdout=stream, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"{environment['PREFECT_API_URL']}/health", server, log)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


@contextmanager
def serving_alike(environment: dict[str, str], shared: Path) -> Iterator[None]:
    """Have the server of an environment at work; of all that share a folder, the first makes an empty database for all.

    Making one is more than half of a start: 5 of 9 s of processor.
    """
    ours, first = Path(environment["PREFECT_HOME"], "prefect.db"), shared / "empty.db"
    with ExitStack() as stack:
        with (shared / "empty.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = first.exists()
            if made:
                shutil.copyfile(first, ours)
            else:
                stack.enter_context(serving(environment))
                with closing(sqlite3.connect(ours)) as source, closing(sqlite3.connect(shared / "part.db")) as copy:
                    source.backup(copy)
                (shared / "part.db").rename(first)
        if made:
            stack.enter_context(serving(environment))
        yield


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(errors="replace")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url}:\n{log.read_text(errors='replace')}")


def publish(raw: Path, clean: Path, **settings: Any) -> Published:
    """Run the real flow in this process against the test server."""
    from flows.corpus import clean_corpus
    from flows.settings import Settings

    return Published(raw, clean, clean_corpus(raw=raw, clean=clean, settings=Settings.model_validate(settings)))


def copied(published: Published, folder: Path) -> Published:
    """Copy the folders of a run, to change them or to go on from them: a run is two seconds of work, a copy none."""
    for part in (published.raw, published.clean):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return Published(folder / published.raw.name, folder / published.clean.name, published.manifest)


def invoke(*arguments: str | Path, columns: int = 160) -> Result:
    """Run a command in this process, which saves the seconds in which a process of its own would load it."""
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": str(columns)})


def tables(published: Published) -> dict[str, bytes]:
    """Return the bytes of each Parquet file."""
    snapshot = published.current.resolve()
    return {str(path.relative_to(snapshot)): path.read_bytes() for path in sorted(snapshot.rglob("*.parquet"))}


def printed(*arguments: str | Path, clean: Path, status: int = 0) -> str:
    """Run a command on a clean folder in this process; return what it prints, on standard error if it fails."""
    result = invoke(*arguments, "--clean", clean)
    assert result.exit_code == status, result.output
    return result.stderr if status == 2 else result.stdout


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, which is called again and again; fail after half a minute, or as long as is said."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """Fail if the body takes longer, or on a busy machine as many times longer as other work does there."""
    before = strain()
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    assert took < seconds or took < seconds * max(before, strain()), f"it took {took:.1f} s"


def strain() -> float:
    """Return how many times longer than alone on the machine work takes now: the time of a third of a second of it."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < 0.3:
        pass
    return (time.monotonic() - began) / 0.3


def write_files(raw: Path, files: Mapping[str, str]) -> None:
    """Write files below a raw folder, making the folders that they lie in."""
    for name, content in files.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.fixture(scope="session")
def sample(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The project's sample of raw files, cleaned and published once; not to be written to."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(SAMPLE, folder / "raw")
    return publish(folder / "raw", folder / "clean")
