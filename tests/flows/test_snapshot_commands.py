"""`winnow snapshots`, `diff`, `stats` and `rollback` on two real nights of one corpus."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.folders.clean_folder import claim_clean_folder
from flows.snapshots.stats import by_site, read_articles
from flows.tables import write_frame
from tests.flows.conftest import Published, printed, publish, write_files

STORY = (
    "The bakers of Lower Quill vote on Friday whether ovens may be lit before four in the morning. Neighbours of the "
    "old mill say that they have not slept since the merger, and the guild has offered them bread for life. "
)
CANAL = (
    "A barge with nine hundred pianos lies across the canal at Tern since Monday. Its skipper says that a swan made "
    "him do it, and the water board has sent a diver, a tuner and an ornithologist to see what can be done. "
)
MORE = "The council meets again in the town hall on Saturday at noon to count the votes. "


@pytest.fixture(scope="module")
def nights(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Two nights: in the second a longer copy takes the place of the first, a text changes, one comes and one goes."""
    raw = tmp_path_factory.mktemp("nights") / "raw"
    gone = "The clock of Hale church has stopped, and nobody in Hale can say when.\n"
    write_files(raw, {"bakers.txt": f"{STORY}\n", "canal.txt": f"{CANAL}\n", "gone.txt": gone})
    publish(raw, raw.with_name("clean"), publish={"missing": "drop"})
    (raw / "gone.txt").unlink()
    write_files(raw, {"canal.txt": f"{CANAL}{MORE}\n", "longer.txt": f"{STORY}{MORE * 2}\n"})
    return publish(raw, raw.with_name("clean"), publish={"missing": "drop"})


def asked(clean: Path, *command: str) -> Any:
    """Return what a command prints as JSON."""
    return json.loads(printed(*command, "--json", clean=clean))


def test_snapshots_are_listed_newest_first(nights: Published) -> None:
    """Each snapshot is listed with its counts, and the one that readers use is marked."""
    new, old = asked(nights.clean, "snapshots")
    assert [(row["articles"], row["duplicates"], row["current"]) for row in (new, old)] == [(2, 1, True), (3, 0, False)]
    assert new["run"] == nights.manifest["run_id"] > old["run"]


def test_diff_tells_what_a_night_has_changed(nights: Published) -> None:
    """Records that came, went, have another text or another kept article are counted and named."""
    found = asked(nights.clean, "diff")
    named = {name: [row["source"] for row in rows] for name, rows in found["examples"].items()}
    assert named == {
        "added": ["longer.txt"],
        "removed": ["gone.txt"],
        "text_changed": ["canal.txt"],
        "kept_changed": ["bakers.txt"],
    }
    assert found["changes"] == dict.fromkeys(named, 1)
    (bakers,) = found["examples"]["kept_changed"]
    assert (bakers["kept_old"], bakers["kept"]) == ("itself", "longer.txt record 0")


def test_diff_is_printed_for_people(nights: Published) -> None:
    """Without --json each change has a line with its count, and its examples under it."""
    shown = printed("diff", clean=nights.clean)
    assert "kept changed: 1 record" in shown
    assert "  bakers.txt record 0: (no headline) [kept for it: itself, now longer.txt record 0]" in shown


def test_stats_add_up_to_the_tables(nights: Published) -> None:
    """Words, fates, duplicates and cut characters are those of the published tables."""
    found = asked(nights.clean, "stats")
    articles = pl.read_parquet(nights.current / "articles/*.parquet")
    assert found["words"] == articles["words"].sum()
    assert found["fates"] == {"duplicate": 1, "kept": 2}
    assert sum(row["count"] for row in found["duplicates"]) == 1
    assert sum(row["articles"] for row in found["sites"]) == 2
    assert sum(row["words"] for row in found["sites"]) == found["words"]
    cut = sum(row["characters"] for row in found["cuts"] if row["reason"] != "unsure")
    assert cut == found["characters"]["characters_cut"]


def test_rollback_switches_and_says_so(nights: Published) -> None:
    """`rollback` has readers use the snapshot before, says what it did, and goes forward again when told a run."""
    new, old = (row["run"] for row in asked(nights.clean, "snapshots"))
    said = printed("rollback", clean=nights.clean)
    try:
        assert os.readlink(nights.current) == f"snapshots/{old}"  # noqa: PTH115
        assert f"was {new} and is {old}" in said
    finally:
        printed("rollback", new, clean=nights.clean)
    assert os.readlink(nights.current) == f"snapshots/{new}"  # noqa: PTH115


def refused(clean: Path, *command: str) -> str:
    """Return the one line on standard error of a command that ends with status 2."""
    (line,) = printed(*command, clean=clean, status=2).splitlines()
    return line


def test_unknown_run_is_told_with_those_there_are(nights: Published) -> None:
    """A run id that no kept snapshot has, or that several begin with, ends with status 2 and names what there is."""
    assert nights.manifest["run_id"] in refused(nights.clean, "rollback", "1999")
    assert "names several kept snapshots" in refused(nights.clean, "diff", "2")
    assert "is already current" in refused(nights.clean, "rollback", nights.manifest["run_id"])


@pytest.mark.parametrize(("command", "table"), [("rollback", "audit/fates"), ("diff", "articles")])
def test_damaged_snapshot_is_told(nights: Published, command: str, table: str) -> None:
    """A snapshot with a file that cannot be read is named in one line, and not switched to."""
    new, old = (row["run"] for row in asked(nights.clean, "snapshots"))
    part = nights.clean / "snapshots" / old / table / "part-00000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    try:
        assert f"{old} is damaged" in refused(nights.clean, command)
        assert nights.current.resolve().name == new
    finally:
        part.write_bytes(whole)


def test_table_without_files_is_damage(nights: Published, tmp_path: Path) -> None:
    """A table whose files are gone is told as damage, not counted as empty."""
    shutil.copytree(nights.clean, tmp_path / "clean", symlinks=True)
    shutil.rmtree(tmp_path / "clean/current/articles")
    assert "is damaged (articles/ has no files)" in refused(tmp_path / "clean", "stats")


def test_words_of_a_large_corpus_are_summed(tmp_path: Path) -> None:
    """The words of articles and of a site are summed in 64 bits: a corpus has more than the 32 of one article hold."""
    words = pl.Series([3_000_000_000] * 2, dtype=pl.UInt32)
    articles = pl.DataFrame({"id": ["a", "b"], "site": "a.example", "words": words})
    for table, frame in {"articles": articles, "duplicates": articles.clear()}.items():
        write_frame(frame, tmp_path / table / "part.parquet")
    found = read_articles(tmp_path)
    assert found["words"].sum() == 6_000_000_000
    lost = pl.DataFrame(schema={"id": pl.String, "cut": pl.Int64})
    assert by_site(found, lost).select("words", "left").rows() == [(6_000_000_000, 6_000_000_000)]


@pytest.mark.parametrize("command", ["snapshots", "diff"])
def test_run_ids_are_shown_whole(nights: Published, command: str) -> None:
    """In 80 columns too, run ids stand whole in the tables, to be copied."""
    told = CliRunner().invoke(app, [command, "--clean", str(nights.clean)], env={"COLUMNS": "80"}).stdout
    runs = [row["run"] for row in asked(nights.clean, "snapshots")]
    assert [run for run in runs if run not in told] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is kept from root")
def test_file_that_may_not_be_read_is_told(nights: Published, tmp_path: Path) -> None:
    """A snapshot that this user may not read is told in one line that names the file, and not called damaged."""
    shutil.copytree(nights.clean, tmp_path / "clean", symlinks=True)
    (tmp_path / "clean/current/articles/part-00000.parquet").chmod(0)
    said = refused(tmp_path / "clean", "stats")
    assert said.startswith("winnow: Permission denied")
    assert said.endswith("/articles/part-00000.parquet")


def test_snapshots_are_listed_where_none_is_current(nights: Published, tmp_path: Path) -> None:
    """Where `current` is gone, or names what is gone, the kept snapshots are listed all the same, to go back to one."""
    clean = tmp_path / "clean"
    shutil.copytree(nights.clean, clean, symlinks=True)
    (clean / "current").unlink()
    assert [row["current"] for row in asked(clean, "snapshots")] == [False, False]
    assert "nothing is published in" in refused(clean, "stats")
    (clean / "current").symlink_to("snapshots/gone")
    assert [row["current"] for row in asked(clean, "snapshots")] == [False, False]
    assert "point " in refused(clean, "stats")


def test_rollback_leaves_a_damaged_snapshot(nights: Published, tmp_path: Path) -> None:
    """From a current snapshot that cannot be read, `rollback` goes back, also where something is taken down."""
    clean = tmp_path / "clean"
    shutil.copytree(nights.clean, clean, symlinks=True)
    printed("takedown", "elsewhere.example", "--reason", "x", clean=clean)
    (clean / "current/audit/fates/part-00000.parquet").write_bytes(b"PAR1")
    printed("rollback", clean=clean)
    assert (clean / "current").resolve().name < nights.manifest["run_id"]


def test_rollback_waits_for_no_run(nights: Published) -> None:
    """While a run holds the folder, `rollback` changes nothing, says who holds it and ends with status 75."""
    with claim_clean_folder(nights.clean, "run 17"):
        result = CliRunner().invoke(app, ["rollback", "--clean", str(nights.clean)])
    assert result.exit_code == 75
    assert "run 17" in result.stderr
    assert nights.current.resolve().name == nights.manifest["run_id"]
