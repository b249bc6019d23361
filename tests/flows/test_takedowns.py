"""What is taken down is in no table of any later run, whatever becomes of its file, the store or its copies."""

import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import polars as pl
import pytest

from flows.rulings import Ruling, add_rulings, published_records, read_rulings, rule, undo_rulings, write_rulings
from flows.settings import Settings
from flows.tables import TABLES
from tests.flows.conftest import Published, printed, publish, write_files

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
    return printed("takedown", *arguments, clean=clean, status=status)


@pytest.fixture(scope="module")
def taken(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus of which a page, a site, a short text and a missing article were taken down after the first run."""
    raw = tmp_path_factory.mktemp("taken") / "raw"
    records = [
        {"url": "https://www.mill.example/fine?utm_source=x", "text": f"{MILL}{OTHER}"},
        {"url": "https://copies.example/fine", "text": MILL},
        {"url": "https://news.goat.example/hov", "text": GOAT},
        {"url": "https://goat.example/short", "text": "Too short to be news."},
    ]
    feed = "".join(json.dumps(record) + "\n" for record in records)
    write_files(raw, {"feed.jsonl": feed, "bell.txt": BELL, "other.txt": OTHER})
    clean = raw.with_name("clean")
    publish(raw, clean)
    said = taken_down(clean, "http://mill.example/fine", "--reason", "court order")
    assert "Copies elsewhere that stay: feed.jsonl record 1" in said
    taken_down(clean, "goat.example", "bell.txt", "--reason", "asked by letter")
    printed("restore", "bell.txt", "--cuts", clean=clean)  # what is taken down is no less so for it
    (raw / "bell.txt").unlink()  # it would be carried on
    return publish(raw, clean, gates={"site_articles": 1})


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


def test_gates_do_not_count_it(taken: Published) -> None:
    """The counts of sites, by which gates judge, are of what is published."""
    assert set(taken.manifest["sites"]) == {"copies.example"}


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
    assert "taken down since" in printed("rollback", clean=taken.clean, status=2)
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


def texts_below(folder: Path) -> str:
    """Return all texts that stand in the tables and pages below a folder, so that a word can be looked for."""
    tables = [pl.read_parquet(path).select(pl.col(pl.String)) for path in folder.rglob("*.parquet")]
    cells = [cell or "" for table in tables for row in table.rows() for cell in row]
    pages = [path.read_text() for path in folder.rglob("*") if path.suffix in (".html", ".json") and path.is_file()]
    return "\n".join([*cells, *pages])


@pytest.fixture(scope="module")
def purged(taken: Published) -> Iterator[tuple[Published, str]]:
    """A copy of the corpus with a report of the older snapshot, purged; and what `--purge` printed."""
    copy = Published(taken.raw, taken.clean.with_name("purged"), taken.manifest)
    shutil.copytree(taken.clean, copy.clean, symlinks=True)
    (older,) = (path for path in (copy.clean / "snapshots").iterdir() if path.name != taken.manifest["run_id"])
    shutil.copy(older / "report.html", copy.clean / "report.html")
    assert "goat held the seat" in texts_below(copy.clean)
    yield copy, taken_down(copy.clean, "--purge")


def test_purge_leaves_no_text_of_it(purged: tuple[Published, str], taken: Published) -> None:
    """Older snapshots, the report beside them and the store hold no word of it after a purge, and each is named."""
    copy, said = purged
    left = texts_below(copy.clean)
    assert "Snow closes the pass" in left
    assert [word for word in ("goat held the seat", "bell of two tons", "Too short to be news") if word in left] == []
    (older,) = (path.name for path in (taken.clean / "snapshots").iterdir() if path.name != copy.manifest["run_id"])
    assert f"snapshot {copy.clean / 'snapshots' / older}: 4 records" in said
    assert f"report {copy.clean / 'report.html'}" in said
    assert "part of the store" in said


def test_purge_leaves_the_current_snapshot_and_its_readers(purged: tuple[Published, str], taken: Published) -> None:
    """The current snapshot is as it was, to the byte, and the next purge finds nothing."""
    copy, _ = purged
    files = [path.relative_to(taken.current) for path in taken.current.rglob("*") if path.is_file()]
    assert files
    assert [name for name in files if (copy.current / name).read_bytes() != (taken.current / name).read_bytes()] == []
    assert "There was nothing to remove." in taken_down(copy.clean, "--purge")


def test_next_run_after_a_purge_is_as_it_would_have_been(purged: tuple[Published, str]) -> None:
    """With parts of its store gone, the next run publishes the same fates, but for the file that is gone."""
    copy, _ = purged
    before = fates(copy)
    before.pop(("bell.txt", 0))
    assert fates(publish(copy.raw, copy.clean)) == before


def test_purge_does_not_touch_a_current_snapshot_that_holds_it(taken: Published, tmp_path: Path) -> None:
    """Before the next run, the current snapshot is left and named, with status 1; a plain take-down names it too."""
    shutil.copytree(taken.clean, tmp_path / "clean", symlinks=True)
    said = taken_down(tmp_path / "clean", "copies.example", "--reason", "court order")
    assert f"{taken.manifest['run_id']}: 1 record; it is the current one" in said
    left = taken_down(tmp_path / "clean", "--purge", status=1).partition("Left:")[2]
    assert f"{taken.manifest['run_id']}: 1 record; it is the current one" in left
    assert pl.read_parquet(tmp_path / "clean/current/articles/*.parquet").height == 2


def test_rollback_to_a_snapshot_made_since_is_allowed(taken: Published, tmp_path: Path) -> None:
    """A snapshot in which it is taken down already, by the file that it was in, holds nothing of it."""
    shutil.copytree(taken.clean, tmp_path / "clean", symlinks=True)
    later = publish(taken.raw, tmp_path / "clean")
    printed("rollback", clean=later.clean)
    assert later.current.resolve().name == taken.manifest["run_id"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.example"], "--reason"),
        ([], "name what to take down"),
        (["b.example", "--undo"], "nothing is ruled on 'b.example'"),
        (["https://www.a.example/", "--reason", "x"], "is the address of a site, not of a page"),
        (["leak.txt", "--reason", "x"], "write ./leak.txt for the file, www.leak.txt for the site"),
        (["--list", "--purge"], "--purge goes with neither --list nor --undo"),
        (["bell.txt", "--undo", "--purge"], "--purge goes with neither --list nor --undo"),
        (["bell.txt", "--list"], "--list lists all there is"),
        (["bell.txt", "--undo", "--json"], "--json prints what --list lists"),
        (["--undo"], "name what to take back"),
        (["--list", "--reason", "x"], "--reason says why something is ruled: give it with targets"),
        (["--purge", "--reason", "x"], "--reason says why something is ruled: give it with targets"),
        ([".", "--reason", "x"], "'.' names no article"),
        (
            ["raw/bell.txt", "--reason", "x"],
            "give its path below the raw folder, bell.txt, or write ./raw/bell.txt if it is",
        ),
        (["/data/raw/bell.txt", "--reason", "x"], "give its path below the raw folder, bell.txt\n"),
        (["s3://bucket/raw/none.txt", "--reason", "x"], "give its path below the raw folder\n"),
        (
            ["tarn.example/bell", "--reason", "x"],
            "write ./tarn.example/bell for the file, https://tarn.example/bell for",
        ),
    ],
)
def test_what_cannot_be_done_is_told(taken: Published, arguments: list[str], said: str) -> None:
    """What lacks something, may mean two things or goes with no other option ends with status 2 and one line."""
    message = taken_down(taken.clean, *arguments, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_a_folder_is_one_target_with_and_without_a_slash(tmp_path: Path) -> None:
    """`crawl/` and `crawl` are ruled on once, and taken back by either name, once however often it is given."""
    for target in ("crawl/", "crawl"):
        assert "nothing is published yet" in taken_down(tmp_path, target, "--reason", "x")
    assert [ruling.target for ruling in read_rulings(tmp_path, Settings(), "takedowns")] == ["crawl"]
    assert taken_down(tmp_path, "crawl/", "crawl", "--undo") == "source crawl: may be published again\n"


def test_purge_makes_no_folder(tmp_path: Path) -> None:
    """Where there is no clean folder, `--purge` says so and makes none."""
    assert "nothing is published in" in taken_down(tmp_path / "none", "--purge", status=2)
    assert not (tmp_path / "none").exists()


def test_what_is_not_published_yet_is_known_by_its_form() -> None:
    """A file right below the raw folder, or a site, that no snapshot has is told by how it is written."""
    targets = ["./leak.txt", "www.agora.md", "a.example", "night/leak"]
    made = rule(["takedown"], targets, "x", published_records(None))
    assert [(ruling.kind, ruling.target) for ruling in made] == [
        ("source", "leak.txt"),
        ("site", "agora.md"),
        ("site", "a.example"),
        ("source", "night/leak"),
    ]


def test_rulings_of_several_at_once_are_all_kept(tmp_path: Path) -> None:
    """Commands that change one file of rulings at the same time wait for each other."""
    rulings = [Ruling("takedown", "id", f"{at:016x}", "an order", "2026-05-03 10:00:00 UTC") for at in range(40)]
    both = Barrier(2)

    def add(first: int) -> None:
        both.wait()
        for ruling in rulings[first::2]:
            add_rulings(tmp_path, Settings(), "takedowns", [ruling])

    with ThreadPoolExecutor(2) as commands:
        list(commands.map(add, range(2)))
    assert set(read_rulings(tmp_path, Settings(), "takedowns")) == set(rulings)
    with ThreadPoolExecutor(2) as commands:
        undo = partial(undo_rulings, tmp_path, Settings(), "takedowns", what=["takedown"])
        list(commands.map(lambda ruling: undo([ruling.target]), rulings[:39]))
    assert read_rulings(tmp_path, Settings(), "takedowns") == tuple(rulings[39:])


def test_thousands_of_take_downs_are_read_at_once(tmp_path: Path) -> None:
    """A list of 2,000 pages is read in a moment: 0.1 s, where a look at each alone took 5 s."""
    rulings = [
        Ruling("takedown", "url", f"https://a.example/{at}", "an order", "2026-05-03 10:00:00 UTC")
        for at in range(2_000)
    ]
    write_rulings(tmp_path / "takedowns.toml", rulings)
    started = time.process_time()
    assert read_rulings(tmp_path, Settings(), "takedowns") == tuple(rulings)
    assert time.process_time() - started < 2


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
