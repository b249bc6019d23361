"""Lines of a page's interface, in 26 languages, and lines of articles that resemble them."""

from pathlib import Path

import pytest

from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.wording import END, LAYOUTS, MIDDLE, PARAGRAPHS, left, placed

DATA = Path(__file__).parent / "data" / "interface"
# The shares and lines that these lists had when they were last read; they may only get better.
GOES = 0.975
CUT = {
    "Advertising",
    "A newsletter with nine readers",
    "Watch out for ice",
    "Read the small print",
    "Copyright in the age of machines",
    "Sign of the times",
}


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


def _stays(line: str) -> bool:
    """Tell whether a line between two paragraphs is left in."""
    return line in cleaned(article((HARBOUR[0], "\n\n".join(placed(line, MIDDLE))))).split("\n\n")


def test_lines_of_an_interface_go() -> None:
    """Buttons, counters, players, paywalls, calls, labels and notices go from between two paragraphs."""
    lines = _lines("goes.txt")
    assert sum(not _stays(line) for line in lines) >= GOES * len(lines)


def test_lines_that_resemble_an_interface_stay() -> None:
    """Subheadings, answers, steps and verses stay, save those that are known to go."""
    assert {line for line in _lines("stays.txt") if not _stays(line)} <= CUT


@LAYOUTS
@pytest.mark.parametrize("at", [0, MIDDLE, END])
@pytest.mark.parametrize(
    "line",
    ["SHARE THIS ARTICLE", "• Copy link", "17 Comments", "Lesezeit: 12 Minuten", "Annons", "原标题：桥梁将于秋季关闭"],
)
def test_line_goes_whatever_its_case_signs_and_numbers(line: str, at: int, gap: str) -> None:
    """A line is compared as a whole, without case, signs and the numbers in it."""
    assert left(placed(line, at), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("line", ["Share.", "Listen to this article of faith", "Share this article of faith, he said."])
def test_line_with_more_in_it_stays(line: str, gap: str) -> None:
    """A line with other words, and a single word with a stop, are the article's."""
    text = placed(line, MIDDLE)
    assert left(text, gap) == text


def test_text_of_one_line_stays() -> None:
    """An article must not lose all it has."""
    assert left(["Share this article"], "\n") == ["Share this article"]


@LAYOUTS
@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("The port said so, opens new tab on Friday.", "The port said so on Friday."),
        ("The plan (opens in a new window) has six pages.", "The plan has six pages."),
        ("Der Plan (öffnet in neuem Fenster) hat sechs Seiten.", "Der Plan hat sechs Seiten."),
        ("The button opens new tab after new tab.", "The button opens new tab after new tab."),
    ],
)
def test_mark_of_a_link_goes_out_of_its_sentence(line: str, rest: str, gap: str) -> None:
    """What a screen reader is told of a link goes, and the sentence stays whole."""
    assert left(placed(line, MIDDLE), gap) == placed(rest, MIDDLE)
