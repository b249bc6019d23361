"""What is taken down is in no table of any later run, whatever becomes of its file, the store or its copies."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.settings import Settings
from flows.tables import TABLES
from tests.flows.conftest import Published, publish

MILL = (
    "The miller of Overby has been fined for grinding by moonlight, which a law of 1612 forbids to all but widows. He "
    "says that his wheel turns when it likes, and that the judge has never had to get up for a river in his life. "
)
BELL = (
    "A bell of two tons was found in the reed beds south of Tarn on Sunday by a boy who had lost a boot there. Nobody "
    "knows which church it has come from, and four parishes have already sent a cart and a choir to fetch it home. "
)
GOAT = (
    "The goat that ate the minutes of the parish council of Hov is to stand for election, say three of its members. It "
    "would be the second, since a goat held the seat for nine years before the war and is said to have done no harm. "
)
OTHER = (
    "Snow closes the pass to Inner Fell until Thursday at the least, says the road office, and the post goes by sledge."
)


def taken_down(clean: Path, *arguments: str, status: int = 0) -> str:
    """Run `winnow takedown` and return what it prints."""
    result = CliRunner().invoke(app, ["takedown", *arguments, "--clean", str(clean)])
    assert result.exit_code == status, result.stderr
    return result.stdout if status == 0 else result.stderr


@pytest.fixture(scope="module")
def taken(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus of which a page, a site, a short text and a missing article were taken down after the first run."""
    raw = tmp_path_factory.mktemp("taken") / "raw"
    raw.mkdir()
    records = [
        {"url": "https://www.mill.example/fine?utm_source=x", "text": f"{MILL}{OTHER}"},
        {"url": "https://copies.example/fine", "text": MILL},
        {"url": "https://news.goat.example/hov", "text": GOAT},
        {"url": "https://goat.example/short", "text": "Too short to be news."},
    ]
    (raw / "feed.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (raw / "bell.txt").write_text(BELL)
    (raw / "other.txt").write_text(OTHER)
    clean = raw.with_name("clean")
    publish(raw, clean)
    said = taken_down(clean, "http://mill.example/fine", "--reason", "court order")
    assert "copies elsewhere that stay: feed.jsonl record 1" in said
    taken_down(clean, "goat.example", "bell.txt", "--reason", "asked by letter")
    (raw / "bell.txt").unlink()  # it would be carried on
    return publish(raw, clean)


def fates(published: Published) -> dict[tuple[str, int], tuple[str, str | None]]:
    """Return fate and message of each record."""
    table = pl.read_parquet(published.current / "audit/fates/*.parquet")
    return {(row["source"], row["record"]): (row["fate"], row["message"]) for row in table.iter_rows(named=True)}


def test_fates_name_the_reason(taken: Published) -> None:
    """Each record that is taken down says so, with the reason and the target that it was named by."""
    found = fates(taken)
    order = ("taken_down", "taken down: court order (url http://mill.example/fine)")
    assert found["feed.jsonl", 0] == order
    letter = "taken down: asked by letter (site goat.example)"
    assert found["feed.jsonl", 2] == found["feed.jsonl", 3] == ("taken_down", letter)
    assert found["bell.txt", 0] == ("taken_down", "taken down: asked by letter (source bell.txt)")


def test_copy_elsewhere_is_judged_alone(taken: Published) -> None:
    """The copy that was not kept is kept now: duplicates are looked for among what is left."""
    assert fates(taken)["feed.jsonl", 1] == ("kept", None)


def test_no_table_has_any_text_of_it(taken: Published) -> None:
    """Neither articles nor the audit hold a word of what was taken down, not even of what was too short."""
    texts = [
        text
        for table, columns in TABLES.items()
        if "text" in columns
        for text in pl.read_parquet(taken.current / table / "*.parquet")["text"]
    ]
    assert texts
    assert [text for text in texts if "goat" in text or "bell" in text or "Too short" in text] == []


def test_it_holds_without_the_store(taken: Published, tmp_path: Path) -> None:
    """In a later run, without the store and with the file back, it is taken down all the same."""
    shutil.copytree(taken.raw, tmp_path / "raw")
    shutil.copytree(taken.clean, tmp_path / "clean", symlinks=True)
    shutil.rmtree(tmp_path / "clean/.store")
    (tmp_path / "raw/bell.txt").write_text(BELL)
    later = publish(tmp_path / "raw", tmp_path / "clean")
    assert fates(later) == fates(taken)


def test_undone_it_is_published_again(taken: Published, tmp_path: Path) -> None:
    """What is taken back is published by the next run."""
    shutil.copytree(taken.clean, tmp_path / "clean", symlinks=True)
    taken_down(tmp_path / "clean", "goat.example", "--undo")
    later = publish(taken.raw, tmp_path / "clean")
    assert fates(later)["feed.jsonl", 2] == ("kept", None)
    assert fates(later)["feed.jsonl", 0][0] == "taken_down"


def test_no_rollback_to_a_snapshot_that_holds_it(taken: Published) -> None:
    """The snapshot before, which holds what was taken down since, is not gone back to."""
    result = CliRunner().invoke(app, ["rollback", "--clean", str(taken.clean)])
    assert result.exit_code == 2
    assert "taken down since" in result.stderr
    assert taken.current.resolve().name == taken.manifest["run_id"]


def test_what_is_taken_down_is_listed(taken: Published) -> None:
    """`--list` names each target with its kind and reason, for people and for programs."""
    rows = json.loads(taken_down(taken.clean, "--list", "--json"))
    named = [(row["kind"], row["target"], row["reason"]) for row in rows]
    assert named == [
        ("url", "http://mill.example/fine", "court order"),
        ("site", "goat.example", "asked by letter"),
        ("source", "bell.txt", "asked by letter"),
    ]
    assert "site goat.example: asked by letter" in taken_down(taken.clean, "--list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.example"], "--reason"),
        ([], "name what to take down"),
        (["b.example", "--undo"], "nothing is ruled on 'b.example'"),
        (["https://www.a.example/", "--reason", "x"], "is the address of a site and of no page"),
    ],
)
def test_what_cannot_be_done_is_told(taken: Published, arguments: list[str], said: str) -> None:
    """A missing reason, no target and an unknown one to take back end with status 2 and one line."""
    message = taken_down(taken.clean, *arguments, status=2)
    assert said in message
    assert message.count("\n") == 1


@pytest.mark.parametrize("content", ["[[ruling]]\nwhat = 'takedown'\n", "[[rulings]]\nwhat = 'x'\n", None])
def test_a_run_is_refused_where_the_file_is_wrong(
    prefect_environment: dict[str, str], tmp_path: Path, content: str | None
) -> None:
    """A file of take-downs that is broken, or is named by a setting and not there, publishes nothing."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text(MILL)
    if content is not None:
        (tmp_path / "ours.toml").write_text(content)
    settings = Settings.model_validate({"publish": {"takedowns": str(tmp_path / "ours.toml")}})
    from flows.corpus import clean_corpus

    state = clean_corpus(raw=tmp_path / "raw", clean=tmp_path / "clean", settings=settings, return_state=True)
    assert state.is_failed()
    assert f"{tmp_path / 'ours.toml'} (publish.takedowns)" in str(state.message)
    assert not (tmp_path / "clean/current").exists()
