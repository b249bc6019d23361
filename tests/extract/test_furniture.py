"""What is taken out of a page's tree before its blocks are read."""

from lxml.html import document_fromstring

from cleaners.extract.page.blocks import split_blocks
from cleaners.extract.page.furniture import strip_furniture
from tests.extract.harbour import PROSE, article


def texts_after_furniture(html: str) -> list[str]:
    """Return the texts of a fragment's blocks, its furniture taken out."""
    tree = document_fromstring(f"<html><body>{html}</body></html>")
    strip_furniture(tree)
    blocks, _ = split_blocks(tree.find("body"))
    return [block.text for block in blocks]


def test_label_for_screen_readers_before_every_paragraph_is_dropped() -> None:
    """What nobody sees and every paragraph is announced by is no part of the page."""
    label = "<div class='visually-hidden'>Article content</div>"
    blocks = texts_after_furniture("".join(f"<section>{label}<p>{text}</p></section>" for text in PROSE))
    assert blocks == PROSE


def test_links_for_editing_behind_headings_are_dropped() -> None:
    """An encyclopedia's "[edit]" behind every heading is no part of it."""
    edit = '<span class="mw-editsection">[edit]</span>'
    html = "".join(f"<h2>{text}{edit}</h2>" for text in ("History", "Ships", "Crew"))
    assert texts_after_furniture(html) == ["History", "Ships", "Crew"]


def test_what_a_site_never_shows_is_no_part_of_the_page() -> None:
    """Half of a template that does not apply to a page may hold another article."""
    html = f"<div class='story w-condition-invisible'><p>{PROSE[0]}</p></div><div class='story'><p>{PROSE[1]}</p></div>"
    assert texts_after_furniture(html) == [PROSE[1]]


def test_footer_of_a_quotation_is_its_source() -> None:
    """A page's footer without paragraphs goes; that of a quotation says whose it is."""
    html = f"<blockquote><p>{PROSE[0]}</p><footer>Ada Brandt</footer></blockquote><footer>Terms</footer>"
    assert texts_after_furniture(html) == [PROSE[0], "Ada Brandt"]


def test_notice_on_cookies_is_not_the_article() -> None:
    """A notice that asks for consent is dropped, whatever the article's own wrapper is named."""
    notice = "We and our partners store information on a device, such as cookies, to show you personal ads as you read."
    page = "<!DOCTYPE html><html><head><title>Ferry</title></head><body>"
    page += f"<div class='cookie-consent'><p>{notice}</p></div><aside class='main entry'><h1>Ferry</h1>"
    page += "".join(f"<p>{text}</p>" for text in PROSE) + "</aside></body></html>"
    assert article(page).text.split("\n\n") == PROSE
