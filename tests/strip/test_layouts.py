"""The layout of a text changes nothing: with blank lines, without, and wrapped, an article keeps the same words."""

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, RawDocument
from cleaners.strip import StripConfig, cut, find_claims, split
from tests.strip.stories import ALL, BAKERY, ENGLISH, HARBOUR, LANGUAGE, ORCHESTRA, OWLS, TUNNEL_AGAIN

Layout = Callable[[list[str]], str]


def _wrapped(paragraphs: list[str]) -> str:
    """Return paragraphs with hard lines of 72 characters."""
    lines = [textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False) for text in paragraphs]
    return "\n\n".join(map("\n".join, lines))


BLANK: Layout = "\n\n".join
NEWLINE: Layout = "\n".join
# Lines that stand between paragraphs, with the form of furniture, links, headings, captions and the article's own.
BETWEEN = [
    "Advertisement", "READ MORE: Flour prices push bakers to the edge", "What drivers must know",
    "Reporting by Ada Brandt; Editing by Tomas Lindqvist", "Related stories", "Share", "Most read",
    "The ferry leaves the quay. (Mirela Voss/Reuters)", "Kestrel Courier", "14 minutes ago", "Home", "Sign in",
]  # fmt: skip


def kept(title: str, body: str) -> list[list[str]]:
    """Return the words of each part's title and text that are left of a plain text file."""
    found = extract(RawDocument("a.txt", 0, f"{title}\n\n{body}\n", "text"), config=ExtractConfig())
    assert isinstance(found, Article)
    parts = split(found, config=StripConfig())
    texts = [cut(part.text, find_claims(part, config=StripConfig())).text for part in parts]
    return [f"{part.title} {text}".split() for part, text in zip(parts, texts, strict=True)]


@pytest.mark.parametrize("layout", [NEWLINE, _wrapped], ids=["newline", "wrapped"])
@pytest.mark.parametrize("story", [story for story in ALL if LANGUAGE.get(story) not in ("zh", "ja")])
def test_an_article_keeps_the_same_words_in_every_layout(story: tuple[str, str], layout: Layout) -> None:
    """An article alone is the same in each layout."""
    title, body = story
    assert kept(title, layout(body.split("\n\n"))) == kept(title, BLANK(body.split("\n\n")))


@given(st.lists(st.sampled_from([*BETWEEN, *(p for _, text in (*ENGLISH, TUNNEL_AGAIN) for p in text.split("\n\n"))])))
@settings(max_examples=60, deadline=None)
def test_any_heap_of_lines_keeps_the_same_words_in_every_layout(lines: list[str]) -> None:
    """Whatever stands between the paragraphs, what stays does not depend on blank lines."""
    paragraphs = [*HARBOUR[1].split("\n\n")[:2], *lines]
    assert kept(HARBOUR[0], NEWLINE(paragraphs)) == kept(HARBOUR[0], BLANK(paragraphs))


@pytest.mark.parametrize("other", [OWLS, ORCHESTRA, BAKERY])
def test_a_feed_goes_in_every_layout(other: tuple[str, str]) -> None:
    """What is cut under an article is cut with blank lines and without."""
    paragraphs = [
        *HARBOUR[1].split("\n\n"),
        "Related articles",
        "Moor Gazette",
        "14 minutes ago",
        *other[1].split("\n\n"),
    ]
    assert kept(HARBOUR[0], NEWLINE(paragraphs)) == [f"{HARBOUR[0]} {HARBOUR[1]}".split()]
    assert kept(HARBOUR[0], BLANK(paragraphs)) == [f"{HARBOUR[0]} {HARBOUR[1]}".split()]
