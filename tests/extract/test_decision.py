"""Which blocks of a page are its article where the block model alone would decide wrongly."""

from dataclasses import replace

import numpy as np
import pytest

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.extract.page.features import block_features
from cleaners.extract.page.page import article_text, read_page
from cleaners.records import Article, RawDocument
from tests.extract.harbour import PAGE, PLACES, PROSE, SHELL, article

STANDFIRST = "After two winters the ferry sails again."
LEAD = "Nobody has crossed the bay since the storm."


def test_standfirst_is_kept_at_a_low_chance() -> None:
    """A line between headline and text that the page itself gives as its description is the article's."""
    page = read_page(PAGE.replace("</h1>", f"</h1><p>{STANDFIRST}</p>", 1))
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = np.array([0.2 if block.text == STANDFIRST else 0.9 * (len(block.text) > 80) for block in page.blocks])
    assert article_text(page, features, chance).startswith(STANDFIRST)
    assert STANDFIRST not in article_text(page, features, np.where(chance == 0.2, 0.05, chance))


@pytest.mark.parametrize(("name", "stays"), [("deck", True), ("deck byline", False), ("tools", False)])
def test_line_named_for_a_standfirst_is_kept_at_a_low_chance(name: str, *, stays: bool) -> None:
    """A line between headline and text whose element is named for a standfirst alone is the article's."""
    page = read_page(PAGE.replace("</h1>", f'</h1><div class="{name}"><p>{LEAD}</p></div>', 1))
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = np.array([0.2 if block.text == LEAD else 0.9 * (len(block.text) > 80) for block in page.blocks])
    assert (LEAD in article_text(page, features, chance)) is stays


@pytest.mark.parametrize(
    ("tag", "low", "others", "news", "stays"),
    [
        ('p class="deck"', 0.06, 11, 1, True),
        ('p class="deck"', 0.04, 0, 1, False),
        ('p class="deck"', 0.06, 16, 1, False),
        ('p class="deck"', 0.06, 0, 0, False),
        ('p class="deck caption"', 0.06, 0, 1, False),
        ('div class="deck"><p', 0.06, 0, 1, False),
    ],
)
def test_news_page_keeps_its_standfirst_at_a_lower_chance(
    tag: str, low: float, others: int, news: int, *, stays: bool
) -> None:
    """On a news page a line below the headline whose own element is named for a standfirst is the article's."""
    between = "".join(f"<div>Share it, way {number}</div>" for number in range(others))
    page = read_page(PAGE.replace("</h1>", f"</h1><{tag}>{LEAD}</p>{between}", 1))
    assert page is not None
    evidence = replace(page.evidence, news_signs=news)
    features = block_features(page.blocks, page.elements, evidence)
    chance = np.array([low if block.text == LEAD else 0.9 * (len(block.text) > 80) for block in page.blocks])
    assert (LEAD in article_text(page, features, chance)) is stays


@pytest.mark.parametrize(
    ("name", "low", "links", "stays"),
    [
        ("story-body", 0.1, 0, True),
        ("story-body", 0.1, 4, True),
        ("story-body", 0.1, 5, False),
        ("story-body", 0.01, 0, False),
        ("story-body comments", 0.1, 0, False),
        ("aside", 0.1, 0, False),
    ],
)
def test_second_part_of_the_body_is_kept_at_a_low_chance(name: str, low: float, links: int, *, stays: bool) -> None:
    """Paragraphs near the article's in an element named for the body are its own, unless all speaks against them."""
    parts = [f"<p>{place}: {PROSE[0]}</p>" for place in PLACES]
    first, second = "".join(parts[:3]), "".join(parts[3:])
    between = "".join(f"<div>Share it, way {number}</div>" for number in range(links))
    page = read_page(
        f'<html><body><div class="story-body">{first}</div>{between}<div class="{name}">{second}</div></body></html>'
    )
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    text = article_text(page, features, np.array([0.9] * 3 + [0.0] * links + [low] * (len(parts) - 3)))
    assert [place in text for place in PLACES] == [True] * 3 + [stays] * (len(parts) - 3)


def test_body_of_a_page_that_is_doubted_throughout_is_the_article() -> None:
    """Where no block is likely to be the article's, what comes near the likeliest is kept all the same."""
    paragraphs = "".join(f"<p>{place}: {PROSE[0]}</p>" for place in PLACES)
    page = read_page(f'<html><body><div class="story-body">{paragraphs}</div><div>Menu</div></body></html>')
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    text = article_text(page, features, np.array([0.3] * len(PLACES) + [0.01]))
    assert [place in text for place in (*PLACES, "Menu")] == [True] * len(PLACES) + [False]


@pytest.mark.parametrize(
    ("credit", "stays"),
    [(" (Ida Moor, Nordline)", False), (" Ida Moor/Nordline hide caption", False), (" She did not go alone.", True)],
)
def test_caption_that_stands_twice_is_left_out(credit: str, *, stays: bool) -> None:
    """A text and, close to it, the same text with a credit behind it are a caption, whatever the model says of them."""
    paragraphs = [f"<p>{place}: {PROSE[0]}</p>" for place in PLACES]
    page = read_page(
        f"<html><body>{paragraphs[0]}<p>{LEAD}</p><p>{LEAD}{credit}</p>{''.join(paragraphs[1:])}</body></html>"
    )
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    text = article_text(page, features, np.full(len(page.blocks), 0.9))
    assert [place in text for place in PLACES] == [True] * len(PLACES)
    assert (LEAD in text) is stays


CAPTION = "The ferry Marigold leaves the quay at Stenfield on her first day back."


@pytest.mark.parametrize(("keep", "stays"), [((), False), (("captions",), True)])
def test_captions_are_kept_where_asked_for(keep: tuple[str, ...], *, stays: bool) -> None:
    """The caption of a picture between two paragraphs is text only with `extract.keep`."""
    end = PAGE.index("</p>", PAGE.index("Some four hundred people stood on the quay")) + len("</p>")
    figure = f'<figure><img src="a.jpg"><figcaption>{CAPTION}</figcaption></figure>'
    document = RawDocument("pages/a.html", 0, PAGE[:end] + figure + PAGE[end:], "html")
    found = extract(document, config=ExtractConfig.model_validate({"keep": keep}))
    assert isinstance(found, Article)
    assert (CAPTION in found.text) is stays


@pytest.mark.parametrize(("name", "stays"), [("window modal-dialog", False), ("window", True)])
def test_window_of_a_page_without_an_article_is_left_out(name: str, *, stays: bool) -> None:
    """Prose in a window that scripts open is no article, however little else a page has."""
    page = read_page(f'<html><body><ul><li>Soups</li></ul><div class="{name}"><p>{PROSE[0]}</p></div></body></html>')
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    assert (PROSE[0] in article_text(page, features, np.array([0.0, 0.3]))) is stays


def test_next_story_of_an_endless_page_is_left_out() -> None:
    """A twin of the story's element that opens with a headline of its own holds another story."""
    story = (
        '<div class="story"><h1>{}</h1><p>{} was the word of the day in the chamber, where eleven members '
        "voted for it and nine against it, with the mayor abstaining.</p><p>The work begins in spring, and nobody "
        "is to pay for it before June, said the town clerk, who will miss the old ways.</p></div>"
    )
    stories = [("Council votes for a new bridge", "Bridge"), ("Baker sells the last of the rye", "Rye")]
    page = f"<html><body><main>{''.join(story.format(*words) for words in stories)}</main></body></html>"
    assert "Bridge was the word" in article(page).text and "Rye was the word" not in article(page).text
    named = page.replace("<main>", '<main><div class="story"><h1>The Harrow Gull and Quay Herald</h1></div>')
    assert "Bridge was the word" in article(named).text and "Rye was the word" not in article(named).text


def test_article_whose_paragraphs_can_be_commented_on_is_kept() -> None:
    """Where readers may comment on every paragraph, each has an element of that name in it."""
    paragraphs = "".join(f"<p>{text} <a class='comment-count' href='/c'>0</a></p>" for text in PROSE)
    lead = "<h2>The old ferry sailed again on Saturday, to the joy of the whole bay.</h2>"
    page = f"<!DOCTYPE html><html><head><title>Ferry</title></head><body>{SHELL}<div class='story'><h1>Ferry</h1>"
    page += f"{lead}{paragraphs}</div></body></html>"
    text = article(page).text
    assert all(line in text for line in PROSE)


@pytest.mark.parametrize(("days", "stays"), [(28, False), (27, True)])
def test_calendar_is_no_article(days: int, *, stays: bool) -> None:
    """Cells with the numbers of a month's days in a row are left out, with the names of the days above them."""
    cells = "".join(f"<td>{day}</td>" for day in range(1, days + 1))
    page = read_page(f"<html><body><table><tr><th>Mo</th></tr><tr>{cells}</tr></table><p>Archive</p></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = np.full(len(page.blocks), 0.5)
    assert ("Mo\n1" in article_text(page, features, chance)) is stays
