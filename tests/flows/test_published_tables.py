"""What a run of the sample publishes, read back by the readers people use."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from cleaners.confidence import confidence_of
from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, RawDocument
from cleaners.strip import StripConfig, cut, find_claims
from flows.tables import COLUMNS, TABLES
from tests.flows.conftest import SAMPLE, Published, publish


def read(published: Published, table: str) -> pl.DataFrame:
    """Read one published table."""
    return pl.read_parquet(published.current / table / "*.parquet")


@pytest.mark.parametrize("table", TABLES)
def test_three_readers_agree(sample: Published, table: str) -> None:
    """Polars, pandas and DuckDB read the same rows and columns from a plain glob."""
    frame = read(sample, table)
    columns = list(TABLES[table])
    files = sorted((sample.current / table).glob("*.parquet"))
    by_pandas = pd.concat([pd.read_parquet(file) for file in files])
    by_duckdb = duckdb.connect().execute(f"select * from '{sample.current / table}/*.parquet'")
    assert frame.columns == columns
    assert list(by_pandas.columns) == columns
    assert [column[0] for column in by_duckdb.description or []] == columns
    assert frame.height == len(by_pandas) == len(by_duckdb.fetchall())


def test_schema_is_published(sample: Published) -> None:
    """`schema.json` names the columns and types that the files have."""
    schema = json.loads((sample.current / "schema.json").read_text())
    for table in TABLES:
        assert schema[table] == {name: str(kind) for name, kind in read(sample, table).schema.items()}


def test_every_record_has_one_fate(sample: Published) -> None:
    """Records read and parts split off are as many as fates, and no id stands twice."""
    fates = read(sample, "audit/fates")
    counts = sample.manifest["counts"]
    assert fates.height == counts["records"] + counts["split_off"]
    assert fates["id"].is_unique().all()


def test_every_file_has_a_fate(sample: Published) -> None:
    """No file of the raw folder is missing from the fates."""
    files = {path.relative_to(sample.raw).as_posix() for path in sample.raw.rglob("*") if path.is_file()}
    assert set(read(sample, "audit/fates")["source"]) == files


def test_every_duplicate_names_a_kept_article(sample: Published) -> None:
    """A duplicate's `kept_id` is in the articles table, and its verdict and figures are there."""
    duplicates = read(sample, "duplicates")
    assert duplicates.height > 0
    assert set(duplicates["kept_id"]) <= set(read(sample, "articles")["id"])
    required = duplicates.select("verdict", "jaccard", "containment", "keep_reason")
    assert sum(required.null_count().row(0)) == 0


def test_direct_pair_of_every_duplicate_is_audited(sample: Published) -> None:
    """Each duplicate and its kept article stand as a pair in the audit, with the same verdict."""
    pairs = read(sample, "audit/pairs")
    verdicts = {frozenset((row["left"], row["right"])): row["verdict"] for row in pairs.iter_rows(named=True)}
    for row in read(sample, "duplicates").iter_rows(named=True):
        assert verdicts[frozenset((row["id"], row["kept_id"]))] == row["verdict"]


def test_kept_text_and_removals_rebuild_the_extracted_text(sample: Published) -> None:
    """Putting the cut spans back at their offsets gives a text in which every span stands where the audit says."""
    removals = read(sample, "audit/removals").filter(pl.col("reason") != "unsure").sort("id", "start")
    spans = removals.partition_by("id", as_dict=True)
    for row in pl.concat([read(sample, "articles"), read(sample, "duplicates").select(*TABLES["articles"])]).iter_rows(
        named=True
    ):
        kept, rebuilt = row["text"], ""
        for span in spans.get((row["id"],), removals.clear()).iter_rows(named=True):
            take = span["start"] - len(rebuilt)
            assert take >= 0, (row["source"], span)
            rebuilt += kept[:take] + span["text"]
            kept = kept[take:]
            assert len(rebuilt) == span["end"], (row["source"], span)


def test_same_input_gives_the_same_bytes(sample: Published, tmp_path: Path) -> None:
    """A second run, over copies made in reverse order and dealt in other batches, writes identical tables."""
    raw = tmp_path / "raw"
    for path in sorted(sample.raw.rglob("*"), reverse=True):
        if path.is_file():
            target = raw / path.relative_to(sample.raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    again = publish(raw, tmp_path / "clean", run={"batch_files": 3, "workers": 1})
    for table in TABLES:
        first = {path.name: path.read_bytes() for path in (sample.current / table).iterdir()}
        second = {path.name: path.read_bytes() for path in (again.current / table).iterdir()}
        assert first == second, table


def test_manifest_tells_the_run(sample: Published) -> None:
    """The manifest on disk is the one the flow returned, with versions, settings and their fingerprint."""
    manifest = json.loads((sample.current / "manifest.json").read_text())
    assert manifest == sample.manifest
    assert manifest["run_id"] == sample.current.resolve().name
    assert manifest["settings"]["publish"]["keep_snapshots"] == 3
    assert set(manifest["versions"]) >= {"winnow-news", "python", "polars", "prefect"}


@pytest.mark.parametrize("table", COLUMNS)
def test_only_columns_that_may_be_null_hold_nulls(sample: Published, table: str) -> None:
    """Where the reference does not say that a column may be null, every row has a value."""
    frame = read(sample, table)
    required = [name for name, column in COLUMNS[table].items() if not column.empty]
    assert frame.select(required).null_count().row(0) == (0,) * len(required)


@pytest.mark.parametrize("table", ["articles", "duplicates"])
def test_confidence_is_a_probability(sample: Published, table: str) -> None:
    """Each article, kept or not, says how likely its text is right: from 0 to 1, and not the same for all."""
    found = read(sample, table)["confidence"]
    assert found.is_between(0.0, 1.0).all()
    assert found.n_unique() > 1


def test_confidence_in_a_page_is_what_extraction_makes_it(sample: Published) -> None:
    """A page's confidence counts the doubts of the block model, which the tables of a run hand on."""
    name = "lesmarais.example/anguille-mairie.html"
    page = extract(RawDocument(name, 0, (SAMPLE / name).read_bytes(), "html"), config=ExtractConfig())
    assert isinstance(page, Article)
    claims = find_claims(page, config=StripConfig())
    wanted = confidence_of(page, claims, cut(page.text, claims))
    found = read(sample, "articles").filter(pl.col("source") == name)["confidence"].item()
    assert found == pytest.approx(wanted)
    as_text = replace(page, page_signs=None)
    assert found != pytest.approx(confidence_of(as_text, claims, cut(page.text, claims)))
