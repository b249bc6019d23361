"""Calls to the reader in 27 languages, and paragraphs of articles on newsletters, apps and gifts that resemble them."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.wording import END, MIDDLE, placed

DATA = Path(__file__).parent / "data" / "calls"
# The share that goes from both places, when this list was last read; it may only grow.
GOES = 0.36
CUT = {"Κατεβάστε την εφαρμογή, συνδεθείτε με τους κωδικούς taxisnet και ελέγξτε τα στοιχεία σας."}


def _rows(name: str) -> list[tuple[str, str]]:
    """Return the language and the paragraph of each row."""
    rows = (line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines())
    return [(language, text) for language, _, text in rows]


def _stays(language: str, text: str, at: int = MIDDLE) -> bool:
    item = replace(article((HARBOUR[0], "\n\n".join(placed(text, at)))), language=language)
    return text in cleaned(item).split("\n\n")


def test_calls_to_the_reader_go() -> None:
    """Calls to subscribe, give, follow, download and write go from between two paragraphs and from under the last."""
    rows = _rows("goes.tsv")
    gone = [text for language, text in rows if not (_stays(language, text) or _stays(language, text, END))]
    assert len(gone) >= GOES * len(rows)


def test_paragraphs_that_resemble_calls_stay() -> None:
    """Reports on newsletters, apps and gifts, steps of guides and an article's own service stay, save what is known."""
    rows = _rows("stays.tsv")
    assert {text for language, text in rows if not (_stays(language, text) and _stays(language, text, END))} <= CUT


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sign up for our weekly football newsletter and get it on Fridays."),
        ("en", "Texas Take: Get the latest news sent directly to your inbox every weekday"),
        ("en", "We do not charge for our stories. Please support our journalism with a gift."),
        ("en", "Download the Gull today. Start your free trial with unlimited access."),
        ("en", "What do you think of the ferry? Let us know in the comments section below!"),
        ("en", "The Bell Founder's Almanac has a page for each tide and a cover of oiled cloth. Buy now"),
        ("de", "Der Kalender der Glockengießer hat für jede Flut ein Blatt. Jetzt bestellen"),
        ("de", "Abonnieren Sie unseren Newsletter „Guten Morgen“ und verpassen Sie nichts."),
        ("ko", "뉴스레터를 구독하고 매일 아침 주요 소식을 받아 보세요."),
    ],
)
def test_a_call_in_the_papers_name_goes(language: str, text: str) -> None:
    """It opens with a verb of calls, and names what is the paper's or the reader's own, or two of its offers."""
    assert not _stays(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sign up at the town hall before Friday to get a place on the ferry."),
        ("en", "The harbour's newsletter began in 1931 as a sheet that ferrymen passed from hand to hand."),
        ("en", "“Sign up for our newsletter and tell all your friends about it,” the ferry's owner said."),
        ("en", "Let us know when you get there, she wrote to her sister on the last ferry before the gale."),
        ("en", "The kiosk has a sign above the tickets, and under it a smaller one. It says: Buy now."),
        ("en", "The bridge will close for the winter and the port will pay for a ferry until then. Buy now"),
        ("en", "Download the app, open the settings and choose the crossing that you take."),
        ("de", "Tap the bell to get a note from our podcast."),
    ],
)
def test_a_paragraph_that_only_has_some_of_it_stays(language: str, text: str) -> None:
    """Other people's lists, sentences about the paper, speech, guides, and another language than the article's."""
    assert _stays(language, text)


def test_a_call_that_runs_into_a_paragraph_takes_no_sentence_of_it() -> None:
    """Where most of a paragraph's words stand in the rest of the article too, it is the article's."""
    text = HARBOUR[1].replace("The ferry will leave", "Sign up for our newsletter. The ferry will leave")
    assert "The ferry will leave every quarter of an hour" in cleaned(article((HARBOUR[0], text)))
