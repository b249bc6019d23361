"""The defaults of the settings: what lies just under each bar stays out, and what lies just over it comes in.

A default moved by a fifth either way fails here, but for `headline_words`: a line of 25 words is a paragraph, and so no
headline, whatever that says. Headlines and languages are scored by models; others may need other cases.
"""

import pytest

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, Fate, RawDocument
from tests.strip.stories import OWLS

CONFIG = ExtractConfig()


def extracted(text: str) -> Article | Fate:
    """Return what the default settings make of a text."""
    return extract(RawDocument("a.txt", 0, text, "text"), config=CONFIG)


@pytest.mark.parametrize(("end", "found"), [("taken down", True), ("taken down and new", False)], ids=["1.29", "0.65"])
def test_a_headline_needs_a_likely_line(end: str, found: bool) -> None:
    """A line in small letters over a story that is not its own is taken if it is no longer than headlines are."""
    line = f"velmora harbour bridge to close for six months while the old cables are {end}"
    article = extracted(f"{line}\n\n{OWLS[1]}")
    assert isinstance(article, Article)
    assert (article.title == line) is found


@pytest.mark.parametrize(
    ("text", "language"),
    [("Il ponte sul fiume ha riaperto al traffico.", "it"), ("Il ponte sul fiume ha riaperto al", None)],
    ids=["0.92", "0.89"],
)
def test_a_language_must_be_nearly_certain(text: str, language: str | None) -> None:
    """Of a few words the language is named or left open."""
    article = extracted(text)
    assert isinstance(article, Article)
    assert article.language == language


@pytest.mark.parametrize(("lines", "read"), [(50_000, True), (50_001, False)])
def test_an_article_has_fifty_thousand_lines_at_most(lines: int, read: bool) -> None:
    """One line more is too large."""
    found = extracted("1\n" * lines)
    assert isinstance(found, Article) is read
    assert read or (isinstance(found, Fate) and found.fate == "too_large")
