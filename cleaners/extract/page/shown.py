"""What a page shows around its headline: who wrote the article, and when."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from cleaners.dates import parse_date
from cleaners.extract.authors import announces_author, people_named

# Names of elements that hold authors, folders of a site that hold a page for each.
_CALLED = re.compile(r"author|byline|writer|autor|auteur|contributor|journalist|redakteur|verfasser", re.IGNORECASE)
_AUTHOR_PAGE = re.compile(
    r"(?<!licenses)[/?&=-](?:authors?|by|profiles?|people|staff|contributors?|autor(?:en|es|in)?|auteurs?|writers?"
    r"|journalist[a-z]*|signataires?|redaktion|newsteam|editors|reporters?|columnists?)[/=][^/?#]{2,}",
    re.IGNORECASE,
)
# Folding the case of every class takes a quarter of the time of extraction; the first letters alone differ in case.
_CANDIDATES = etree.XPath(
    './/*[(@class and (contains(@class, "uthor") or contains(@class, "yline") or contains(@class, "riter")'
    ' or contains(@class, "utor") or contains(@class, "uteur") or contains(@class, "ournalist")'
    ' or contains(@class, "edakteur") or contains(@class, "erfasser"))) or @rel="author" or @itemprop="author"]'
)
_LINKS = etree.XPath(".//a[@href]")
# Parts of an author's element that hold no name, and elements whose authors are of something else.
_NO_NAME = re.compile(
    r"image|photo|avatar|picture|social[-_]?(?:link|media|icon)|share|follow|icon|(?<![a-z])bio(?![a-z])|biograph|descri"
    r"|(?<![a-z])job|role|(?<![a-z])title|(?<![a-z])date(?!-?author)|timestamp|popup|tooltip|hidden|sr-only|screen-reader",
    re.IGNORECASE,
)
_NO_TEXT = frozenset({"button", "figure", "form", "img", "script", "style", "svg", "time", "template"})
_OTHERS = re.compile(
    r"(?<![\w-])comments?(?![a-z])|comment-?(?:list|body|author|content|text)|respond|disqus|related|recommend|popular"
    r"|trending|recirc|teaser|(?<![\w-])latest|most-?read|read-?next|sidebar|widget-area|promo|carousel|newsletter"
    r"|(?<![\w-])nav(?![a-z])|navbar|menu|breadcrumb|recent|also-?like|theme-author|testimonial|site-footer|page-footer|colophon",
    re.IGNORECASE,
)
_OTHER_TAGS = frozenset({"nav", "form", "figure", "figcaption"})
_WHOLE = frozenset({"article", "body", "html", "main"})
# How far up from an element its surroundings are looked at: a teaser's element is four or five above its author's.
_UP = 6
_JOINT = re.compile(r"(?:,|;|&|and|und|et|y|e|och|og|en|i|with|mit|/)*", re.IGNORECASE)
_JOINING = (",", "&", " and", " und", " et", " y")
# A name stands this many elements above the headline or below it; farther away it is in a box under the article, or of
# another one.
_ABOVE, _BELOW = 40, 120
# A longer text in an element called after authors is about them; a longer line that begins with "By" is a sentence; a
# longer paragraph with a link to somebody is about them.
_CHARS, _LINE, _PARAGRAPH = 160, 60, 200
_MOST = 8
# Where the date stands, and how long its line is.
_DATE_ABOVE, _DATE_BELOW, _DATE_LINE = 12, 60, 80
_NO_DATE = frozenset({"a", "figcaption", "h1", "h2", "h3", "noscript", "option", "script", "style"})
_UPDATED = re.compile(
    r"updat|modif|aktualisiert|stand:|mis à jour|actualizado|aggiornato|atualizado|zuletzt|last change", re.IGNORECASE
)
_BEFORE = 40


def shown_authors(tree: HtmlElement, title: str | None) -> list[str]:
    """Return the names of those who wrote the article, as the page shows them by its headline or under its text."""
    from_head = _distances(tree, title)
    called = [node for node in elements_in(_CANDIDATES(tree)) if _is_called(node)]
    links = [node for node in elements_in(_LINKS(tree)) if _is_near(from_head[node]) and _leads_to_author(node)]
    nodes = [node for node in dict.fromkeys([*called, *links]) if not _is_of_others(node)]
    nodes.sort(key=lambda node: (from_head[node] < 0, abs(from_head[node])))
    near = [node for node in nodes if _is_near(from_head[node])]
    return _first_names(near) or _byline(from_head) or _first_names(nodes)


def shown_date(tree: HtmlElement, title: str | None) -> str | None:
    """Return the date that stands by the headline, as it is written; one of an update if there is no other."""
    updated: str | None = None
    for node, distance in _distances(tree, title).items():
        if not -_DATE_ABOVE <= distance <= _DATE_BELOW or not isinstance(node.tag, str) or node.tag in _NO_DATE:
            continue
        for text in (node.get("datetime") if node.tag == "time" else None, node.text, node.tail):
            if not text or len(text) > _DATE_LINE or not parse_date(text) or _is_of_others(node):
                continue
            if not _UPDATED.search(f"{text} {node.get('class') or ''} {node.get('itemprop') or ''} {_before(node)}"):
                return " ".join(text.split())
            updated = updated or " ".join(text.split())
            break
    return updated


def _distances(tree: HtmlElement, title: str | None) -> dict[HtmlElement, int]:
    """Return how many elements each one stands below the headline: the heading that is the title, else the first."""
    places = {node: at for at, node in enumerate(tree.iter())}
    heads = list(tree.iter("h1", "h2", "h3"))
    wanted = "".join((title or "").split())
    exact = (node for node in heads if wanted and "".join("".join(node.itertext()).split()) == wanted)
    head = next(exact, next((node for node in heads if node.tag == "h1"), None))
    start = places[head] if head is not None else 0
    return {node: place - start for node, place in places.items()}


def _is_near(distance: int) -> bool:
    return -_ABOVE <= distance <= _BELOW


def _is_called(node: HtmlElement) -> bool:
    """Tell whether an element is itself called after authors."""
    classes = node.get("class") or ""
    return node.get("rel") == "author" or node.get("itemprop") == "author" or _CALLED.search(classes) is not None


def _leads_to_author(node: HtmlElement) -> bool:
    """Tell whether a link leads to an author's page, and stands in a line of its own."""
    if not _AUTHOR_PAGE.search(node.get("href")):
        return False
    parent = node.getparent()
    return parent is None or len("".join(parent.itertext())) <= _PARAGRAPH


def _is_of_others(node: HtmlElement) -> bool:
    """Tell whether an element holds no name or date of the article: of a picture, a comment, a menu, another story."""
    if node.tag in _WHOLE or _NO_NAME.search(node.get("class") or ""):
        return True
    above: HtmlElement | None = node
    for _ in range(_UP):
        if above is None or above.tag == "body":
            return False
        if above.tag in _OTHER_TAGS or _OTHERS.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            return True
        above = above.getparent()
    return False


def _first_names(nodes: list[HtmlElement]) -> list[str]:
    """Return the names in the first element that has any, and in those beside it."""
    names: list[str] = []
    around: set[HtmlElement] | None = None
    for node in nodes:
        if (around is None or around & _around(node)) and (shown := _names_in(node)):
            around = around or _around(node)
            names += shown
    return list(dict.fromkeys(names))[:_MOST]


def _around(node: HtmlElement) -> set[HtmlElement]:
    """Return an element and the two that it stands in, but for those that hold the whole article."""
    parent = node.getparent()
    above = parent.getparent() if parent is not None else None
    return {element for element in (node, parent, above) if element is not None and element.tag not in _WHOLE}


def _byline(from_head: dict[HtmlElement, int]) -> list[str]:
    """Return the names of a line near the headline that begins with "By"."""
    for node, distance in from_head.items():
        if not _is_near(distance) or not isinstance(node.tag, str) or node.tag in _NO_TEXT:
            continue
        line = (node.text or "").strip()
        if len(line) <= _LINE and announces_author(line) and (names := people_named(line, least_words=2)):
            return names
    return []


def _names_in(node: HtmlElement) -> list[str]:
    """Return the names of an element: the first, and those that commas and "and" join to it."""
    is_sure = "author" in (node.get("rel"), node.get("itemprop")) or "/author" in (node.get("href") or "")
    names: list[str] = []
    is_expected = True
    length = 0
    for piece in _pieces(node):
        length += len(piece)
        if length > _CHARS:
            break
        if _JOINT.fullmatch(piece.replace(" ", "")):
            is_expected = True
        elif is_expected:
            names += people_named(piece, least_words=1 if is_sure else 2)
            is_expected = not names or piece.endswith(_JOINING)
    return names


def _pieces(node: HtmlElement) -> Iterator[str]:
    """Yield the texts of an element, one for each text node, but for those that hold no name."""
    if text := " ".join((node.text or "").split()):
        yield text
    for child in node:
        if isinstance(child.tag, str) and child.tag not in _NO_TEXT and not _NO_NAME.search(child.get("class") or ""):
            yield from _pieces(child)
        if text := " ".join((child.tail or "").split()):
            yield text


def _before(node: HtmlElement) -> str:
    """Return the text right before an element, which may say what its date is of, unless it has a date of its own."""
    previous = node.getprevious()
    if previous is None:
        parent = node.getparent()
        return (parent.text or "") if parent is not None else ""
    inside = "".join(previous.itertext()) if isinstance(previous.tag, str) else ""
    return "" if parse_date(inside[-_BEFORE:]) else f"{inside[-_BEFORE:]} {previous.tail or ''}"


def elements_in(found: object) -> list[HtmlElement]:
    """Return the elements that a path has found."""
    return [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []
