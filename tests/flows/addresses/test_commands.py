"""The commands on a corpus at an address."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import polars as pl
import pytest

from flows.errors import UsageError
from flows.folders import corpora
from flows.folders.addresses import Address, work_folder
from flows.folders.objects import write_object
from flows.settings import Settings
from tests.flows.addresses.conftest import BEFORE, Server, content, copy_of, current, work_in
from tests.flows.conftest import Published, invoke


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
