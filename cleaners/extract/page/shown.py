"""What a page shows around its headline: who wrote the article."""

import re
from collections.abc import Container, Iterator

from lxml.html import HtmlElement

from cleaners.dates import parse_date
from cleaners.extract.authors import (
    announces_author,
    has_rare_surname,
    is_phrase,
    names_organisation,
    names_person,
    people_named,
)

# Names of elements that hold authors, folders of a site that hold a page for each.
_CALLED = re.compile(
    r"author|(?<![\w-])auth(?![\w-])|byline|writer|autor|auteur|contributor|journalist|redakteur|verfasser|createdby|muhabir|hcard",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(
    r"(?<!licenses)[/?&=-](?:authors?|by|profiles?|people|staff|contributors?|autor(?:en|es|in)?|auteurs?|writers?"
    r"|journalist[a-z]*|signataires?|redaktion|newsteam|editors|reporters?|columnists?)[/=][^/?#]{2,}",
    re.IGNORECASE,
)
# One of these stands in every class that is looked at, whose first letters alone may be capitals.
_MAY_BE_CALLED = re.compile("uth|yline|riter|utor|uteur|ournalist|edakteur|erfasser|reatedby|uhabir|hcard")
# Other attributes of which the value may say so.
_CALLED_BY = ("data-component", "data-testid", "aria-label", "id")
_CALLED_OTHERWISE = re.compile(r"author|autor|byline|contributor info", re.IGNORECASE)
# Parts of an author's element that hold no name, and elements whose authors are of something else.
_NO_NAME = re.compile(
    r"image|photo|avatar|picture|social[-_]?(?:link|media|icon)|share|follow|icon|(?<![a-z])(?<!has-)bio(?![a-z])|biograph|descri"
    r"|(?<![a-z])job|role|(?<![a-z])title|(?<![a-z])date(?!-?(?:and-?)?author)|timestamp|popup|tooltip|hidden|sr-only|screen-reader|breadcrumb",
    re.IGNORECASE,
)
_NO_TEXT = frozenset({"button", "figure", "form", "img", "script", "style", "svg", "time", "template"})
_OTHERS = re.compile(
    r"(?<![\w-])comments?(?![a-z])|comment-?(?:list|body|author|content|text)|respond|disqus|related|recommend|popular"
    r"|trending|recirc|teaser|(?<![\w-])latest|most-?read|read-?next|sidebar|widget-area|promo|carousel|newsletter"
    r"|(?<![\w-])nav(?![a-z])|navbar|menu|breadcrumb|recent|also-?like|theme-author|testimonial|site-footer|page-footer|colophon"
    r"|offerer|(?<![a-z_])preview|read-?more",
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
# Characters of a paragraph.
_PROSE = 100
# A line of a Chinese page that has date, source and author is no longer.
_INFO_CHARS = 120


def shown_authors(tree: HtmlElement, title: str | None, language: str | None) -> list[str]:
    """Return the names of those who wrote the article, as the page shows them by its headline or under its text."""
    nodes = list(tree.iter())
    head = headline_at(tree, nodes, title)
    first = max(0, head - _ABOVE)
    around = nodes[first : head + _BELOW + 1]
    # Looking at each element here takes less than half the time of a path. The first is the page itself.
    called = [(node, at - head) for at, node in enumerate(nodes) if at and _is_called(node)]
    links = [(node, at - head) for at, node in enumerate(around, first) if node.tag == "a" and _leads_to_author(node)]
    from_head = {node: distance for node, distance in dict([*called, *links]).items() if not _is_of_others(node)}
    found = sorted(from_head, key=lambda node: (from_head[node] < 0, abs(from_head[node])))
    near = [node for node in found if -_ABOVE <= from_head[node] <= _BELOW]
    line, names = _byline(around)
    if line is not None and (not near or abs(around.index(line) + first - head) < abs(from_head[near[0]])):
        return names
    if shown := _first_names(near) or names:
        return shown
    # An author by the headline who is no person, such as an agency, is the article's; a name far away is not.
    is_stated = any(_is_sure(node) and (text := node.text_content().strip()) and not is_phrase(text) for node in near)
    far = [] if is_stated else _first_names(found)
    return far or _beside_date(nodes[head : head + _BELOW], title, language)


def headline_at(tree: HtmlElement, nodes: list[HtmlElement], title: str | None) -> int:
    """Return the place among a page's elements of its headline: of the heading that is the title, else of the first."""
    heads = list(tree.iter("h1", "h2", "h3"))
    wanted = "".join((title or "").split())
    exact = (node for node in heads if wanted and "".join("".join(node.itertext()).split()) == wanted)
    head = next(exact, next((node for node in heads if node.tag == "h1"), None))
    if head is None and wanted:
        # Old pages show the headline in large letters.
        large = tree.iter("b", "strong", "font", "p", "div", "span", "td")
        head = next((node for node in large if "".join((node.text or "").split()) == wanted), None)
    return nodes.index(head) if head is not None else 0


def _is_called(node: HtmlElement) -> bool:
    """Tell whether an element is itself called after authors."""
    classes = node.get("class")
    is_called = classes and _MAY_BE_CALLED.search(classes) and _CALLED.search(classes)
    if is_called or _is_sure(node):
        return True
    return any((value := node.get(name)) and _CALLED_OTHERWISE.search(value) for name in _CALLED_BY)


def _leads_to_author(node: HtmlElement) -> bool:
    """Tell whether a link leads to an author's page, and stands in a line of its own."""
    if not _AUTHOR_PAGE.search(node.get("href") or ""):
        return False
    parent = node.getparent()
    return parent is None or len("".join(parent.itertext())) <= _PARAGRAPH


def _is_of_others(node: HtmlElement) -> bool:
    """Tell whether an element holds no name or date of the article: of a picture, a comment, a menu, another story."""
    return node.tag in _WHOLE or _NO_NAME.search(node.get("class") or "") is not None or is_in_others(node)


def is_in_others(node: HtmlElement, own: Container[HtmlElement] = ()) -> bool:
    """Tell whether an element stands in a picture, a comment, a menu, another story or a labelled row of a table.

    Elements of `own` are the article's.
    """
    above: HtmlElement | None = node
    for _ in range(_UP):
        if above is None or above.tag == "body" or above in own:
            return False
        if above.tag in _OTHER_TAGS or _OTHERS.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            return True
        if above.tag == "tr" and above.find("th") is not None:
            return True
        above = above.getparent()
    return False


def _first_names(nodes: list[HtmlElement]) -> list[str]:
    """Return the names in the first element that has any, and in those beside it.

    If some of these elements are an author's by their markup, names that stand in others alone are topics and papers.
    """
    found: list[list[str]] = []
    sure: set[str] = set()
    around: set[HtmlElement] | None = None
    for node in nodes:
        if (around is None or around & _around(node)) and (shown := _names_in(node)):
            around = around or _around(node)
            found.append(shown)
            sure.update(shown if _is_sure(node) else ())
    names = [name for shown in found if not sure or not sure.isdisjoint(shown) for name in shown]
    return list(dict.fromkeys(names))[:_MOST]


def _around(node: HtmlElement) -> set[HtmlElement]:
    """Return an element and the two that it stands in, but for those that hold the whole article."""
    parent = node.getparent()
    above = parent.getparent() if parent is not None else None
    return {element for element in (node, parent, above) if element is not None and element.tag not in _WHOLE}


def _byline(nodes: list[HtmlElement]) -> tuple[HtmlElement | None, list[str]]:
    """Return the element and the names of a line that begins with "By", of the elements around the headline."""
    for node in nodes:
        if not isinstance(node.tag, str) or node.tag in _NO_TEXT:
            continue
        line = " ".join((node.text or "").split())
        if not line or len(line) > _LINE:
            continue
        is_whole = not (len(node) and line.endswith(_JOINING[1:]))
        if is_whole and announces_author(line) and (names := people_named(line, least_words=2)):
            return node, names
        whole = " ".join("".join(node.itertext()).split()) if len(node) and announces_author(f"{line} A") else ""
        if 0 < len(whole) <= _LINE and (names := people_named(whole, least_words=2)) and not is_in_others(node):
            return node, names
    return None, []


def _beside_date(nodes: list[HtmlElement], title: str | None, language: str | None) -> list[str]:
    """Return the names in a line of nothing else that stands right before or behind a date, under the headline.

    `nodes` begin with the headline; the line is looked for up to the first paragraph.
    """
    lines: list[tuple[str, bool]] = []
    for node in nodes[1:]:
        if not isinstance(node.tag, str) or node.tag in _NO_TEXT - {"time"}:
            continue
        if node.text and len(node.text.strip()) > _PROSE:
            break
        may_be_name = node.tag not in ("a", "time") and not _is_of_others(node)
        for text, is_own in ((node.text, may_be_name), (node.tail, False)):
            if text and text.strip():
                lines.append((" ".join(text.split()), is_own))
    about = set((title or "").lower().split())
    for at, (line, may_be_name) in enumerate(lines):
        beside = [text for text, _ in lines[max(0, at - 1) : at] + lines[at + 1 : at + 2]]
        if not may_be_name or len(line) > _LINE or not any(parse_date(text) for text in beside):
            continue
        names = people_named(line, least_words=2)
        words = [word for name in names for word in name.split()]
        is_all = len(words) >= len([word for word in line.split() if not _JOINT.fullmatch(word)])
        is_foreign = about.isdisjoint(word.lower() for word in words) and not any(map(names_organisation, names))
        if names and is_all and is_foreign and all(has_rare_surname(name, language) for name in names):
            return names
    return []


def _is_sure(node: HtmlElement) -> bool:
    """Tell whether an element is an author's by its markup, and not only by what its classes are called."""
    return "author" in f"{node.get('rel') or ''} {node.get('itemprop') or ''}".split()


def _names_in(node: HtmlElement) -> list[str]:
    """Return the names of an element: the first, and those that commas and "and" join to it."""
    is_sure = _is_sure(node) or "/author" in (node.get("href") or "")
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
            named = people_named(piece, least_words=1 if is_sure else 2)
            names += filter(names_person, named) if names else named
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


def in_line(tree: HtmlElement, pattern: re.Pattern[str]) -> str | None:
    """Return what the first short line of the page says that the pattern names without doubt."""
    # Hardly a page has one, and its whole text is searched in half the time.
    if not pattern.search(tree.text_content()):
        return None
    for text in tree.itertext():
        if len(text) < _INFO_CHARS and not text.isascii() and (found := pattern.search(text)):
            return found[1]
    return None
