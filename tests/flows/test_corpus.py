"""What the corpus knows reaches an article, and what a file says of its records is published."""

import json
from pathlib import Path

import polars as pl

from flows.corpus import clean_corpus
from tests.flows.conftest import publish
from tests.strip.stories import HARBOUR, OWLS


def _texts(clean: Path) -> dict[str, str]:
    articles = pl.read_parquet(clean / "current" / "articles" / "*.parquet")
    return dict(articles.select("source", "text").iter_rows())


def test_a_story_that_comes_later_bears_witness(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """A story with no marker stays while it stands nowhere else, and goes when the run after brings it."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "bridge.txt").write_text(f"{HARBOUR[0]}\n\n{HARBOUR[1]}\n\n{OWLS[1]}\n", encoding="utf-8")
    publish(raw, clean)
    assert _texts(clean)["bridge.txt"] == f"{HARBOUR[1]}\n\n{OWLS[1]}"
    (raw / "owls.txt").write_text(f"{OWLS[0]}\n\n{OWLS[1]}\n", encoding="utf-8")
    publish(raw, clean)
    assert _texts(clean) == {"bridge.txt": HARBOUR[1], "owls.txt": OWLS[1]}
    removals = pl.read_parquet(clean / "current" / "audit" / "removals" / "*.parquet")
    assert removals.select("rule", "reason", "text").rows() == [("known_story", "appended", f"\n\n{OWLS[1]}")]


def test_run_that_takes_too_long_is_stopped(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """A run whose hours are over ends TimedOut, publishes nothing and leaves nothing behind."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "owls.txt").write_text(f"{OWLS[0]}\n\n{OWLS[1]}\n", encoding="utf-8")
    state = clean_corpus(raw, clean, hours=0.2 / 3600, return_state=True)
    assert (state.name, str(state.message).startswith("the run took more than run.hours")) == ("TimedOut", True)
    assert not (clean / "current").exists()
    assert not (clean / ".staging").exists()


def test_the_identity_of_a_row_is_published(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """Whoever has identities of their own joins the articles by them."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    rows = [{"doc_id": f"lamp-{n}", "title": title, "text": text} for n, (title, text) in enumerate((HARBOUR, OWLS))]
    (raw / "lamp.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    publish(raw, clean)
    articles = pl.read_parquet(clean / "current" / "articles" / "*.parquet")
    assert articles.select("source_id", "title").rows() == [("lamp-0", HARBOUR[0]), ("lamp-1", OWLS[0])]
