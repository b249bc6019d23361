"""What is taken out of a page's tree before its blocks are read: what holds no text, and what nobody sees."""

import re

from lxml import etree
from lxml.html import HtmlElement

_NO_TEXT = (
    *("audio", "canvas", "embed", "iframe", "img", "input", "noscript", "object", "picture", "script", "select"),
    *("source", "style", "svg", "template", "textarea", "video"),
)
_UNSEEN = re.compile(
    r"(?:visually-?hidden|sr-only|screen-?reader(?:-text)?|assistive-text)(?![\w-]*focusable)|(?<!\S)(?:mw-)?editsection(?!\S)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:cookies?|consent|gdpr|privacy)[-_]*(?:consent|banner|notice|bar|law|policy|popup|message|warning|overlay|modal"
    r"|dialog|disclaimer|container|wrapper)|onetrust|cookiebot|cookiehinweis"
    r"|(?<![a-z])(?:consent|lgpd|rgpd|dsgvo)(?:[-_](?:wrap|box|inner|text))?(?![\w-])",
    re.IGNORECASE,
)
# So a builder of sites marks the half of a template that does not apply: a second article of other pages.
_NEVER_SHOWN = "w-condition-invisible"
# One of these stands in every such name; looking for them first takes a quarter of the time.
_HINTS = re.compile(
    "idden|nvisible|sr-only|sronly|reader|editsection|ssistive|ookie|onsent|gd?pr|GDPR|rivacy|netrust|lgpd|dsgvo"
)
_NOTICE_CHARS = 3_000
_LABEL_CHARS = 40
_LABELS = 3


def strip_furniture(tree: HtmlElement) -> None:
    """Take out of the tree what is no text, and menus and footers without paragraphs.

    A third of a page's elements goes, and with it a sixth of the time of all that follows.
    """
    etree.strip_elements(tree, etree.Comment, *_NO_TEXT, with_tail=False)
    _drop_unseen(tree)
    for node in list(tree.iter("nav", "footer")):
        parent = node.getparent()
        # The footer of a quotation says whose it is.
        if parent is not None and parent.tag != "blockquote" and node.find(".//p") is None:
            node.drop_tree()


def _drop_unseen(tree: HtmlElement) -> None:
    """Take out what is never shown, notices that ask for consent, and what only screen readers say again and again.

    Such a label ("Article content" before every paragraph) makes of paragraphs what menus look like.
    """
    labels: dict[str, list[HtmlElement]] = {}
    # A walk takes half the time of a path, and remembering the names' kinds takes as long as finding them.
    found = [
        (node, kind)
        for node in tree.iter(etree.Element)
        if (kind := _unseen_kind(node.get("class")) or _unseen_kind(node.get("id")))
    ]
    for node, kind in found:
        if node.getparent() is None or node.tag in ("html", "body"):
            continue
        if kind == "consent":
            if _is_notice(node):
                node.drop_tree()
        elif kind == "never":
            node.drop_tree()
        else:
            text = "".join(node.itertext()).strip()
            if text and len(text) <= _LABEL_CHARS:
                labels.setdefault(text, []).append(node)
    for nodes in labels.values():
        if len(nodes) >= _LABELS:
            for node in nodes:
                if node.getparent() is not None:
                    node.drop_tree()


def _unseen_kind(name: str | None) -> str | None:
    """Tell whether a class or id says that an element is never shown, for screen readers only, or asks for consent."""
    if not name or not _HINTS.search(name):
        return None
    if _NEVER_SHOWN in name.split():
        return "never"
    if _UNSEEN.search(name):
        return "label"
    return "consent" if _CONSENT.search(name) else None


def _is_notice(node: HtmlElement) -> bool:
    """Tell a notice from a page in an overlay of its name: it has no headline and is short."""
    return node.find(".//h1") is None and len("".join(node.itertext())) <= _NOTICE_CHARS
