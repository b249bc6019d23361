"""A real S3-compatible server, and corpora in it."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.folders import corpora
from flows.folders.addresses import Address
from flows.folders.objects import list_objects, read_object, upload, write_object
from flows.settings import Settings
from tests.flows.conftest import SAMPLE, Published, free_port, publish


@dataclass(frozen=True)
class Server:
    """The server and what it has been asked."""

    log: Path

    def asked(self, method: str, path: str) -> int:
        """Return how many requests of a method there were for paths with this in them."""
        lines = self.log.read_text(errors="replace").splitlines()
        return sum(f'"{method} ' in line and path in line for line in lines)


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
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
