"""The defaults of reading, runs, publishing and gates: what is just within each passes, what is just beyond does not.

Those of the cleaning stages stand in a file of this name in the tests of each stage.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.folders.sources import Source, deal_batches, share_out
from flows.gates import LOST, GatesConfig, Measured, SiteCount, check_gates
from flows.jobs.extracted_parts import ExtractJob, extract_batch, read_seconds
from flows.jobs.limited_steps import seconds_together
from flows.jobs.sharded_duplicates import count_shards
from flows.jobs.site_counts import count_sites
from flows.jobs.staging import DECIDED, MISSING, TAKEN_DOWN
from flows.jobs.written_tables import TooFewArticlesError, check_share, count_article_files
from flows.settings import Settings
from flows.tables import CLEANED, REMOVAL, write_frame

SETTINGS = Settings()
COUNTS = {"articles": 100, "fate kept": 1000, "characters": 1000, "characters_cut": 100}


def file_of(size: int) -> Source:
    """Return a raw file of a size in bytes, which is not read."""
    return Source("a.txt", "a.txt", size)


@pytest.mark.parametrize(("size", "seconds"), [(0, 60), (10_000_000, 120), (25_000_000, 210)])
def test_a_file_may_take_a_minute_and_one_more_for_every_ten_megabytes(size: int, seconds: float) -> None:
    """The time for reading grows with the size of the file on disk."""
    assert read_seconds(file_of(size), SETTINGS) == seconds


@pytest.mark.parametrize(("lengths", "seconds"), [([3_000_000], 20), ([1, 1], 20), ([1_000_000, 500_000], 50)])
def test_articles_may_take_twenty_seconds_and_as_many_for_every_million_characters(
    lengths: list[int], seconds: float
) -> None:
    """One article has the time of a step, however long it is; several together have more by their length."""
    texts = pl.DataFrame({"text": ["x" * length for length in lengths]})
    assert seconds_together(texts, SETTINGS) == pytest.approx(seconds, rel=1e-5)


def test_a_run_that_hangs_is_gone_before_the_next_night() -> None:
    """A run may take most of a day, and an hour is left to stop it and tidy up."""
    assert timedelta(hours=SETTINGS.run.hours) == timedelta(days=1) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [([1] * 500, 1), ([1] * 501, 2), ([16_000_000, 16_000_000], 1), ([16_000_000, 16_000_001], 2)],
)
def test_a_task_reads_five_hundred_files_or_32_megabytes(sizes: list[int], batches: int) -> None:
    """One file more, or one byte, begins another batch."""
    run = SETTINGS.run
    dealt = deal_batches(map(file_of, sizes), files=run.batch_files, size=run.batch_bytes)
    assert len(dealt) == batches


@pytest.mark.parametrize(("parts", "of_a_task"), [(32, 8), (31, 8), (28, 7), (1_000, 8)])
def test_a_task_strips_eight_parts(parts: int, of_a_task: int) -> None:
    """With more parts than that for each of four turns there are more tasks, and with fewer each has fewer."""
    assert share_out(parts, workers=1, least=1, most=SETTINGS.run.batch_parts) == of_a_task


@pytest.mark.parametrize(("articles", "parts"), [(500, 1), (501, 2)])
def test_a_part_has_five_hundred_articles(tmp_path: Path, articles: int, parts: int) -> None:
    """A worker writes what it holds when it holds as many, however many a file has."""
    raw = tmp_path / "feed.jsonl"
    raw.write_text("".join(json.dumps({"text": f"Lamp {number} was lit."}) + "\n" for number in range(articles)))
    source = replace(file_of(raw.stat().st_size), name=raw.name, path=str(raw))
    extract_batch(ExtractJob("only", (source,), tmp_path / "staging", tmp_path / "store", SETTINGS, last=True))
    assert len(list((tmp_path / "store" / "extracted").iterdir())) == parts


@pytest.mark.parametrize(("articles", "shards"), [(250_000, 1), (250_001, 2), (500_001, 3)])
def test_a_shard_has_a_quarter_of_a_million_articles(articles: int, shards: int) -> None:
    """One article more needs another shard."""
    assert count_shards(articles, SETTINGS) == shards


@pytest.mark.parametrize(("rows", "files"), [(50_000, 1), (50_001, 2)])
def test_a_file_of_a_table_has_fifty_thousand_rows(tmp_path: Path, rows: int, files: int) -> None:
    """One row more needs another file."""
    write_frame(pl.select(id=pl.int_range(rows)), tmp_path / DECIDED)
    assert count_article_files(tmp_path, SETTINGS.publish.file_rows) == files


def test_half_of_the_articles_must_be_left() -> None:
    """A corpus may shrink to half of what it was, and not by one article more."""
    check_share({"articles": 50, "files": 1}, before=100, settings=SETTINGS)
    with pytest.raises(TooFewArticlesError):
        check_share({"articles": 49, "files": 1}, before=100, settings=SETTINGS)


def warned(found: Measured, before: Measured | None = None) -> list[str]:
    """Return the names of the gates that warn by default."""
    return [warning.partition(":")[0].removeprefix("gates.") for warning in check_gates(GatesConfig(), found, before)]


def counted(**counts: int) -> Measured:
    """Return what gates look at, where some counts are others than usual."""
    return Measured({**COUNTS, **{name.replace("fate_", "fate "): count for name, count in counts.items()}}, {})


@pytest.mark.parametrize(
    ("fate", "most"),
    [
        ("too_short", 300),
        ("no_text", 100),
        ("unreadable", 50),
        ("unsupported", 100),
        ("too_large", 10),
        ("too_slow", 10),
        ("failed", 10),
    ],
)
def test_some_of_a_thousand_records_may_be_lost(fate: str, most: int) -> None:
    """So many may have each fate, and one more shuts its gate."""
    for lost, gates in ((most, []), (most + 1, [fate])):
        assert warned(counted(**{f"fate_{fate}": lost, "fate_kept": 1000 - lost})) == gates


def test_every_fate_of_loss_has_a_default() -> None:
    """No fate by which a record is lost is without a gate."""
    assert {f"{fate}_bound" for fate in LOST} <= set(GatesConfig.model_fields)


@pytest.mark.parametrize(("cut", "gates"), [(400, []), (401, ["cut"])])
def test_four_tenths_of_the_characters_may_be_cut(cut: int, gates: list[str]) -> None:
    """One character of a thousand more shuts the gate."""
    assert warned(counted(characters_cut=cut)) == gates


@pytest.mark.parametrize(("articles", "gates"), [(1, []), (0, ["fewest"])])
def test_there_must_be_an_article(articles: int, gates: list[str]) -> None:
    """One article is enough."""
    assert warned(counted(articles=articles)) == gates


@pytest.mark.parametrize(("articles", "gates"), [(80, []), (79, ["drift"]), (120, []), (121, ["drift"])])
def test_a_fifth_of_the_articles_may_come_or_go(articles: int, gates: list[str]) -> None:
    """Of a hundred in the snapshot before."""
    assert warned(counted(articles=articles), counted()) == gates


@pytest.mark.parametrize(("cut", "gates"), [(149, []), (151, ["cut_drift"]), (51, []), (49, ["cut_drift"])])
def test_the_share_cut_may_change_by_five_points(cut: int, gates: list[str]) -> None:
    """From 10 % in the snapshot before, up or down."""
    assert warned(counted(characters_cut=cut), counted()) == gates


@pytest.mark.parametrize(("lost", "gates"), [(149, []), (151, ["lost_drift"]), (51, []), (49, ["lost_drift"])])
def test_the_share_of_a_fate_may_change_by_five_points(lost: int, gates: list[str]) -> None:
    """From 10 % in the snapshot before, up or down."""
    before = counted(fate_too_short=100, fate_kept=900)
    assert warned(counted(fate_too_short=lost, fate_kept=1000 - lost), before) == gates


def of_site(cut: int) -> Measured:
    """Return what gates look at, of whose one site so many of a thousand characters are cut."""
    return Measured(COUNTS, {"a.example": SiteCount(articles=40, characters=1000, characters_cut=cut)})


@pytest.mark.parametrize(("cut", "gates"), [(500, []), (501, ["site_cut"])])
def test_half_of_the_characters_of_a_site_may_be_cut(cut: int, gates: list[str]) -> None:
    """One character of a thousand more shuts the gate."""
    assert warned(of_site(cut)) == gates


@pytest.mark.parametrize(("cut", "gates"), [(349, []), (351, ["site_cut_drift"]), (51, []), (49, ["site_cut_drift"])])
def test_the_share_cut_of_a_site_may_change_by_fifteen_points(cut: int, gates: list[str]) -> None:
    """From 20 % in the snapshot before, up or down."""
    assert warned(of_site(cut), of_site(200)) == gates


@pytest.mark.parametrize(("articles", "sites"), [(20, ["a.example"]), (19, [])])
def test_gates_look_at_sites_of_twenty_articles(tmp_path: Path, articles: int, sites: list[str]) -> None:
    """A site with one article less is not counted."""
    ids = pl.DataFrame({"id": [f"{number:016x}" for number in range(articles)]})
    empty = {"cleaned": CLEANED, "removals": {**REMOVAL, "id": pl.String()}}
    for table, schema in empty.items():
        write_frame(pl.DataFrame(schema=schema), tmp_path / MISSING / table / "0.parquet")
    cleaned = pl.DataFrame(schema=CLEANED).clear()
    cleaned = pl.concat([cleaned, ids.with_columns(site=pl.lit("a.example"))], how="diagonal")
    write_frame(cleaned, tmp_path / "part" / "cleaned" / "0.parquet")
    evidence = ids.with_columns(characters=pl.lit(100, pl.Int64), characters_cut=pl.lit(10, pl.Int64))
    write_frame(evidence, tmp_path / "part" / "evidence" / "0.parquet")
    write_frame(pl.DataFrame(schema={"id": pl.String}), tmp_path / TAKEN_DOWN)
    folders = [tmp_path / "part", tmp_path / MISSING]
    assert list(count_sites(folders, tmp_path, SETTINGS.gates.site_articles)) == sites
