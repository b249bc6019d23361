"""When a page's article was published: what the page states, and what it shows around its headline."""

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from cleaners.dates import is_date_line, parse_date, readings
from cleaners.extract.page.shown import headline_at, in_line, is_in_others
from cleaners.extract.site import own_address

# Names of meta tags, as `find_metadata` writes them, best first.
_DATES = (
    "articlepublishedtime", "datepublished", "dcdateissued", "parselypubdate", "pubdate", "publishdate",
    "publicationdate", "publisheddate", "publishedtime", "sailthrudate", "dctermscreated", "articlepublished",
    "publishedat", "published", "cxenseparserecspublishtime", "cxenseparsepublishtime", "articledateoriginal",
    "originalpublicationdate", "displaydate", "citationpublicationdate", "citationdate", "isopublishdate",
    "dateupdate",
)  # fmt: skip
# What these state is the last change of the page on many sites: a date by the headline is better.
_LOOSE = ("date", "dcdate", "dctermsdate")
# A time in UTC. Its day may be another than that of the place where the paper is.
_UTC = re.compile(r"\d{1,2}:\d\d\S*(?:Z|[+-]00:?00)$")
_LAST_DAY = "2199-12-31"
# Dates that stand there are of comments, other stories, the site and the last change.
_OTHERS_TAGS = frozenset({"footer", "aside", "nav"})
_OTHERS_CLASS = re.compile("comment|relat|modified|updated")
_CHANGE = re.compile("modified|updated")
# Characters beside a date's year in which its day and month stand.
_DATE_AROUND = 20
_MONTH_NAME = re.compile(r"[^\W\d_]{3}|[月월]")
_HAN_DATE = re.compile(r"(\d{4}\s*[年년]\s*\d{1,2}\s*[月월]\s*\d{1,2}\s*[日일])")
# Elements before the headline and behind it among which a date is looked for, and how long its line is.
_ABOVE, _BELOW, _LINE = 12, 60, 80
# Words of a line with a date; a longer one is a sentence, unless it opens with the date, in this many characters.
_NEAR_WORDS, _DATE_CHARS = 10, 24
# A line of more words that ends in a full stop is a sentence.
_SENTENCE_WORDS = 6
# Elements before the headline from which on a date is a clock.
_FAR_ABOVE = 40
# How far up from its date a story's element or a comment's is looked for.
_ROW_UP = 4
# Characters of a paragraph; before the date by the headline one may stand, the standfirst.
_PROSE, _PARAGRAPHS = 100, 1
_WHOLE = frozenset({"article", "body", "html", "main"})
_CLOCK_TAGS = frozenset({"div", "em", "font", "li", "p", "span", "strong", "td", "time"})
_NO_DATE = frozenset({"figcaption", "h1", "noscript", "option", "script", "style"})
# Of these only one that is nothing but a date has it: others lead to other stories, or are called after a day.
_LINKS_AND_HEADINGS = frozenset({"a", "h2", "h3"})
_UPDATED = re.compile(
    r"updat|modif|aktualisiert|stand:|mis à jour|actualizado|aggiornato|atualizado|zuletzt|last change", re.IGNORECASE
)
# A line that opens with a year in two digits, and languages that write the day first wherever stops part the numbers.
_SHORT_YEAR = re.compile(r"^(\d{1,2}\.\d{1,2}\.)(\d\d)(?![\d.])")
_DAY_FIRST = frozenset({
    "bg", "cs", "da", "de", "el", "es", "fi", "fr", "hr", "it", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl",
    "sr", "tr", "uk",
})  # fmt: skip
_CENTURY_FROM = 70
# In a line that has both dates.
_PUBLISHED = re.compile(
    r"(?:publi(?:shed|é|cado|cerad|ceret|sert)|veröffentlicht|pubblicato|gepubliceerd|opublikowano)\W[^\d]{0,20}"
    r"(\d.*|[^\W\d_]+ \d.*)$",
    re.IGNORECASE,
)
_BEFORE = 40


def find_published(
    tree: HtmlElement,
    meta: Mapping[str, Sequence[str]],
    stated: Iterable[Mapping[str, object]],
    url: str | None,
    title: str | None,
    language: str | None,
) -> str | None:
    """Return the date of publication as it is written, by the first of these that has a usable one.

    JSON-LD and meta tags, a date by the headline, meta tags that often state the last change, the page's markup, and
    its address. Of a time in UTC it is the day at the place of the paper, if the address or a date by the headline
    tells it.
    """
    said = [str(item["datePublished"]) for item in stated if isinstance(item.get("datePublished"), str | int)]
    said += [value for key in _DATES for value in meta.get(key, ())]
    sure = next((value for value in said if parse_date(value)), None)
    if sure and not _UTC.search(sure.strip()):
        return sure
    days = _days(own_address(url))
    if sure and (there := _day_there(sure, days)):
        return there
    by_headline, changed = _shown_dates(tree, title, language, near=True)
    days += _days(by_headline)
    if sure:
        return _day_there(sure, days) or sure
    if by_headline:
        return by_headline
    said += (loose := [value for key in _LOOSE for value in meta.get(key, ())])
    if found := next((value for value in loose if parse_date(value)), None):
        return _day_there(found, days) or found
    if unclear := {day for value in said for day in readings(value)}:
        # Nobody can tell its day from its month, unless the page has one of both once more.
        days += _days(*_shown_dates(tree, title, language))
        return next((day.isoformat() for day in days if day in unclear), None)
    return _in_markup(tree, title, language) or changed or (days[0].isoformat() if days else None)


def _days(*texts: str | None) -> list[date]:
    return [day for text in texts if text and (day := parse_date(text))]


def _day_there(stated: str, days: Iterable[date]) -> str | None:
    """Return the first of these days that is not two days or more from a time in UTC."""
    day = parse_date(stated) if _UTC.search(stated.strip()) else None
    return next((other.isoformat() for other in days if day and abs((other - day).days) <= 1), None)


def _in_markup(tree: HtmlElement, title: str | None, language: str | None) -> str | None:
    """Return the date that the page's markup gives, but for those of other stories, of comments and of a change."""
    page = copy.deepcopy(tree)
    nodes = list(page.iter())
    head = headline_at(page, nodes, title)
    own = frozenset(nodes[head].iterancestors()) if head else frozenset()
    # A path that finds them takes twice the time.
    others = [node for node in page.iter(etree.Element) if _has_other_date(node)]
    others += [*_dated_rows(page), *_clocks(nodes[: max(0, head - _FAR_ABOVE)])]
    for node in others:
        # What holds the headline is the article's, whatever its class says.
        if node not in own and node.getparent() is not None and node.tag not in ("html", "body"):
            node.drop_tree()
    # Markup only, up to a fixed day: free text gives wrong dates, and "today" would differ from run to run.
    found: str | None = find_date(page, original_date=True, extensive_search=False, max_date=_LAST_DAY)
    if found and not _is_written(found, page):
        found = None
    by_headline, changed = _shown_dates(page, title, language)
    return by_headline or found or changed or in_line(page, _HAN_DATE)


def _shown_dates(
    tree: HtmlElement, title: str | None, language: str | None, *, near: bool = False
) -> tuple[str | None, str | None]:
    """Return the date that stands by the headline, as it is written, and if there is none, that of an update.

    With `near`, only up to the second paragraph, and if the page has the headline.
    """
    updated: str | None = None
    paragraphs = 0
    nodes = list(tree.iter())
    head = headline_at(tree, nodes, title)
    if near and head == 0:
        return None, None
    own = frozenset(nodes[head].iterancestors()) if head else frozenset()
    start = max(0, head - _ABOVE)
    for at, node in enumerate(nodes[start : head + _BELOW + 1], start):
        if not isinstance(node.tag, str) or node.tag in _NO_DATE:
            continue
        if near and at > head and node.text and len(node.text.strip()) > _PROSE:
            paragraphs += 1
            if paragraphs > _PARAGRAPHS:
                break
        is_link = node.tag in _LINKS_AND_HEADINGS
        for text, is_all in ((_machine_date(node), False), (node.text, is_link), (node.tail, False)):
            line = " ".join((text or "").split())
            if language in _DAY_FIRST:
                line = _SHORT_YEAR.sub(_with_century, line)
            if not line or len(line) > _LINE or not parse_date(line) or is_in_others(node, own):
                continue
            if (is_all and not is_date_line(line)) or _is_sentence(line):
                continue
            first = _PUBLISHED.search(line)
            opens = first or parse_date(line[:_DATE_CHARS])
            if len(line.split()) > _NEAR_WORDS and (near or not opens):
                continue
            if first and parse_date(first[1]):
                return first[1], None
            classes = node.get("class") or ""
            called = "" if "published" in classes else classes
            if not _UPDATED.search(f"{line} {called} {node.get('itemprop') or ''} {_before(node)}"):
                return line, None
            updated = updated or line
            break
    return None, updated


def _with_century(found: re.Match[str]) -> str:
    return f"{found[1]}{'19' if int(found[2]) >= _CENTURY_FROM else '20'}{found[2]}"


def _machine_date(node: HtmlElement) -> str | None:
    return node.get("datetime") if node.tag == "time" else None


def _is_sentence(line: str) -> bool:
    return line.endswith((".", "!", "?")) and len(line.split()) > _SENTENCE_WORDS


def _clocks(nodes: Iterable[HtmlElement]) -> list[HtmlElement]:
    """Return the elements far above the headline that are only a date: the day on which the page was read."""
    return [
        node
        for node in nodes
        if node.tag in _CLOCK_TAGS
        and (text := (node.text or "").strip())
        and len(text.split()) <= _NEAR_WORDS
        and parse_date(text)
    ]


def _dated_rows(tree: HtmlElement) -> list[HtmlElement]:
    """Return the elements that stand beside others of their tag and classes, each with a date: stories, comments."""
    rows: dict[tuple[HtmlElement, str, str], dict[HtmlElement, None]] = {}
    for node in tree.iter("time", "span", "em", "i", "small", "div", "p", "b", "td", "li", "dd"):
        text = node.get("datetime") if node.tag == "time" else node.text
        if not text or len(text) > _LINE or not parse_date(text):
            continue
        above: HtmlElement | None = node
        for _ in range(_ROW_UP):
            if above is None or above.tag in _WHOLE or (parent := above.getparent()) is None:
                break
            rows.setdefault((parent, above.tag, above.get("class") or ""), {})[above] = None
            above = parent
    return [row for found in rows.values() if len(found) > 1 for row in found]


def _is_written(day: str, page: HtmlElement) -> bool:
    """Tell whether the page has the year of a date with its day and month beside it.

    Of a month without a day ("2020-03") htmldate makes the day of today.
    """
    year, month, of_month = day.split("-")
    content = etree.tostring(page, encoding="unicode")
    for found in re.finditer(rf"(?<!\d)(?:{year}|{year[2:]})(?!\d)|(?<!\d){year}{month}{of_month}", content):
        if found[0] == f"{year}{month}{of_month}":
            return True
        start, end = found.span()
        around = content[max(0, start - _DATE_AROUND) : start], content[end : end + _DATE_AROUND]
        numbers = [int(number) for part in around for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", part)]
        if int(of_month) not in numbers:
            continue
        numbers.remove(int(of_month))
        if int(month) in numbers or any(map(_MONTH_NAME.search, around)):
            return True
    return False


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


def _before(node: HtmlElement) -> str:
    """Return the text right before an element, which may say what its date is of, unless it has a date of its own."""
    for _ in range(_ROW_UP):
        previous = node.getprevious()
        if previous is not None:
            inside = "".join(previous.itertext()) if isinstance(previous.tag, str) else ""
            return "" if parse_date(inside[-_BEFORE:]) else f"{inside[-_BEFORE:]} {previous.tail or ''}"
        parent = node.getparent()
        if parent is None or (parent.text or "").strip():
            return (parent.text or "") if parent is not None else ""
        node = parent
    return ""
