"""A run that fails for its place says so: a full disk, a store that was removed, a server under load."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL
from prefect.settings.context import temporary_settings

from flows.errors import UsageError
from flows.running import orchestrator
from tests.flows.conftest import SAMPLE, publish
from tests.flows.test_cli import WINNOW
from tests.flows.test_failing_stages import story

DISK = "size=2m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", place], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_full_disk_is_said_in_one_line(small_disk: Path, tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """A run that cannot write says that the disk is full, what it needs and what is left over; the snapshot stands."""
    raw, clean = tmp_path / "raw", small_disk / "clean"
    shutil.copytree(SAMPLE / "wire", raw)
    before = publish(raw, clean).current.resolve()
    (small_disk / "ballast").write_bytes(bytes(1_400_000 - sum(path.lstat().st_size for path in clean.rglob("*"))))
    for number in range(20):
        (raw / f"{number}.txt").write_text(story(number) + " ".join(f"{number}{n}" for n in range(30_000)))
    command = [WINNOW, "run", "--raw", str(raw), "--clean", str(clean)]
    result = subprocess.run(command, env=prefect_environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("winnow: the run failed")]
    assert "nothing was published" in line
    assert re.search(r"the disk of .*clean is full.*the one before takes [\d.,]+ MB\. What this run ", line), line
    assert (clean / "current").resolve() == before


@pytest.mark.slow
def test_store_that_is_removed_while_a_run_works_is_told(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """The run fails, and its message names the store; the next one publishes."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for number in range(20):
        (raw / f"{number}.txt").write_text(story(number))
    command = [WINNOW, "run", "--set", "run.workers=1", "--set", "run.batch_files=1"]
    run = subprocess.Popen(command, cwd=tmp_path, env=prefect_environment, stderr=subprocess.PIPE, text=True)
    while not any(clean.glob(".store/*/files/*.parquet")):
        assert run.poll() is None
        time.sleep(0.01)
    (clean / ".store").rename(tmp_path / "moved")
    _, said = run.communicate(timeout=120)
    assert run.returncode == 1
    assert "clean/.store was removed while the run worked: run again" in said
    assert publish(raw, clean).manifest["counts"]["articles"] == 20


class _Busy(BaseHTTPRequestHandler):
    """A server that answers some times that it is busy."""

    left = 0

    def do_GET(self) -> None:
        cls = type(self)
        cls.left -= 1
        self.send_response(503 if cls.left >= 0 else 200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def busy() -> Iterator[str]:
    """The address of such a server."""
    server = HTTPServer(("127.0.0.1", 0), _Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()


@pytest.mark.parametrize(("times", "comes"), [(2, True), (10**6, False)])
def test_server_under_load_is_asked_again(busy: str, monkeypatch: pytest.MonkeyPatch, times: int, comes: bool) -> None:
    """A server that says it is busy is asked again for a while, and then told as one that does not answer."""
    monkeypatch.setattr(_Busy, "left", times)
    monkeypatch.setattr(orchestrator, "_BUSY_SECONDS", 60.0 if comes else 0.2)
    monkeypatch.setattr(orchestrator, "_ASK_AGAIN_SECONDS", 0.05)
    with temporary_settings({PREFECT_API_URL: busy}):
        if comes:
            orchestrator.require_server()
        else:
            with pytest.raises(UsageError, match="503"):
                orchestrator.require_server()
