"""Lines that say only when, by whom and where an article was published; and what resembles them."""

import pytest

from cleaners.records import Article
from cleaners.strip.finders.publication import find_publication_lines
from cleaners.strip.sight import Sight
from tests.strip.samples import CONFIG
from tests.strip.wording import END, LAYOUTS, PARAGRAPHS, TOP, placed

STATEMENTS = [
    "18 May 2031, 9:26 a.m.",
    "Updated: Mon May 18 2031 8:53:42 PM EDT",
    "03/05/2031 | The Velmora Post",
    "18. Mai 2031, 09:26 Uhr | Von Mia Lind",
    "Publié le 18 mai 2031 à 09h26 par Mia Lind",
    "Reviewed by Mia T. Lind, Ph.D. on May 18, 2031",
    "by Mia Lind and Ola Quist, Nordline News",
    "By NORDLINE",
    "Mia Lind, 2031-05-18",
    "Mia Lind | Senior Writer | May 18, 2031",
    "Мия ЛИНД — 18.05.2031",
    "Autor: Mia Lind, Źródło: NORDLINE",
    "Aktualizacja: 18.05.2031 23:49 Publikacja: 18.05.2031 21:52",
    "18 мая 2031, 09:26 | Автор: Мия Линд",
    "Источник: velmora.example",
    "Ημερομηνία δημοσίευσης: 18 Μαΐου 2031",
    "18 مايو 2031 - 09:26 | كتبت: ميا ليند",
    "2031-05-18 09:26 来源：港口日报 责任编辑：林美",
    "記者林美惠／港口報導",
    "2031年5月18日 9時26分",
]


def left(paragraphs: list[str], gap: str) -> list[str]:
    """Return the paragraphs that the finder leaves of a text in a layout."""
    text = gap.join(paragraphs)
    [claims] = find_publication_lines([Sight(Article("a.txt", 0, text), CONFIG)])
    for claim in reversed(claims):
        text = text[: claim.start] + text[claim.end :]
    return [line for line in text.split("\n") if line]


@LAYOUTS
@pytest.mark.parametrize("line", STATEMENTS)
@pytest.mark.parametrize("place", [TOP, END, 1], ids=["top", "end", "below a standfirst"])
def test_statement_of_publication_goes(line: str, gap: str, place: int) -> None:
    """In many languages a line that states the date, the author or the source and nothing else goes."""
    assert left(placed(line, place), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Von der Leyen",
        "Di Lorenzo",
        "By 18 May the bridge must be open",
        "May Day in Velmora",
        "2031",
        "18.05.2031 - 20.05.2031",
        "The Wonderful Harbour of Os, by night",
        "Source of the trouble",
        "Text: what the agreement says",
        "Velmora, 18 May 2031: a bridge swings open",
        "9:26 a.m.",
        "Velmora, 18 May 2031",
        "(Court of Velmora, order of 18 May 2031, 2 Os 240/31)",
    ],
)
def test_other_line_at_the_ends_stays(line: str, gap: str) -> None:
    """Names and dates in a heading or a sentence, and dates that are no whole date or are two, stay."""
    assert left(placed(line, TOP), gap) == placed(line, TOP)
    assert left(placed(line, END), gap) == placed(line, END)


@LAYOUTS
def test_statement_between_paragraphs_stays(gap: str) -> None:
    """Between paragraphs such a line may head a part."""
    text = placed("18 May 2031", 3)
    assert left(text, gap) == text


@LAYOUTS
def test_days_of_a_chronicle_stay(gap: str) -> None:
    """A date above the first paragraph stays if further paragraphs have dates above them."""
    text = [line for day, paragraph in enumerate(PARAGRAPHS, 11) for line in (f"{day} May 2031", paragraph)]
    assert left(text, gap) == text


@LAYOUTS
def test_statement_above_short_lines_stays(gap: str) -> None:
    """In a text without paragraphs (a poem, a list) nothing is claimed."""
    text = ["By Mia Lind", "The ferry sleeps", "the gulls do not", "the harbour keeps"]
    assert left(text, gap) == text
