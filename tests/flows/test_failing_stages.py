"""What a library or a rule raises on one record costs that record, whatever the stage."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

from tests.flows.conftest import Published, printed, publish
from tests.flows.test_cli import winnow

# A mark in a record has a stage raise on it (see saboteur/sitecustomize.py); here with what is then said of it.
MARKS = {
    "marked-file": "read: LookupError in cleaners.read.whole_files: as the test will have it",
    "marked-row": "read: UnicodeError in cleaners.read.rows: as the test will have it",
    "marked-extract": "extract: RecursionError in cleaners.extract.articles: as the test will have it",
    "marked-split": "split: ZeroDivisionError in cleaners.strip.split: as the test will have it",
    "marked-strip": "strip: AssertionError in cleaners.strip.claims: as the test will have it",
    "marked-fingerprint": "strip: MemoryError in cleaners.dedup.tokens.fingerprints: as the test will have it",
}
SABOTAGE = {
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).with_name("saboteur")), str(Path(__file__).parents[2])]),
    # The saboteur loads numpy before the fork server can say that it shall start no threads.
    "OPENBLAS_NUM_THREADS": "1",
}
ROWS = {2: "marked-row"}  # the other marks are in files
PLACES = (
    "Nettle Point", "Outer Skell", "Cape Marrow", "Varnhem", "Brackwater", "Low Tarn", "Eskdale", "Hollin Bay",
    "Upper Rigg", "Sandsend", "Crow Ness", "Marl Street", "Thornfield", "Wick Moor", "Selby Cross", "Old Quay",
    "Fenwick", "Long Reach", "Aldermoor", "St Osyth's",
)  # fmt: skip
THINGS = (
    "ferry", "lighthouse", "granary", "weir", "bakery", "railway bridge", "school roof", "brass band", "orchard",
    "fish market", "town clock", "peat fire", "chapel bell", "stone wall", "mill wheel", "snow plough", "bus depot",
    "cinema", "beehive", "rowing club",
)  # fmt: skip


def story(number: int, mark: str = "") -> str:
    """Return a short article that is about no other's thing and place."""
    place, thing, other = PLACES[number], THINGS[number], THINGS[-number]
    return (
        f"Nobody expected the {thing} of {place} to be in use again before spring {mark}.\n\n"
        f"But on Tuesday its keeper opened the {thing} to {number + 11} visitors, who had waited since dawn, and by "
        f"the evening half of {place} had walked past it. The council had wanted a {other} in its stead.\n\n"
        f"A vote on what the {thing} may cost is due in {number + 2} weeks, the mayor of {place} said later."
    )


@pytest.fixture(scope="module")
def sabotaged(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A run over twenty records, fourteen files of one and one of six, in which each stage raises on one of them."""
    folder = tmp_path_factory.mktemp("sabotaged")
    raw, clean = folder / "raw", folder / "clean"
    raw.mkdir()
    in_files = dict(enumerate(mark for mark in MARKS if mark not in ROWS.values()))
    for number in range(14):
        (raw / f"{number:02}.txt").write_text(story(number, in_files.get(number, "")))
    rows = [json.dumps({"text": story(number + 14, ROWS.get(number, ""))}) + "\n" for number in range(6)]
    (raw / "rows.jsonl").write_text("".join(rows))
    result = winnow("run", cwd=folder, env=prefect_environment | SABOTAGE)
    assert result.returncode == 0, result.stderr
    return Published(raw, clean, json.loads((clean / "current/manifest.json").read_text()))


def test_each_stage_costs_the_one_record_that_it_fails_on(sabotaged: Published) -> None:
    """Six stages raise on a record each: those six have failed, each with stage and error, and the others are kept."""
    fates = pl.read_parquet(sabotaged.current / "audit/fates/*.parquet")
    failed = fates.filter(fate="failed").select("source", "record", "message").rows()
    assert {(source, record): message for source, record, message in failed} == {
        **{(f"{number:02}.txt", 0): MARKS[mark] for number, mark in enumerate(m for m in MARKS if m != "marked-row")},
        ("rows.jsonl", 2): MARKS["marked-row"],
    }
    unmarked = publish(sabotaged.raw, sabotaged.clean.with_name("unmarked"))
    others = pl.read_parquet(unmarked.current / "articles/*.parquet").join(
        fates.filter(fate="failed"), on="id", how="anti"
    )
    assert pl.read_parquet(sabotaged.current / "articles/*.parquet").equals(others)
    assert others.height == 14


def test_text_that_could_not_be_stripped_is_in_the_audit(sabotaged: Published) -> None:
    """What strip or fingerprint failed on is not lost: all of its text is in the removals, and `explain` shows it."""
    failed = pl.read_parquet(sabotaged.current / "audit/removals/*.parquet").filter(reason="failed")
    fates = pl.read_parquet(sabotaged.current / "audit/fates/*.parquet")
    texts = failed.join(fates, on="id").select("source", "text").rows()
    assert texts == [("03.txt", story(3, "marked-strip")), ("04.txt", story(4, "marked-fingerprint"))]
    shown = printed("explain", "03.txt", clean=sabotaged.clean)
    assert "fate failed" in shown
    assert MARKS["marked-strip"] in shown


@pytest.mark.slow
def test_article_carried_on_costs_itself_where_its_fingerprint_fails(
    prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    """Of two articles whose raw file is gone, the one that a stage now fails on has failed, and the other stays."""
    (tmp_path / "raw").mkdir()
    for number, mark in enumerate(["", "marked-fingerprint"]):
        (tmp_path / "raw" / f"{number}.txt").write_text(story(number, mark))
    published = publish(tmp_path / "raw", tmp_path / "clean")
    for path in published.raw.iterdir():
        path.unlink()
    result = winnow("run", cwd=tmp_path, env=prefect_environment | SABOTAGE)
    assert result.returncode == 0, result.stderr
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet").select("source", "fate", "message")
    gone = "the raw file is gone, or cannot be listed; carried on from the snapshot before"
    failed = MARKS["marked-fingerprint"].replace("strip", "deduplicate")
    assert fates.rows() == [("0.txt", "kept", gone), ("1.txt", "failed", failed)]
