"""Lines that many pages of one site carry."""

from collections import Counter
from dataclasses import replace

import pytest

from cleaners.records import Article, SiteLines
from cleaners.strip import line_keys
from tests.strip.samples import article, cleaned
from tests.strip.stories import ENGLISH, HARBOUR, TUNNEL_AGAIN


def _counted(items: list[Article]) -> SiteLines:
    counts = Counter(key for item in items for key in line_keys(item))
    return SiteLines(len(items), dict(counts))


def test_a_line_on_every_page_goes() -> None:
    """A line with unknown wording is cut once several pages of the site carry it, whatever its digits and case."""
    items = [article(s, f"\n\nTurn to page {i} for our pudding of the DAY") for i, s in enumerate(ENGLISH)]
    found = _counted(items)
    for item, story in zip(items, ENGLISH, strict=True):
        assert cleaned(item, found) == story[1]


def test_a_fragment_in_many_paragraphs_goes() -> None:
    """An insertion of unknown wording between two sentences is cut once several pages carry it."""
    items = []
    for title, text in (*ENGLISH, TUNNEL_AGAIN):
        head, _, rest = text.partition(". ")
        items.append(article((title, f"{head}. Go pudding without sugar The town takes note. {rest}")))
    found = _counted(items)
    assert all("pudding" not in cleaned(item, found) for item in items)
    assert all("The town takes note." in cleaned(item, found) for item in items)


def _between(story: tuple[str, str], line: str, *, after: int = 1) -> Article:
    """Return a story as a page of one site, with a line between its paragraphs."""
    title, text = story
    paragraphs = text.split("\n\n")
    item = article((title, "\n\n".join([*paragraphs[:after], line, *paragraphs[after:]])))
    return replace(item, site="lamp.example")


@pytest.mark.parametrize(
    "line", ["Why there is debate", "Verdict: False", "The Lamp asks:", "Update at 5:30 p.m.: Quay"]
)
def test_a_heading_of_a_series_stays(line: str) -> None:
    """A line between paragraphs that many articles of a site have is a heading, unless its wording is the site's."""
    items = [_between(story, line) for story in (*ENGLISH, TUNNEL_AGAIN)]
    found = _counted(items)
    assert all(line in cleaned(item, found) for item in items)


@pytest.mark.parametrize(
    "line", ["Story continued below", "[pull quote]", "Follow @lamp", "Lamp", "More in your inbox"]
)
def test_a_line_in_the_wording_of_a_site_goes(line: str) -> None:
    """Between paragraphs a repeated line goes by its wording, by a plain sign, or as the site's own name."""
    items = [_between(story, line) for story in (*ENGLISH, TUNNEL_AGAIN)]
    found = _counted(items)
    assert not any(line in cleaned(item, found) for item in items)


def test_whom_a_last_quotation_is_by_stays() -> None:
    """A name and a paper under a quotation say whose it is, however often they come up on the site."""
    quoted = "“The bridge was never built for lorries of forty tonnes, and everybody on the quay has known that.”"
    items = [
        _between(story, f"{quoted}\n\nAda Brandt, The Velmora Lamp", after=9) for story in (*ENGLISH, TUNNEL_AGAIN)
    ]
    found = _counted(items)
    assert all("Ada Brandt, The Velmora Lamp" in cleaned(item, found) for item in items)


def test_no_name_is_broken_by_a_repeated_fragment() -> None:
    """Words that open sentences on many pages and stop before an initial are no insertion."""
    sentence = "House Speaker Tomas B. Lindqvist said on Monday that the quay would be open again before the winter."
    items = [_between(story, f"{sentence} {sentence[:-1]}, he thought.") for story in (*ENGLISH, TUNNEL_AGAIN)]
    found = _counted(items)
    assert all(sentence in cleaned(item, found) for item in items)


def test_no_name_is_broken_before_a_word_that_opens_sentences() -> None:
    """A name may hold such a word: "Sock It Forward"."""
    sentence = "Mia Lind, a spokeswoman for Sock It Forward, said on Monday that the quay would be open by the winter."
    items = [_between(story, sentence) for story in (*ENGLISH, TUNNEL_AGAIN)]
    found = _counted(items)
    assert all(sentence in cleaned(item, found) for item in items)


def test_copies_of_one_article_keep_their_lines() -> None:
    """Every line of an article stands on all its copies, and that makes none of them furniture."""
    copies = [article(HARBOUR, source=f"{i}.txt") for i in range(6)]
    assert cleaned(copies[0], _counted(copies)) == HARBOUR[1]


def test_a_heading_of_many_sites_stays() -> None:
    """With no site known, what a few of many articles carry may be a heading that each chose for itself."""
    items = [article((title, text.replace("\n\n", "\n\nWhat happens next\n\n", 1))) for title, text in ENGLISH]
    shared = _counted(items).counts
    among_many, among_few = SiteLines(100 * len(items), shared), SiteLines(len(items), shared)
    assert "What happens next" in cleaned(items[0], among_many)
    assert "What happens next" not in cleaned(items[0], among_few)


def test_numbers_and_times_are_no_furniture() -> None:
    """A line without words recurs by chance and stays."""
    items = [article((title, text.replace("\n\n", "\n\n18:30\n\n", 1))) for title, text in ENGLISH]
    assert "18:30" in cleaned(items[0], _counted(items))


def test_lines_of_figures_are_no_furniture() -> None:
    """A line whose figures differ from page to page is content, however alike its words are."""
    items = [article(s, f"\n\nNet {i}.4 mln vs {i}.1 mln\nThe mill paid no dividend.") for i, s in enumerate(ENGLISH)]
    found = _counted(items)
    assert all("mln vs" in cleaned(item, found) for item in items)


def test_keys_are_stable() -> None:
    """The keys are the same on every machine, in every run, since they may be stored."""
    keys = line_keys(Article("a.txt", 0, "One line of text."))
    assert keys == frozenset({-3397114564996561907})
    assert keys == line_keys(Article("b.txt", 3, "ONE line, of text"))


def test_a_second_copy_of_the_article_goes() -> None:
    """An article that stands in its file twice, headline and all, is kept once."""
    title, text = HARBOUR
    assert cleaned(article(HARBOUR, f"\n\n{title}\n\n{text}")) == text


def test_a_paragraph_told_again_stays() -> None:
    """One paragraph that comes up again may be a question asked again or a refrain."""
    title, text = HARBOUR
    again = f"{text}\n\n{text.split(chr(10))[0]}"
    assert cleaned(article((title, again))) == again
