"""Raw files and corpora in an object store: all that a run on disk does."""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.corpus import clean_corpus
from flows.errors import UsageError
from flows.folders import corpora, objects
from flows.folders.addresses import Address, work_folder
from flows.folders.objects import delete_objects, fetch, holds_objects, list_objects, read_object, upload, write_object
from flows.folders.sources import Source, list_sources
from flows.jobs.extracted_parts import ExtractJob, extract_batch
from flows.settings import Settings
from tests.flows.addresses.conftest import CORPUS, Server, content, current, snapshots, work_in
from tests.flows.conftest import Published, free_port, invoke, publish

STORY = (
    "The harbour at Nettle Point was closed on Friday after a crane fell across the channel, the port office said.\n\n"
    "Nobody was hurt. The crane, which is older than the harbour wall it stands on, was due for repair in spring.\n\n"
    "Four coal barges are waiting in the bay, and the ferry to Outer Skell has been sent to the old jetty instead."
)


def test_objects_are_published_as_files_are(stored: Published, sample: Published) -> None:
    """From and into a bucket, a run publishes the same tables as from folder to folder, byte by byte."""
    snapshot = current(CORPUS)
    names = {one.name for one in list_objects(snapshot)}
    assert names == {path.relative_to(sample.current).as_posix() for path in sample.current.rglob("*.*")}
    for name in sorted(names - {"manifest.json", "report.html"}):
        assert content(snapshot, name) == (sample.current / name).read_bytes(), name


def test_reader_of_the_contract_reads(stored: Published, sample: Published) -> None:
    """The lines that the documentation gives to readers of a bucket give the articles."""
    text = (Path(__file__).parents[3] / "docs" / "how-to" / "object-stores.md").read_text(encoding="utf-8")
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


def test_reason_has_no_signature() -> None:
    """What a store says of a failure may name a signed address, whose signature is not said again."""
    said = "Error performing GET in 2ms - HTTP error: sending https://a.example/x?sig=abc%3D failed"
    assert objects._reason(said) == "HTTP error: sending https://a.example/x failed"
