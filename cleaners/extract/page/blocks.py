"""A page's text blocks in reading order, with the elements they stand in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from cleaners.extract.page_words import name_groups, name_mask

_SKIPPED = frozenset((
    "audio", "canvas", "datalist", "embed", "head", "iframe", "input", "link", "map", "math", "meta", "noscript",
    "object", "option", "script", "select", "source", "style", "svg", "template", "textarea", "track", "video",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hgroup", "hr", "html", "label", "legend", "li", "main", "menu", "nav", "ol", "p", "pre",
    "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_ALIASES = {
    "ul": "list", "ol": "list", "dl": "list", "menu": "list", "figcaption": "figure", "tbody": "table", "td": "table",
    "th": "table", "fieldset": "form",
}  # fmt: skip
AREAS = (
    *(
        "nav",
        "header",
        "footer",
        "aside",
        "form",
        "figure",
        "table",
        "list",
        "article",
        "main",
        "blockquote",
        "section",
    ),
    *("hidden", "button", "details", "label"),
)
_AREA_BITS = {name: 1 << bit for bit, name in enumerate(AREAS)}
_HIDDEN = _AREA_BITS["hidden"]
_NAMING = ("class", "id", "itemprop", "role")
_BOLD = frozenset({"b", "strong"})
# The id of a heading repeats its words, and a link to it is a sign of one or two characters.
_ANCHOR_CHARS = 2
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LESSER_HEADINGS = HEADINGS - {"h1"}
# What holds blocks rather than text.
_HOLDING = frozenset(["article", "aside", "body", "div", "footer", "header", "main", "section"])
_NUMBERED = frozenset(["li", "p", "div", "h2", "h3", "h4", "h5"])
_HAS_NUMBER = re.compile(r"\(?\d+\s*[.):]")
_UNNUMBERED = re.compile(r"list-?style(?:-type)?\s*:\s*none", re.IGNORECASE)
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# What an element of a picture's caption is called. The word alone says too little: on one news site the first paragraph
# is the `article-caption`.
_CAPTION = re.compile(
    r"(?<!\S)(?:(?:(?:wp|photo|image|img|figure|fig|media|picture|pic|foto|bild|thumb|lead|gallery)[-_]?)?caption(?:[-_]?text)?"
    r"|(?:photo|image|img|picture|pic|media)[-_]?(?:credits?|attrib(?:ution)?)|image[-_]?description|pictext)(?!\S)",
    re.IGNORECASE,
)
_MAY_BE_CAPTION = re.compile("aption|redit|ttrib|escription|pictext")
# What an element is called that shows a sentence of the text once more, in large letters.
_PULL_QUOTE = re.compile(r"pull(?:ed)?[-_]?quote", re.IGNORECASE)
# Inline elements; one that is called a caption is a block of its own.
_INLINE = frozenset({"cite", "em", "font", "i", "small", "span", "strong"})
# Posts of social networks, as these give them to be put into pages.
_POST = re.compile(
    r"(?<!\S)(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|bluesky-embed|mastodon-embed|text-post-media|reddit-(?:card|embed-bq))"
    r"(?!\S)"
)
# Roles of what stands beside a page's text. Of 10,700 blocks in such elements of marked pages 7 are the article's.
_BOXES = frozenset({"complementary", "dialog", "alertdialog", "contentinfo", "menu", "navigation", "search", "tooltip"})
# What elements of readers' comments are called in other languages than English, of which the model knows the word. On
# marked pages 97 blocks in them were kept, and none is the article's.
_TALK = re.compile(r"[Kk]omm?ent|(?<![a-z])coment|Coment|[Rr]eacties|[Yy]orumlar")
_MAY_BE_TALK = re.compile("ment|acties|orumlar")
_BREAK = "\v"
_COMMENT = 1 << name_groups().index("comment")
# Digits; a longer number of a list item is a mistake, and Python reads no number of 4,300.
_NUMBER_DIGITS = 5


@dataclass(slots=True)
class Elements:
    """The block elements of a page, parents first; every list has one entry an element."""

    parent: list[int] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    # Groups of the element's own names, of its own and its two next ancestors', and of all its ancestors'.
    own: list[int] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    every: list[int] = field(default_factory=list)
    areas: list[int] = field(default_factory=list)
    is_body: list[bool] = field(default_factory=list)
    is_caption: list[bool] = field(default_factory=list)
    is_post: list[bool] = field(default_factory=list)
    is_pull_quote: list[bool] = field(default_factory=list)
    # Whether the element's role, or that of one around it, says that it is no part of the text.
    is_box: list[bool] = field(default_factory=list)
    # Whether its name or one around it says in a language other than English that readers comment there.
    is_talk: list[bool] = field(default_factory=list)
    # Elements with the same tags and classes up to the root, and how many of the same kind one parent has.
    kind: list[int] = field(default_factory=list)
    twins_of: list[tuple[int, int]] = field(default_factory=list)
    twins: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    children: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text in one block element: how much of it is linked and bold, and its inline elements' names."""

    text: str
    element: int
    linked: int
    bold: int
    inline: int


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """A page's blocks, the elements that they stand in, and their features, a column each by name."""

    blocks: Sequence[Block]
    elements: Elements
    features: Mapping[str, NDArray[np.float32]]

    @property
    def is_news(self) -> bool:
        """Whether the page has a sign of a news site."""
        return bool(self.features["news_signs"].any())

    @property
    def tags(self) -> list[str]:
        """The tag of each block's element."""
        return [self.elements.tag[block.element] for block in self.blocks]


def split_blocks(body: HtmlElement) -> tuple[list[Block], Elements]:
    """Return the text blocks under `body` in document order.

    A block ends where a block element begins or ends, and at two line breaks; a single one is `\\n`. Items of ordered
    lists begin with their number, as readers see it.
    """
    return _Splitter().split(body)


class _Splitter:
    """The walk's state: what has been read of the block under way."""

    def __init__(self) -> None:
        self.elements = Elements()
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.linked = self.bold = self.inline = self.breaks = 0
        self.number = ""
        self.kinds: dict[tuple[int, str, str], int] = {}

    def split(self, body: HtmlElement) -> tuple[list[Block], Elements]:
        counters: dict[int, int] = {}
        here = self.enter(body, -1)
        # What is left of a node's children, its block element, inside a link, inside bold, opens a block, its tail.
        stack = [(iter(body), here, False, False, True, body.tail)]
        self.add(body.text, False, False)
        while stack:
            children, here, in_link, in_bold, opens, tail = stack[-1]
            for child in children:
                tag = child.tag
                if (
                    tag in _BLOCKS
                    or (opens and isinstance(tag, str) and "-" in tag and self.stands_apart(child, here))
                    or (tag in _INLINE and _is_caption(child.get("class")))
                ):
                    self.flush(here)
                    inner = self.enter(child, here)
                    if tag == "ol":
                        self.start(child, inner, counters)
                    elif tag == "li" and here in counters:
                        self.count(child, here, counters)
                    self.add(child.text, in_link, False)
                    if len(child):
                        stack.append((iter(child), inner, in_link, False, True, child.tail))
                        break
                    self.flush(inner)
                elif tag == "br":
                    self.breaks += 1
                    if self.breaks > 1:
                        self.flush(here)
                    else:
                        self.parts.append(_BREAK)
                elif isinstance(tag, str) and tag not in _SKIPPED and not self.is_mark(child, here):
                    links, bolds = in_link or tag == "a", in_bold or tag in _BOLD
                    self.add(child.text, links, bolds)
                    if len(child):
                        stack.append((iter(child), here, links, bolds, False, child.tail))
                        break
                self.add(child.tail, in_link, in_bold)
            else:
                stack.pop()
                if opens:
                    self.flush(here)
                if stack:
                    self.add(tail, stack[-1][2], stack[-1][3])
        _inherit(self.elements)
        return self.blocks, self.elements

    def stands_apart(self, node: HtmlElement, here: int) -> bool:
        """Tell whether an element that a site made up (`share-tools`) is a block: no text stands beside it."""
        beside = (node.tail and node.tail.strip()) or any(part.strip() for part in self.parts)
        return self.elements.tag[here] in _HOLDING and not beside

    def is_mark(self, node: HtmlElement, here: int) -> bool:
        """Note the names of an inline element; tell whether it is a count of comments or a heading's link to itself.

        Inside of code they name the parts of a language, whose comments are no reader's.
        """
        if node.tag == "a" and self.elements.tag[here] in HEADINGS and is_anchor(node):
            return True
        if (names := node.get("class")) and self.elements.tag[here] != "pre":
            mask = name_mask(names)
            if mask & _COMMENT and _is_count(node):
                return True
            self.inline |= mask
        return False

    def add(self, text: str | None, in_link: bool, in_bold: bool) -> None:
        # Most of it is white space between elements.
        if not text or (not self.parts and text.isspace()):
            return
        self.parts.append(text)
        if (self.breaks or in_link or in_bold) and (length := len(text.strip())):
            self.breaks = 0
            if in_link:
                self.linked += length
            if in_bold:
                self.bold += length

    def flush(self, here: int) -> None:
        """End the block under way."""
        self.breaks = 0
        if self.parts:
            text = "".join(self.parts)
            self.parts.clear()
            if _BREAK in text:
                text = "\n".join(line for part in text.split(_BREAK) if (line := " ".join(part.split())))
            else:
                text = " ".join(text.split())
            if text:
                if self.number:
                    if self.elements.tag[here] in _NUMBERED and not _HAS_NUMBER.match(text):
                        text = self.number + text
                    self.number = ""
                size = len(text)
                self.blocks.append(Block(text, here, min(self.linked, size), min(self.bold, size), self.inline))
        self.linked = self.bold = self.inline = 0

    def start(self, node: HtmlElement, here: int, counters: dict[int, int]) -> None:
        """Begin counting an ordered list, unless its numbers are not shown."""
        if _UNNUMBERED.search(node.get("style") or ""):
            return
        counters[here] = _number(node.get("start"), default=1)

    def count(self, node: HtmlElement, here: int, counters: dict[int, int]) -> None:
        number = _number(node.get("value"), default=counters[here])
        counters[here] = number + 1
        self.number = f"{number}. "

    def enter(self, node: HtmlElement, parent: int) -> int:
        """Add a block element; return its index."""
        elements = self.elements
        index = len(elements.tag)
        tag = node.tag
        area = _AREA_BITS.get(_ALIASES.get(tag, tag), 0)
        names = classes = ""
        if "-" in tag:
            # The name of an element that a site made up says what a class would.
            names, tag = tag, "div"
        for name, value in node.items():
            if name in _NAMING and not (name == "id" and tag in HEADINGS):
                names = f"{names} {value}" if names else value
                if name == "class":
                    classes = value
            elif _hides(name, value):
                area |= _HIDDEN
        kind = self.kinds.setdefault((elements.kind[parent] if parent >= 0 else -1, tag, classes), len(self.kinds))
        elements.tag.append(tag)
        elements.parent.append(max(parent, 0))
        elements.own.append(name_mask(names) if names else 0)
        elements.areas.append(area)
        elements.is_body.append("rticle" in names and "articlebody" in names.lower())
        elements.is_caption.append(_is_caption(classes))
        elements.is_post.append(tag == "blockquote" and _POST.search(classes) is not None)
        elements.is_pull_quote.append("ull" in classes and _PULL_QUOTE.search(classes) is not None)
        elements.is_box.append((node.get("role") or "").lower() in _BOXES)
        elements.is_talk.append(_MAY_BE_TALK.search(names) is not None and _TALK.search(names) is not None)
        elements.kind.append(kind)
        return index


def _is_caption(classes: str | None) -> bool:
    """Tell whether an element's classes call it the caption or credit of a picture."""
    return bool(classes and _MAY_BE_CAPTION.search(classes) and _CAPTION.search(classes))


def _hides(name: str, value: str) -> bool:
    """Tell whether an attribute hides its element."""
    if name == "style":
        return _NO_DISPLAY.search(value) is not None
    return name == "hidden" or (name == "aria-hidden" and value == "true")


def _inherit(elements: Elements) -> None:
    """Give every element what it has of those that it stands in, and count the likes of each.

    Once behind the walk, not in it: this, and asking for all attributes at once, saves a fifth of the time of the walk.
    """
    parent, own, kind = elements.parent, elements.own, elements.kind
    areas = elements.areas
    handed_down = (elements.is_body, elements.is_post, elements.is_pull_quote, elements.is_box, elements.is_talk)
    size = len(parent)
    depth, near, every = [0] * size, own[:1] * size, own[:1] * size
    children, place = [0] * size, [0] * size
    for at in range(1, size):
        above = parent[at]
        depth[at] = depth[above] + 1
        near[at] = own[at] | own[above] | own[parent[above]]
        every[at] = own[at] | every[above]
        areas[at] |= areas[above]
        for has in handed_down:
            has[at] = has[at] or has[above]
        children[above] += 1
        place[at] = children[above]
    groups = list(zip(parent, kind, strict=True))
    groups[0] = (-1, kind[0])
    likes = Counter(groups)
    elements.depth, elements.near, elements.every = depth, near, every
    elements.children, elements.place, elements.twins_of = children, place, groups
    elements.twins = [likes[group] for group in groups]


def up_from(element: int, elements: Elements) -> Iterator[int]:
    """Yield an element and those that it stands in, but the page's own."""
    while element:
        yield element
        element = elements.parent[element]


def is_anchor(node: HtmlElement) -> bool:
    """Tell whether a link in a heading leads to the heading, and is only a sign ("#", "¶")."""
    text = "".join(node.itertext()).strip()
    return 0 < len(text) <= _ANCHOR_CHARS and "#" in (node.get("href") or "") and not any(map(str.isalnum, text))


def _is_count(node: HtmlElement) -> bool:
    """Tell the count of a paragraph's comments, which would be glued to its first or last word."""
    return len(node) == 0 and node.text is not None and node.text.strip().isdecimal()


def _number(value: str | None, *, default: int) -> int:
    """Return the number of a list item that an attribute states."""
    return int(value) if value and value.isdecimal() and len(value) <= _NUMBER_DIGITS else default
