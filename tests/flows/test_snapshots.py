"""Snapshots appear at once, stay while they are read, and survive a run that fails."""

import json
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from prefect.exceptions import FailedRun

from flows.cli import _print_summary
from flows.errors import TakenError
from flows.folders.clean_folder import claim_clean_folder, prune
from flows.jobs.written_tables import InconsistentSnapshotError, check_snapshot
from flows.tables import TABLES
from tests.flows.conftest import Published, copied, publish

STORY = (
    "The lighthouse at Cape Marrow went dark on Tuesday night for the first time in ninety years, after a "
    "barge cut the cable that feeds it, the harbour master said. Two fishing boats waited outside until dawn."
)


@pytest.fixture(scope="module")
def first_small(tmp_path_factory: pytest.TempPathFactory, prefect_environment: dict[str, str]) -> Published:
    """A run over one article; not to be written to."""
    raw = tmp_path_factory.mktemp("small") / "raw"
    raw.mkdir()
    (raw / "lighthouse.txt").write_text("Lighthouse goes dark\n\n" + STORY)
    return publish(raw, raw.with_name("clean"))


@pytest.fixture
def small(first_small: Published, tmp_path: Path) -> Published:
    """A copy of that run, to go on from."""
    return copied(first_small, tmp_path)


def test_empty_folder_gives_an_empty_snapshot(
    tmp_path: Path, prefect_environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A raw folder without files publishes every table, without rows and with its schema, and that is said."""
    (tmp_path / "raw").mkdir()
    published = publish(tmp_path / "raw", tmp_path / "clean")
    for table, schema in TABLES.items():
        frame = pl.read_parquet(published.current / table / "*.parquet")
        assert (frame.height, dict(frame.schema)) == (0, dict(schema))
    _print_summary(published.manifest, published.clean)
    assert "The raw folder holds no files; an empty snapshot was published." in capsys.readouterr().out


def test_open_snapshot_is_not_disturbed(small: Published) -> None:
    """A reader that holds an older snapshot reads it after the next run has switched."""
    before = small.current.resolve()
    reader = pl.scan_parquet(before / "articles" / "*.parquet")
    (small.raw / "second.txt").write_text("Cable mended\n\n" + STORY.replace("dark", "bright"))
    publish(small.raw, small.clean)
    assert small.current.resolve() != before
    assert reader.collect().height == 1


def test_failed_run_leaves_the_old_snapshot(small: Published) -> None:
    """A run that fails at the switch leaves `current` as it was."""
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:  # another file system, which no folder is renamed into
        shutil.move(small.clean / "snapshots", f"{elsewhere}/snapshots")
        (small.clean / "snapshots").symlink_to(f"{elsewhere}/snapshots")
        before = small.current.resolve()
        with pytest.raises((OSError, FailedRun), match="cross-device"):
            publish(small.raw, small.clean)
        assert small.current.resolve() == before


def test_second_run_is_refused_while_one_holds_the_folder(tmp_path: Path) -> None:
    """Two runs never publish into one folder at once: the second is told of the first."""
    with (
        claim_clean_folder(tmp_path / "clean", "run 17"),
        pytest.raises(TakenError) as caught,
        claim_clean_folder(tmp_path / "clean", "run 18"),
    ):
        pass
    who = f"run 17, process {os.getpid()} on {socket.gethostname()}, since {datetime.now(UTC):%Y-%m-%d}"
    assert f"another run is publishing into {tmp_path / 'clean'}: {who}" in str(caught.value)


def test_leftovers_of_a_dead_run_are_cleared(tmp_path: Path) -> None:
    """Claiming the folder removes what an earlier run left in staging."""
    leftover = tmp_path / ".staging" / "parts" / "old.parquet"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"x")
    with claim_clean_folder(tmp_path, "this run"):
        assert not leftover.exists()


def test_prune_keeps_the_newest_and_the_current(tmp_path: Path) -> None:
    """Beyond the number to keep the oldest snapshots go, but never the one that `current` names."""
    for name in ("20260101", "20260102", "20260103", "20260104"):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
    (tmp_path / "current").symlink_to("snapshots/20260101")
    assert prune(tmp_path, 2) == ["20260102", "20260103"]
    assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == ["20260101", "20260104"]


def test_sums_that_disagree_are_refused(small: Published) -> None:
    """A snapshot whose counts do not add up raises, and the message says which sum and by how much."""
    counts = {**small.manifest["counts"]}
    check_snapshot(small.current, counts)
    with pytest.raises(InconsistentSnapshotError, match=r"records read .* 2 against 1"):
        check_snapshot(small.current, {**counts, "records": 2})


def test_a_kept_article_says_what_it_has_from_its_copies(small: Published) -> None:
    """The author that only a copy names is published with the copy's id, and is its own in no later run."""
    (small.raw / "lighthouse.txt").unlink()
    more = "The council meets on Monday."
    records = [
        {"title": "Lighthouse goes dark", "text": f"{STORY}\n\n{more}"},
        {"title": "Lighthouse goes dark", "text": STORY, "author": "Ada Holm"},
    ]
    feed = small.raw / "feed.jsonl"
    feed.write_text("".join(json.dumps(record) + "\n" for record in records))
    for _ in range(2):  # the second time both are carried on, their file gone
        published = publish(small.raw, small.clean.with_name("filled"))
        (kept,) = pl.read_parquet(published.current / "articles/*.parquet").rows(named=True)
        copies = pl.read_parquet(published.current / "duplicates/*.parquet").filter(pl.col("author").is_not_null())
        assert kept["author"] == "Ada Holm"
        assert kept["filled_from"] == f"author: {copies['id'][0]}"
        assert copies["filled_from"].is_null().all()
        feed.unlink(missing_ok=True)
