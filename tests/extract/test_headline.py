"""The headline of plain text: which line it is, and when there is none."""

import pytest

from tests.extract.test_text import BODY, HEADLINE, article


def test_headline_goes_to_title_and_the_text_keeps_the_rest() -> None:
    """The first line of a text is its headline and not in the text; dateline and byline stay."""
    found = article(f"{HEADLINE}\n\nBy Ida Moor\n\n{BODY}\n")
    assert (found.title, found.text) == (HEADLINE, f"By Ida Moor\n\n{BODY}")


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        (f"# {HEADLINE}\n\n", HEADLINE),
        (f"{HEADLINE}\n=======\n", HEADLINE),
        (f"Title: {HEADLINE}\n", HEADLINE),
        (f"{HEADLINE} | The Gull\n\n", HEADLINE),
        (f"{HEADLINE} | Region | The Gull\n\n", HEADLINE),
        (f"{HEADLINE} - The Gull\n\n{HEADLINE}\n\n", HEADLINE),
        ("Give us our ferry back - Brandt\n\n", "Give us our ferry back - Brandt"),
        (
            "Will the ferry to Harrow Quay ever sail again in our time?\n\n",
            "Will the ferry to Harrow Quay ever sail again in our time?",
        ),
        (
            "Ferry Route To Harrow Quay Reopens This Very Summer.\n\n",
            "Ferry Route To Harrow Quay Reopens This Very Summer.",
        ),
        ("Harrow Quay vote wins praise from the U.S.\n\n", "Harrow Quay vote wins praise from the U.S."),
        ("Ferry - Tides - - - Rates - - -\n\n", "Ferry - Tides - - - Rates - - -"),
        ("De Wynter wins the Harrow Quay ferry vote\n\n", "De Wynter wins the Harrow Quay ferry vote"),
    ],
)
def test_headline_is_known_by_its_form(opening: str, title: str) -> None:
    """Marks of headlines are taken off, a site's name too, and nothing of the headline itself."""
    assert article(opening + BODY).title == title


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        (
            "Stadtrat öffnet die Fähre wieder",
            "Der Stadtrat von Nebelhafen hat am Dienstag beschlossen, die alte Fähre über die Bucht wieder zu öffnen.",
        ),
        (
            "Le conseil rouvre la ligne du bac",
            "Le conseil municipal de Port-Brume a décidé mardi de rouvrir la vieille ligne du bac à travers la baie.",
        ),
        (
            "雾港市议会决定重开渡轮航线",
            "雾港市议会星期二投票决定,重新开放穿越海湾的旧渡轮航线,这条航线自两年前的风暴以来一直关闭。市长说,渡轮每天将开行六班。",
        ),
        (
            "ชาวเมืองท่าหมอกลงมติเปิดเรือข้ามอ่าวอีกครั้ง",
            "สภาเมืองท่าหมอกลงมติเมื่อวันอังคารให้เปิดเรือข้ามอ่าวสายเก่าอีกครั้ง หลังจากปิดมาตั้งแต่พายุเมื่อสองปีก่อน "
            "นายกเทศมนตรีกล่าวว่าเรือจะออกวันละหกเที่ยว และจะซ่อมท่าเรือให้เสร็จก่อนฤดูร้อน",
        ),
        (
            "شورای شهر مسیر کشتی را باز می‌کند",
            "شورای شهر بندر مه روز سه‌شنبه رأی داد که مسیر قدیمی کشتی در خلیج که از توفان دو سال پیش بسته بود باز شود.",
        ),
    ],
)
def test_headline_is_recognised_in_any_language(headline: str, body: str) -> None:
    """Form and place make a headline, no language's words."""
    found = article(f"{headline}\n\n{body}\n\n{body}")
    assert (found.title, found.text) == (headline, f"{body}\n\n{body}")


def test_headline_among_menus_is_the_line_that_shares_most_with_the_prose() -> None:
    """Where a page's menus stand before the article, its headline is found among them and only it is taken."""
    menu = "Home\nWeather\nTide tables for every harbour\nShare this\nMost read\nBakery wins regional prize"
    found = article(f"{menu}\n{HEADLINE}\n\n{BODY}")
    assert (found.title, found.text) == (HEADLINE, f"{menu}\n\n{BODY}")


RECIPE = """Harrow Quay chowder with smoked haddock
The ferrymen of Harrow Quay eat this chowder on days when the ferry does not sail.

Serves six

Ingredients
400g smoked haddock
2 leeks
50g butter
Salt and pepper

Soften the leeks in half of the butter, and do not let them brown, or the ferrymen will say so.

Put in the haddock and the milk, and take the chowder off the fire before it boils; butter goes on top."""
POEM = """Quay, at night
A poem by Ida Moor

The ferry has gone,
the lamp stays on
and counts the waves."""
RUSSIAN = """Главная Погода Приливы Расписание Магазин
Главная > Побережье > Новость
Паром снова ходит в Тихую бухту
5 апреля 2031
Старый паром снова вышел в море в субботу, через две зимы после бури, которая сорвала причал.
На пристани его ждали четыреста человек, сказали в портовой конторе, и каждый получил кружку чая и билет.
"""
MENU = "Home\nTides\nFerry times\nShop\nHelp\nLog in"


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (RECIPE, "Harrow Quay chowder with smoked haddock"),
        (POEM, "Quay, at night"),
        (f"Skip to the main content\n{HEADLINE}\n\n{BODY}", HEADLINE),
        (f"{HEADLINE}\nA long wait is over for the far side\n\n{BODY}", HEADLINE),
        (f"The Gull: tides and fares\n{MENU}\n\n{HEADLINE}\n\n{BODY}", HEADLINE),
        (f"Ferry route at Harrow Quay to reopen - The Gull\n\n{MENU}\n\n{HEADLINE}\n\n{BODY}", HEADLINE),
        (RUSSIAN, "Паром снова ходит в Тихую бухту"),
    ],
    ids=["recipe", "poem", "skip link", "standfirst", "site name", "page title", "menu and way"],
)
def test_headline_is_told_from_lines_of_its_form(content: str, title: str) -> None:
    """Ingredients, verses, skip links, standfirsts and titles of pages are not taken for the headline."""
    assert article(content).title == title


@pytest.mark.parametrize(
    "content", [BODY, f"By Ida Moor\n\n{BODY}", f"Home\nNews\nSport\nWeather\nShop\nLog in\n\n{BODY}", "Ferry"]
)
def test_no_headline_when_unsure(content: str) -> None:
    """Text that opens with prose, a byline or menus keeps every word."""
    found = article(content)
    assert (found.title, found.text) == (None, content)


LAYOUTS = pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "newline"])


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Image copyright Gull Pictures Image caption The ferry at its berth in Harrow Quay",
        "Mayor Ottilie Brandt at the ferry berth of Harrow Quay in spring. (Ida Moor/The Gull)",
        "Ottilie Brandt waves from the ferry at Harrow Quay | GULL Photos",
        "The ferry was missed on the far side by everyone who works there. Quay votes on ferry",
        "Story highlights Council votes to reopen the ferry route",
        "Ida Moor and Joost Ahlers",
        "The ferry route is back.",
        "EDITORIAL:",
        "(Joost Ahlers)",
    ],
)
def test_caption_or_byline_is_no_headline(line: str, gap: str) -> None:
    """Where a file has no headline, a caption, credit, author line or sentence at its top stays in the text."""
    body = BODY.replace("\n\n", gap)
    found = article(f"{line}{gap}{body}")
    assert (found.title, found.text) == (None, f"{line}{gap}{body}")


@LAYOUTS
@pytest.mark.parametrize(
    "opening", ["", "Skip to the main content\n\n", "Home\n\nTides\n\nFerry times\n\nShop\n\nHelp\n\nLog in\n\n"]
)
def test_headline_is_the_same_without_blank_lines(opening: str, gap: str) -> None:
    """A headline is found at the top, under a skip link and under menus, whether or not blank lines part the lines."""
    assert article(f"{opening}{HEADLINE}\n\n{BODY}".replace("\n\n", gap)).title == HEADLINE


@LAYOUTS
def test_short_headline_is_known_by_the_notice_below_it(gap: str) -> None:
    """Two words at the top are a headline where the line below says that comments on them are off."""
    body = BODY.replace("\n\n", gap)
    assert (
        article(f"Ferry Gale{gap}Comments Off on Ferry Gale{gap}A vote that took two winters{gap}{body}").title
        == "Ferry Gale"
    )
    assert article(f"Ferry Gale{gap}Back to the list{gap}A vote that took two winters{gap}{body}").title is None


@LAYOUTS
def test_headline_from_somewhere_is_no_byline(gap: str) -> None:
    """A headline may open with "From"; the author line "From Ida Moor" may not be one."""
    headline = "From Closed Quay To Open Bay: The Ferry Sails Again"
    body = BODY.replace("\n\n", gap)
    assert article(f"{headline}{gap}{body}").title == headline
    assert article(f"From Ida Moor{gap}{body}").title is None
