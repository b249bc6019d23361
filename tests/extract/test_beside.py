"""Captions, embedded posts, links to other stories and readers' comments beside an article's paragraphs."""

from dataclasses import replace

import numpy as np
import pytest

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig, Kept
from cleaners.extract.page.blocks import PageBlocks
from cleaners.extract.page.decision import decide
from cleaners.extract.page.features import block_features
from cleaners.extract.page.page import article_text, read_page
from cleaners.records import Article, RawDocument
from tests.extract.harbour import PAGE, PLACES, PROSE, SHELL, article

CAPTION = "The ferry Marigold leaves the quay at Stenfield on her first day back."


STORY = [f"<p>{place}: {PROSE[0]}</p>" for place in PLACES]


def text_of(body: str, *, keep: tuple[Kept, ...] = (), news: int = 0) -> str:
    """Return the text of a page's body, of all of whose blocks the model is sure."""
    page = read_page(f"<html><body>{body}</body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, replace(page.evidence, news_signs=news))
    kept, _ = decide(PageBlocks(page.blocks, page.elements, features), np.full(len(page.blocks), 0.9), keep)
    return "\n".join(block.text for block, is_kept in zip(page.blocks, kept, strict=True) if is_kept)


def text_with(inner: str, *, keep: tuple[Kept, ...] = (), news: int = 0) -> str:
    """Return the text of an article with something between its paragraphs."""
    return text_of(f"{STORY[0]}{inner}{''.join(STORY[1:])}", keep=keep, news=news)


@pytest.mark.parametrize(("keep", "stays"), [((), False), (("captions",), True)])
def test_captions_are_kept_where_asked_for(keep: tuple[str, ...], *, stays: bool) -> None:
    """The caption of a picture between two paragraphs is text only with `extract.keep`."""
    end = PAGE.index("</p>", PAGE.index("Some four hundred people stood on the quay")) + len("</p>")
    figure = f'<figure><img src="a.jpg"><figcaption>{CAPTION}</figcaption></figure>'
    document = RawDocument("pages/a.html", 0, PAGE[:end] + figure + PAGE[end:], "html")
    found = extract(document, config=ExtractConfig.model_validate({"keep": keep}))
    assert isinstance(found, Article)
    assert (CAPTION in found.text) is stays


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("caption", False),
        ("wp-caption-text", False),
        ("left imageCaption", False),
        ("pictext", False),
        ("photo-credit", False),
        ("image-description", False),
        ("article-caption", True),
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{0}",
        "<div><div class='{1}'><p>{2}</p></div></div>",
        "<p><span class='{1}'>{2}</span></p>",
        "<p><span class='{1}'>{2}</span> The ferry was full on its first day.</p>",
    ],
)
def test_element_called_caption_is_one(name: str, around: str, *, stays: bool) -> None:
    """What stands in an element of a caption's class, or right inside one, is a caption, whatever the model says."""
    line = around.format(f"<p class='{name}'>{CAPTION}</p>", name, CAPTION)
    assert (CAPTION in text_with(line)) is stays


def test_captions_that_are_most_of_a_page_are_the_article() -> None:
    """A story told in pictures keeps its captions."""
    story = "".join(f"<p class='caption'>{place}: {PROSE[0]}</p>" for place in PLACES)
    text = text_of(f"<p>{CAPTION}</p>{story}")
    assert [place in text for place in PLACES] == [True] * len(PLACES)


POST = "What a day on the quay! #ferry pic.example/aB3"
POSTER = "— Ada Brandt (@adabrandt) April 5, 2031"
POSTS = [
    f"<blockquote class='twitter-tweet tw-align-center'><p>{POST}</p>{POSTER}</blockquote>",
    f"<blockquote class='twitter-tweet'><p>{POST}</p></blockquote><p>{POSTER}</p>",
    f"<blockquote class='twitter-tweet'><p>{POST}</p></blockquote>{POSTER}",
    f"<blockquote class='instagram-media'><div><p>{POST}</p></div></blockquote>",
]


@pytest.mark.parametrize("post", POSTS)
def test_embedded_post_is_left_out_with_its_writer(post: str) -> None:
    """A post of a social network goes, with the line that says who wrote it."""
    text = text_with(post)
    assert POST not in text and POSTER not in text
    assert [place in text for place in PLACES] == [True] * len(PLACES)


def test_embedded_post_is_kept_where_asked_for() -> None:
    """With `extract.keep`, a post and its writer are text."""
    text = text_with(POSTS[1], keep=("posts",))
    assert POST in text and POSTER in text


def test_posts_that_are_most_of_a_page_are_the_article() -> None:
    """A page that collects what people wrote keeps their posts."""
    assert POST in text_with(20 * POSTS[0])


def test_quotation_in_a_block_of_its_own_stays() -> None:
    """A block quotation is text, and so is a line about somebody behind a post."""
    text = text_with(f"<blockquote><p>{CAPTION}</p></blockquote>{POSTS[3]}<p>— Ada Brandt wrote this on Saturday.</p>")
    assert CAPTION in text and "— Ada Brandt wrote this" in text


HEADLINE = "Harbour office counts a record number of gulls"


@pytest.mark.parametrize(
    ("inner", "news", "stays"),
    [
        (f"<p><a href='/gulls'>{HEADLINE}</a></p>", 1, False),
        (f"<p><strong><a href='/gulls'>{HEADLINE}?</a></strong></p>", 1, False),
        (f"<p><b>IN OSTREL:</b> <a href='/gulls'>{HEADLINE}</a></p>", 1, False),
        (f"<p><b>In Ostrel:</b> <a href='/gulls'>{HEADLINE}</a></p>", 1, True),
        (f"<p><a href='/gulls'>{HEADLINE}</a></p>", 0, True),
        (f"<p><a href='/gulls'>{HEADLINE}.</a></p>", 1, True),
        (f"<p><a href='/gulls'>{HEADLINE}:</a></p>", 1, True),
        (f"<p>Read how the <a href='/gulls'>{HEADLINE}</a></p>", 1, True),
        (f"<ul><li><a href='/gulls'>{HEADLINE}</a></li></ul>", 1, True),
    ],
)
def test_paragraph_of_a_news_page_that_is_a_link_leads_elsewhere(inner: str, news: int, *, stays: bool) -> None:
    """A paragraph that is nothing but a link and no sentence leads to another story; off the news it may be text."""
    assert (HEADLINE in text_with(inner, news=news)) is stays


def test_comments_longer_than_the_article_are_left_out() -> None:
    """Three paragraphs outside comments are the article, though trafilatura takes the longer comments too."""
    comments = "".join(f"<div class='comment'><p>{PROSE[1]} {number}</p></div>" for number in range(30))
    page = read_page(f"<html><body>{''.join(STORY)}{comments}</body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence) | {"taken": np.ones(len(page.blocks), "f")}
    text = article_text(page, features, np.full(len(page.blocks), 0.9))
    assert PROSE[1] not in text and [place in text for place in PLACES] == [True] * len(PLACES)


SPOKEN = "I have waited two years for this and will be on the first ferry of the day."


@pytest.mark.parametrize(
    ("below", "stays"),
    [
        (f"<div>| 13 Comment(s)</div><p>{SPOKEN}</p>", False),
        (f"<h3>Comments (2)</h3><p>{SPOKEN}</p>", False),
        (f"<h2>Komentarze</h2><p>{SPOKEN}</p>", False),
        (f"<div>Комментарии 45</div><p>{SPOKEN}</p>", False),
        (f"<p>コメント</p><p>{SPOKEN}</p>", False),
        (f"<div>1 Kommentar</div><p>{SPOKEN}</p>", False),
        (f"<p>Komentarz</p><p>{SPOKEN}</p>", True),
        (f"<ul><li>Comments (2)</li></ul><p>{SPOKEN}</p>", True),
        (f"<div>13 comments</div><p>{SPOKEN}</p><h2>The ferry in the years of the storm</h2>", True),
        (f"<div>13 comments</div><p>{SPOKEN}</p><h5>The ferry in the years of the storm</h5>", True),
        (f"<div>2 comments</div><p>{SPOKEN}</p><div>1 comment</div><div>3 comments</div>", True),
        (f"<div>13 comments on the ferry were read out.</div><p>{SPOKEN}</p>", True),
        (f"<div><a href='#say'>Comments</a></div><p>{SPOKEN}</p>", True),
        (f"<div><a href='#say'>Comments</a></div><div><p>{SPOKEN}</p></div>", False),
        (f"<h3>Wybrane komentarze</h3><p>{SPOKEN}</p>", False),
        (f"<p>Comments are now closed for this story</p><p>{SPOKEN}</p>", False),
        (f"<div id='komentarze'><p>{SPOKEN}</p></div>", False),
        (f"<div class='listaComentarios'><p>{SPOKEN}</p></div>", False),
        (f"<div id='comercio'><p>{SPOKEN}</p></div>", True),
    ],
)
def test_what_readers_say_below_their_number_is_left_out(below: str, *, stays: bool) -> None:
    """Below a line that says that comments follow, nothing is the article's, unless headings or more such lines do."""
    assert (SPOKEN in text_of("".join(STORY) + below)) is stays


@pytest.mark.parametrize(
    "head", ["", "<h1>The ferry of the year</h1><p>Both crews were glad of the wind that day.</p>"]
)
def test_commentary_in_an_element_called_so_is_kept(head: str) -> None:
    """A "Komentarz" may be the article, alone or with a line above it."""
    assert SPOKEN in text_of(f"{head}<div class='komentarz'>{''.join(STORY)}<p>{SPOKEN}</p></div>")


def test_article_whose_paragraphs_can_be_commented_on_is_kept() -> None:
    """Where readers may comment on every paragraph, each has an element of that name in it."""
    paragraphs = "".join(f"<p>{text} <a class='comment-count' href='/c'>0</a></p>" for text in PROSE)
    lead = "<h2>The old ferry sailed again on Saturday, to the joy of the whole bay.</h2>"
    page = f"<!DOCTYPE html><html><head><title>Ferry</title></head><body>{SHELL}<div class='story'><h1>Ferry</h1>"
    page += f"{lead}{paragraphs}</div></body></html>"
    text = article(page).text
    assert all(line in text for line in PROSE)


@pytest.mark.parametrize(
    ("role", "stays"), [("complementary", False), ("dialog", False), ("navigation", False), ("region", True)]
)
def test_element_whose_role_is_beside_the_text_is_left_out(role: str, *, stays: bool) -> None:
    """What a page itself calls complementary is a box in the text, whatever the model says."""
    assert (CAPTION in text_with(f"<section role='{role}'><div><p>{CAPTION}</p></div></section>")) is stays


def test_box_that_is_most_of_a_page_is_the_article() -> None:
    """A page that has its text in such an element keeps it."""
    story = "".join(f"<p>{place}: {PROSE[0]}</p>" for place in PLACES)
    assert CAPTION in text_with(
        f"<section role='complementary'>{3 * story.replace('<p>', '<p>So ')}<p>{CAPTION}</p></section>"
    )


@pytest.mark.parametrize(
    "inner",
    [
        '<h3 id="comment-on-the-ferry">The ferry of the year</h3>',
        '<pre><code><span class="hljs-comment">// The ferry of the year</span> return ferry;</code></pre>',
    ],
)
def test_comment_of_a_program_or_in_an_id_is_no_readers(inner: str) -> None:
    """Names inside code are those of its language, and a heading's id repeats its words."""
    assert "The ferry of the year" in text_with(inner)


@pytest.mark.parametrize(
    ("inner", "stays"),
    [
        ("<aside class='pullquote-left'><p>{0}</p></aside>", False),
        ("<blockquote class='entry pull-quote'>{0}</blockquote>", False),
        ("<blockquote>{0}</blockquote>", False),
        ("<aside class='pullquote'><p>Nobody else said a word about the wreck.</p></aside>", True),
    ],
)
def test_pull_quote_that_the_text_has_is_left_out(inner: str, *, stays: bool) -> None:
    """A sentence shown once more in large letters goes, shortened or not; one that stands nowhere else stays."""
    shown = f"{PROSE[0].split(',')[0]} …"
    quote = inner.format(shown)
    text = text_with(quote)
    assert (shown in text or "about the wreck" in text) is stays


@pytest.mark.parametrize(
    ("inner", "stays"),
    [
        (f"<blockquote><p>{SPOKEN}</p></blockquote><p>A woman on the quay said: “{SPOKEN}”</p>", False),
        (f"<blockquote><p>{SPOKEN}</p></blockquote><p>A woman on the quay said it.</p>", True),
        (f"<blockquote><p>Two years</p></blockquote><p>{SPOKEN.replace('two', 'Two')}</p>", True),
        (f"<blockquote><ul><li>{SPOKEN}</li></ul></blockquote><p>A woman on the quay said: “{SPOKEN}”</p>", True),
        (f"<p>{SPOKEN}</p><p>A woman on the quay said: “{SPOKEN}”</p>", True),
    ],
)
def test_quotation_that_the_text_has_too_is_left_out(inner: str, *, stays: bool) -> None:
    """A quotation set apart is no text of its own if a paragraph has all of it; items and paragraphs are."""
    lines = text_with(inner).split("\n")
    assert any(line in (SPOKEN, "Two years") for line in lines) is stays


TEASERS = [
    f"<div><a href='/{place}'>{place} is to have a new ferry</a></div><div class='summary'>{place}: {SPOKEN}</div>"
    for place in PLACES[:3]
]
OTHERS = "<div class='summary'>A word more on each of the ferries of the bay.</div>"


@pytest.mark.parametrize(
    ("teasers", "said", "stays"),
    [
        ("".join(TEASERS), SPOKEN, False),
        (TEASERS[0], SPOKEN, True),
        ("".join(TEASERS), "soon", True),
        ("".join([*TEASERS, OTHERS]), SPOKEN, True),
    ],
)
def test_summaries_of_other_stories_go_with_their_headlines(teasers: str, said: str, *, stays: bool) -> None:
    """Sentences of one kind below links that are left out are other stories'; among others of their kind they stay."""
    page = read_page(f"<html><body>{STORY[0]}{teasers.replace(SPOKEN, said)}{''.join(STORY[1:])}</body></html>")
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = [0.0 if block.linked else 0.6 if block.text.endswith(said) else 0.9 for block in page.blocks]
    kept, _ = decide(PageBlocks(page.blocks, page.elements, features), np.array(chance), ())
    texts = [block.text for block, is_kept in zip(page.blocks, kept, strict=True) if is_kept]
    assert (f"{PLACES[0]}: {said}" in texts) is stays
