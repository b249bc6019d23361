"""The article of an HTML page: its blocks, judged by a learned model, with trafilatura's answer as evidence."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby, islice, takewhile

import numpy as np
import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, fromstring
from numpy.typing import NDArray
from trafilatura.settings import Document

from cleaners.dates import is_date_line
from cleaners.extract.authors import is_byline
from cleaners.extract.config import Kept
from cleaners.extract.page.blocks import Block, Elements, PageBlocks, split_blocks
from cleaners.extract.page.decision import decide
from cleaners.extract.page.features import PageEvidence, block_features
from cleaners.extract.page.furniture import strip_furniture
from cleaners.extract.page.metadata import PageMetadata, find_metadata
from cleaners.extract.page.model import predict
from cleaners.extract.page.signs import PageSigns, page_signs
from cleaners.extract.page.stated_text import data_text, with_noscript
from cleaners.extract.page.words import count_words, squash, words_of

# Audience meters and boxes of sponsored stories: four in five news sites have one, and one in ten of other sites.
_METERS = ("chartbeat", "comscore", "scorecardresearch", "parsely", "sailthru", "cxense", "outbrain", "taboola")
_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_PAGE_WITHIN = 4_096
_PAGE_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
# What browsers write into a page that they save.
_SAVED = re.compile(r"<!-- saved from url=\(\d+\)(https?://[^\s>]+) -->")
# What stands round each document of a filing with the SEC (EDGAR).
_FILING = re.compile(r"\s*<DOCUMENT>\s*<TYPE>.{1,1000}?<TEXT>\s*(?=<)", re.DOTALL)
# After a page that closes as it opens the parser reads no more.
_CLOSED = re.compile(r"(<html[^>]*?)\s*/>", re.IGNORECASE)
_BEGINNING = 50
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NO_CHARACTERS = ("\ufffe", "\uffff")
# As trafilatura's own, but that all elements are of one class, which no Python code has to look up.
_PARSER = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
_TIGHT = frozenset({"li", "td", "th", "dt", "dd"})
# A paragraph of this many words that stands on the page twice is a copy (for phones, for sharing); shorter lines may
# be refrains.
_COPY_WORDS = 12
# Lines that stand on the page twice are a copy of a part of it if this many copies of paragraphs are among them.
_COPIES = 3
# A block this long that has the text of three others in it is the whole article once more, flattened.
_SWALLOW_WORDS = 150
_SWALLOWED = 3
_SWALLOWED_LETTERS = 60
_SWALLOWED_SHARE = 0.5
# A section's name in front of the headline, in letters.
_KICKER = 30
# Asked of the attributes, not of the elements, it takes half the time.
_DATED = './/*/@itemprop[. = "datePublished" or . = "dateModified"]/..'
_TIME_CHARS = 40
# A byline stands among the first or last blocks of an article.
_FIRST, _LAST = 3, 2
# Fewer words are no article, or one of which the page states the rest elsewhere.
_FEW_WORDS = 25
_FULLER = 1.5
# Letters of a page's description that its article has, and words of a text that may be another box's.
_DESCRIBED, _SHORT_WORDS = 40, 200
# Runs of characters that look the same in markup and in JSON, long enough to find a line again, and how many of them
# are looked for: links may part some in the markup.
_KNOWN = re.compile(r"[A-Za-z0-9 ,.]{20}|[^\W\d_a-zA-Z]{12}")
_KNOWN_PARTS = 4
# What is shown without scripts, or by them.
_LATER = re.compile(r"<(?:noscript|template)\b", re.IGNORECASE)
# A stated text often has no line ends.
_PIECE = re.compile(r"\n|(?<=[.!?。！？])\s+")
_ESCAPED = 3
_FRAGMENT = re.compile(r"<(?:p|br|div|figure|!--)[\s/>-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page: its text, a line a block, what the page says of itself, and the signs of doubt.

    Of a text that was not found among a page's blocks (a fragment; one that the page states elsewhere) there are none.
    """

    text: str
    metadata: PageMetadata
    signs: PageSigns | None = None


@dataclass(frozen=True, slots=True)
class PageParts:
    """A page taken apart: what the model judges, and by what."""

    blocks: list[Block]
    elements: Elements
    evidence: PageEvidence
    metadata: PageMetadata
    times: frozenset[str]


def extract_page(html: str, *, keep: Collection[Kept] = ()) -> Page | None:
    """Return the page's article, with an empty text when it has none; None when there is no page at all.

    A fragment without a page round it (the content column of a feed) has no furniture, so all its blocks are kept. What
    a page's markup lacks is looked for where its scripts would find it. `keep` names what stays beside the article.
    """
    page = read_page(html)
    if page is None:
        return None
    if not _PAGE.search(html[:_PAGE_WITHIN]):
        return Page(_joined(page.blocks, page.elements), page.metadata)
    text, signs = _article(page, keep) if page.blocks else ("", None)
    if (shown := _unscripted(html, text, page)) is not None:
        text, signs = _article(shown, keep)
    stated = _stated(html, text, page) if _is_missing(text, page) else _whole(html, text)
    if stated:
        text, signs = stated, None
    return Page(text, page.metadata, signs)


def _article(page: PageParts, keep: Collection[Kept] = ()) -> tuple[str, PageSigns]:
    features = block_features(page.blocks, page.elements, page.evidence)
    kept, chance = decide(PageBlocks(page.blocks, page.elements, features), predict(features), keep)
    return _text_of(page, kept), page_signs(count_words(features).astype(np.float64), chance, kept)


def article_text(page: PageParts, features: Mapping[str, NDArray[np.float32]], chance: NDArray[np.float64]) -> str:
    """Return the article's text, given the features of the page's blocks and each one's chance to be the article's."""
    kept, _ = decide(PageBlocks(page.blocks, page.elements, features), chance, ())
    return _text_of(page, kept)


def _text_of(page: PageParts, kept: NDArray[np.bool_]) -> str:
    blocks = drop_copies([block for block, is_kept in zip(page.blocks, kept, strict=True) if is_kept], page.elements)
    return _joined(_without_fields(blocks, page), page.elements)


def _without_fields(blocks: Sequence[Block], page: PageParts) -> list[Block]:
    """Return the blocks without the headline, the byline and the times, which have fields of their own."""
    title, author = squash(page.metadata.title or ""), page.metadata.author
    kept = []
    for at, block in enumerate(blocks):
        text = squash(block.text)
        is_heading = page.elements.tag[block.element] == "h1"
        if is_heading and title and text.endswith(title) and len(text) <= len(title) + _KICKER:
            continue
        if text in page.times:
            continue
        outer = at < _FIRST or at >= len(blocks) - _LAST
        if outer and (is_date_line(block.text) or (author and is_byline(block.text, author))):
            continue
        kept.append(block)
    return kept


def _is_missing(text: str, page: PageParts) -> bool:
    """Tell whether the page states a text that its markup has not, or has no article but may have it elsewhere."""
    if not _has_words(text, _FEW_WORDS):
        return True
    if not page.evidence.body:
        return False
    words = _words(text)
    if _words(page.evidence.body) < _FULLER * words or _words(body := _plain(page.evidence.body)) < _FULLER * words:
        return False
    shown = squash(" ".join(block.text for block in page.blocks))
    lines = [line for part in _PIECE.split(body) if (line := squash(part))]
    return sum(len(line) for line in lines if line in shown) * 2 < sum(map(len, lines))


def _unscripted(html: str, text: str, page: PageParts) -> PageParts | None:
    """Return the page as browsers without scripts show it, if only there its article begins as its description does.

    Its other text may look like an article, such as a box of petitions.
    """
    beginning = squash(page.evidence.description)[:_DESCRIBED]
    if len(beginning) < _DESCRIBED or not _LATER.search(html) or _has_words(text, _SHORT_WORDS):
        return None
    if beginning in squash(" ".join(block.text for block in page.blocks)):
        return None
    shown = read_page(with_noscript(html))
    if shown is None or beginning not in squash(" ".join(block.text for block in shown.blocks)):
        return None
    return shown


def _stated(html: str, text: str, page: PageParts) -> str | None:
    """Return the text that the page states beside its markup, where it is fuller than what the markup has."""
    best = max(text, _plain(page.evidence.body), key=_words)
    if _words(best) < _FEW_WORDS and (tree := _parse(html)) is not None:
        best = max(best, _plain(data_text(tree)), key=_words)
    if _words(best) < _FEW_WORDS and _LATER.search(html):
        shown = read_page(with_noscript(html))
        if shown is not None and shown.blocks:
            best = max(best, _article(shown)[0], key=_words)
    return best if _words(best) >= _FEW_WORDS else None


def _whole(html: str, text: str) -> str | None:
    """Return the whole text from the page's data, if what its markup shows is only the beginning of it.

    Pages of papers that show the rest to subscribers alone are like that.
    """
    lines = text.split("\n")
    paragraph = max(lines, key=len)
    known = islice(_KNOWN.finditer(paragraph), _KNOWN_PARTS)
    if _has_words(text, _SHORT_WORDS) or all(html.count(part[0]) < 2 for part in known):
        return None
    if (tree := _parse(html)) is None:
        return None
    stated = _plain(data_text(tree, squash(paragraph)[:_DESCRIBED]))
    if _words(stated) < _FULLER * _words(text):
        return None
    whole = squash(stated)
    shown = [line for line in lines if squash(line)]
    if sum(len(squash(line)) for line in shown if squash(line) in whole) * 2 <= sum(
        len(squash(line)) for line in shown
    ):
        return None
    standfirst = takewhile(lambda line: squash(line) not in whole, shown)
    return "\n\n".join([*standfirst, stated])


def _plain(text: str) -> str:
    """Return a stated text without its markup, which may be escaped, once or more often."""
    for _ in range(_ESCAPED):
        if "<" in text or ("&lt;" not in text and "&amp;" not in text):
            break
        text = unescape(text)
    if not _FRAGMENT.search(text):
        return text.strip()
    page = read_page(text)
    return _joined(page.blocks, page.elements) if page is not None else text


def read_page(html: str) -> PageParts | None:
    """Parse the page once, and take from the one tree its metadata, its blocks and trafilatura's answer."""
    if html.count("</html") + html.count("</HTML") > 1:
        # What follows the first end would be lost with it; browsers show it.
        html = _PAGE_END.sub("", html)
    tree = _parse(html)
    if tree is None:
        return None
    metadata = find_metadata(tree)
    times = _times(tree)
    strip_furniture(tree)
    body = tree.find("body")
    blocks, elements = split_blocks(tree if body is None else body)
    signs = metadata.says_news + any(meter in html for meter in _METERS)
    evidence = PageEvidence(metadata.titles, metadata.description, metadata.body, _trafilatura(tree), signs)
    if metadata.url is None and (saved := _SAVED.search(html, 0, _PAGE_WITHIN)):
        metadata = replace(metadata, url=saved[1])
    return PageParts(blocks, elements, evidence, metadata, times)


def _times(tree: HtmlElement) -> frozenset[str]:
    """Return the times and dates that the page marks as such, squashed."""
    nodes = [*tree.iterdescendants("time"), *tree.xpath(_DATED)]
    return frozenset(time for node in nodes if (time := squash(_short_text(node, _TIME_CHARS))))


def _short_text(node: HtmlElement, most: int) -> str:
    """Return an element's text, or none if it is longer: a time without its end tag holds half the page."""
    text = ""
    for part in node.itertext():
        text += part
        if len(text) > most:
            return ""
    return text


def _parse(html: str) -> HtmlElement | None:
    """Return the page's tree, or None where there is hardly a tag."""
    if filed := _FILING.match(html):
        html = html[filed.end() :]
    looks_whole = "html" in html[:_BEGINNING].lower() or _PAGE.search(html, 0, _PAGE_WITHIN) is not None
    if _CLOSED.search(html, 0, _PAGE_WITHIN):
        html = _CLOSED.sub(r"\1>", html, count=1)
    for character in _NO_CHARACTERS:
        html = html.replace(character, "")
    # Six times faster than taking the characters out of the text.
    content = html.encode("utf-8", "surrogatepass").translate(None, _CONTROLS)
    try:
        tree = fromstring(content, parser=_PARSER)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if looks_whole or len(tree) > 1 else None


def drop_copies(blocks: Sequence[Block], elements: Elements) -> list[Block]:
    """Return the blocks without the copies of paragraphs, and without the article flattened into one block.

    Of two copies the one stays whose element is of the commoner kind, or else the first: a pull quote may stand above
    the paragraph that it repeats. Shorter lines are copies only between those of paragraphs.
    """
    texts = [squash(block.text) for block in blocks]
    kinds = Counter(elements.kind[block.element] for block in blocks)
    best: dict[str, int] = {}
    for at, text in enumerate(texts):
        rival = best.setdefault(text, at)
        if kinds[elements.kind[blocks[at].element]] > kinds[elements.kind[blocks[rival].element]]:
            best[text] = at
    is_copy = [best[text] != at and _has_words(blocks[at].text, _COPY_WORDS) for at, text in enumerate(texts)]
    times = Counter(texts)
    for again, run in groupby(range(len(blocks)), key=lambda at: is_copy[at] or times[texts[at]] > 1):
        ats = list(run)
        if again and sum(is_copy[at] for at in ats) >= _COPIES:
            for at in ats:
                is_copy[at] = best[texts[at]] != at
    kept = [pair for pair, again in zip(zip(blocks, texts, strict=True), is_copy, strict=True) if not again]
    return [block for block, text in kept if not (_has_words(block.text, _SWALLOW_WORDS) and _swallows(text, kept))]


def _swallows(text: str, others: Sequence[tuple[Block, str]]) -> bool:
    """Tell whether most of a text is that of other blocks."""
    inside = [
        len(other) for _, other in others if len(other) >= _SWALLOWED_LETTERS and other is not text and other in text
    ]
    return len(inside) >= _SWALLOWED and sum(inside) >= _SWALLOWED_SHARE * len(text)


def _words(text: str) -> int:
    """Count the words by white space; in scripts without spaces, by letters."""
    return max(len(text.split()), 0 if text.isascii() else len(words_of(text)))


def _has_words(text: str, least: int) -> bool:
    """Tell whether a text has so many words; most need not be counted by letters for it."""
    return len(text) >= least and (len(text.split()) >= least or _words(text) >= least)


def _trafilatura(tree: HtmlElement) -> str:
    try:
        found = trafilatura.bare_extraction(tree, fast=True, include_comments=False)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, etree.LxmlError):
        # It is one piece of evidence, and broken markup makes it stumble in many ways.
        return ""
    return (found.text or "") if isinstance(found, Document) else ""


def _joined(blocks: Sequence[Block], elements: Elements) -> str:
    """Return the blocks as text: paragraphs parted by a blank line, items and cells by a line end."""
    parts: list[str] = []
    previous = ""
    for block in blocks:
        tag = elements.tag[block.element]
        if parts:
            parts.append("\n" if tag in _TIGHT and previous in _TIGHT else "\n\n")
        parts.append(block.text)
        previous = tag
    return "".join(parts)
