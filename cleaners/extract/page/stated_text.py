"""The article's text where a page's markup has none: in JSON-LD, in its application's data, behind `noscript`."""

import json
import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from cleaners.extract.page.words import squash

_KEYS = frozenset(
    {"articlebody", "body", "content", "html", "text", "paragraphs", "blocks", "bodytext", "maintext"}
    | {"bodyhtml", "contenthtml", "articlehtml", "storybody", "fulltext", "rendered", "articletext"}
)
_INNER = ("text", "html", "content", "value", "children", "data", "paragraphs", "blocks")
# What stands inside a paragraph of an editor's document (ProseMirror, Contentful, Slate, Lexical, Portable Text), and
# the names of a node's kind there.
_INLINE = frozenset({"text", "span", "link", "hyperlink", "autolink", "entity", "em", "strong", "bold", "italic"})
_KINDS = ("type", "nodeType", "_type")
# Objects within objects that are looked into, as for metadata.
_DEPTH = 12
_SENTENCE = re.compile(r"[.!?…。！？؟۔।]")
# A text has sentences; the longest string of an application is otherwise its style.
_SENTENCES = 3
_CODE = re.compile(r"[{};]\s*[{};]|function\s*\(|=>")
# What a script sets a name to: `window.__STATE__ = {...}`, `var data = JSON.parse("...")`.
_SET = re.compile(
    r"(?:\b(?:window|self|globalThis)\s*(?:\.\s*[\w$]+|\[\s*['\"][\w$.-]+['\"]\s*\])|\b(?:var|let|const)\s+[\w$]+)\s*=\s*"
    r"(?P<parse>JSON\.parse\(\s*)?(?=[\[{\"'])"
)
_DECODER = json.JSONDecoder(strict=False)
# Characters of a text among which its first paragraphs stand.
_HEAD_CHARS = 2_000
# Values that one script sets.
_MOST_SET = 20
_LOGIC = re.compile(r"</?(?:noscript|template)\b", re.IGNORECASE)


def data_text(tree: HtmlElement, beginning: str = "") -> str:
    """Return the longest text under a name for one in the page's JSON, or an empty one.

    With `beginning`, the letters of a paragraph, the longest of those that have it among their first paragraphs.
    """
    best = ""
    for script in tree.iter("script"):
        for value in _values(script.get("type") or "", script.text or ""):
            for text in _texts(value, _DEPTH):
                if len(text) > len(best) and len(_SENTENCE.findall(text)) >= _SENTENCES and not _CODE.search(text):
                    head = squash(text[:_HEAD_CHARS]) if beginning else ""
                    best = text if beginning in head else best
    return best


def _values(kind: str, script: str) -> Iterator[object]:
    """Yield the values of a script: the one that it is, if it is JSON, else those that it sets names to."""
    starts = [0] if "json" in kind else [found.end() for found in islice(_SET.finditer(script), _MOST_SET)]
    for start in starts:
        begun = script[start : start + 1]
        try:
            if begun == "'":
                # A string of JavaScript in single quotes is one of JSON in double ones, but for these two.
                end = script.index("')", start)
                text = script[start + 1 : end].replace("\\'", "'").replace("\\\\", "\\")
                yield _DECODER.decode(text)
                continue
            value, _ = _DECODER.raw_decode(script, start if begun else len(script))
            yield _DECODER.decode(value) if isinstance(value, str) else value
        except (ValueError, RecursionError):
            continue


def with_noscript(html: str) -> str:
    """Return the page as a browser without scripts shows it, with its templates."""
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
        if any(isinstance(part, dict) and _is_inline(part) for part in value):
            return "".join(_inline_text(part, depth - 1) for part in value).strip()
        return "\n\n".join(text for part in value if (text := _joined(part, depth - 1)))
    if isinstance(value, dict) and depth:
        return next((text for key in _INNER if (text := _joined(value.get(key), depth - 1))), "")
    return ""


def _is_inline(node: dict[str, object]) -> bool:
    return any(node.get(name) in _INLINE for name in _KINDS)


def _inline_text(value: object, depth: int) -> str:
    """Return the text of what stands inside a paragraph, with its spaces."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth:
        return "".join(_inline_text(part, depth - 1) for part in value)
    if isinstance(value, dict) and depth:
        return next((text for key in _INNER if (text := _inline_text(value.get(key), depth - 1))), "")
    return ""
