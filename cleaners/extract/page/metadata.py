"""What a page says of itself in meta tags and JSON-LD, and what it shows where it states nothing."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from lxml.html import HtmlElement

from cleaners.extract.authors import (
    clean_author,
    is_full_name,
    names_company,
    names_organisation,
    names_person,
    people_named,
)
from cleaners.extract.page.published import find_published
from cleaners.extract.page.shown import in_line, shown_authors
from cleaners.extract.page.titles import agree, find_title, headline_of, is_site, site_names, stated_titles
from cleaners.extract.page.words import squash

# Names of meta tags, as `_letters` writes them, best first.
_AUTHORS = (
    "author", "articleauthor", "dccreator", "parselyauthor", "sailthruauthor", "byl", "byline", "dctermscreator",
    "cxenseparseauthor", "citationauthor",
)  # fmt: skip
_SIGNS = re.compile(r"^og(?=[:.])|[^a-z]+")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_ARTICLE = re.compile(r"article|posting|report|review|webpage|page", re.IGNORECASE)
_ORGANISATION = re.compile(r"organi[sz]ation", re.IGNORECASE)
_TELLING = ("meta", "script", "h1", "title", "link")
# Objects within objects that are looked into; deeper ones are an application's.
_DEPTH = 12
# What stands round JSON-LD, or in it, and is none.
_WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)
_HAN_AUTHOR = re.compile(
    r"(?:作者|记者|記者)(?:\s*[:：]\s*|(?=[\u4e00-\u9fff]{2,4}[／/]))([^\s\d|｜／/，,、:：“”《》]{2,8})"
)
_REPORTING = re.compile(r"(?:^|\()\s*Reporting by ([^;.()]+)")
_CREDIT_CHARS = 300
# A user's name, which some sites state as the author.
_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]*")
# A surname before its first names. Catalogues of papers write names so; elsewhere they may be two people's.
_CATALOGUES = frozenset({"dccreator", "dctermscreator", "citationauthor"})
_TURNED = re.compile(r"^([^,]+), ([^,]+)$")
# Letters of an author in capitals that is no abbreviation.
_CAPITALS = 6


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """A page's own word on its article; `titles` are all forms of the headline that it gives.

    `says_news` counts how it calls itself news: by the type of its article, by keywords for news search.
    """

    title: str | None
    titles: tuple[str, ...]
    author: str | None
    published: str | None
    url: str | None
    language: str | None
    description: str
    body: str
    says_news: int


def find_metadata(tree: HtmlElement) -> PageMetadata:
    """Return the page's metadata: JSON-LD before meta tags before the visible page, and no clock is looked at."""
    # One walk for all takes a quarter of the time of one for each.
    parts: dict[str, list[HtmlElement]] = {tag: [] for tag in _TELLING}
    for node in tree.iter(*_TELLING):
        parts[node.tag].append(node)
    meta: dict[str, list[str]] = {}
    for node in parts["meta"]:
        key = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        value = (node.get("content") or "").strip()
        for name in {key, _letters(key)} - {""} if value else ():
            meta.setdefault(name, []).append(value)
    objects = list(_stated(parts["script"]))
    # Beside another, a first heading in a menu is the site's name.
    heads = [node for node in parts["h1"] if next(node.iterancestors("nav"), None) is None]
    titled = [value for key in ("og:title", "twitter:title") for value in meta.get(key, ())]
    headings = [text for node in heads or parts["h1"] if (text := headline_of(node, titled))]
    stated = [item for item in objects if _ARTICLE.search(str(item.get("@type", ""))) or "articleBody" in item]
    own = _of_headline(stated, headings)
    said = stated_titles(parts["title"], meta, stated)
    titles = tuple(dict.fromkeys([*said, *headings[:2]]))
    url = _url(parts["link"], meta)
    sites = site_names(meta, stated, url)
    title = find_title(tree, said, headings, sites)
    language = _language(tree, meta)
    return PageMetadata(
        title=title,
        titles=titles,
        author=_as_shown(tree, _author(tree, meta, own, objects, title, sites)),
        published=find_published(tree, meta, own, url, title, language),
        url=url,
        language=language,
        description=next((meta[key][0] for key in _DESCRIPTIONS if key in meta), ""),
        body=max(
            (str(item["articleBody"]) for item in stated if isinstance(item.get("articleBody"), str)),
            key=len,
            default="",
        ),
        says_news=any("NewsArticle" in str(item.get("@type", "")) for item in stated) + ("news_keywords" in meta),
    )


def _letters(key: str) -> str:
    """Return the letters of a meta tag's name, which sites part by different signs, without "og" before them."""
    return _SIGNS.sub("", key)


def _as_shown(tree: HtmlElement, author: str | None) -> str | None:
    """Return the author as the page shows the name, if it is stated in capitals or with the surname first."""
    if author is None:
        return None
    if (name := _TURNED.sub(r"\2 \1", author)) != author:
        return name if name in tree.text_content() else author
    if not author.isupper() or len(author) < _CAPITALS:
        return author
    shown = (found[0] for found in re.finditer(re.escape(author), tree.text_content(), re.IGNORECASE))
    return next((name for name in shown if not name.isupper() and not name.islower()), author)


def _stated(scripts: Sequence[HtmlElement]) -> Iterator[dict[str, object]]:
    """Yield the objects of the page's JSON-LD, those in others after them."""
    for script in scripts:
        if "ld+json" in (script.get("type") or "") and script.text:
            yield from _objects(_loaded(script.text), _DEPTH)


def _of_headline(stated: list[dict[str, object]], headings: Sequence[str]) -> list[dict[str, object]]:
    """Return the objects without those of other stories, if one has a headline that the page shows as its own."""
    own = [any(agree(heading, str(item.get("headline") or "")) for heading in headings) for item in stated]
    if not any(own):
        return stated
    return [item for item, is_own in zip(stated, own, strict=True) if is_own or not item.get("headline")]


def _loaded(text: str) -> object:
    """Return the value of JSON-LD, also where comments stand round it, commas too many in it, or it is escaped."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    plain = _WRAPPING.sub("", _WRAPPING.sub("", text))
    for attempt in (plain, _TRAILING_COMMA.sub("", _COMMENT.sub("", plain)), unescape(plain)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, depth - 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _objects(value.get(key), depth - 1)


def _author(
    tree: HtmlElement,
    meta: dict[str, list[str]],
    stated: list[dict[str, object]],
    objects: list[dict[str, object]],
    title: str | None,
    sites: Sequence[str],
) -> str | None:
    """Return the authors' names: people before organisations, what is stated before what is shown."""
    known = {str(item["@id"]): item for item in objects if "@id" in item and "name" in item}
    organisation: str | None = None
    for item in stated:
        names = _names(item.get("author"), known, _DEPTH)
        people = [name for value, is_person in names if is_person for name in _without_site(value, sites)]
        if people := [name for name in people if not names_organisation(name)] or people:
            return ", ".join(dict.fromkeys(people))
        organisation = organisation or next((name for value, _ in names if (name := clean_author(value))), None)
    doubtful: str | None = None
    own: str | None = None
    for key in _AUTHORS:
        values = meta.get(key, ())
        own = own or next((name for name in map(clean_author, values) if name and not _is_sites(name, sites)), None)
        if key in _CATALOGUES:
            values = [_TURNED.sub(r"\2 \1", value) for value in values]
        found = [name for value in values for name in _without_site(value, sites)]
        people = [name for name in found if not (names_organisation(name) or is_site(name.split(",")[0], sites))]
        if sure := [name for name in people if not (_ACCOUNT.fullmatch(name) or _is_owner(tree, meta, name))]:
            return ", ".join(dict.fromkeys(sure))
        doubtful = doubtful or ", ".join(dict.fromkeys(people))
        organisation = organisation or (found[0] if found else None)
    if doubtful and not _ACCOUNT.fullmatch(doubtful):
        return doubtful
    # An agency that the page states beside its writer is no person.
    known_names = (squash(organisation), *sites) if organisation and not doubtful else sites
    shown = in_line(tree, _HAN_AUTHOR) or _shown(tree, title, known_names) or _reporters(tree)
    if doubtful and not (shown and " " in shown):
        # What is shown with no first name may be a reader's account too.
        return doubtful
    # The name of a personal site is its author's.
    if shown or (own and is_full_name(own)):
        return shown or own
    # Of 14 companies that 1,300 pages state, none wrote the article; two had only made the site.
    return None if organisation is None or names_company(organisation) else organisation


def _is_owner(tree: HtmlElement, meta: dict[str, list[str]], name: str) -> bool:
    """Tell whether the page says that the copyright is with somebody of this name, such as a house of many papers."""
    owned = re.compile(rf"(?:©|\(c\)|copyright)[\s\d©(c),–-]{{0,40}}{re.escape(name)}(?!\w)", re.IGNORECASE)
    return any(map(owned.search, (tree.text_content(), *meta.get("copyright", ()))))


def _reporters(tree: HtmlElement) -> str | None:
    """Return the names in a line such as "(Reporting by Ada Brandt in Osk; Editing by ...)" under an article."""
    for text in tree.itertext():
        if len(text) < _CREDIT_CHARS and (found := _REPORTING.search(text)):
            return ", ".join(people_named(found[1], least_words=2)) or None
    return None


def _without_site(value: str, sites: Sequence[str]) -> list[str]:
    """Return a statement of authors without the site, agency or role behind it, as a list of one or none."""
    parts = [] if is_site(value, sites) else (clean_author(value) or "").split(",")
    while parts and (is_site(parts[-1], sites) or (len(parts) > 1 and not names_person(parts[-1]))):
        parts.pop()
    name = ",".join(parts).strip()
    return [name] if name and not is_site(name, sites) else []


def _is_sites(name: str, sites: Sequence[str]) -> bool:
    """Tell whether a name is the site's; a person's may be part of the address of a site of theirs."""
    return is_site(name, (*sites[:-2], "", "") if is_full_name(name) else sites)


def _names(value: object, known: dict[str, dict[str, object]], depth: int) -> list[tuple[str, bool]]:
    """Return the names of a statement of authors, each with whether it may be a person's."""
    if isinstance(value, str):
        return [(value, True)]
    if isinstance(value, dict) and depth:
        if "name" not in value and (other := known.get(str(value.get("@id")))) is not None:
            value = other
        is_person = not _ORGANISATION.search(str(value.get("@type", "")))
        return [(name, is_person and person) for name, person in _names(value.get("name"), known, depth - 1)]
    if isinstance(value, list) and depth:
        return [pair for part in value for pair in _names(part, known, depth - 1)]
    return []


def _shown(tree: HtmlElement, title: str | None, sites: Sequence[str]) -> str | None:
    language = _language(tree, {})
    names = shown_authors(tree, title, language)
    others = [name for name in names if not is_site(name, sites)]
    return ", ".join(others or [name for name in names if not _is_sites(name, sites)]) or None


def _url(links: Sequence[HtmlElement], meta: dict[str, list[str]]) -> str | None:
    for node in links:
        if (node.get("rel") or "").lower() == "canonical" and (node.get("href") or "").startswith("http"):
            return str(node.get("href")).strip()
    url = meta.get("og:url", [""])[0]
    return url if url.startswith("http") else None


def _language(tree: HtmlElement, meta: dict[str, list[str]]) -> str | None:
    code = tree.get("lang") or meta.get("og:locale", [""])[0] or meta.get("language", [""])[0]
    code = re.split(r"[-_]", code.strip().lower())[0]
    return code if code.isalpha() and len(code) == 2 else None
