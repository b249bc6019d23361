"""Links, advertisements and captions between and inside the paragraphs."""

import pytest

from tests.strip.samples import article, cleaned, rules
from tests.strip.stories import HARBOUR, OWLS

BLOCKS = HARBOUR[1].split("\n\n")


def _with_line(line: str) -> str:
    return "\n\n".join([*BLOCKS[:2], line, *BLOCKS[2:]])


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Snow owls return to the Harrowgate moors",
        "Lesen Sie auch: Schneeeulen kehren ins Moor zurück",
        "Lire aussi : Les chouettes reviennent sur la lande",
        "Lee también: Los búhos vuelven al páramo",
        "Leia também: Corujas voltam ao pântano",
        "Nightjar pick | Snow owls return to the Harrowgate moors",
        "Watch: Snow owls return to the Harrowgate moors 2:41",
        "Advertisement Story continues below",
        "Tired of adverts? Subscribe now",
        "Anzeige Artikel geht unten weiter",
    ],
)
def test_a_line_that_is_not_the_article_goes(line: str) -> None:
    """Link, advertising and caption lines between paragraphs are cut whole."""
    assert cleaned(article((HARBOUR[0], _with_line(line)))) == HARBOUR[1]


@pytest.mark.parametrize(
    "line",
    [
        "What drivers must know",
        "Correction: An earlier version gave the wrong number of lorries",
        "The last ferry leaves at 23:30",
        "Bridge toll: two crowns for cars on the harbour bridge",
    ],
)
def test_a_short_line_of_the_article_stays(line: str) -> None:
    """Subheadings, notes and times of day are kept."""
    text = _with_line(line)
    assert cleaned(article((HARBOUR[0], text))) == text


@pytest.mark.parametrize(
    "fragment", ["Advertisement Story continues below", "Tired of too many adverts? Remove ads", "Subscribe now"]
)
def test_an_advert_between_sentences_goes_at_its_exact_span(fragment: str) -> None:
    """The sentences on both sides of an advertisement stay as they are."""
    text = HARBOUR[1].replace("in March. Drivers", f"in March. {fragment} Drivers")
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]


def test_a_sentence_on_advertising_stays() -> None:
    """Advertising words in a sentence of the article are no advertisement."""
    text = HARBOUR[1].replace("in March. ", "in March. Download speeds fell in the harbour offices. ")
    assert cleaned(article((HARBOUR[0], text))) == text


def test_a_caption_after_a_finished_sentence_goes() -> None:
    """A video caption is known by its running time, whatever it says."""
    line = "The cracks were found in March and the bridge has carried trucks since. Our reporter walked over it. 3:07"
    assert cleaned(article((HARBOUR[0], _with_line(line)))) == HARBOUR[1]


def test_a_programme_stays() -> None:
    """Lines that end in a time and follow each other are a list and no captions."""
    text = _with_line("Ferry to the east quay 10:15\nFerry to the west quay 10:30\nFerry to the east quay 10:45")
    assert cleaned(article((HARBOUR[0], text))) == text


def test_a_notice_that_repeats_the_headline_goes() -> None:
    """A notice with the headline in it, at the top, is cut as furniture."""
    item = article((OWLS[0], f"No replies on {OWLS[0]}\n\n{OWLS[1]}"))
    assert cleaned(item) == OWLS[1]
    assert "headline_echo" in rules(item)
