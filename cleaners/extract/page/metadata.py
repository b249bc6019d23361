"""What a page says of itself: meta tags, JSON-LD, its headline."""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from cleaners.dates import parse_date
from cleaners.extract.authors import clean_author, names_company, names_organisation, people_named
from cleaners.extract.page.shown import dated_rows, shown_authors, shown_date
from cleaners.extract.page.words import words_of
from cleaners.records import UNSPACED

_TITLES = ("og:title", "twitter:title", "dc.title", "headline", "title")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl", "og:article:author")
_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "parsely-pub-date", "pubdate",
    "publish-date", "publication_date", "og:published_time", "sailthru.date", "dcterms.created",
)  # fmt: skip
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "publisher")
_SITE_PART = re.compile(rf"\s+(?:[|·«»–—-]{{1,2}}|::)\s+|\s*[|｜]\s*|(?<=[{UNSPACED}])\s*[_–—-]+\s*(?=[{UNSPACED}])")
# The number of comments behind a headline.
_COUNT = re.compile(r"\s*\(\d+[^()]*\)$")
_LEAD_PART = re.compile(r":\s+")
_ARTICLE = re.compile(r"article|posting|report|review|webpage|page", re.IGNORECASE)
_ORGANISATION = re.compile(r"organi[sz]ation", re.IGNORECASE)
_LAST_DAY = "2199-12-31"
_TELLING = ("meta", "script", "h1", "title", "link")
# Objects within objects that are looked into; deeper ones are an application's.
_DEPTH = 12
# What stands round JSON-LD, or in it, and is none.
_WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)
# Dates that stand there are of comments, other stories, the site and the last change.
_OTHERS_TAGS = frozenset({"footer", "aside", "nav"})
_OTHERS_CLASS = re.compile("comment|relat|modified|updated")
_CHANGE = re.compile("modified|updated")
_NUMBERS = re.compile(r"(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d)")
_HAN_DATE = re.compile(r"(\d{4}\s*[年년]\s*\d{1,2}\s*[月월]\s*\d{1,2}\s*[日일])")
_HAN_AUTHOR = re.compile(r"(?:作者|记者|記者)\s*[:：]\s*([^\s\d|｜,，、:：]{2,8})")
_REPORTING = re.compile(r"(?:^|\()\s*Reporting by ([^;.()]+)")
_CREDIT_CHARS = 300
# A line of a Chinese page that has date, source and author is no longer.
_INFO_CHARS = 120
# Letters of an author in capitals that is no abbreviation.
_CAPITALS = 6
# Letters of an address's host that a name must have to be the site's.
_SITE_LETTERS = 4
# Words that a title keeps when the site's name is taken off, and characters that no headline exceeds.
_TITLE_WORDS = 3
_HEADLINE_CHARS = 300
# A site's name has fewer words, and it leads to the site's start.
_LONE_WORDS = 4
_START = re.compile(r"(?:(?:https?:)?//[^/?#]*)?/?", re.IGNORECASE)
_JOINT = re.compile(r"[a-zà-ÿ]$")


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
        if key and value:
            meta.setdefault(key, []).append(value)
    objects = list(_stated(parts["script"]))
    headings = [text for node in parts["h1"] if (text := _heading(node))]
    stated = [item for item in objects if _ARTICLE.search(str(item.get("@type", ""))) or "articleBody" in item]
    own = _of_headline(stated, headings)
    said = _titles(parts["title"], meta, stated)
    titles = tuple(dict.fromkeys([*said, *headings[:2]]))
    url = _url(parts["link"], meta)
    sites = _sites(meta, stated, url)
    title = _title(tree, said, headings, sites)
    return PageMetadata(
        title=title,
        titles=titles,
        author=_in_small(tree, _author(tree, meta, own, objects, title, sites)),
        published=_published(tree, meta, own, title),
        url=url,
        language=_language(tree, meta),
        description=next((meta[key][0] for key in _DESCRIPTIONS if key in meta), ""),
        body=max(
            (str(item["articleBody"]) for item in stated if isinstance(item.get("articleBody"), str)),
            key=len,
            default="",
        ),
        says_news=any("NewsArticle" in str(item.get("@type", "")) for item in stated) + ("news_keywords" in meta),
    )


def _in_small(tree: HtmlElement, author: str | None) -> str | None:
    """Return the author as the page shows the name, if it is stated in capitals and shown with small letters."""
    if author is None or not author.isupper() or len(author) < _CAPITALS:
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
    own = [any(_agree(heading, str(item.get("headline") or "")) for heading in headings) for item in stated]
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


def _heading(node: HtmlElement) -> str:
    """Return a heading's text, with a space where an element parts two words and white space does not."""
    parts: list[str] = []
    for child in node.iter():
        tag = child.tag
        joined = parts and _JOINT.search(parts[-1])
        if tag == "br" or (joined and child is not node and child.text and child.text[0].isupper()):
            parts.append(" ")
        if child.text and isinstance(tag, str):
            parts.append(child.text)
        if child is not node and child.tail:
            parts.append(child.tail)
    return " ".join("".join(parts).split()) if len(node) else " ".join((node.text or "").split())


def _titles(
    nodes: Sequence[HtmlElement], meta: dict[str, list[str]], stated: list[dict[str, object]]
) -> tuple[str, ...]:
    """Return all forms of the headline that the page states, those for other sites first."""
    found = [meta[key][0] for key in _TITLES if key in meta]
    found += [str(item["headline"]) for item in stated if isinstance(item.get("headline"), str)]
    for node in nodes:
        if node.text and node.text.strip():
            found += [node.text.strip(), _SITE_PART.split(node.text.strip())[0]]
            break
    return tuple(dict.fromkeys(title.strip() for title in found if title.strip()))


def _sites(meta: dict[str, list[str]], stated: list[dict[str, object]], url: str | None) -> tuple[str, ...]:
    """Return the names of the site that the page gives, squashed; the last is its host."""
    names = [value for key in _SITES for value in meta.get(key, ())]
    names += [
        str(name) for item in stated if isinstance(who := item.get("publisher"), dict) and (name := who.get("name"))
    ]
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        host = None
    return (*(_squash(name) for name in names), _squash((host or "").removeprefix("www.")))


def _squash(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _is_site(part: str, sites: Sequence[str]) -> bool:
    """Tell whether a part of a title is the site's name."""
    name = _squash(part).removeprefix("the")
    return bool(name) and (
        any(name == site.removeprefix("the") for site in sites[:-1])
        or (len(name) >= _SITE_LETTERS and sites[-1].startswith(name))
    )


def _title(tree: HtmlElement, titles: tuple[str, ...], headings: list[str], sites: Sequence[str]) -> str | None:
    """Return the headline: the visible one if a title of the page agrees, else that title without the site's name."""
    if not titles:
        return headings[0] if headings else None
    forms = [title for title in titles if not _is_site(title, sites)] or list(titles)
    for form in forms:
        for heading in headings:
            if not _is_site(heading, sites) and _agree(heading, form):
                return _without_kicker(heading, titles)
    if lone := _lone_heading(tree, forms, sites):
        return lone
    stated = forms[0]
    parts = _SITE_PART.split(stated)
    bounds = [0, *(place for found in _SITE_PART.finditer(stated) for place in found.span()), len(stated)]
    first, last = 0, len(parts) - 1
    while last > first and _is_site(parts[last], sites):
        last -= 1
    while first < last and _is_site(parts[first], sites):
        first += 1
    kept = stated[bounds[2 * first] : bounds[2 * last + 1]]
    if visible := _visible(tree, stated, parts):
        return visible
    if (first, last) == (0, len(parts) - 1) and last and len(parts[-1]) * 3 < len(stated):
        kept = stated[: bounds[2 * last - 1]]
    return kept.strip()


def _lone_heading(tree: HtmlElement, forms: Sequence[str], sites: Sequence[str]) -> str | None:
    """Return the page's only first heading, unless it names the site or a stated title is another heading of the page.

    The site's name leads to its first page; a live page shows the titles of its items below its own.

    Titles for search and sharing often say it in other words: of 1,156 pages with a known headline the rule sets 26
    right and 1 wrong.
    """
    heads = list(tree.iter("h1"))
    if len(heads) != 1 or len(words_of(heading := _heading(heads[0]))) < _LONE_WORDS or _is_site(heading, sites):
        return None
    links = (*heads[0].iter("a"), *heads[0].iterancestors("a"))
    if len(heading) > _HEADLINE_CHARS or any(_START.fullmatch((link.get("href") or "").strip()) for link in links):
        return None
    is_shown = any(_agree(_heading(node), form) for node in tree.iter("h2", "h3") for form in forms)
    return None if is_shown else heading


def _agree(heading: str, form: str) -> bool:
    words, stated = set(words_of(heading.lower())), set(words_of(form.lower()))
    return bool(words) and len(words & stated) * 2 >= len(words | stated)


def _without_kicker(heading: str, titles: Iterable[str]) -> str:
    """Return the heading without a section's name in front of it, which the page's titles do not have."""
    whole = heading.lower()
    for title in titles:
        if len(title) < len(heading) and len(words_of(title)) >= _TITLE_WORDS and whole.endswith(title.lower()):
            return heading[-len(title) :]
    counted = _COUNT.search(heading)
    return heading[: counted.start()] if counted and heading[: counted.start()] in titles else heading


def _visible(tree: HtmlElement, stated: str, parts: Sequence[str]) -> str | None:
    """Return the part of a title that an element shows as its own text, where the page has no such heading."""
    wanted = [*parts, *_LEAD_PART.split(stated)[1:]] if len(parts) > 1 or ": " in stated else []
    wanted = [part.strip() for part in wanted if len(words_of(part)) >= _TITLE_WORDS]
    if not wanted:
        return None
    shown = {
        " ".join(text.split())
        for node in tree.iter("h1", "h2", "h3", "div", "p", "span", "strong", "b", "font", "td")
        if (text := node.text) and len(text) < _HEADLINE_CHARS
    }
    return max((part for part in wanted if part in shown), key=len, default=None)


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
    for key in _AUTHORS:
        found = [name for value in meta.get(key, ()) for name in _without_site(value, sites)]
        people = [name for name in found if not (names_organisation(name) or _is_site(name.split(",")[0], sites))]
        if people:
            return ", ".join(dict.fromkeys(people))
        organisation = organisation or (found[0] if found else None)
    # An agency that the page states beside its writer is no person.
    known_names = (_squash(organisation), *sites) if organisation else sites
    shown = _in_text(tree, _HAN_AUTHOR) or _shown(tree, title, known_names) or _reporters(tree)
    # Of 14 companies that 1,300 pages state, none wrote the article; two had only made the site.
    return shown or (None if organisation is None or names_company(organisation) else organisation)


def _reporters(tree: HtmlElement) -> str | None:
    """Return the names in a line such as "(Reporting by Ada Brandt in Osk; Editing by ...)" under an article."""
    for text in tree.itertext():
        if len(text) < _CREDIT_CHARS and (found := _REPORTING.search(text)):
            return ", ".join(people_named(found[1], least_words=2)) or None
    return None


def _without_site(value: str, sites: Sequence[str]) -> list[str]:
    """Return a statement of authors without the site's name behind it, as a list of one; none of the site's name."""
    parts = [] if _is_site(value, sites) else (clean_author(value) or "").split(",")
    while parts and _is_site(parts[-1], sites):
        parts.pop()
    name = ",".join(parts).strip()
    return [name] if name and not _is_site(name, sites) else []


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
    return ", ".join(name for name in shown_authors(tree, title, language) if not _is_site(name, sites)) or None


def _published(
    tree: HtmlElement, meta: dict[str, list[str]], stated: list[dict[str, object]], title: str | None
) -> str | None:
    """Return the first usable date of publication that the page states."""
    said = [str(item["datePublished"]) for item in stated if isinstance(item.get("datePublished"), str | int)]
    said += [value for key in _DATES for value in meta.get(key, ())]
    if date := next((value for value in said if parse_date(value)), None):
        return date
    if any(_NUMBERS.search(value) for value in said):
        # It is stated, and nobody can tell its day from its month.
        return None
    if date := shown_date(tree, title, near=True):
        return date
    page = copy.deepcopy(tree)
    # A path that finds them takes twice the time.
    _drop(node for node in page.iter(etree.Element) if _has_other_date(node))
    _drop(dated_rows(page))
    # Markup only, up to a fixed day: free text gives wrong dates, and "today" would differ from run to run.
    found: str | None = find_date(page, original_date=True, extensive_search=False, max_date=_LAST_DAY)
    return found or shown_date(page, title) or _in_text(page, _HAN_DATE)


def _drop(nodes: Iterable[HtmlElement]) -> None:
    """Take elements out of the page, but not its root and body."""
    for node in list(nodes):
        if node.getparent() is not None and node.tag not in ("html", "body"):
            node.drop_tree()


def _has_other_date(node: HtmlElement) -> bool:
    """Tell whether a date in an element is that of something else than the article's publication."""
    classes = node.get("class") or ""
    # WordPress calls the date of an article that was never changed both.
    if node.tag in _OTHERS_TAGS or (_OTHERS_CLASS.search(classes) and "published" not in classes):
        return True
    if "comment" in (node.get("id") or "") or "Modified" in (node.get("itemprop") or ""):
        return True
    return node.tag == "meta" and bool(
        _CHANGE.search(node.get("property") or "") or _CHANGE.search(node.get("name") or "")
    )


def _in_text(tree: HtmlElement, pattern: re.Pattern[str]) -> str | None:
    """Return what the first short line of the page says that the pattern names without doubt."""
    # Hardly a page has one, and its whole text is searched in half the time.
    if not pattern.search(tree.text_content()):
        return None
    for text in tree.itertext():
        if len(text) < _INFO_CHARS and not text.isascii() and (found := pattern.search(text)):
            return found[1]
    return None


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
