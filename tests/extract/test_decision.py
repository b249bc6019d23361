"""Which blocks of a page are its article where the block model alone would decide wrongly."""

from dataclasses import replace

import numpy as np
import pytest

from cleaners.extract.page.features import block_features
from cleaners.extract.page.page import article_text, read_page
from tests.extract.harbour import PAGE, PLACES, PROSE, article

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
    features = block_features(page.blocks, page.elements, replace(page.evidence, news_signs=0))
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
    ("line", "low", "news", "stays"),
    [
        (f"<p>{LEAD}</p>", 0.11, 1, True),
        (f"<h2>{LEAD}</h2>", 0.11, 1, True),
        (f"<p>{LEAD}</p>", 0.09, 1, False),
        (f"<p>{LEAD}</p>", 0.11, 0, False),
        (f"<div>{LEAD}</div>", 0.11, 1, False),
        (f"<div>Share it</div><p>{LEAD}</p>", 0.11, 1, False),
        (f"<p>{LEAD}</p><div>{LEAD}</div>", 0.11, 1, False),
        (f"<figure><p>{LEAD}</p></figure>", 0.11, 1, False),
        ('<p class="byline">Nobody has crossed the bay since the storm.</p>', 0.11, 1, False),
    ],
)
def test_line_right_below_the_headline_is_a_standfirst(line: str, low: float, news: int, *, stays: bool) -> None:
    """On a news page a line of words between headline and text is the article's, though nothing names it so."""
    page = read_page(PAGE.replace("</h1>", f"</h1>{line}<div>Share, save, print</div>", 1))
    assert page is not None
    features = block_features(page.blocks, page.elements, replace(page.evidence, news_signs=news))
    chance = np.array([low if block.text == LEAD else 0.9 * (len(block.text) > 80) for block in page.blocks])
    assert (LEAD in article_text(page, features, chance)) is stays


@pytest.mark.parametrize(
    "line", ["Changed on 14.03.2026 at 18:20:05", "The old ferry returns to Harrow Quay"], ids=["date", "headline"]
)
def test_date_or_copy_of_the_headline_is_no_standfirst(line: str) -> None:
    """The line right below the headline is no standfirst if it is made of figures or of the headline's words."""
    page = read_page(PAGE.replace("</h1>", f"</h1><p>{line}</p><div>Share, save, print</div>", 1))
    assert page is not None
    features = block_features(page.blocks, page.elements, replace(page.evidence, news_signs=1))
    chance = np.array([0.2 if block.text == line else 0.9 * (len(block.text) > 80) for block in page.blocks])
    assert line not in article_text(page, features, chance)


@pytest.mark.parametrize(
    ("end", "stays"),
    [
        ("<h3>{line}</h3><ul><li><a href='/1'>Quay</a></li></ul>", False),
        ("<p>{line}:</p><ul><li><a href='/1'>Quay</a></li></ul>", False),
        ("<h3>More of it</h3><p>{line}:</p><ul><li><a href='/1'>Quay</a></li></ul>", False),
        ("<p>{line}</p><ul><li><a href='/1'>Quay</a></li></ul>", True),
        ("<h3>{line}</h3>", True),
        ("<h3>{line}</h3><p class='low'>The ferry sails at noon.</p>", True),
        ("<h3>{line}</h3><p><a class='low' href='/1'>The ferry sails at noon.</a></p>", False),
        ("<h3>One</h3><p>1</p><h3>Two</h3><p>2</p><h3>{line}</h3><p>3</p>", True),
        ("<h3>{line} one two three four five six seven eight nine ten</h3><p>3</p>", True),
    ],
)
def test_last_line_that_announces_what_is_left_out_goes(end: str, *, stays: bool) -> None:
    """A heading or a line with a colon is left out with the links, sources or forms below it at the text's end."""
    line = "More about ships"
    paragraphs = "".join(f"<p>{place}: {PROSE[0]}</p>" for place in PLACES)
    page = read_page(f"<html><body>{paragraphs}{end.format(line=line)}</body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    in_doubt = [0.3 if "sails at noon" in block.text else 0.0 for block in page.blocks]
    likely = [
        len(block.text) > 80 or line in block.text or block.text[:4] in ("More", "One", "Two") for block in page.blocks
    ]
    text = article_text(page, features, np.where(likely, 0.9, in_doubt))
    assert [place in text for place in PLACES] == [True] * len(PLACES)
    assert (line in text) is stays


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


@pytest.mark.parametrize(("best", "paragraphs", "stays"), [(0.6, 8, True), (0.6, 3, False), (0.8, 8, False)])
def test_paragraphs_of_one_element_share_their_fate_in_doubt(best: float, paragraphs: int, *, stays: bool) -> None:
    """Where the best paragraph of a page is in doubt, those of its element are kept together, with what parts them."""
    parts = [f"<p>{place}: {PROSE[0]}</p>" for place in PLACES[:paragraphs]]
    body = "".join([*parts[:1], "<h2>Harbour</h2>", "<p><a href='/more'>More of it</a></p>", *parts[1:]])
    page = read_page(f"<html><body><div class='menu'><p>{PROSE[1]}</p></div><div>{body}</div></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = np.array([0.2, best, 0.1, 0.1, *[0.3] * (len(parts) - 1)])
    text = article_text(page, features, chance)
    assert [place in text for place in (*PLACES[1:paragraphs], "Harbour")] == [stays] * paragraphs
    assert PROSE[1] not in text and "More of it" not in text


def test_page_in_doubt_may_hold_links_alone() -> None:
    """A page whose only likely block is a link has no paragraph to judge others by."""
    page = read_page(f"<html><body><p><a href='/'>{PROSE[0]}</a></p><p>Menu</p></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    assert article_text(page, features, np.array([0.5, 0.1])) == PROSE[0]


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


@pytest.mark.parametrize(("name", "stays"), [("window modal-dialog", False), ("window", True)])
def test_window_of_a_page_without_an_article_is_left_out(name: str, *, stays: bool) -> None:
    """Prose in a window that scripts open is no article, however little else a page has."""
    page = read_page(f'<html><body><ul><li>Soups</li></ul><div class="{name}"><p>{PROSE[0]}</p></div></body></html>')
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    assert (PROSE[0] in article_text(page, features, np.array([0.0, 0.3]))) is stays


STORY = (
    '<div class="story"><h1>{}</h1>{{}}<p>{} was the word of the day in the chamber, where eleven members '
    "voted for it and nine against it, with the mayor abstaining.</p><p>The work begins in spring, and nobody "
    "is to pay for it before June, said the town clerk, who will miss the old ways.</p></div>"
)
STORIES = [
    STORY.format(*words)
    for words in [("Council votes for a new bridge", "Bridge"), ("Baker sells the last of the rye", "Rye")]
]


SIGNED = [
    '<div class="byline">By Ada Brandt</div>',
    '<p class="credit">By Ada Brandt, 5 April</p>',
    '<time class="timestamp" datetime="2031-04-05">Saturday</time>',
]


@pytest.mark.parametrize("signed", SIGNED)
def test_next_story_of_an_endless_page_is_left_out(signed: str) -> None:
    """A twin of the story's element that opens with a headline of its own is another story."""
    page = f"<html><body><main>{''.join(story.format(signed) for story in STORIES)}</main></body></html>"
    named = page.replace("<main>", '<main><div class="story"><h1>The Harrow Gull and Quay Herald</h1></div>')
    for html in (page, named):
        assert "Bridge was the word" in article(html).text and "Rye was the word" not in article(html).text


@pytest.mark.parametrize(
    ("signed", "taken", "stays"), [*((signed, 1, False) for signed in SIGNED), ("", 1, True), ("", 0, False)]
)
def test_part_that_opens_with_a_heading_of_the_first_order_stays(signed: str, taken: int, *, stays: bool) -> None:
    """What trafilatura takes, too, is a part of the article, unless a writer or a date stands below the heading."""
    page = read_page(f"<html><body><main>{''.join(story.format(signed) for story in STORIES)}</main></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    features |= {"taken": np.full(len(page.blocks), taken, "f")}
    assert ("Rye was the word" in article_text(page, features, np.full(len(page.blocks), 0.9))) is stays


def test_page_may_end_in_a_headline() -> None:
    """A page whose last block is a heading of the first order, in an element like the story's, is read."""
    end = '<div class="story"><h1>Baker sells the last of the rye</h1></div>'
    page = f"<html><body><main>{STORIES[0].format('')}{end}</main></body></html>"
    assert "Bridge was the word" in article(page).text


@pytest.mark.parametrize(("days", "stays"), [(28, False), (27, True)])
def test_calendar_is_no_article(days: int, *, stays: bool) -> None:
    """Cells with the numbers of a month's days in a row are left out, with the names of the days above them."""
    cells = "".join(f"<td>{day}</td>" for day in range(1, days + 1))
    page = read_page(f"<html><body><table><tr><th>Mo</th></tr><tr>{cells}</tr></table><p>Archive</p></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = np.full(len(page.blocks), 0.5)
    assert ("Mo\n1" in article_text(page, features, chance)) is stays


@pytest.mark.parametrize(("kind", "stays"), [("story", False), ("part", True)])
def test_later_article_like_the_titles_own_is_left_out(kind: str, *, stays: bool) -> None:
    """An endless page may load its next stories into elements like that of the story whose headline is its title."""
    title, later = "The ferry sails again", "A second bridge"
    first = f"<h2>{title}</h2>" + "".join(f"<p>{place}: {PROSE[0]}</p>" for place in PLACES)
    second = f"<p>Harbour</p><h2>{later}</h2><p>{PROSE[1]}</p>"
    page = read_page(
        f"<html><head><title>{title}</title></head><body><h1>Reports</h1>"
        f'<article class="story">{first}</article><article class="{kind}">{second}</article></body></html>'
    )
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    text = article_text(page, features, np.full(len(page.blocks), 0.9))
    assert PROSE[0] in text and (PROSE[1] in text) is stays


IMPRINT = (
    "The Harrow Gull is printed and published by Gull & Moor Limited, a company with its seat in Harrow Street, and "
    "all its contents belong to the publisher or to those who supply them."
)


@pytest.mark.parametrize(
    ("text", "menus", "times", "best", "taken", "stays"),
    [
        (IMPRINT, 40, 1, 0.6, "", False),
        (IMPRINT, 20, 1, 0.6, "", True),
        (IMPRINT, 40, 1, 0.85, "", True),
        (IMPRINT, 40, 12, 0.6, "", True),
        (IMPRINT, 40, 1, 0.6, IMPRINT, True),
        (PROSE[0], 40, 1, 0.6, "", True),
    ],
)
def test_imprint_far_below_a_headline_without_text_is_no_article(
    text: str, menus: int, times: int, best: float, taken: str, *, stays: bool
) -> None:
    """Words at the foot of a page are kept only if they are many, near, sure, taken or on its headline."""
    lines = "".join(f"<li>Way {number}</li>" for number in range(menus))
    title, foot = "Ferry sails again after two years", f"<footer>{times * f'<p>{text}</p>'}</footer>"
    page = read_page(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><ul>{lines}</ul>{foot}</body></html>"
    )
    assert page is not None
    features = block_features(page.blocks, page.elements, replace(page.evidence, trafilatura=taken))
    chance = np.array([best if block.text == text else 0.0 for block in page.blocks])
    assert (text in article_text(page, features, chance)) is stays
