"""What a page says of itself: meta tags, JSON-LD, its headline."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from htmldate import find_date
from lxml.html import HtmlElement

_TITLES = ("og:title", "twitter:title", "dc.title", "headline", "title")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl", "og:article:author")
_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "parsely-pub-date", "pubdate",
    "publish-date", "publication_date", "og:published_time", "sailthru.date", "dcterms.created",
)  # fmt: skip
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_SITE_PART = re.compile(r"\s+[|·»–—-]\s+")
_WORD = re.compile(r"\w+")
_NAMED = re.compile(r"^(?:https?:|www\.|@)|facebook\.com|/", re.IGNORECASE)
_ARTICLE = re.compile(r"article|posting|report|review|webpage|page", re.IGNORECASE)
_LAST_DAY = "2199-12-31"
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """A page's own word on its article; `titles` are all forms of the headline that it gives."""

    title: str | None
    titles: tuple[str, ...]
    author: str | None
    published: str | None
    url: str | None
    language: str | None
    description: str
    body: str


def find_metadata(tree: HtmlElement) -> PageMetadata:
    """Return the page's metadata: JSON-LD before meta tags before the visible page, and no clock is looked at."""
    meta: dict[str, str] = {}
    for node in tree.iter("meta"):
        key = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        value = (node.get("content") or "").strip()
        if key and value:
            meta.setdefault(key, value)
    stated = list(_stated(tree))
    headings = [text for node in tree.iter("h1") if (text := " ".join("".join(node.itertext()).split()))]
    titles = _titles(tree, meta, stated, headings)
    return PageMetadata(
        title=_title(titles, headings, meta.get("og:site_name")),
        titles=titles,
        author=_author(meta, stated),
        published=_published(tree, meta, stated),
        url=_url(tree, meta),
        language=_language(tree, meta),
        description=next((meta[key] for key in _DESCRIPTIONS if key in meta), ""),
        body=max(
            (str(item["articleBody"]) for item in stated if isinstance(item.get("articleBody"), str)),
            key=len,
            default="",
        ),
    )


def _stated(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """Yield the JSON-LD objects that may describe the article."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            value = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(value, _DEPTH)


def _objects(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, depth - 1)
    elif isinstance(value, dict):
        if _ARTICLE.search(str(value.get("@type", ""))) or "articleBody" in value:
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _objects(value.get(key), depth - 1)


def _titles(
    tree: HtmlElement, meta: dict[str, str], stated: list[dict[str, object]], headings: list[str]
) -> tuple[str, ...]:
    found = [meta[key] for key in _TITLES if key in meta]
    found += [str(item["headline"]) for item in stated if isinstance(item.get("headline"), str)]
    for node in tree.iter("title"):
        if node.text and node.text.strip():
            found += [node.text.strip(), _SITE_PART.split(node.text.strip())[0]]
            break
    found += headings[:2]
    return tuple(dict.fromkeys(title.strip() for title in found if title.strip()))


def _title(titles: tuple[str, ...], headings: list[str], site: str | None) -> str | None:
    """Return the headline: the visible one if the page's title agrees, else that title without the site's name."""
    if not titles:
        return None
    stated = titles[0]
    agreed = _WORD.findall(stated.lower())
    for heading in headings:
        words = _WORD.findall(heading.lower())
        if words and len(set(words) & set(agreed)) * 2 >= len(set(words) | set(agreed)):
            return heading
    parts = _SITE_PART.split(stated)
    if len(parts) > 1 and (len(parts[-1]) * 3 < len(stated) or parts[-1].strip() == site):
        return stated[: stated.rindex(parts[-1])].rstrip(" |·»–—-")
    return stated


def _author(meta: dict[str, str], stated: list[dict[str, object]]) -> str | None:
    for item in stated:
        if name := _name(item.get("author"), _DEPTH):
            return name
    return next((meta[key] for key in _AUTHORS if key in meta and not _NAMED.search(meta[key])), None)


def _name(value: object, depth: int) -> str | None:
    if isinstance(value, str):
        return value.strip() if value.strip() and not _NAMED.search(value) else None
    if isinstance(value, dict) and depth:
        return _name(value.get("name"), depth - 1)
    if isinstance(value, list) and depth:
        return ", ".join(dict.fromkeys(name for part in value if (name := _name(part, depth - 1)))) or None
    return None


def _published(tree: HtmlElement, meta: dict[str, str], stated: list[dict[str, object]]) -> str | None:
    for item in stated:
        if isinstance(date := item.get("datePublished"), str) and date.strip():
            return date.strip()
    if date := next((meta[key] for key in _DATES if key in meta), None):
        return date
    # Markup only, up to a fixed day: free text gives wrong dates, and "today" would differ from run to run.
    found: str | None = find_date(tree, original_date=True, extensive_search=False, max_date=_LAST_DAY)
    return found


def _url(tree: HtmlElement, meta: dict[str, str]) -> str | None:
    for node in tree.iter("link"):
        if (node.get("rel") or "").lower() == "canonical" and (node.get("href") or "").startswith("http"):
            return str(node.get("href")).strip()
    url = meta.get("og:url", "")
    return url if url.startswith("http") else None


def _language(tree: HtmlElement, meta: dict[str, str]) -> str | None:
    code = tree.get("lang") or meta.get("og:locale") or meta.get("language") or ""
    code = re.split(r"[-_]", code.strip().lower())[0]
    return code if code.isalpha() and len(code) == 2 else None
