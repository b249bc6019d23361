"""An article with lines put in, and what the finders of wording leave of it."""

import pytest

from cleaners.records import Article
from cleaners.strip import cut
from cleaners.strip.finders.credits import find_credits
from cleaners.strip.finders.interface import find_interface
from cleaners.strip.finders.notices import find_notices
from cleaners.strip.finders.pictures import find_pictures
from cleaners.strip.finders.related import find_related
from cleaners.strip.finders.widgets import find_widgets
from cleaners.strip.sight import Finder, Sight
from tests.strip.samples import CONFIG
from tests.strip.stories import HARBOUR

FINDERS: tuple[Finder, ...] = (
    find_pictures,
    find_widgets,
    find_interface,
    find_credits,
    find_notices,
    find_related,
)
PARAGRAPHS = HARBOUR[1].split("\n\n")
TOP, MIDDLE, END = 0, 3, len(PARAGRAPHS)
LAYOUTS = pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["blank", "newline"])


def left(paragraphs: list[str], gap: str, title: str = HARBOUR[0]) -> list[str]:
    """Return the paragraphs that all finders of wording leave of a text in a layout."""
    item = Article("a.txt", 0, gap.join(paragraphs), title=title, language="en")
    claims = [claim for find in FINDERS for found in find([Sight(item, CONFIG)]) for claim in found]
    return [line for line in cut(item.text, claims).text.split("\n") if line]


def placed(lines: str | list[str], place: int) -> list[str]:
    """Return the paragraphs of the article with some lines put in before one of them."""
    return [*PARAGRAPHS[:place], *([lines] if isinstance(lines, str) else lines), *PARAGRAPHS[place:]]
