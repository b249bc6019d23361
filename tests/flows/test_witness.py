"""A story glued under an article is cut once the corpus bears witness of it, in whichever run that is."""

from pathlib import Path

import polars as pl

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
