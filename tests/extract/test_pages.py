import json
from datetime import date
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.extract.page.blocks import split_blocks
from cleaners.extract.page.model import predict
from cleaners.extract.page.page import drop_copies
from cleaners.records import Fate, RawDocument
from tests.extract.harbour import DATA, PAGE, PLACES, PROSE, SHELL, article

CHINESE = (DATA / "market.zh.html").read_text(encoding="utf-8")


def texts(html: str) -> list[str]:
    """Return the texts of a fragment's blocks."""
    blocks, _ = split_blocks(document_fromstring(f"<html><body>{html}</body></html>").find("body"))
    return [block.text for block in blocks]


@pytest.mark.parametrize(
    "sentence",
    [
        "The old ferry across Harrow Bay sailed again on Saturday",
        "Some four hundred people stood on the quay",
        "Nobody here has to drive round the bay any more",
        "Adults pay four crowns for a single crossing",
        "rebuilt in oak from the forests above Stenfield",
        "must find the money from fares and mooring fees",
    ],
)
def test_body_of_a_page_is_kept(sentence: str) -> None:
    """Every paragraph of the body is in the text, before and after boxes in its middle."""
    assert sentence in article(PAGE).text


@pytest.mark.parametrize(
    "furniture",
    [
        "Home",
        "Most read",
        "Imprint",
        "waited two years",
        "how long it lasts",
        "newsletter",
        "Storm damage",
        "Share",
        "color",
    ],
)
def test_furniture_of_a_page_is_dropped(furniture: str) -> None:
    """Menus, comments, sidebars, sign-up lines, related links and code are not in the text."""
    assert furniture not in article(PAGE).text


def test_page_fields_are_read() -> None:
    """Headline, authors, date, address, site and language come from the page, and the headline is not in the text."""
    found = article(PAGE)
    assert found.title == "Old ferry returns to Harrow Quay"
    assert found.title not in found.text.split("\n")
    assert (found.author, found.published) == ("Ida Moor, Bela Fenn", date(2031, 4, 5))
    assert (found.url, found.site) == ("https://www.gull.example/region/old-ferry", "gull.example")
    assert found.language == "en"


def test_fields_of_the_record_win_over_the_pages() -> None:
    """A table's own columns are believed before the page."""
    found = article(PAGE, url="https://tern.example/1", title="Ferry back", author="A. Tern", published="2030-01-02")
    assert (found.title, found.author, found.published, found.site) == (
        "Ferry back",
        "A. Tern",
        date(2030, 1, 2),
        "tern.example",
    )


@pytest.mark.parametrize("end", ["</body></html>", "</BODY>\n</HTML>"])
def test_page_that_ends_too_early_is_read_to_its_end(end: str) -> None:
    """What stands behind a first end of the page, as after a menu pasted in whole, is read as well."""
    at = PAGE.index("<main")
    assert "The old ferry across Harrow Bay" in article(PAGE[:at] + end + PAGE[at:]).text


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        '<?xml version="1.0" encoding="iso-8859-1"?>',
        '<html lang="en"/>',
        "\ufeff\n",
    ],
)
def test_page_that_opens_oddly_is_read(start: str) -> None:
    """What stands before the page's first element, or closes it at once, costs nothing of the article."""
    assert article(start + PAGE.removeprefix("<!DOCTYPE html>")).text == article(PAGE).text


def test_control_characters_break_no_tag() -> None:
    """What no text can hold is left out, wherever it stands."""
    assert article(PAGE.replace("<p>", "<p\x00\uffff>")).text == article(PAGE).text


def test_page_is_read_the_same_twice() -> None:
    """Nothing is remembered from page to page."""
    first = article(PAGE)
    article(PAGE.replace("ferry", "bridge"))
    assert article(PAGE) == first


def test_fragment_is_kept_whole() -> None:
    """HTML without a page round it, such as a feed's content, has no furniture to lose."""
    found = article("<p>The ferry sailed.</p><ul><li>It was full.</li><li>It was late.</li></ul>")
    assert found.text == "The ferry sailed.\n\nIt was full.\nIt was late."


def test_cells_that_trafilatura_takes_as_a_row_are_taken() -> None:
    """Trafilatura writes a row of a table as one line, and each of the row's cells counts as taken."""
    from cleaners.extract.page.features import PageEvidence, block_features

    rows = "".join(f"<tr><td>{day}</td><td>{hour}</td></tr>" for day, hour in (("Monday", "7.10"), ("Sunday", "9.00")))
    blocks, elements = split_blocks(
        document_fromstring(f"<html><body><table>{rows}</table></body></html>").find("body")
    )
    features = block_features(blocks, elements, PageEvidence((), "", "", "| Monday | 7.10 |"))
    assert features["taken"].tolist() == [1, 1, 0, 0]


def test_copy_for_phones_is_dropped() -> None:
    """A paragraph that stands on the page twice is kept once."""
    start, end = PAGE.index('<div class="article-body">'), PAGE.index('<div class="newsletter-signup">')
    found = article(PAGE[:end] + PAGE[start:end] + PAGE[end:])
    assert found.text.count("The old ferry across Harrow Bay sailed again") == 1


@pytest.mark.parametrize(("own_words", "stays"), [(20, False), (400, True)])
def test_block_that_is_mostly_other_blocks_is_dropped(own_words: int, *, stays: bool) -> None:
    """The article flattened into one block goes; a listing that repeats some lines of the article stays."""
    lines = [f"The {place} ferry leaves at seven and the crew counts every passenger aboard twice" for place in PLACES]
    listing = " ".join([*lines, *(f"word{at}" for at in range(own_words))])
    inner = "".join(f"<p>{text}</p>" for text in (*lines, listing))
    blocks, elements = split_blocks(document_fromstring(f"<html><body>{inner}</body></html>").find("body"))
    assert [block.text for block in drop_copies(blocks, elements)] == ([*lines, listing] if stays else lines)


@pytest.mark.parametrize(("paragraphs", "stays"), [(3, False), (2, True)])
def test_short_lines_between_copies_of_paragraphs_are_copies(paragraphs: int, *, stays: bool) -> None:
    """The headings of a part of the page that stands there twice go with its three paragraphs; refrains stay."""
    part = "".join(f"<h3>{place}</h3><p>{place}: {PROSE[0]}</p>" for place in PLACES[:paragraphs])
    inner = f"{part}<p>{PROSE[2]}</p><h3>{PLACES[9]}</h3>{part}<p>{PROSE[1]}</p>"
    blocks, elements = split_blocks(document_fromstring(f"<html><body>{inner}</body></html>").find("body"))
    texts = [block.text for block in drop_copies(blocks, elements)]
    assert texts.count(PLACES[0]) == 1 + stays
    assert texts.count(f"{PLACES[0]}: {PROSE[0]}") == 1


def test_of_two_copies_the_one_marked_up_like_the_others_stays() -> None:
    """A quotation set apart above the paragraph that says the same goes, and not the paragraph."""
    said = "The crew was glad to see so many people on the quay after two winters without a single crossing."
    inner = f"<p>{PROSE[0]}</p><blockquote><p>{said}</p></blockquote><p>{PROSE[1]}</p><p>{said}</p>"
    blocks, elements = split_blocks(document_fromstring(f"<html><body>{inner}</body></html>").find("body"))
    assert [block.text for block in drop_copies(blocks, elements)] == [*PROSE[:2], said]


@pytest.mark.parametrize(
    "content", ["", "<html></html>", "<html><body><script>1</script></body></html>", "<!-- -->", b"<"]
)
def test_page_without_text_is_a_fate(content: str | bytes) -> None:
    """A page without an article says so."""
    found = extract(RawDocument("a.html", 0, content, "html"), config=ExtractConfig())
    assert isinstance(found, Fate) and found.fate == "no_text"


def test_list_that_counts_from_a_number_without_end_counts_from_one() -> None:
    """A number of thousands of digits, which Python does not read, numbers no list."""
    endless = "9" * 5_000
    assert texts(f"<ol start='{endless}'><li>Oak</li><li value='{endless}'>Pine</li></ol>") == ["1. Oak", "2. Pine"]


def test_author_nested_without_end_is_no_author() -> None:
    """JSON-LD nested nearly as deep as Python's stack gives no author and costs nothing else."""
    stated = '{"@type": "NewsArticle", "author": ' + "[" * 900 + '"Ida Moor"' + "]" * 900 + "}"
    found = article(PAGE.replace("<head>", f'<head><script type="application/ld+json">{stated}</script>'))
    assert "Some four hundred people stood on the quay" in found.text


def test_language_of_a_page_is_of_two_letters() -> None:
    """A page's own word on its language counts where it is an ISO 639-1 code, and is left out where it is not."""
    page = (
        "<html lang='{}'><body><article><p>Kaluruk tamo venis orrol datu semmi nako pelu.</p></article></body></html>"
    )
    assert [article(page.format(code)).language for code in ("tl", "fil")] == ["tl", None]


def test_deep_page_does_not_break() -> None:
    """Nesting deeper than Python's stack is no error."""
    page = (
        "<html><body>" + "<div>" * 5_000 + "<p>The ferry sailed again on Saturday, and it was full.</p></body></html>"
    )
    assert extract(RawDocument("a.html", 0, page, "html"), config=ExtractConfig())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <b>two</b>\n three</p>", ["One two three"]),
        ("<div>One<p>two</p>three</div>", ["One", "two", "three"]),
        ("<p>One<br>two<br><br>three</p>", ["One\ntwo", "three"]),
        ("<p>One<script>x</script> two<!-- c --> three</p>", ["One two three"]),
        ("<ol><li>One</li><li><p>Two</p></li></ol>", ["1. One", "2. Two"]),
        ('<ol start="4"><li>Four</li><li value="9">Nine</li><li>Ten</li></ol>', ["4. Four", "9. Nine", "10. Ten"]),
        ("<ol><li>1) One</li></ol>", ["1) One"]),
        ('<ol style="list-style: none"><li>One</li></ol>', ["One"]),
        ("<ol><li>One<ul><li>a</li></ul></li><li>Two</li></ol>", ["1. One", "a", "2. Two"]),
        ('<p><a class="comments_count">0</a>One</p><p>Two<i class="comments_count">12</i></p>', ["One", "Two"]),
        ('<p><b class="comments">In</b> <b class="year">1984</b> two</p>', ["In 1984 two"]),
        ('<h2>One <a href="#one">#</a></h2><h3><a href="#two">¶</a>Two</h3>', ["One", "Two"]),
        ('<h2>One <a href="#c">C#</a></h2><p>Two<a href="#n">*</a></p>', ["One C#", "Two*"]),
    ],
)
def test_blocks_are_what_a_reader_sees(html: str, expected: list[str]) -> None:
    """Blocks end where the page shows a new paragraph, and items of ordered lists have their numbers."""
    assert texts(html) == expected


def test_model_reads_every_feature_it_names() -> None:
    """The model's file and the features' code agree, and its probabilities are probabilities."""
    from cleaners.extract.page.features import PageEvidence, block_features

    blocks, elements = split_blocks(document_fromstring(PAGE).find("body"))
    chance = predict(block_features(blocks, elements, PageEvidence((), "", "", "")))
    assert len(chance) == len(blocks) and ((chance >= 0) & (chance <= 1)).all()


TAGS = st.sampled_from(
    ["p", "div", "li", "ol", "ul", "a", "b", "br", "table", "td", "tr", "h1", "nav", "footer", "script", "pre"]
)
NODES = st.recursive(
    st.text("abc .,é漢", max_size=30),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=25,
)


@given(NODES)
@settings(max_examples=80, deadline=None)
def test_any_markup_gives_an_article_or_a_fate(markup: str) -> None:
    """No markup raises, on a page or as a fragment."""
    for content in (markup, f"<!doctype html><html><body>{markup}</body></html>"):
        assert extract(RawDocument("a.html", 0, content, "html"), config=ExtractConfig())


@pytest.mark.parametrize("host", ["xn--999999999999.example", "xn--.example", "xn--é.example", "xn--a-ecp.ru"])
def test_malformed_international_host_name_is_kept_as_given(host: str) -> None:
    """An address whose host cannot be decoded costs nothing: the article has it as the page gives it."""
    url = f"https://{host}/2031/04/ferry"
    linked = PAGE.replace("https://www.gull.example/region/old-ferry", url)
    for found in (article(PAGE, url=url), article(linked)):
        assert (found.url, found.site, found.text) == (url, host, article(PAGE).text)


def test_paragraphs_of_a_script_without_spaces_are_told_from_menus() -> None:
    """Chinese has no spaces to count words by: the four paragraphs stay, menus and the box of links go."""
    lines = article(CHINESE).text.split("\n\n")
    assert [line[:4] for line in lines] == ["石湾老渡", "旧船厂建", "卖鱼丸的", "附近居民"]


BODY = {"@type": "NewsArticle", "articleBody": "\n\n".join(PROSE)}
STATE = {"props": {"page": {"style": "x" * 900, "body": [{"type": "p", "text": text} for text in PROSE]}}}


@pytest.mark.parametrize(
    "hidden",
    [
        f"<script type='application/ld+json'>{json.dumps(BODY)}</script>",
        f"<script id='__NEXT_DATA__' type='application/json'>{json.dumps(STATE)}</script>",
        "<noscript><article>" + "".join(f"<p>{text}</p>" for text in PROSE) + "</article></noscript>",
        f"<p>{PROSE[0]}</p><p>Read on</p><script type='application/ld+json'>{json.dumps(BODY)}</script>",
    ],
    ids=["JSON-LD", "application's data", "noscript", "JSON-LD behind a teaser"],
)
def test_text_that_only_scripts_would_show_is_found(hidden: str) -> None:
    """A page whose markup has no article, or only its beginning, has the text that it states elsewhere."""
    page = f"<!DOCTYPE html><html><head><title>Ferry</title></head><body>{SHELL}{hidden}</body></html>"
    assert article(page).text.split("\n\n") == PROSE


@pytest.mark.parametrize(("description", "shown"), [(PROSE[0], True), ("All about the old ferries of our bay.", False)])
def test_article_that_only_browsers_without_scripts_show_is_found(description: str, *, shown: bool) -> None:
    """Where the page's description opens the text in `noscript`, the article is there, whatever else is shown."""
    sign = "Sign for the gulls of the bay, which have no quay of their own yet, and for all who feed them there, "
    box = f"<article><p>{sign} before the winter comes to the bay and its harbour, the office said.</p></article>"
    hidden = f"<noscript><div class='story'>{''.join(f'<p>{text}</p>' for text in PROSE)}</div></noscript>"
    head = f"<head><title>Ferry</title><meta property='og:description' content='{description}'></head>"
    text = article(f"<!DOCTYPE html><html>{head}<body>{box}<main>{hidden}</main></body></html>").text
    assert (PROSE[1] in text) is shown


def _node(text: str) -> dict[str, object]:
    """Return a paragraph of an editor's document, with its second word in a link."""
    first, second, rest = text.split(" ", 2)
    link = {"type": "link", "data": {"href": "/x"}, "content": [{"type": "text", "value": second}]}
    around = ({"type": "text", "value": f"{first} "}, {"type": "text", "value": f" {rest}"})
    return {"type": "paragraph", "content": [around[0], link, around[1]]}


@pytest.mark.parametrize(
    ("first", "whole"), [(PROSE[0], True), ("The gulls of Harrow Bay have a quay of their own now.", False)]
)
def test_beginning_that_markup_has_is_gone_on_with_from_the_data(first: str, *, whole: bool) -> None:
    """Below its standfirst a page shows one paragraph; the others are its data's, if they begin with that one."""
    lead = "For two years nobody had crossed the bay without driving round it, and the shops had felt it."
    story = {"story": {"body": {"type": "document", "content": [_node(text) for text in PROSE]}}}
    shown = f"<article><h1>Ferry</h1><p class='standfirst'>{lead}</p><p>{first}</p></article>"
    data = f"<script id='__NEXT_DATA__' type='application/json'>{json.dumps(story)}</script>"
    text = article(f"<!DOCTYPE html><html><head><title>Ferry</title></head><body>{shown}{data}</body></html>").text
    assert text.split("\n\n") == [lead, *(PROSE if whole else [first])]


def test_page_of_menus_has_no_article() -> None:
    """A shell without a paragraph is no article."""
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "News", "Sport", "Terms", "Privacy"))
    page = f"<!DOCTYPE html><html><body><div><ul>{menu}</ul></div><div id='root'></div></body></html>"
    found = extract(RawDocument("a.html", 0, page, "html"), config=ExtractConfig())
    assert isinstance(found, Fate) and found.fate == "no_text"


def test_file_called_a_page_without_a_tag_is_text() -> None:
    """A text that somebody saved as .html is read as text."""
    assert article("\n\n".join(PROSE)).text == "\n\n".join(PROSE)


def test_page_in_a_filing_is_read() -> None:
    """What stands round a page in a filing with the SEC is no part of it."""
    head = "<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n<FILENAME>ferry.htm\n<DESCRIPTION>EX-99.1\n<TEXT>\n"
    page = f"<HTML><BODY>{''.join(f'<P>{text}</P>' for text in PROSE)}</BODY></HTML>"
    assert article(f"{head}{page}\n</TEXT>\n</DOCUMENT>").text == "\n\n".join(PROSE)


def test_byline_of_the_known_author_is_left_out() -> None:
    """A line that only names the author, before or after the article, is in the author's field alone."""
    for byline in ("Ida Moor", "Text: Ida Moor", "By Ida Moor, Staff Writer", "BY IDA MOOR", "Von Ida Moor"):
        prose = "".join(f"<p>{text}</p>" for text in PROSE)
        page = f"<html><head><meta name='author' content='Ida Moor'></head><body><article><p>{byline}</p>{prose}"
        assert article(page + "</article></body></html>").text.split("\n\n") == PROSE


def test_escaped_markup_of_a_stated_text_is_no_text() -> None:
    """A text that JSON-LD states with its markup escaped twice comes out as paragraphs."""
    marked = "<!-- wp:paragraph -->" + "".join(f"<p>{text}</p>" for text in PROSE)
    stated = {"@type": "NewsArticle", "articleBody": escape(escape(marked, quote=False))}
    script = f"<script type='application/ld+json'>{json.dumps(stated)}</script>"
    page = f"<!DOCTYPE html><html><head><title>Ferry</title>{script}</head><body>{SHELL}</body></html>"
    assert article(page).text.split("\n\n") == PROSE


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("Published: 3 Sep 2031 · Updated: 1 Oct 2031", False),
        ("Stand: 3. September 2031, 14:05 Uhr", False),
        ("Publié le 3 septembre 2031 à 14h05", False),
        ("The bay in 2031: a ferry for everybody", True),
    ],
)
def test_line_of_dates_is_left_out(line: str, *, stays: bool) -> None:
    """A line before the article that only dates it is no text; a line about a year is."""
    prose = "".join(f"<p>{text}</p>" for text in PROSE)
    text = article(f"<html><head></head><body><article><p>{line}</p>{prose}</article></body></html>").text
    assert text.split("\n\n") == ([line] if stays else []) + PROSE


def test_marks_of_a_news_site_are_counted() -> None:
    """The type of the article, keywords for news search and an audience meter each count."""
    from cleaners.extract.page.page import read_page

    kind = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry"}</script>'
    marks = [
        "",
        kind,
        '<meta name="news_keywords" content="ferry">',
        '<script src="//static.chartbeat.com/a.js"></script>',
    ]
    pages = [
        read_page(f"<html><head>{''.join(marks[: count + 1])}</head><body><p>A</p></body></html>") for count in range(4)
    ]
    assert [page.evidence.news_signs for page in pages if page is not None] == [0, 1, 2, 3]
