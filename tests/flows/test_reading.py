"""The snippets of docs/how-to/read-the-corpus.md read what is published."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.docs.blocks import DOCS, blocks_of
from tests.flows.conftest import Published

PAGE = DOCS / "how-to/read-the-corpus.md"
LIBRARIES = ("polars", "pandas", "duckdb", "pyarrow", "pyspark", "datasets")
SNIPPETS = [block.code for block in blocks_of(PAGE) if block.language == "python"]


@pytest.fixture
def corpus(sample: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published sample as `clean` where the snippet runs, with an older snapshot that lacks three articles."""
    (tmp_path / "clean/snapshots").mkdir(parents=True)
    (tmp_path / "clean/current").symlink_to(sample.current.resolve())
    (name,) = set(re.findall(r"clean/snapshots/([\w.-]+)", PAGE.read_text(encoding="utf-8")))
    older = tmp_path / "clean/snapshots" / name / "articles"
    older.mkdir(parents=True)
    articles(sample)[3:].write_parquet(older / "part-00000.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    return tmp_path


def articles(sample: Published) -> pl.DataFrame:
    """Return the articles that are published."""
    return pl.read_parquet(sample.current / "articles" / "*.parquet")


def run(snippet: str) -> dict[str, Any]:
    """Run a snippet and return what it named."""
    names: dict[str, Any] = {}
    exec(compile(snippet, str(PAGE), "exec"), names)
    return names


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.usefixtures("corpus")
def test_snippet_reads_all_articles(sample: Published, library: str) -> None:
    """Each library reads every article by its snippet."""
    pytest.importorskip(library)
    snippet = next(code for code in SNIPPETS if re.search(rf"^(import|from) {library}\b", code, re.MULTILINE))
    assert len(run(snippet)["articles"]) == articles(sample).height


@pytest.mark.usefixtures("corpus")
def test_snapshot_is_resolved_once(sample: Published) -> None:
    """The snippet for jobs that read several tables names the snapshot itself."""
    assert run(SNIPPETS[0])["snapshot"] == sample.current.resolve()


@pytest.mark.usefixtures("corpus")
def test_only_sure_articles_are_read(sample: Published) -> None:
    """The snippet on confidence reads the articles of at least that confidence, and not all."""
    (snippet,) = (code for code in SNIPPETS if "sure = " in code)
    sure = run(snippet)["sure"]
    assert 0 < sure.height == articles(sample).filter(pl.col("confidence") >= 0.8).height < articles(sample).height


@pytest.mark.usefixtures("corpus")
def test_what_is_new_since_a_snapshot(sample: Published) -> None:
    """The articles that the older snapshot lacks are new, and none is gone."""
    (snippet,) = (code for code in SNIPPETS if "before = " in code)
    names = run(snippet)
    assert (set(names["new"]["id"]), names["gone"].height) == (set(articles(sample)["id"][:3]), 0)


def test_what_is_new_since_the_last_read(sample: Published, corpus: Path) -> None:
    """The first time everything is new, then what was not noted as read."""
    (snippet,) = (code for code in SNIPPETS if "state = " in code)
    assert run(snippet)["new"].height == articles(sample).height
    noted = pl.read_parquet(corpus / "read.parquet")
    noted[1:].write_parquet(corpus / "read.parquet")
    assert run(snippet)["new"]["id"].to_list() == noted["id"][:1].to_list()
