"""Of several runs at one address one publishes; a snapshot there is whole or is not current."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from flows.corpus import clean_corpus
from flows.errors import UsageError
from flows.folders import corpora, leases
from flows.folders.addresses import Address, work_folder
from flows.folders.files import discard
from flows.folders.leases import LOCK, OvertakenError
from flows.folders.objects import ChangedError, read_object, write_object
from tests.flows.addresses.conftest import (
    BEFORE,
    CRAWL,
    Server,
    content,
    copy_of,
    current,
    overtake,
    snapshots,
    work_in,
)
from tests.flows.conftest import Published, invoke, publish, wait_until
from tests.flows.test_damage import as_dangling_link, as_folder


def test_stale_pointer_is_refused(corpus: Address, sample: Published, tmp_path: Path) -> None:
    """A run whose snapshot before is no longer the current one publishes nothing and takes its own away."""
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test") as claimed:
        overtake(corpus)
        with pytest.raises(OvertakenError, match=r"another run has published other at s3://news/"):
            corpora.publish_corpus(claimed, copy_of(sample, tmp_path), "20260102T000000.000000-late")
    assert json.loads(content(corpus, "current.json"))["run_id"] == "other"
    assert snapshots(corpus) == {BEFORE}


@pytest.mark.parametrize("damage", [discard, as_dangling_link, as_folder])
def test_work_folder_is_mended(corpus: Address, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Whatever stands where a work folder has its link to the current snapshot, the address says what that is."""
    link = work_folder(corpus, str(tmp_path)) / "current"
    damage(link)
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test"):
        assert link.resolve().name == BEFORE


def test_first_of_two_first_runs_is_published(server: Server, sample: Published, tmp_path: Path) -> None:
    """Where nothing was published before, the second of two runs is refused too."""
    place = Address("s3", "news", "first")
    with corpora.claim_corpus(place, work_in(tmp_path), "the test") as claimed:
        overtake(place)
        with pytest.raises(OvertakenError, match="another run has published other"):
            corpora.publish_corpus(claimed, copy_of(sample, tmp_path), "20260102T000000.000000-late")
    assert snapshots(place) == set()


def held_by_another(place: Address, expires: datetime) -> None:
    """Have a run on another machine hold the lock."""
    said = {"holder": "run 7, process 1 on elsewhere", "expires": expires.isoformat(), "token": "elsewhere"}
    overwrite_lock(place, json.dumps(said).encode())


def overwrite_lock(place: Address, content: bytes) -> None:
    """Have something else stand in the place of the lock, which its holder may renew at any moment."""

    def written() -> bool:
        found = read_object(place, LOCK)
        with suppress(ChangedError):
            write_object(place, LOCK, content, found and found[1])
            return True
        return False

    wait_until(written)


def test_taken_lock_ends_the_run_cancelled(corpus: Address) -> None:
    """A run that finds the lock taken ends Cancelled and says by whom; `winnow run` with status 75."""
    held_by_another(corpus, datetime.now(UTC) + timedelta(minutes=1))
    state = clean_corpus(raw=Path(str(CRAWL)), clean=Path(str(corpus)), return_state=True)
    assert state.is_cancelled()
    assert str(state.message).startswith(f"another run is publishing into {corpus}: run 7, process 1 on elsewhere")
    command = invoke("run", "--raw", str(CRAWL), "--clean", str(corpus))
    (line,) = command.stderr.splitlines()
    assert command.exit_code == 75
    assert "run 7, process 1 on elsewhere" in line


def test_expired_lock_is_taken_over(corpus: Address, tmp_path: Path) -> None:
    """A run that was killed on another machine holds the lock until it expires, and no longer."""
    held_by_another(corpus, datetime.now(UTC) - timedelta(seconds=1))
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test"):
        assert "the test" in json.loads(content(corpus, LOCK))["holder"]
    assert json.loads(content(corpus, LOCK))["expires"] is None


def test_lock_is_renewed(corpus: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run says again and again that it holds the lock, and gives it up at its end."""
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    monkeypatch.setattr(leases, "LEASE", timedelta(minutes=60))
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test"):
        first = json.loads(content(corpus, LOCK))["expires"]
        wait_until(lambda: bool(json.loads(content(corpus, LOCK))["expires"] > first))
    assert json.loads(content(corpus, LOCK))["expires"] is None


def test_run_whose_lock_is_damaged_publishes_nothing(
    corpus: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that finds something else in the place of its lock goes no further: another may be publishing."""
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test") as claimed:
        overwrite_lock(corpus, b"{")
        assert claimed.lease is not None
        lease = claimed.lease
        wait_until(lambda: bool(lease.lost_to))
        with pytest.raises(OvertakenError, match=r"is held by something that is no lock"):
            lease.check()
    assert content(corpus, LOCK) == b"{"


def test_run_that_lost_its_lock_publishes_nothing(
    corpus: Address, sample: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose lock was taken over, as while its machine slept, sees it before it publishes, and leaves it alone."""
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
    with corpora.claim_corpus(corpus, work_in(tmp_path), "the test") as claimed:
        held_by_another(corpus, datetime.now(UTC) + timedelta(minutes=1))
        assert claimed.lease is not None
        lease = claimed.lease
        wait_until(lambda: bool(lease.lost_to))
        with pytest.raises(OvertakenError, match="held by run 7, process 1 on elsewhere"):
            corpora.publish_corpus(claimed, copy_of(sample, tmp_path), "20260102T000000.000000-late")
    assert json.loads(content(corpus, LOCK))["token"] == "elsewhere"
    assert snapshots(corpus) == {BEFORE}


def test_run_whose_lock_has_expired_removes_nothing(
    corpus: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose lock was not renewed, as while its machine slept, leaves alone what another may be writing."""
    monkeypatch.setattr(leases, "LEASE", timedelta(0))
    write_object(corpus / "snapshots" / "half", "articles/part-00000.parquet", b"PAR1", None)
    with (
        corpora.claim_corpus(corpus, work_in(tmp_path), "the test") as claimed,
        pytest.raises(OvertakenError, match="nothing is removed at the address"),
    ):
        corpora.prune_corpus(claimed, 1)
    assert snapshots(corpus) == {BEFORE, "half"}


KILLED = """
import os, signal, sys
from pathlib import Path
from flows.folders import corpora
from flows.folders.addresses import Address
from flows.settings import Settings

work, staged, place = sys.argv[1:]
upload = corpora.upload

def upload_some(target, files):
    upload(target, dict(list(files.items())[:3]))
    os.kill(os.getpid(), signal.SIGKILL)

corpora.upload = upload_some
settings = Settings.model_validate({"run": {"work": work}})
with corpora.claim_corpus(Address("s3", "news", place), settings, "the killed run") as corpus:
    corpora.publish_corpus(corpus, Path(staged), "20260103T000000.000000-killed")
"""


@pytest.mark.slow
def test_killed_run_leaves_the_snapshot_before(corpus: Address, sample: Published, tmp_path: Path) -> None:
    """After `kill -9` in mid-upload the snapshot before is current; the next run at the same place needs not wait."""
    staged = copy_of(sample, tmp_path)
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(staged), corpus.path]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    killed = "20260103T000000.000000-killed"
    assert snapshots(corpus) == {BEFORE, killed}
    assert current(corpus).name == BEFORE
    elsewhere = clean_corpus(raw=Path(str(CRAWL)), clean=Path(str(corpus)), return_state=True)
    assert "the killed run" in str(elsewhere.message)
    published = publish(Path(str(CRAWL)), Path(str(corpus)), run={"work": str(tmp_path)})
    assert current(corpus).name == published.manifest["run_id"]
    assert snapshots(corpus) == {BEFORE, published.manifest["run_id"]}


class Forgetful(BaseHTTPRequestHandler):
    """A store that knows PUT and GET and takes no heed of a condition."""

    held: ClassVar[dict[str, bytes]] = {}
    ignored: ClassVar[str] = ""

    def do_PUT(self) -> None:
        """Keep what is sent."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["If-None-Match"] and self.path in self.held and self.ignored != "If-None-Match":
            self._answer(412, b"")
            return
        self.held[self.path] = content
        self._answer(200, b"")

    def do_GET(self) -> None:
        """Give what was sent."""
        found = self.held.get(self.path)
        self._answer(200 if found else 404, found or b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match"])
def test_store_without_conditions_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, condition: str
) -> None:
    """A store that overwrites what is to stay could lose a snapshot, and is refused."""
    monkeypatch.setattr(Forgetful, "ignored", condition)
    monkeypatch.setattr(Forgetful, "held", {})
    with ThreadingHTTPServer(("127.0.0.1", 0), Forgetful) as forgetful:
        Thread(target=forgetful.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{forgetful.server_port}")
        claimed = corpora.claim_corpus(Address("s3", "forgetful", condition), work_in(tmp_path), "the test")
        with pytest.raises(UsageError, match=rf"takes no heed of conditions .*\({condition}\)"), claimed:
            pass
        forgetful.shutdown()
