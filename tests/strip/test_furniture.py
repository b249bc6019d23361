"""Page furniture: what is claimed, what stays, and how claims lie in the text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.records import Article, Removal
from cleaners.strip.config import FurnitureConfig, StripConfig
from cleaners.strip.finders.furniture import choose_lines, find_furniture
from cleaners.strip.sight import Sight
from cleaners.text import lines_of

# Invented texts; "#" opens a line of furniture, "|" a line that stays.
CASES = Path(__file__).parent / "data" / "furniture"
PAGES = sorted(path.stem for path in CASES.glob("page_*.txt"))
CLEAN = sorted(path.stem for path in CASES.glob("clean_*.txt"))
CONFIG = FurnitureConfig()
LINES = st.lists(
    st.sampled_from(
        [
            "", "Home", "Share", "Sign in | Register", "© 2031 The Orrin Bay Ledger",
            "The boat left at noon, said the harbour master, and nobody was on board when it was found off the point.",
            "Most read", "  14 March 2031", "• Tides and weather", "What now?",
        ]
    ),
    max_size=40,
)  # fmt: skip


def _claims(text: str, title: str | None = None) -> list[Removal]:
    (claims,) = find_furniture([Sight(Article("a.txt", 0, text, title=title), StripConfig(furniture=CONFIG))])
    return claims


def _without(text: str, claims: list[Removal]) -> str:
    kept, at = [], 0
    for claim in claims:
        kept.append(text[at : claim.start])
        at = claim.end
    return "".join([*kept, text[at:]])


def _case(name: str) -> tuple[str, list[str], list[str]]:
    lines = (CASES / f"{name}.txt").read_text("utf-8").strip().split("\n")
    kept = [line[1:] for line in lines if line.startswith("|")]
    furniture = [line[1:] for line in lines if line.startswith("#")]
    return "\n".join(line[1:] for line in lines), kept, furniture


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_its_body(name: str) -> None:
    """Every line of the article stays when the page round it goes."""
    text, kept, _ = _case(name)
    left = _without(text, _claims(text)).split("\n")
    assert [line for line in kept if line not in left] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loses_its_furniture(name: str) -> None:
    """Menus, share lines, link lists and footers are claimed, but for one line in ten."""
    text, _, furniture = _case(name)
    left = _without(text, _claims(text)).split("\n")
    assert len([line for line in furniture if line in left]) <= len(furniture) / 10


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_article_loses_nothing(name: str) -> None:
    """Lists, subheadings, interviews, poems, recipes, live blogs and other scripts are no furniture."""
    text, _, _ = _case(name)
    assert _claims(text) == []


def test_the_list_that_a_sentence_announces_stays() -> None:
    """The model takes names in short lines for a menu; after "... the following companies:" they are the article's."""
    text, kept, _ = _case("page_english")
    names = ["The Gull Bakery", "Osk Ropes", "Harrow Lamps", "Quay Street Books", "Low Holm Ferries"]
    last = kept[-1]
    announced = "The port has asked everybody to buy nothing until the spring from the following companies:"
    told = text.replace(last, "\n".join([last, announced, *names]))
    left = _without(told, _claims(told)).split("\n")
    assert [line for line in [announced, *names] if line not in left] == []


def test_a_list_stays_whose_first_items_stay() -> None:
    """What a sentence announces is the article's to its last item."""
    text, kept, _ = _case("page_portuguese")
    above = next(line for line in kept if line.startswith("O vagão estava"))
    names = ["*   A – Festa do ano", "1. Gull Music Festival", "2. Natives Summer Party", "3. Countdown Festival"]
    names += ["*   B – Locutor do ano", "1. DJ Lantern", "2. DJ Quay", "3. Kingwave"]
    announced = "Os que foram indicados para os prêmios do ano da rádio, em duas classes, são estes:"
    told = text.replace(above, "\n".join([above, announced, *names]))
    left = _without(told, _claims(told)).split("\n")
    assert [line for line in [announced, *names] if line not in left] == []


def test_rules_tell_the_place() -> None:
    """A claim is named by where it stands: before the body, in it, after it."""
    text, _, _ = _case("page_english")
    rules = [claim.rule for claim in _claims(text)]
    assert rules[0] == "before_body"
    assert rules[-1] == "after_body"
    assert set(rules[1:-1]) <= {"inside_body"}


def test_claims_say_why() -> None:
    """Every claim has the reason furniture and a score between nought and one."""
    text, _, _ = _case("page_english")
    claims = _claims(text)
    assert {claim.reason for claim in claims} == {"furniture"}
    assert all(0 <= claim.score <= 1 for claim in claims)


@given(LINES)
@settings(max_examples=60, deadline=None)
def test_claims_cover_whole_lines(lines: list[str]) -> None:
    """Claims are sorted and disjoint, and what they leave is lines of the text, without white space at its ends."""
    text = "\n".join(lines).strip()
    claims = [claim for claim in _claims(text) if claim.reason == "furniture"]
    ends = [0, *(position for claim in claims for position in (claim.start, claim.end)), len(text)]
    assert ends == sorted(ends)
    left = _without(text, claims)
    assert left == left.strip()
    assert {line.strip() for line in left.split("\n")} <= {*(line.strip() for line in lines), ""}


@pytest.mark.parametrize(("doubt", "reasons"), [(0.19, {"unsure"}), (0.21, {"furniture"})])
def test_a_page_of_which_extraction_is_sure_loses_nothing(doubt: float, reasons: set[str]) -> None:
    """On the word of the model alone lines go only from pages of which extraction expects a fifth to be wrong."""
    text, _, _ = _case(PAGES[0])
    page = Article("a.html", 0, text, page_signs=(doubt,))
    (claims,) = find_furniture([Sight(page, StripConfig(furniture=CONFIG))])
    assert {claim.reason for claim in claims} == reasons


def test_text_without_an_article_is_left_alone() -> None:
    """Where nothing is clearly the article nothing is cut, and the claims say that they are unsure."""
    text = "\n".join(["Home", "News", "Sport", "Log in", "Subscribe", "Privacy policy", "© 2031"])
    assert {claim.reason for claim in _claims(text)} <= {"unsure"}


def test_empty_text_has_no_claims() -> None:
    """An empty text gives nothing."""
    assert _claims("") == []


def _choice(scores: list[float], text: str = "A line of words", *, page: bool = True) -> tuple[list[bool], bool]:
    (line,) = lines_of(text)
    return choose_lines([line] * len(scores), scores, CONFIG, page=page)


def test_a_text_that_is_no_page_needs_more_certainty() -> None:
    """What goes from a whole page stays in a text that looks like an article alone."""
    assert sum(_choice([0.0] * 20 + [0.85] * 8, page=False)[0]) == 0
    assert sum(_choice([0.0] * 20 + [0.85] * 8)[0]) == 8


def test_a_doubtful_line_goes_the_way_of_its_neighbours() -> None:
    """One line a little under the bar goes among furniture, and one a little over it stays in the article."""
    assert _choice([1.0] * 8 + [0.55] + [1.0] * 8 + [0.0] * 9)[0] == [True] * 17 + [False] * 9
    assert _choice([1.0] * 8 + [0.0] * 9 + [0.8] + [0.0] * 9)[0] == [True] * 8 + [False] * 19


def test_a_sentence_is_dearer_than_a_label() -> None:
    """Of two doubtful runs the one that reads like sentences stays."""
    scores = [1.0] * 8 + [0.0] * 8 + [0.8] * 4
    assert _choice(scores)[0][-4:] == [True] * 4
    assert _choice(scores, "The ferry to Little Skerra left the quay at noon.")[0][-4:] == [False] * 4


def test_a_page_without_a_clear_article_is_unsure() -> None:
    """Where no line is clearly the article, the choice says so."""
    assert _choice([0.99] * 30 + [0.9] * 5)[1] is False
    assert _choice([1.0] * 20 + [0.0] * 20)[1] is True


def test_a_log_keeps_all_its_times_or_none() -> None:
    """A time on a line of its own is judged as the others of the text are, whatever its own score."""
    texts = ["22h14", "The lamp was lit again.", "21h40", "Nobody saw the keeper.", "20h05", "The boats came in."] * 3
    lines = lines_of("\n".join(texts))
    doubtful = [0.99, 0.0, 0.05, 0.0, 0.05, 0.0] * 3
    assert not any(choose_lines(lines, doubtful, CONFIG, page=True)[0])
    comments = [0.99, 0.99, 0.99, 0.99, 0.3, 0.99] * 3
    assert all(choose_lines(lines, comments, CONFIG, page=True)[0])
