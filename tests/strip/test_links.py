"""Lines that only lead to a link, a player or another page, and lines of articles that resemble them."""

from pathlib import Path

import pytest

from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.wording import END, MIDDLE, placed

DATA = Path(__file__).parent / "data" / "links"


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


def _stays(line: str, at: int) -> bool:
    return line in cleaned(article((HARBOUR[0], "\n\n".join(placed(line, at))))).split("\n\n")


@pytest.mark.parametrize("line", _lines("goes.txt"))
def test_a_line_that_only_leads_elsewhere_goes(line: str) -> None:
    """Calls to watch, hear or read what a text cannot hold, links in brackets or behind arrows, labelled adverts."""
    assert not _stays(line, MIDDLE) or not _stays(line, END)


@pytest.mark.parametrize("line", _lines("stays.txt"))
def test_a_line_that_resembles_a_link_stays(line: str) -> None:
    """Sentences with the same words, code, editors' insertions and headings stay."""
    assert _stays(line, MIDDLE)


def test_what_announces_text_stays_above_it_and_goes_under_the_last_paragraph() -> None:
    """A line such as "Read the full report here:" announces nothing where nothing follows."""
    assert _stays("Read the full report here:", MIDDLE)
    assert not _stays("Read the full report here:", END)


def test_a_credit_that_names_the_agency_first_goes() -> None:
    """A line "(Agency: Name)" is a credit; another place and name in brackets is not."""
    assert not _stays("(Reuters: Ada Brandt)", 0)
    assert _stays("(Harsk: Ada Brandt)", 0)


@pytest.mark.parametrize("sign", ["rdb", "(jdl)", "mk/abc", "(BMcC)", "GIS"])
def test_the_sign_of_a_writer_goes_where_it_ends_the_text(sign: str) -> None:
    """A few letters right below the last sentence are a writer's or an agency's sign; elsewhere they stay."""
    assert not _stays(sign, END)
    assert _stays(sign, MIDDLE)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("[#image: /photos/5d41402abc4b2a76b9719d91]", True),
        ("[#twitter: https://gull.example/ferry/status/1336387395994980353]", True),
        ('[video src="/ferry.mp4" width="640"]', True),
        ("[printaddress name=“Harbour office” address1=“1 Quay Street” city=“Harwick”]", True),
        ("[box_colored class=“blue“ title=“13″][/box_colored]", True),
        ("[It was never insured.]", False),
        ("[The ferry = “Gull“]", False),
    ],
)
def test_marks_of_a_publishing_system_go(line: str, *, goes: bool) -> None:
    """Marks with settings go, also where their quotation marks were made pretty; other brackets are the article's."""
    assert _stays(line, MIDDLE) is not goes


@pytest.mark.parametrize("line", ["Beitragsbild: Ada Brandt", "Bildnachweis: Ada Brandt"])
def test_a_labelled_picture_credit_goes(line: str) -> None:
    """German pages label the credit of the picture above the text in many ways."""
    assert not _stays(line, END)
