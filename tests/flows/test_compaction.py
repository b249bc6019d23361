"""The store holds few files and little that is gone, however many nights have added to it."""

from pathlib import Path

import polars as pl
import pytest

from flows.jobs import compaction
from flows.jobs.store import read_files
from tests.flows.conftest import Published, copied, publish
from tests.flows.test_failing_stages import PLACES, story
from tests.flows.test_incremental import tables


def files_in(clean: Path) -> int:
    """Count the files of the store."""
    return sum(path.is_file() for path in (clean / ".store").rglob("*"))


@pytest.fixture(scope="module")
def five_nights(tmp_path_factory: pytest.TempPathFactory, prefect_environment: dict[str, str]) -> Published:
    """Runs of five nights over a corpus to which each adds a story and a file that is none; not to be written to."""
    folder = tmp_path_factory.mktemp("nights")
    raw, clean = folder / "raw", folder / "clean"
    raw.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "FANOUT", 3)
        for number in range(5):
            (raw / f"{number}.txt").write_text(story(number))
            (raw / f"{number}.pdf").write_text("%PDF-1.7")
            published = publish(raw, clean)
    return published


@pytest.fixture
def nights(five_nights: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """A copy of those nights, to go on from."""
    monkeypatch.setattr(compaction, "FANOUT", 3)
    return copied(five_nights, tmp_path)


def test_three_snapshots_are_kept(five_nights: Published) -> None:
    """By default five nights leave the last three."""
    assert len(list((five_nights.clean / "snapshots").iterdir())) == 3


def test_batches_of_nights_are_joined(nights: Published, tmp_path: Path) -> None:
    """Three batches of a night become one; nothing is done again, and the tables are those of a run over everything."""
    (store,) = (nights.clean / ".store").iterdir()
    assert read_files(list((store / "files").iterdir()))["batch"].n_unique() == 3
    assert len(list((store / "extracted").iterdir())) == len(list((store / "stripped").iterdir())) == 3
    again = publish(nights.raw, nights.clean)
    assert (again.manifest["counts"]["files_new"], again.manifest["counts"]["stripped_new"]) == (0, 0)
    whole = publish(nights.raw, tmp_path / "whole")
    assert tables(again) == tables(whole)
    assert again.manifest["counts"]["fate unsupported"] == 5


def test_what_is_gone_leaves_the_store(nights: Published) -> None:
    """A batch of which most files are gone is written anew without them."""
    for number in range(3):
        (nights.raw / f"{number}.txt").unlink()
        (nights.raw / f"{number}.pdf").unlink()
    (nights.raw / "0.txt").write_text(story(0))
    publish(nights.raw, nights.clean, publish={"missing": "drop"})
    (store,) = (nights.clean / ".store").iterdir()
    held = pl.concat(map(pl.read_parquet, (store / "extracted").iterdir()))
    assert sorted(held["source"]) == ["0.txt", "3.txt", "4.txt"]
    again = publish(nights.raw, nights.clean, publish={"missing": "drop"})
    assert (again.manifest["counts"]["files_new"], again.manifest["counts"]["stripped_new"]) == (0, 0)


@pytest.mark.slow
def test_part_is_cut_at_its_full_size(
    tmp_path: Path, prefect_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined articles go into parts of `run.part_articles`, each with what it was stripped to."""
    monkeypatch.setattr(compaction, "FANOUT", 3)
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    run = {"part_articles": 3}
    for first in (0, 2, 4):
        for number in (first, first + 1):
            (raw / f"{number}.txt").write_text(story(number) + f" So it was in {PLACES[-number - 1]}.")
        published = publish(raw, clean, run=run)
    (store,) = (clean / ".store").iterdir()
    heights = [pl.read_parquet(path).height for path in (store / "extracted").iterdir()]
    assert sorted(heights) == [1, 2, 3]
    again = publish(raw, clean, run=run)
    assert (again.manifest["counts"]["files_new"], again.manifest["counts"]["stripped_new"]) == (0, 0)
    assert tables(again) == tables(published)
