"""A run over new files costs about the new files, and publishes what one run over everything would."""

import json
import os
import random
import shutil
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest

from flows.errors import UsageError
from flows.folders.sources import list_sources
from flows.jobs import store, survey
from flows.jobs.stripped_parts import coarse
from flows.jobs.written_tables import TooFewArticlesError, check_share
from flows.settings import Settings
from flows.tables import CURRENT, EXTRACTED, FILES, TABLES, frame_of, write_frame
from tests.flows.conftest import SAMPLE, Published, copied, publish

STORY = (
    "The harbour at Nettle Point was closed on Friday after a crane fell across the channel, the port office said.\n\n"
    "Nobody was hurt. The crane, which is older than the harbour wall it stands on, was due for repair in spring.\n\n"
    "Four coal barges are waiting in the bay, and the ferry to Outer Skell has been sent to the old jetty instead.\n\n"
    "Port captain Ilse Varnum said that divers would look at the wreck on Saturday if the swell allows it."
)
MORE = "\n\nThe crane's owner, Varnum and Sons, said that it would pay for the barges' delay and for a new crane."


def tables(published: Published) -> dict[str, list[tuple[object, ...]]]:
    """Read all tables without what may depend on history."""
    read = {name: pl.read_parquet(published.current / name / "*.parquet") for name in TABLES}
    return {name: frame.drop("cluster_id", strict=False).rows() for name, frame in read.items()}


def copy(paths: list[Path], raw: Path) -> None:
    """Copy files of the sample to the same places below another raw folder."""
    for path in paths:
        target = raw / path.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@pytest.fixture(scope="module")
def first_ferry(tmp_path_factory: pytest.TempPathFactory, prefect_environment: dict[str, str]) -> Published:
    """A run over one article and a shorter copy of it; not to be written to."""
    raw = tmp_path_factory.mktemp("ferry") / "raw"
    raw.mkdir()
    (raw / "b.txt").write_text("Crane closes harbour\n\n" + STORY)
    (raw / "c.txt").write_text("Harbour closed\n\n" + STORY.rpartition("\n\n")[0])
    return publish(raw, raw.with_name("clean"))


@pytest.fixture
def ferry(first_ferry: Published, tmp_path: Path) -> Published:
    """A copy of that run, to go on from."""
    return copied(first_ferry, tmp_path)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_batches_in_any_order_publish_what_one_run_does(sample: Published, tmp_path: Path, seed: int) -> None:
    """The sample in three random batches ends in the tables of a single run."""
    files = [path for path in sorted(SAMPLE.rglob("*")) if path.is_file()]
    random.Random(seed).shuffle(files)
    for start in range(3):
        copy(files[start::3], tmp_path / "raw")
        published = publish(tmp_path / "raw", tmp_path / "clean")
    assert published.manifest["counts"]["files_new"] == len(files[2::3])
    assert tables(published) == tables(sample)


def test_second_run_does_nothing_again(ferry: Published) -> None:
    """With nothing new, no file is extracted and no article stripped, and the tables are the same."""
    before = tables(ferry)
    again = publish(ferry.raw, ferry.clean)
    assert (again.manifest["counts"]["files_new"], again.manifest["counts"]["stripped_new"]) == (0, 0)
    assert tables(again) == before


def test_untouched_files_are_not_read_again(ferry: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose size and times are as they were is known by them alone, one that was touched is read again."""
    monkeypatch.setattr(store, "SETTLED", 0)
    publish(ferry.raw, ferry.clean)
    (place,) = (ferry.clean / ".store").iterdir()
    sources = list_sources(ferry.raw)
    assert store.known_sources(place, sources)["source"].to_list() == ["b.txt", "c.txt"]
    (ferry.raw / "c.txt").touch()
    assert store.known_sources(place, list_sources(ferry.raw))["source"].to_list() == ["b.txt"]


def test_change_behind_an_old_time_is_noticed(ferry: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another content of the same size and a time set back to what it was is read again."""
    monkeypatch.setattr(store, "SETTLED", 0)
    publish(ferry.raw, ferry.clean)
    path = ferry.raw / "b.txt"
    before = path.stat()
    path.write_text(path.read_text().replace("Friday", "Monday"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = publish(ferry.raw, ferry.clean)
    assert again.manifest["counts"]["files_new"] == 1


def test_file_just_changed_is_read_again(ferry: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file touched right before the folder was listed is not trusted, since its clock ticks may be coarse."""
    monkeypatch.setattr(store, "SETTLED", 600_000_000_000)  # a run takes its time to begin
    (place,) = (ferry.clean / ".store").iterdir()
    (ferry.raw / "c.txt").touch()
    publish(ferry.raw, ferry.clean)
    assert "c.txt" not in store.known_sources(place, list_sources(ferry.raw))["source"]


def test_snapshot_of_other_columns_is_not_carried_on(ferry: Published) -> None:
    """Articles of a snapshot with other columns are not carried on, and the message says how to go on."""
    schema = ferry.current / "schema.json"
    schema.write_text(schema.read_text().replace('"content_sha256": "String"', '"content_md5": "String"'))
    with pytest.raises(UsageError, match=r"publish\.missing=drop"):
        publish(ferry.raw, ferry.clean)


def test_article_of_a_version_without_a_column_is_carried_on(ferry: Published) -> None:
    """A column that may be empty, and that the version before did not write, is null in an article carried on."""
    for part in ferry.current.glob("*/*.parquet"):
        pl.read_parquet(part).drop("confidence").write_parquet(part)
    schema = json.loads((ferry.current / "schema.json").read_text())
    for table_columns in (schema["articles"], schema["duplicates"]):
        del table_columns["confidence"]
    (ferry.current / "schema.json").write_text(json.dumps(schema))
    (ferry.raw / "b.txt").unlink()
    again = publish(ferry.raw, ferry.clean)
    rows = pl.read_parquet(again.current / "articles/*.parquet").select("source", "missing", "confidence")
    assert rows.rows() == [("b.txt", True, None)]


@pytest.mark.parametrize("at_once", [1, 4_000_000])
def test_lines_of_a_site_are_counted_in_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Counted one share of the keys at a time, lines have the counts they have at once, site by site."""
    monkeypatch.setattr(survey, "LINES_AT_ONCE", at_once)
    rows = [("f1", "a", [1, -2, 3]), ("f2", "a", [1, -2]), ("f3", "b", [1, 4]), ("f4", None, [4]), ("f5", None, [4])]
    empty = dict.fromkeys(EXTRACTED)
    frame = frame_of([{**empty, "file": f, "site": site, "lines": lines} for f, site, lines in rows], EXTRACTED)
    part = store.write_part(frame, tmp_path / "store" / "extracted")
    known = [{"file": f, "records": 1, "split_off": 0, "parts": [part]} for f, _, _ in rows]
    store.write_part(frame_of(known, FILES), tmp_path / "store" / "files")
    current = [{"source": f, "file": f, "records": 1, "split_off": 0} for f, _, _ in rows]
    write_frame(frame_of(current, CURRENT), tmp_path / "staging" / "current" / "0.parquet")
    parts, tally = survey.survey(tmp_path / "staging", tmp_path / "store", ())
    assert (parts, tally.counts["extracted"]) == ([part], 5)
    assert tally.peak_bytes > 0
    shared = pl.read_parquet(tmp_path / "staging" / "site_lines.parquet")
    assert shared.rows() == [("", 4, 2), ("a", -2, 2), ("a", 1, 2)]


def test_changed_file_replaces_its_article(ferry: Published) -> None:
    """A file with new content is done again, and only it."""
    (ferry.raw / "b.txt").write_text("Crane closes harbour\n\n" + STORY + MORE)
    again = publish(ferry.raw, ferry.clean)
    assert again.manifest["counts"]["files_new"] == 1
    (text,) = pl.read_parquet(again.current / "articles/*.parquet")["text"]
    assert text == STORY + MORE


def test_better_copy_that_comes_later_is_kept(ferry: Published) -> None:
    """A more complete copy takes the kept article's place, and the cluster keeps its id."""
    (before,) = pl.read_parquet(ferry.current / "articles/*.parquet").select("source", "cluster_id").rows()
    (ferry.raw / "a.txt").write_text("Crane falls at Nettle Point\n\n" + STORY + MORE)
    again = publish(ferry.raw, ferry.clean)
    (after,) = pl.read_parquet(again.current / "articles/*.parquet").select("source", "cluster_id").rows()
    assert (before[0], after[0]) == ("b.txt", "a.txt")
    assert after[1] == before[1]


@pytest.mark.parametrize(("missing", "rows"), [("keep", [("b.txt", True)]), ("drop", [])])
def test_article_whose_file_is_gone(ferry: Published, missing: str, rows: list[tuple[str, bool]]) -> None:
    """Published articles stay and are marked when their raw file is gone, or go with it, as the setting says."""
    for path in ferry.raw.iterdir():
        path.unlink()
    again = publish(ferry.raw, ferry.clean, publish={"missing": missing, "min_share": 0})
    assert pl.read_parquet(again.current / "articles/*.parquet").select("source", "missing").rows() == rows
    assert again.manifest["counts"]["missing"] == 2 * len(rows)


@pytest.mark.parametrize("missing", ["keep", "drop"])
def test_file_that_cannot_be_read_one_night_keeps_its_articles(ferry: Published, missing: str) -> None:
    """The articles of a file that is there and cannot be read stay, each with the reason; the next night it is read."""
    (ferry.raw / "b.txt").rename(ferry.raw.with_name("b.txt"))
    (ferry.raw / "b.txt").symlink_to(ferry.raw / "nothing")
    (ferry.raw / "new.txt").symlink_to(ferry.raw / "nothing")
    again = publish(ferry.raw, ferry.clean, publish={"missing": missing})
    fates = pl.read_parquet(again.current / "audit/fates/*.parquet").select("source", "fate", "message").rows()
    assert [row[:2] for row in fates] == [("b.txt", "kept"), ("c.txt", "duplicate"), ("new.txt", "unreadable")]
    assert fates[0][2] == (
        "the raw file could not be read (gone since the folder was listed, or a dangling link); "
        "carried on from the snapshot before"
    )
    assert pl.read_parquet(again.current / "articles/*.parquet").select("source", "missing").rows() == [("b.txt", True)]
    (ferry.raw / "new.txt").unlink()
    (ferry.raw / "b.txt").unlink()
    ferry.raw.with_name("b.txt").rename(ferry.raw / "b.txt")
    assert tables(publish(ferry.raw, ferry.clean)) == tables(ferry)


@pytest.mark.parametrize("broken", ["unmounted", "unusable"])
def test_corpus_that_has_shrunk_is_not_published(ferry: Published, broken: str) -> None:
    """A raw folder that is empty, or whose every file gives nothing, publishes nothing over a corpus that is whole."""
    before = ferry.current.resolve()
    for path in ferry.raw.iterdir():
        path.unlink() if broken == "unmounted" else path.write_bytes(bytes(range(256)))
    with pytest.raises(TooFewArticlesError, match=r"0 articles and .* has 1: .* publish\.min_share = 0\.5"):
        publish(ferry.raw, ferry.clean, publish={"missing": "drop"})
    assert ferry.current.resolve() == before


@pytest.mark.parametrize(("share", "enough"), [(0.5, True), (0.51, False), (0, True)])
def test_share_that_must_be_left(share: float, enough: bool) -> None:
    """Half of the articles is enough for a share of a half, and not for more."""
    settings = Settings.model_validate({"publish": {"min_share": share}})
    with nullcontext() if enough else pytest.raises(TooFewArticlesError):
        check_share({"articles": 1, "files": 1}, before=2, settings=settings)


def test_deleted_store_costs_time_only(ferry: Published) -> None:
    """Without the store, everything is done again and comes out the same."""
    before = tables(ferry)
    shutil.rmtree(ferry.clean / ".store")
    again = publish(ferry.raw, ferry.clean)
    assert again.manifest["counts"]["files_new"] == 2
    assert tables(again) == before


@pytest.mark.parametrize("table", ["extracted", "files", "cleaned", "removals"])
def test_damaged_part_is_done_again(ferry: Published, table: str) -> None:
    """A part with a changed byte is noticed and replaced; the tables come out the same."""
    before = tables(ferry)
    part, *_ = (ferry.clean / ".store").rglob(f"{table}/*.parquet")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    again = publish(ferry.raw, ferry.clean)
    counts = again.manifest["counts"]
    assert counts["files_new"] + counts["stripped_new"] > 0
    assert tables(again) == before


def test_store_of_other_settings_is_not_used(ferry: Published) -> None:
    """Other cleaning settings begin a store of their own, and the old one is removed."""
    again = publish(ferry.raw, ferry.clean, publish={"min_words": 11})
    assert again.manifest["counts"]["files_new"] == 2
    assert len(list((ferry.clean / ".store").iterdir())) == 1


@pytest.mark.parametrize(
    ("count", "rounded"), [(1, 1), (7, 7), (8, 8), (9, 8), (15, 14), (16, 16), (19, 16), (100, 96)]
)
def test_counts_are_rounded_down_to_three_bits(count: int, rounded: int) -> None:
    """Small counts stay as they are, larger ones keep their leading bits."""
    assert coarse(count) == rounded
