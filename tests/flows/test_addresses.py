"""Raw files and corpora in an object store: a real S3-compatible server, and all that a run on disk does."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread
from typing import ClassVar

import polars as pl
import pytest

from flows.corpus import clean_corpus
from flows.errors import UsageError
from flows.folders import corpora, leases, objects
from flows.folders.addresses import Address, work_folder
from flows.folders.files import discard
from flows.folders.leases import LOCK, OvertakenError
from flows.folders.objects import (
    ChangedError,
    delete_objects,
    fetch,
    holds_objects,
    list_objects,
    read_object,
    upload,
    write_object,
)
from flows.folders.sources import Source, list_sources
from flows.jobs.extracted_parts import ExtractJob, extract_batch
from flows.settings import Settings
from tests.flows.conftest import SAMPLE, Published, free_port, invoke, publish, wait_until
from tests.flows.test_damage import as_dangling_link, as_folder

STORY = (
    "The harbour at Nettle Point was closed on Friday after a crane fell across the channel, the port office said.\n\n"
    "Nobody was hurt. The crane, which is older than the harbour wall it stands on, was due for repair in spring.\n\n"
    "Four coal barges are waiting in the bay, and the ferry to Outer Skell has been sent to the old jetty instead."
)


@dataclass(frozen=True)
class Server:
    """The server and what it has been asked."""

    log: Path

    def asked(self, method: str, path: str) -> int:
        """Return how many requests of a method there were for paths with this in them."""
        lines = self.log.read_text(errors="replace").splitlines()
        return sum(f'"{method} ' in line and path in line for line in lines)


@pytest.fixture(scope="module")
def server(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a free port, which the environment names as one would name any."""
    folder = tmp_path_factory.mktemp("server")
    url = f"http://127.0.0.1:{free_port()}"
    ours = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "reader",
        "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-test",
        "AWS_REGION": "us-east-1",
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    with pytest.MonkeyPatch.context() as patch, (folder / "log").open("wb") as log:
        for name, value in ours.items():
            patch.setenv(name, value)
            patch.setitem(prefect_environment, name, value)
        port = url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            make_bucket(f"{url}/news", process)
            yield Server(folder / "log")
        finally:
            process.terminate()
            process.wait(timeout=30)


def make_bucket(url: str, process: subprocess.Popen[bytes]) -> None:
    """Make a bucket as soon as the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=5)
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url}")


CRAWL, CORPUS = Address("s3", "news", "crawl"), Address("s3", "news", "corpus")
BEFORE = "20260101T000000.000000-before"


@pytest.fixture(scope="module")
def stored(server: Server) -> Published:
    """The sample as objects, cleaned and published in the same bucket; only for reading."""
    upload(CRAWL, {path.relative_to(SAMPLE).as_posix(): path for path in SAMPLE.rglob("*") if path.is_file()})
    return publish(Path(str(CRAWL)), Path(str(CORPUS)))


def content(address: Address, name: str) -> bytes:
    """Return the bytes of an object that is there."""
    found = read_object(address, name)
    assert found is not None, f"{address / name} is not there"
    return found[0]


def current(corpus: Address) -> Address:
    """Return where the current snapshot is."""
    return corpus / str(json.loads(content(corpus, "current.json"))["snapshot"])


def test_objects_are_published_as_files_are(stored: Published, sample: Published) -> None:
    """From and into a bucket, a run publishes the same tables as from folder to folder, byte by byte."""
    snapshot = current(CORPUS)
    names = {one.name for one in list_objects(snapshot)}
    assert names == {path.relative_to(sample.current).as_posix() for path in sample.current.rglob("*.*")}
    for name in sorted(names - {"manifest.json", "report.html"}):
        assert content(snapshot, name) == (sample.current / name).read_bytes(), name


def test_reader_of_the_contract_reads(stored: Published, sample: Published) -> None:
    """The lines that the documentation gives to readers of a bucket give the articles."""
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "object-stores.md").read_text(encoding="utf-8")
    lines = next(block for block in text.split("```python\n")[1:] if "s3://" in block).partition("```")[0]
    named = next(line for line in lines.splitlines() if line.startswith("clean = "))
    variables: dict[str, object] = {}
    exec(lines.replace(named, f"clean = {str(CORPUS)!r}"), variables)
    articles = variables["articles"]
    assert isinstance(articles, pl.LazyFrame)
    assert articles.collect().equals(pl.read_parquet(sample.current / "articles/*.parquet"))


def test_unchanged_objects_are_not_fetched_again(server: Server) -> None:
    """A second run fetches what was written since, and no other object."""
    raw, clean = Address("s3", "news", "harbour"), Address("s3", "news", "harbour-corpus")
    for name in ("a.txt", "b.txt", "c.txt"):
        write_object(raw, name, f"Crane closes {name}\n\n{STORY}\n\nThis is the report of {name}.".encode(), None)
    first = publish(Path(str(raw)), Path(str(clean)))
    mark = read_object(raw, "b.txt")
    assert mark is not None
    write_object(raw, "b.txt", mark[0] + b"\n\nThe crane's owner will pay for the delay.", mark[1])
    before = server.asked("GET", "/news/harbour/")
    second = publish(Path(str(raw)), Path(str(clean)))
    assert [run.manifest["counts"]["fetched"] for run in (first, second)] == [3, 1]
    assert server.asked("GET", "/news/harbour/") == before + 1


def test_gone_object_is_carried_on(server: Server, tmp_path: Path) -> None:
    """An article whose object is gone is carried on from the snapshot at the address, on any machine."""
    raw, clean = Address("s3", "news", "bay"), Address("s3", "news", "bay-corpus")
    write_object(raw, "a.txt", f"Crane closes harbour\n\n{STORY}".encode(), None)
    write_object(raw, "b.txt", b"Ferries", None)
    publish(Path(str(raw)), Path(str(clean)))
    delete_objects(raw, ["a.txt"])
    again = publish(Path(str(raw)), Path(str(clean)), run={"work": str(tmp_path)})
    assert (again.manifest["counts"]["articles"], again.manifest["counts"]["missing"]) == (1, 1)
    assert len(snapshots(clean)) == 2
    with corpora.claim_corpus(clean, work_in(tmp_path), "the test") as claimed:
        corpora.prune_corpus(claimed, 1)
    assert snapshots(clean) == {current(clean).name}


def test_secrets_are_written_nowhere(stored: Published, server: Server) -> None:
    """No object, no file of the work folder and no line of the run's state has the credentials in it."""
    secret = os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    assert [one.name for one in list_objects(CORPUS) if secret in content(CORPUS, one.name)] == []
    work = work_folder(CORPUS, None)
    assert [path for path in work.rglob("*") if path.is_file() and secret in path.read_bytes()] == []
    assert secret.decode() not in json.dumps(stored.manifest)


@pytest.fixture
def corpus(server: Server, sample: Published, request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """An address with one published snapshot, a copy of the sample's."""
    place = Address("s3", "news", request.node.name)
    with corpora.claim_corpus(place, work_in(tmp_path), "the test") as claimed:
        corpora.publish_corpus(claimed, copy_of(sample, tmp_path), BEFORE)
    return place


def work_in(folder: Path) -> Settings:
    """Return settings of a machine of its own."""
    return Settings.model_validate({"run": {"work": str(folder)}})


def copy_of(sample: Published, folder: Path) -> Path:
    """Stage the tables of the sample."""
    return Path(shutil.copytree(sample.current, folder / "staged"))


def snapshots(place: Address) -> set[str]:
    """Return the names of the snapshots that have any object."""
    return {one.name.partition("/")[0] for one in list_objects(place / "snapshots")}


def overtake(place: Address) -> None:
    """Publish as a run on another machine does, that takes no heed of the lock."""
    found = read_object(place, "current.json")
    write_object(place, "current.json", b'{"run_id": "other", "snapshot": "snapshots/other"}', found and found[1])


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


def fate_of(sources: list[Source], folder: Path) -> str:
    """Have a worker's job read one source; return its fate, with the message."""
    job = ExtractJob("only", tuple(sources), folder / "staging", folder / "store", Settings(), last=True)
    extract_batch(job)
    (fate,) = pl.read_parquet(folder / "staging" / "unreadable" / "only.parquet").iter_rows(named=True)
    return f"{fate['source']}: {fate['fate']}: {fate['message']}"


def test_object_that_cannot_be_fetched_costs_itself(server: Server, tmp_path: Path) -> None:
    """An object that is gone, was changed or has a key that cannot be read has a fate that says so."""
    raw = Address("s3", "news", "unsteady")
    mark = write_object(raw, "a.txt", b"Crane closes harbour", None)
    sources = list_sources(raw)
    write_object(raw, "a.txt", b"Crane opens harbour", mark)
    assert fate_of(sources, tmp_path / "changed").startswith("a.txt: unreadable: changed since the address was listed")
    delete_objects(raw, ["a.txt"])
    assert fate_of(sources, tmp_path / "gone").startswith("a.txt: unreadable: gone since the address was listed")
    assert list(tmp_path.rglob("fetched/*")) == []


def test_key_that_no_path_can_be_costs_its_folder(server: Server, tmp_path: Path) -> None:
    """An object whose key has an empty part keeps its folder from being listed, and nothing else."""
    raw = Address("s3", "news", "odd")
    for name in ("a.txt", "b/c.txt"):
        write_object(raw, name, b"Crane closes harbour", None)
    put = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/news/odd/b//d.txt", method="PUT", data=b"x")
    urllib.request.urlopen(put).close()
    sources = list_sources(raw)
    assert [source.name for source in sources] == ["a.txt", "b"]
    assert fate_of(sources[1:], tmp_path).startswith("b: unreadable: a folder that could not be listed")


def test_signs_in_keys_are_kept(server: Server, tmp_path: Path) -> None:
    """Blanks, percent signs and letters beyond ASCII in a key are the source's; what is hidden is passed over."""
    raw = Address("s3", "news", "signs")
    names = ["Käse #1?.txt", "a b%20c+d.txt"]
    for name in (*names, ".hidden.txt", ".git/x.txt"):
        write_object(raw, name, f"{name}\n\n{STORY}".encode(), None)
    (tmp_path / "x").write_text("x")
    upload(raw, {"empty/x.txt": tmp_path / "x"})
    sources = list_sources(raw)
    assert [source.name for source in sources] == sorted([*names, "empty/x.txt"])
    copies = [tmp_path / str(number) for number in range(len(sources))]
    for source, copy in zip(sources, copies, strict=True):
        assert source.bucket is not None
        fetch(source.bucket, source.path, copy, size=source.size, e_tag=source.e_tag, gets_on=lambda: None)
    assert [copy.read_text().split("\n")[0] for copy in copies] == [*sorted(names)[:2], "x"]


def test_address_that_cannot_be_used_is_told(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket that is not there, and a server that does not answer, end a run with one line that names the address."""
    missing = invoke("run", "--raw", "s3://nothing/crawl", "--clean", tmp_path)
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    assert "s3://nothing/crawl: The specified bucket does not exist" in missing.stderr
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    silent = invoke("run", "--raw", "s3://nowhere/crawl", "--clean", tmp_path)
    assert (silent.exit_code, silent.stderr.count("\n")) == (1, 1)
    assert "s3://nowhere/crawl does not answer" in silent.stderr


def test_flow_says_what_the_store_says(server: Server, tmp_path: Path) -> None:
    """A run by Prefect alone ends Failed with the same line."""
    state = clean_corpus(raw=Path("s3://nothing/crawl"), clean=tmp_path, return_state=True)
    assert (state.name, state.message) == ("Failed", "s3://nothing/crawl: The specified bucket does not exist")


@pytest.mark.parametrize("asks", [list_sources, holds_objects])
def test_missing_package_is_told(asks: Callable[[Address], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package for object stores, whatever asks first ends in a line that says what to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(UsageError, match=r"s3://elsewhere/crawl needs the package obstore.*'winnow-news\[cloud\]'"):
        asks(Address("s3", "elsewhere", "crawl"))


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


def test_reason_has_no_signature() -> None:
    """What a store says of a failure may name a signed address, whose signature is not said again."""
    said = "Error performing GET in 2ms - HTTP error: sending https://a.example/x?sig=abc%3D failed"
    assert objects._reason(said) == "HTTP error: sending https://a.example/x failed"


def asked(*arguments: str) -> str:
    """Return what a command prints that ends well."""
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_question_an_address(
    corpus: Address, sample: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands on a corpus take an address: those that read it, and those that change what is current or ruled."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    run = "20260102T000000.000000-later"
    with corpora.claim_corpus(corpus, Settings(), "the test") as claimed:
        corpora.publish_corpus(claimed, copy_of(sample, tmp_path), run)
    at = ("--clean", str(corpus))
    assert json.loads(asked("explain", "wire/lighthouse-original.txt", "--json", *at))[0]["source"]
    assert json.loads(asked("stats", "--json", *at))["run"]
    assert [row["current"] for row in json.loads(asked("snapshots", "--json", *at))] == [True, False]
    assert json.loads(asked("diff", "--json", *at))["changes"]["added"] == 0
    asked("report", *at)
    assert (tmp_path / "report.html").is_file()
    assert f"Written to {corpus}/takedowns.toml" in asked("takedown", "wire/", "--reason", "a court order", *at)
    assert b"a court order" in content(corpus, "takedowns.toml")
    assert "source wire: a court order" in asked("takedown", "--list", *at)
    assert "may be published again" in asked("takedown", "wire/", "--undo", *at)
    assert "source wire" not in asked("takedown", "--list", *at)
    found = {row["what"]: row for row in json.loads(invoke("doctor", "--json", *at).stdout)}
    assert [found[what]["state"] for what in ("address", "snapshot", "lock", "takedowns")] == ["ok"] * 4
    assert f"{corpus}/current.json was {run}" in asked("rollback", *at)
    assert current(corpus).name == BEFORE


def test_readers_at_once_share_a_work_folder(corpus: Address, tmp_path: Path) -> None:
    """Two commands that copy one snapshot into the same work folder at the same time both find it whole."""
    settings, both = work_in(tmp_path / "readers"), Barrier(2)

    def articles(_: int) -> int:
        both.wait()
        with corpora.at_hand(Path(str(corpus)), settings) as at:
            return pl.read_parquet(at / "current/articles/*.parquet").height

    with ThreadPoolExecutor(2) as readers:
        assert len(set(readers.map(articles, range(2)))) == 1
    assert not [path for path in tmp_path.glob("readers/**/.*") if path.is_file()]


def test_doctor_looks_at_an_address_that_is_new(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no run on this machine has published into an address yet, the work folder is told to be missing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    told = invoke("doctor", "--json", "--clean", "s3://news/new")
    found = {row["what"]: row for row in json.loads(told.stdout)}
    assert (found["address"]["state"], found["snapshot"]["state"]) == ("ok", "note")
    work = work_folder(Address("s3", "news", "new"), None)
    assert found["work folder"] == {
        "what": "work folder",
        "state": "note",
        "found": f"{work} is not there yet",
        "advice": "winnow run makes it",
    }


def test_ruling_of_two_at_once_is_refused(corpus: Address, tmp_path: Path) -> None:
    """Who writes a file of rulings that somebody else has changed meanwhile is told, and theirs stands."""
    settings = work_in(tmp_path)
    with (
        pytest.raises(UsageError, match="changed by somebody else"),
        corpora.at_hand(Path(str(corpus)), settings) as at,
    ):
        write_object(corpus, "takedowns.toml", b"# theirs", None)
        (at / "takedowns.toml").write_text("# ours")
    assert content(corpus, "takedowns.toml") == b"# theirs"
