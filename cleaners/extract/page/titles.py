"""The headline of a page: which of its titles and headings it is, without the name of the site."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaners.dates import has_only_date_words
from cleaners.extract.page.blocks import is_anchor
from cleaners.extract.page.words import squash, words_of
from cleaners.records import UNSPACED

_TITLES = ("og:title", "twitter:title", "dc.title", "headline", "title")
_SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "publisher")
_SITE_PART = re.compile(
    rf"\s+(?:[|·«»–—-]{{1,2}}|::)\s+|\s*[|｜]\s*|(?<=[{UNSPACED}！？。”’》）】\]…])\s*[_–—-]+\s*(?=[{UNSPACED}])"
)
# Behind it Chinese pages name a section and the site.
_UNDERSCORE = re.compile(rf"(?<=[{UNSPACED}！？。”’》）】\]…])_")
# The number of comments or the page behind a headline.
_COUNT = re.compile(r"\s*[(（]\d+[^()（）]*[)）]$")
# Words of a section's name behind a bar.
_SECTION_WORDS = 2
_LEAD_PART = re.compile(r":\s+")
# Letters of an address's host that a name must have to be the site's.
_SITE_LETTERS = 4
# Words that a title keeps when the site's name is taken off, and characters that no headline exceeds.
_TITLE_WORDS = 3
_HEADLINE_CHARS = 300
# A site's name has fewer words, and it leads to the site's start.
_LONE_WORDS = 4
_START = re.compile(r"(?:(?:https?:)?//[^/?#]*)?/?", re.IGNORECASE)
# What stands behind the name of a domain: ".com", ".co.jp".
_DOMAIN = re.compile(r"(?:\.(?:ac|co|com|edu|go|gov|ne|net|or|org)(?=\.[a-z]{2}$))?\.[a-z]+$")
_JOINT = re.compile(r"[a-zà-ÿ]$")


def heading_text(node: HtmlElement) -> str:
    """Return a heading's text, with a space where an element parts two words and white space does not.

    A time in it is no part of the headline, and neither is a sign that links to it.
    """
    parts: list[str] = []
    others = [
        other for other in node.iter("time", "a") if other is not node and (other.tag == "time" or is_anchor(other))
    ]
    within = {inner for other in others for inner in other.iter()}
    for child in node.iter():
        tag = child.tag
        if child in within:
            parts.append(f" {child.tail or ''}" if child in others else "")
            continue
        joined = parts and _JOINT.search(parts[-1])
        if tag == "br" or (joined and child is not node and child.text and child.text[0].isupper()):
            parts.append(" ")
        if child.text and isinstance(tag, str):
            parts.append(child.text)
        if child is not node and child.tail:
            parts.append(child.tail)
    return " ".join("".join(parts).split()) if len(node) else " ".join((node.text or "").split())


def headline_of(node: HtmlElement, stated: Sequence[str]) -> str:
    """Return a heading's text, or that of one of its parts if this is a stated title and the rest a line below it."""
    parts = (heading_text(child) for child in node) if len(node) > 1 else ()
    return next((part for part in parts if part in stated and len(words_of(part)) >= _LONE_WORDS), heading_text(node))


def stated_titles(
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


def site_names(meta: dict[str, list[str]], stated: list[dict[str, object]], url: str | None) -> tuple[str, ...]:
    """Return the names of the site that the page gives, squashed; the last two are its domain's and its host."""
    names = [value for key in _SITES for value in meta.get(key, ())]
    names += [
        str(name) for item in stated if isinstance(who := item.get("publisher"), dict) and (name := who.get("name"))
    ]
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        host = None
    host = (host or "").removeprefix("www.")
    return (*(squash(name) for name in names), _DOMAIN.sub("", host).rpartition(".")[2], squash(host))


def is_site(part: str, sites: Sequence[str]) -> bool:
    """Tell whether a part of a title is the site's name."""
    name = squash(part).removeprefix("the")
    return bool(name) and (
        any(name == site.removeprefix("the") for site in sites[:-1])
        or (len(name) >= _SITE_LETTERS and sites[-1].startswith(name))
    )


def find_title(tree: HtmlElement, titles: tuple[str, ...], headings: list[str], sites: Sequence[str]) -> str | None:
    """Return the headline: the visible one if a title of the page agrees, else that title without the site's name."""
    if not titles:
        return headings[0] if headings else None
    forms = [title for title in titles if not is_site(title, sites)] or list(titles)
    for form in forms:
        for heading in headings:
            if not is_site(heading, sites) and agree(heading, form) and not _is_rest(heading, forms):
                return _as_stated(heading, titles)
    lesser = {squash(heading_text(node)) for node in tree.iter("h2", "h3")}
    if exact := next((form for form in forms if squash(form) in lesser and len(words_of(form)) >= _TITLE_WORDS), None):
        return exact
    if lone := _lone_heading(tree, forms, sites):
        return lone
    stated = forms[0]
    parts = _SITE_PART.split(stated)
    bounds = [0, *(place for found in _SITE_PART.finditer(stated) for place in found.span()), len(stated)]
    first, last = 0, len(parts) - 1
    # What stands behind the site's name is a section's: "Ferry sails - The Gull - News".
    named = next((at for at in range(1, len(parts)) if is_site(parts[at], sites)), 0)
    if named and len("".join(parts[:named])) >= len("".join(parts[named + 1 :])):
        last = named - 1
    while last > first and is_site(parts[last], sites):
        last -= 1
    while first < last and is_site(parts[first], sites):
        first += 1
    kept = stated[bounds[2 * first] : bounds[2 * last + 1]]
    if visible := _visible(tree, stated, parts):
        return visible
    if (first, last) == (0, len(parts) - 1) and last and len(parts[-1]) * 3 < len(stated):
        kept = stated[: bounds[2 * last - 1]]
    headline = _UNDERSCORE.split(kept)[0]
    kept = headline if len(words_of(headline)) >= _TITLE_WORDS else kept
    before, colon, behind = kept.rpartition(": ")
    return (before if colon and is_site(behind, sites) and len(words_of(before)) >= _TITLE_WORDS else kept).strip()


def _is_rest(heading: str, forms: Sequence[str]) -> bool:
    """Tell whether a heading is what the page's longer title adds to its first: "The Grumpy Gull: Ferry sails"."""
    name, first = squash(heading), squash(forms[0])
    return name != first and any(squash(form) in (name + first, first + name) for form in forms[1:])


def _lone_heading(tree: HtmlElement, forms: Sequence[str], sites: Sequence[str]) -> str | None:
    """Return the page's only first heading, unless it names the site or a stated title is another heading of the page.

    The site's name leads to its first page; a live page shows the titles of its items below its own.

    Titles for search and sharing often say it in other words: of 1,156 pages with a known headline the rule sets 26
    right and 1 wrong.
    """
    heads = list(tree.iter("h1"))
    if len(heads) != 1 or len(words_of(heading := heading_text(heads[0]))) < _LONE_WORDS or is_site(heading, sites):
        return None
    links = (*heads[0].iter("a"), *heads[0].iterancestors("a"))
    if len(heading) > _HEADLINE_CHARS or any(_START.fullmatch((link.get("href") or "").strip()) for link in links):
        return None
    is_shown = any(agree(heading_text(node), form) for node in tree.iter("h2", "h3") for form in forms)
    return None if is_shown else heading


def agree(heading: str, form: str) -> bool:
    """Tell whether half of the words that a heading and a title have are in both."""
    words, stated = set(words_of(heading.lower())), set(words_of(form.lower()))
    return bool(words) and len(words & stated) * 2 >= len(words | stated)


def _as_stated(heading: str, titles: Iterable[str]) -> str:
    """Return the heading without a section's name in front of it or behind a bar, or a date behind it.

    The titles do not have these.
    """
    whole = heading.lower()
    for title in titles:
        if len(title) < len(heading) and len(words_of(title)) >= _TITLE_WORDS and whole.endswith(title.lower()):
            return heading[-len(title) :]
        rest = heading[len(title) :].strip() if whole.startswith(title.lower()) else ""
        is_section = rest.startswith(("|", "｜")) and len(words_of(rest)) <= _SECTION_WORDS
        if is_section or (any(map(str.isdigit, rest)) and has_only_date_words(rest)):
            return heading[: len(title)]
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
