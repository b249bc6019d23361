"""Lists, tables, headings and prose inside the article that the block model alone would leave out."""

from dataclasses import replace

import numpy as np
import pytest

from cleaners.extract.page.features import block_features
from cleaners.extract.page.page import article_text, read_page
from tests.extract.harbour import PLACES, PROSE

CROSSINGS = ["Monday", "at noon", "Saturday", "at six in the evening"]
LIST = "".join(f"<li>{line}</li>" for line in CROSSINGS)
LINKS = "".join(f"<li><a href='/{number}'>{line}</a></li>" for number, line in enumerate(CROSSINGS))
TABLE = "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in CROSSINGS) + "</table>"
ANNOUNCED = "Until the summer the ferry will sail as follows:"


def text_of(inner: str, low: float, *, news: bool, last: bool = False) -> str:
    """Return the text of an article with something in it whose blocks have a low chance and all others a high one."""
    parts = [f"<p>{place}: {PROSE[0]}</p>" for place in PLACES]
    within = "".join([*parts, inner] if last else [*parts[:5], inner, *parts[5:]])
    page = read_page(f"<html><body><article>{within}</article></body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, replace(page.evidence, news_signs=int(news)))
    sure = [block.text.startswith(PLACES) or block.text == ANNOUNCED for block in page.blocks]
    return article_text(page, features, np.where(sure, 0.9, low))


@pytest.mark.parametrize(
    ("announcement", "items", "low", "news", "stays"),
    [
        (ANNOUNCED, f"<ul>{LIST}</ul>", 0.12, True, True),
        (ANNOUNCED, TABLE, 0.12, True, True),
        (ANNOUNCED, f"<ul>{LIST}</ul>", 0.08, True, False),
        ("It sails as follows:", f"<ul>{LIST}</ul>", 0.12, True, False),
        (ANNOUNCED.replace(":", "."), f"<ul>{LIST}</ul>", 0.12, True, False),
        (ANNOUNCED, f"<ul>{LINKS}</ul>", 0.25, True, False),
        (ANNOUNCED, f"<ul>{LINKS}</ul>", 0.25, False, True),
        (ANNOUNCED, f"<ul>{LINKS}</ul>", 0.15, False, False),
    ],
)
def test_announced_list_is_kept_at_a_low_chance(
    announcement: str, items: str, low: float, *, news: bool, stays: bool
) -> None:
    """A list or table below a sentence that announces it is the article's; on news pages not if it is all links."""
    assert (CROSSINGS[3] in text_of(f"<p>{announcement}</p>{items}", low, news=news, last=True)) is stays


def test_announced_list_ends_with_the_article() -> None:
    """A list of the footer that follows the announced one is none of the article's."""
    text = text_of(
        f"<p>{ANNOUNCED}</p><ul>{LIST}</ul></article><ul><li>Terms of use</li></ul>", 0.12, news=True, last=True
    )
    assert CROSSINGS[3] in text and "Terms of use" not in text


@pytest.mark.parametrize(
    ("inner", "low", "news", "stays"),
    [
        (TABLE, 0.06, False, True),
        (TABLE, 0.06, True, False),
        (TABLE, 0.04, False, False),
        (f"<ul>{LIST}</ul>", 0.32, False, True),
        (f"<ul>{LIST}</ul>", 0.32, True, False),
        (f"<ul>{LIST}</ul>", 0.28, False, False),
        ("<h2>at six in the evening</h2>", 0.32, False, True),
        ("<h2>at six in the evening</h2>", 0.32, True, False),
        ("<h2>at six in the evening</h2>", 0.18, False, False),
    ],
)
def test_page_that_is_no_news_keeps_what_stands_between_paragraphs(
    inner: str, low: float, *, news: bool, stays: bool
) -> None:
    """On a page without the signs of a news site, tables, lists and headings between paragraphs are the article's."""
    assert (CROSSINGS[3] in text_of(inner, low, news=news)) is stays


@pytest.mark.parametrize(("low", "news", "stays"), [(0.22, False, True), (0.22, True, False), (0.18, False, False)])
def test_page_that_is_no_news_keeps_prose_that_trafilatura_takes(low: float, *, news: bool, stays: bool) -> None:
    """On such a page a paragraph inside the article that trafilatura takes too is the article's at a low chance."""
    prose = "The crew was glad to see so many people on the quay after two winters without a single crossing."
    assert (prose in text_of(f"<p class='note'>{prose}</p>", low, news=news)) is stays


DOUBTED = "The crew was glad to see so many people on the quay after two winters without a single crossing."


@pytest.mark.parametrize(
    ("inner", "low", "stays"),
    [
        (f"<p>{DOUBTED}</p>", 0.12, True),
        (f"<p>{DOUBTED}</p>", 0.08, False),
        (f"<p class='note'>{DOUBTED}</p>", 0.12, False),
        (f"<div><p>{DOUBTED}</p></div>", 0.12, False),
        (f"<p>{DOUBTED[:-1]}</p>", 0.12, False),
        (f"<p><a href='/crew'>{DOUBTED}</a></p>", 0.12, False),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_news_page_keeps_prose_marked_up_like_its_paragraphs(
    inner: str, low: float, *, stays: bool, last: bool
) -> None:
    """On news pages a sentence in elements of the same tags and classes as the paragraphs is the article's."""
    assert (DOUBTED in text_of(inner, low, news=True, last=last)) is stays


@pytest.mark.parametrize(("between", "stays"), [(1, True), (2, False)])
def test_prose_below_the_article_is_its_own_only_close_to_it(between: int, *, stays: bool) -> None:
    """A paragraph like the article's that stands below it is kept with one other block between them, not with two."""
    bar = "<aside>Follow the ferry</aside>" * between
    assert (DOUBTED in text_of(f"{bar}<p>{DOUBTED}</p>", 0.12, news=True, last=True)) is stays


def test_headings_take_prose_below_the_article_no_farther_away() -> None:
    """Between the article and a paragraph like its own stand a picture and two headings like its own."""
    headings = "".join(f"<h2>{place}</h2>" for place in PLACES[:3])
    below = f"<h2>Crew</h2><aside>Picture</aside><h2>Fares</h2><p>{DOUBTED}</p>"
    text = text_of(f"{headings}<p>{PLACES[0]}: {PROSE[1]}</p>{below}", 0.3, news=True, last=True)
    assert text.split("\n\n")[-3:] == ["Crew", "Fares", DOUBTED]


@pytest.mark.parametrize(("inner", "stays"), [("<p>{}</p>", True), ("<p class='note'>{}</p>", False)])
def test_short_question_between_paragraphs_like_it_is_kept(inner: str, *, stays: bool) -> None:
    """A question of four words in an interview is marked up as its answers are."""
    text = text_of(inner.format("Who sails it today?"), 0.12, news=True)
    assert ("Who sails it today?" in text) is stays


SURE = f"{PLACES[0]}: {PROSE[0]}"


@pytest.mark.parametrize(
    ("text", "low", "stays"),
    [
        (f"{SURE}<br><br>{SURE}<br><br>{DOUBTED}", 0.12, True),
        (f"{SURE}<br><br>{SURE}<br><br>{DOUBTED}", 0.08, False),
        (f"{SURE}<br><br>{SURE}<br><br>{DOUBTED[:-1]}", 0.12, False),
        (f"{SURE}<br><br>{DOUBTED}", 0.12, False),
        (f"{SURE}<br><br>{DOUBTED}<br><br>{DOUBTED[4:]}<br><br>{DOUBTED[9:]}", 0.12, True),
    ],
)
@pytest.mark.parametrize("news", [True, False])
def test_sentences_beside_a_paragraph_in_one_element_are_kept(
    text: str, low: float, *, stays: bool, news: bool
) -> None:
    """Two sure paragraphs between line breaks vouch for a sentence of their element; one does for three sentences."""
    assert (DOUBTED in text_of(f"<div class='text'>{text}</div>", low, news=news)) is stays


@pytest.mark.parametrize(("low", "news", "stays"), [(0.22, False, True), (0.18, False, False), (0.22, True, True)])
def test_heading_marked_up_like_those_of_the_article_is_its_own(low: float, *, news: bool, stays: bool) -> None:
    """A heading of the same tag and classes as three sure ones stays at a low chance."""
    sure = "".join(f"<h3>{place}</h3><p>{PROSE[1]}</p>" for place in PLACES[:3])
    inner = f"{sure}<h3>The crew of the ferry</h3>"
    assert ("The crew of the ferry" in text_of(inner, low, news=news)) is stays
    assert "The crew of the ferry" not in text_of(
        inner.replace("<h3>The crew", "<h3 class='box'>The crew"), 0.22, news=True
    )


@pytest.mark.parametrize(("low", "stays"), [(0.22, True), (0.18, False)])
@pytest.mark.parametrize("around", ["p", "div", "blockquote"])
def test_page_that_is_no_news_keeps_prose_marked_up_like_its_own(around: str, low: float, *, stays: bool) -> None:
    """Off the news the chance of such a sentence must be a little higher, and it may stand in other elements."""
    sure = "".join(f"<{around}>{place}: {PROSE[1]}</{around}>" for place in PLACES[:3])
    assert (DOUBTED in text_of(f"{sure}<{around}>{DOUBTED}</{around}>", low, news=False)) is stays


SURE_ITEMS = "".join(f"<li>{place}: {PROSE[0]}</li>" for place in PLACES[:3])


@pytest.mark.parametrize(
    ("inner", "low", "news", "stays"),
    [
        (f"<ul>{SURE_ITEMS}<li>{CROSSINGS[3]}</li></ul>", 0.22, True, True),
        (f"<ul>{SURE_ITEMS}<li>{CROSSINGS[3]}</li></ul>", 0.18, True, False),
        (f"<ul>{SURE_ITEMS}<li><p>{CROSSINGS[3]}</p></li></ul>", 0.22, True, True),
        (f"<ul>{SURE_ITEMS}<li><a href='/six'>{CROSSINGS[3]}</a></li></ul>", 0.22, True, False),
        (f"<ul>{SURE_ITEMS}{LIST}</ul>", 0.22, True, False),
        (f"<table><tr>{SURE_ITEMS.replace('li>', 'td>')}<td>{CROSSINGS[3]}</td></tr></table>", 0.22, True, False),
        (f"<table><tr>{SURE_ITEMS.replace('li>', 'td>')}<td>{CROSSINGS[3]}</td></tr></table>", 0.22, False, True),
        (f"<table><tr>{SURE_ITEMS.replace('li>', 'td>')}<td>{CROSSINGS[3]}</td></tr></table>", 0.18, False, False),
    ],
)
def test_item_among_sure_ones_is_kept(inner: str, low: float, *, news: bool, stays: bool) -> None:
    """A list of which most items are the article's is so whole, and off the news a table."""
    text = text_of(f"<div>Menu</div>{inner}<div>Menu</div>", low, news=news)
    assert (CROSSINGS[3] in text) is stays


SOURCES = "".join(f"<li>{place}, a history of the harbour, third edition, 2031.</li>" for place in CROSSINGS)
WORDS = "".join(f"<li>History {number}</li>" for number in range(4))


@pytest.mark.parametrize(
    ("inner", "low", "news", "stays"),
    [
        (f"<h3>{PLACES[0]}</h3><ul>{SOURCES}</ul>", 0.32, False, True),
        (f"<h3>{PLACES[0]}</h3><ul>{SOURCES}</ul>", 0.28, False, False),
        (f"<h3>{PLACES[0]}</h3><ul>{SOURCES}</ul>", 0.32, True, False),
        (f"<h3>{PLACES[0]}</h3><ul>{WORDS}</ul>", 0.32, False, False),
        (f"<p>{PLACES[0]}</p><ul>{SOURCES}</ul>", 0.32, False, False),
        (f"<h3>{PLACES[0]}</h3><table><tr>{WORDS.replace('li>', 'td>')}</tr></table>", 0.06, False, True),
    ],
)
def test_sources_or_a_table_may_end_a_page_that_is_no_news(inner: str, low: float, *, news: bool, stays: bool) -> None:
    """Below the last heading that is sure, sentences in a list or cells are the article's, but not single words."""
    text = text_of(f"{inner}<p>Terms</p>", low, news=news, last=True)
    assert ("istory" in text) is stays


ENTRY = f"<h3>Crew</h3><p>{PLACES[0]}: {PROSE[1]}</p>"
LINKED_ENTRY = ENTRY.replace("Crew", "<a href='/crew'>Crew</a>")


@pytest.mark.parametrize(
    ("inner", "low", "news", "stays"),
    [
        (ENTRY, 0.25, False, True),
        (ENTRY, 0.15, False, False),
        (ENTRY.replace(f": {PROSE[1]}", ""), 0.25, False, False),
        (ENTRY, 0.25, True, False),
        (2 * ENTRY, 0.25, True, True),
        (2 * LINKED_ENTRY, 0.25, False, False),
        (3 * LINKED_ENTRY, 0.25, True, True),
        (f"<h3>Crew</h3>{ENTRY.replace('Crew', 'Fares')}", 0.25, False, False),
    ],
)
def test_heading_right_above_prose_of_the_article_is_its_own(
    inner: str, low: float, *, news: bool, stays: bool
) -> None:
    """A heading that is doubted stays with its paragraph; on news pages, or as a link, only with others of its kind."""
    assert ("Crew" in text_of(inner, low, news=news).split("\n\n")) is stays


ANSWER = "Dogs of every size may come aboard and sit on the deck in the open air."


@pytest.mark.parametrize(
    ("inner", "low", "stays"),
    [
        (f"<div class='accordion'><button>May dogs come aboard?</button><p>{ANSWER}</p></div>", 0.25, True),
        (f"<div class='accordion'><button>May dogs come aboard?</button><p>{ANSWER}</p></div>", 0.15, False),
        (f"<div class='accordion'><button>Dogs aboard</button><p>{ANSWER}</p></div>", 0.25, False),
        (f"<div class='accordion'><a href='/dogs'>May dogs come aboard?</a><p>{ANSWER}</p></div>", 0.25, False),
        (f"<div class='box'><button>May dogs come aboard?</button><p>{ANSWER}</p></div>", 0.25, False),
    ],
)
def test_answer_in_a_list_of_questions_is_kept_with_its_question(inner: str, low: float, *, stays: bool) -> None:
    """A page may fold its answers; the model doubts them, and the questions more."""
    lines = text_of(inner, low, news=True, last=True).split("\n\n")
    assert (lines[-2:] == ["May dogs come aboard?", ANSWER]) is stays


@pytest.mark.parametrize(("times", "stays"), [(2, True), (1, False)])
def test_long_quotation_that_closes_in_its_speaker_is_kept(times: int, *, stays: bool) -> None:
    """A paragraph of forty words inside the text need not end in a full stop."""
    said = f"{' '.join([DOUBTED] * times)} - Ida Moor, captain"
    assert (said in text_of(f"<p>{said}</p>", 0.12, news=True)) is stays


def test_paragraph_below_a_sure_heading_is_the_articles_however_far_it_is() -> None:
    """Pictures between the last paragraph and a heading that is sure take the paragraph below it no farther away."""
    headings = "".join(f"<h2>{place}</h2>" for place in PLACES[:3])
    below = f"{3 * '<aside>Picture</aside>'}<h2>{PLACES[4]}</h2><p>{DOUBTED}</p>"
    text = text_of(f"{headings}<p>{PLACES[0]}: {PROSE[1]}</p>{below}", 0.12, news=True, last=True)
    assert text.split("\n\n")[-2:] == [PLACES[4], DOUBTED]
