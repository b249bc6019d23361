"""Lines of a page's interface, credits and notes, in 41 languages, and lines of articles that resemble them."""

from pathlib import Path

import pytest

from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.wording import END, LAYOUTS, MIDDLE, PARAGRAPHS, left, placed

DATA = Path(__file__).parent / "data" / "interface"
# The shares and lines that these lists had when they were last read; they may only get better.
GOES = 0.963
CUT = {
    "A newsletter with nine readers",
    "Watch out for ice",
    "Read the small print",
    "Sign of the times",
    "A newsletter with 11 readers",
    "Download speeds in the valley",
    "Open the app and tap Settings",
    "Save what you can",
    "Sign in with your library card",
    "Sign up or stay out",
    "Step 1: Subscribe to nothing for a month",
    "Step 4: Save your work",
    "Subscribe to the idea",
    "Turn off notifications before bed",
}
NOTES_GO = 0.745
GOES_FURTHER = 0.92
NOTES_CUT = {
    "Photographs by Walker Evans hang in the hallway.",
    "All rights reserved to the landlord under the old lease were abolished in 1977.",
    "Quelle des Flusses: 1.200 Meter über dem Meer",
    "De Wit is hoogleraar geschiedenis in Groningen en woont al twintig jaar in het dorp.",
}


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


def _stays(line: str, at: int = MIDDLE) -> bool:
    """Tell whether a line between two paragraphs, or under the last, is left in."""
    return line in cleaned(article((HARBOUR[0], "\n\n".join(placed(line, at))))).split("\n\n")


def test_lines_of_an_interface_go() -> None:
    """Buttons, counters, players, paywalls, calls, labels and notices go from between two paragraphs."""
    lines = _lines("goes.txt")
    assert sum(not _stays(line) for line in lines) >= GOES * len(lines)


def test_lines_that_resemble_an_interface_stay() -> None:
    """Subheadings, answers, steps and verses stay, save those that are known to go."""
    assert {line for line in _lines("stays.txt") if not _stays(line)} <= CUT


def test_lines_in_fifteen_further_languages_go() -> None:
    """The same in languages of which the project has no marked pages, from Bengali to Urdu."""
    lines = _lines("goes_further.txt")
    assert sum(not _stays(line) for line in lines) >= GOES_FURTHER * len(lines)


def test_lines_in_fifteen_further_languages_stay() -> None:
    """Subheadings, answers and items of lists stay in these languages too."""
    assert [line for line in _lines("stays_further.txt") if not _stays(line)] == []


def test_credits_and_notes_under_the_text_go() -> None:
    """Credits, notes on authors and updates, and marks of agencies go where they end a text."""
    lines = _lines("notes_go.txt")
    assert sum(not _stays(line, END) for line in lines) >= NOTES_GO * len(lines)


def test_lines_that_resemble_credits_stay() -> None:
    """Sentences on photographers, sources and editors stay, save those that are known to go."""
    assert {line for line in _lines("notes_stay.txt") if not _stays(line)} <= NOTES_CUT


@LAYOUTS
@pytest.mark.parametrize("at", [0, MIDDLE, END])
@pytest.mark.parametrize(
    "line",
    [
        "SHARE THIS ARTICLE",
        "Loading...",
        "Loading fares for your quay…",
        "Wird geladen...",
        "• Copy link",
        "17 Comments",
        "Lesezeit: 12 Minuten",
        "Annons",
        "原标题：桥梁将于秋季关闭",
        "（原标题：桥梁将于秋季关闭）",
        "13.6k SHARES Facebook Twitter",
        "Post Views: 1,204",
        "LISTEN 3:48 SHARE THIS STORY Share Tweet Email",
        "Facebook Twitter WhatsApp",
        "SHARE ON FACEBOOK SHARE ON TWITTER",
        "Click to share on Telegram (Opens in new window)",
        "Order Reprints | Today's Paper",
        "Scroll down for video",
        "May, 2031 April, 2031 March, 2031 February, 2031 January, 2031 December, 2030 November, 2030 October, 2030",
    ],
)
def test_line_goes_whatever_its_case_signs_and_numbers(line: str, at: int, gap: str) -> None:
    """A line is compared as a whole, without case, signs and the numbers in it."""
    assert left(placed(line, at), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("at", [0, MIDDLE, END])
def test_the_count_below_a_counter_goes_with_it(at: int, gap: str) -> None:
    """A number in a line of its own belongs to the line with a colon above it."""
    assert left(placed(f"Post Views:{gap}1,204", at), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize("at", [0, END])
@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("Start Politik Wirtschaft Sport Kultur", True),
        ("Home | News | Sport | Weather", True),
        ("首页 新闻 体育 财经", True),
        ("Home > Local > Ferry returns", True),
        ("Harwick » World » Europe", True),
        ("Politics and sport", False),
        ("Sport, weather", False),
        ("Quay > bridge", False),
    ],
)
def test_menu_goes_at_the_ends(line: str, at: int, gap: str, *, goes: bool) -> None:
    """Three names of sections, or a way of three steps, are no line of an article."""
    text = placed(line, at)
    assert left(text, gap) == (PARAGRAPHS if goes else text)


@pytest.mark.parametrize(
    "line",
    [
        "Unlimited",
        "Paid advertising",
        "Check: Air filter",
        "Graphics: Quillon Iris Xe",
        "Copyright in the age of machines",
        "c) Emerging harbours",
        "Loading speed of the pages",
        "Loading Bay Opens at Harwick...",
        "2. Ferries (e.g., Marigold, YouTube)",
        "Facebook, Twitter and the ferry",
        "Facebook shares",
        "12 % 11,926 – 48,475 22 % 48,476 – 103,350 24 % 103,351 – 197,300 32 % 197,301 – 250,525",
        "18.7 mi 11.4 mi 20 mi 23.3 mi 24.9 mi 39.6 mi 26.8 mi 19.8 mi 24.2 mi 29.8 mi 42.5 mi",
    ],
)
def test_line_of_a_guide_stays(line: str) -> None:
    """Cells of a table, headings and items with a label are not an advertisement, a link or a notice."""
    assert _stays(line)


def test_heading_of_a_summary_stays() -> None:
    """A heading over the article's own points is the article's, unlike the label of a site ("Story highlights")."""
    assert _stays("Key takeaways", 0) and not _stays("Story highlights", 0)


@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("(AFP)", True),
        ("/ritzau/", True),
        ("(Reuters, dpa)", True),
        ("TASS", True),
        ("Pool", False),
        ("(Harwick)", False),
    ],
)
def test_mark_of_agencies_goes_under_the_text(line: str, *, goes: bool) -> None:
    """A last line that only names agencies goes; their names as plain words stay."""
    assert _stays(line, END) is not goes


@LAYOUTS
def test_menu_stays_in_the_middle(gap: str) -> None:
    """Far from the ends a line of such names may be the article's."""
    text = placed("Politics, sport, culture", MIDDLE) + PARAGRAPHS + PARAGRAPHS
    assert left([*PARAGRAPHS, *PARAGRAPHS, *text], gap) == [*PARAGRAPHS, *PARAGRAPHS, *text]


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
