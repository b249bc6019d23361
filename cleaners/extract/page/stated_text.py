"""The article's text where a page's markup has none: in JSON-LD, in its application's data, behind `noscript`."""

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_KEYS = frozenset({"articlebody", "body", "content", "html", "text", "paragraphs", "blocks", "bodytext", "maintext"})
_INNER = ("text", "html", "content", "value", "children", "data", "paragraphs", "blocks")
# Objects within objects that are looked into, as for metadata.
_DEPTH = 12
_SENTENCE = re.compile(r"[.!?…。！？؟۔।]")
# A text has sentences; the longest string of an application is otherwise its style.
_SENTENCES = 3
_CODE = re.compile(r"[{};]\s*[{};]|function\s*\(|=>")
_LOGIC = re.compile(r"</?noscript\b", re.IGNORECASE)


def data_text(tree: HtmlElement) -> str:
    """Return the longest text under a name for one in the page's JSON, or an empty one."""
    best = ""
    for script in tree.iter("script"):
        if "json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            value = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue
        for text in _texts(value, _DEPTH):
            if len(text) > len(best) and len(_SENTENCE.findall(text)) >= _SENTENCES and not _CODE.search(text):
                best = text
    return best


def with_noscript(html: str) -> str:
    """Return the page as a browser without scripts shows it."""
    return _LOGIC.sub(lambda tag: "</div" if tag[0][1] == "/" else "<div", html)


def _texts(value: object, depth: int) -> Iterator[str]:
    if not depth:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            if key.replace("_", "").lower() in _KEYS:
                yield _joined(part, depth - 1)
            if isinstance(part, dict | list):
                yield from _texts(part, depth - 1)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, depth - 1)


def _joined(value: object, depth: int) -> str:
    """Return the paragraphs of a list or an object of text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and depth:
        return "\n\n".join(text for part in value if (text := _joined(part, depth - 1)))
    if isinstance(value, dict) and depth:
        return next((text for key in _INNER if (text := _joined(value.get(key), depth - 1))), "")
    return ""
