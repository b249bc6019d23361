"""What the models learn from is made out of marked pages, whole or not at all."""

from pathlib import Path

import pytest

from benchmarks.training.data import text_of
from benchmarks.training.derive import derive, made_whole, visible_text
from benchmarks.training.made_texts import Clean, Maker
from benchmarks.training.toy import write_toy

FOLDERS = ("scraped", "neardup", "whole", "spliced")


def files(data: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A world of four pages."""
    write_toy(tmp_path / "data", events=3, seed=3)
    return tmp_path / "data"


def test_what_is_missing_is_made_anew_and_is_the_same(data: Path) -> None:
    """A folder that a stopped run left half made, and a dump that is not there, are made; nothing else is touched."""
    before = files(data)
    for name in FOLDERS:
        (data / name).rename(data / f"{name}.part")
        (data / f"{name}.part" / "stray").touch()
    (data / "pages" / "dump" / "toy-001.txt.gz").unlink()
    kept = data / "pages" / "dump" / "toy-002.txt.gz"
    written = kept.stat()
    derive(data, 3)
    assert files(data) == before
    assert kept.stat().st_ino == written.st_ino


def test_what_fails_half_way_takes_no_ones_place(tmp_path: Path) -> None:
    """Where writing fails, there is no folder of the name."""
    with pytest.raises(OSError, match="full"), made_whole(tmp_path / "whole") as folder:
        folder.mkdir()
        raise OSError("full")
    assert not (tmp_path / "whole").exists()


@pytest.mark.parametrize("html", ["", " \n", "<!-- nothing -->"])
def test_a_blank_page_has_no_text(html: str) -> None:
    """A page without anything on it gives an empty dump."""
    assert visible_text(html).strip() == ""


def test_a_blank_page_costs_nothing_but_itself(data: Path) -> None:
    """The other pages are dumped though one is blank."""
    (data / "pages" / "html" / "toy-001.html.gz").write_bytes(b"")
    for path in (data / "pages" / "dump").iterdir():
        path.unlink()
    derive(data, 3)
    assert [bool(text_of(data / "pages" / "dump" / f"toy-{page:03d}.txt").strip()) for page in range(4)] == [
        *(True, False, True, True)
    ]


def test_stories_under_an_article_are_never_of_its_own_event() -> None:
    """Which articles may be glued on is told by their own words, whatever stands between them in the list of hosts."""
    ferry = ["The ferry struck the breakwater at noon.", "Sailors rowed the passengers ashore before the ferry sank."]
    guide = Clean("How to sew", ["Thread the needle, then knot the cotton."], 0, "en", False)
    again = Clean("Ferry sinks", ferry, 0, "en", True)
    choir = Clean(
        "Choir sings", ["The choir sang a mass in the abbey.", "Altos outnumbered the tenors."], 0, "en", True
    )
    maker = Maker(
        [guide, guide, Clean("Ferry lost", ferry, 0, "en", True), again, choir], [["Home", "News", "Sport"]], 1
    )
    for made in maker.texts():
        assert made.title != "Ferry lost" or made.end is None or "Sailors" not in made.text[made.end :]
