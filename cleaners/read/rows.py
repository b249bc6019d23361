"""From the columns of a row (JSON object, CSV line, Parquet row) to a raw document."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, looks_like_markup
from cleaners.read.markdown import plain_markdown
from cleaners.records import Fate, RawDocument
from cleaners.text import ends_sentence

# A message names at most this many of the columns found, so that it stays one line.
_NAMED = 8
# Levels of nested lists and objects; nothing deeper is an author or a paragraph.
_DEPTH = 12
_SIGNS = re.compile(r"[\W_]+")
# What a table puts before the names of columns, and what Solr puts behind them.
_BEFORE_NAME = re.compile(r"^(?:article|news|post|story|page|doc|item|node|field)[_ .-]", re.IGNORECASE)
_BEHIND_NAME = re.compile(r"_(?:s|ss|t|ts|txt|dt|dts|str)(?:_[a-z]{2})?$")
# Columns with an object that holds the fields of the article: Elasticsearch, the Guardian, dolma, WordPress.
_INSIDE = frozenset(
    {
        "source",
        "metadata",
        "meta",
        "fields",
        "attributes",
        "embedded",
        "data",
        "doc",
        "document",
        "item",
        "post",
        "news",
    }
    | {"jsonld", "record", "entry", "node", "warcheaders"}
)
_INSIDE_DEPTH = 2
# Keys of an object that holds a text (WordPress, feeds, editors): the whole text, or its parts in order.
_WHOLE = ("rendered", "text", "html", "value", "content", "body", "plaintext", "articlebody")
_PARTS = ("summary", "headline", "paragraphs", "sections", "blocks", "data", "children", "items", "p")
# Types of parts that hold no text of the article (Arc XP, the Washington Post's collection).
_NO_TEXT = frozenset({"title", "kicker", "byline", "author_info", "date", "interstitial_link", "related_content"})
# A text that ends like this is cut short: an ellipsis, "[+123 chars]", or an invitation to read more.
_CUT = re.compile(r"(?:…|\.\.\.)\W*$|\[\+\d+ chars?\]\s*$|\b(?:read|continue reading|see) more\W*$", re.IGNORECASE)
_CUT_MARK = re.compile(r"\W*(?:\[\+\d+ chars?\]|\b(?:read|continue reading|see) more)?\W*$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
# Markup in a name or a title: a link, italics.
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?>", re.IGNORECASE)
# Such a mark is looked for in this many characters at the end of a text.
_MARK_CHARS = 300
# Letters that a text cut short and the fuller text must share at their beginning.
_SHARED = 40
# What ends a paragraph besides stops, and signs that open none.
_COLONS = (":", "：")
_SPACES = (" ", "\xa0")
_NO_OPENING = ",.;:!?)]}”»،؛。，"
_ADDRESS = re.compile(r"(?:https?:)?//\S+$|(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?$", re.IGNORECASE)
# Rows with these columns come from a crawl, and their plain date is the day of the crawl.
_CRAWLED = frozenset({"dump", "warcfilename", "warcrecordid", "warcdate", "warctype"})
_PLAIN_DATES = frozenset({"date", "datetime", "time", "timestamp", "created", "createdat"})
_DIGIT = re.compile(r"[1-9]")
# What programs write for nothing: Python, pandas, R, SQL.
_NOTHING = frozenset({"nan", "nat", "none", "null", "n/a", "\\n"})
# MongoDB's objects for a value, and keys of an object that holds an address.
_VALUES = ("$date", "$numberLong", "$oid", "@value")
_ADDRESSES = ("@id", "url", "href")
# Languages by whose codes an object may hold its values; "id" is a language too, and more often an identity.
_LANGUAGE = re.compile(
    "(?:ar|bg|cs|da|de|el|en|es|fa|fi|fr|he|hi|hu|it|ja|ko|nb|nl|no|pl|pt|ro|ru|sk|sv|th|tr|uk|vi|zh)(?:[-_].*)?",
    re.IGNORECASE,
)
# A cell that holds a list of names as Python prints it.
_PRINTED = re.compile(r"\[\s*+(?:['\"].*['\"])?\s*+\]", re.DOTALL)
_PRINTED_NAME = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_TITLE_PART = re.compile(r"(?<!\s)\s+[|·–—-]\s+")

Levels = list[dict[str, object]]


def document(row: Mapping[str, object], *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    """Return the row as a raw document, or the fate that says why it is none.

    The content may be text, bytes, a list of paragraphs, or an object that holds one of them.
    """
    return attempt("read", source, record, partial(_document, row, source, record, config))


def _document(row: Mapping[str, object], source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    levels = _levels(row, config)
    names = [(level, name) for level in levels for name in _present(level, config.content_columns)]
    if not names:
        wanted, found = ", ".join(config.content_columns), ", ".join(list(row)[:_NAMED])
        # A key in JSON may hold half a letter, which no table can hold.
        found = found.encode(errors="backslashreplace").decode()
        return Fate(source, record, "unreadable", f"no content column: looked for {wanted}; found {found or 'nothing'}")
    present = [_unmarked(name, value) for level, name in names if (value := level[name])]
    content = _fullest([text for value in present if (text := _content(value, _DEPTH))])
    if content is None:
        odd = next((value for value in present if not isinstance(value, str | bytes)), None)
        if odd is not None:
            message = f"the content column holds no text but a value of type {type(odd).__name__}"
            return Fate(source, record, "unreadable", message)
        empty = next(name for name in config.content_columns if squash(name) == names[0][1])
        return Fate(source, record, "no_text", f"the content column {empty!r} is empty")
    size = len(content) if isinstance(content, bytes) else len(content.encode(errors="surrogatepass"))
    if size > config.max_bytes:
        return too_large(source, record, config)
    return RawDocument(
        source=source,
        record=record,
        content=content,
        form="html" if looks_like_markup(content) else "text",
        url=next(filter(_ADDRESS.match, _all(levels, config.url_columns, addresses=True)), None),
        title=_title(levels, config),
        author=next(_all(levels, config.author_columns, numbers=False), None),
        published=next(filter(_DIGIT.search, _all(levels, _date_columns(levels, config))), None),
        # Only the row's own id: an object inside has the id of something else, such as an author or a section.
        source_id=next(_all(levels[:1], config.id_columns), None),
    )


@lru_cache(maxsize=4096)
def squash(name: str) -> str:
    """Return the name of a column in lower case and without the signs between its words, for comparing."""
    return _SIGNS.sub("", name.lower())


@lru_cache(maxsize=4096)
def _other_names(name: str) -> tuple[str, ...]:
    """Return the other names under which a column may be looked for, the nearest first."""
    return tuple(
        {
            squash(short): None
            for without in (_BEHIND_NAME.sub("", name), _BEFORE_NAME.sub("", name))
            for short in (without, _BEFORE_NAME.sub("", _BEHIND_NAME.sub("", without)))
            if short and short != name
        }
    )


@lru_cache(maxsize=64)
def _places(names: tuple[str, ...]) -> dict[str, int]:
    """Return the places of names in a list, the best first, by their squashed forms."""
    return {squash(name): at for at, name in reversed(list(enumerate(names)))}


def _present(level: Mapping[str, object], names: tuple[str, ...]) -> list[str]:
    """Return the columns of a level that have one of the names, the best first."""
    places = _places(names)
    return sorted((name for name in level if name in places), key=places.__getitem__)


def has_content(row: Mapping[str, object], config: ReadConfig) -> bool:
    """Tell whether the row has a content column, even an empty one."""
    return any(_present(level, config.content_columns) for level in _levels(row, config))


def wanted_columns(names: Iterable[str], config: ReadConfig) -> list[str]:
    """Return those of `names` that `document` may use, in their order."""
    groups = (
        config.content_columns,
        config.url_columns,
        config.title_columns,
        config.date_columns,
        config.author_columns,
        config.publication_columns,
        config.id_columns,
    )
    wanted = {squash(name) for group in groups for name in group} | _INSIDE | _CRAWLED
    return [name for name in names if not wanted.isdisjoint((squash(name), *_other_names(name)))]


def too_large(source: str, record: int, config: ReadConfig) -> Fate:
    """Return the fate of a record over the size limit."""
    return Fate(source, record, "too_large", f"over the limit of {config.max_bytes:,} bytes (read.max_bytes)")


def _levels(row: Mapping[str, object], config: ReadConfig) -> Levels:
    """Return the row's columns by their squashed names, then those of the objects inside that may describe it."""
    contents = _places(config.content_columns)
    levels: Levels = []
    rows: list[Mapping[str, object]] = [row]
    for _ in range(_INSIDE_DEPTH + 1):
        found: list[Mapping[str, object]] = []
        for values in rows:
            level: dict[str, object] = {}
            for key, value in values.items():
                name = squash(key)
                # If columns share a name, the first that holds something counts.
                if name not in level or not level[name]:
                    level[name] = value
                if (name in _INSIDE or name in contents) and isinstance(other := _opened(value), dict):
                    found.append(other)
            for key, value in values.items():
                for name in _other_names(key):
                    level[name] = level.get(name) or value
            levels.append(level)
        rows = found
    return levels


def _opened(value: object) -> object:
    """Return the object that a string holds as JSON; any other value as it is."""
    if isinstance(value, str) and value[:1] == "{" and value.rstrip()[-1:] == "}":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _unmarked(name: str, value: object) -> object:
    """Return what a content column means: Markdown without its marks, a JSON text as its object."""
    if "markdown" in name and isinstance(value, str):
        return plain_markdown(value.encode(errors="surrogatepass")).decode(errors="surrogatepass")
    return opened if isinstance(opened := _opened(value), dict) and _flat(opened, _DEPTH) else value


def _content(value: object, depth: int) -> str | bytes | None:
    match value:
        case str() | bytes():
            return value if value.strip() else None
        case _:
            return _flat(value, depth)


def _flat(value: object, depth: int) -> str | None:
    """Return the text of a list of paragraphs or an object; None if it holds anything else."""
    match value:
        case str():
            return value.strip() or None
        case list() if depth:
            if not all(isinstance(part, str | list | dict) for part in value):
                return None
            if value and all(isinstance(part, str) for part in value):
                return _joined(value) or None
            return "\n\n".join(text for part in value if (text := _flat(part, depth - 1))) or None
        case dict() if depth:
            if (one := _of_locale(value)) is not None:
                return _flat(one, depth - 1)
            values = {squash(str(key)): part for key, part in value.items()}
            if str(values.get("type", "")).lower() in _NO_TEXT:
                return None
            for name in _WHOLE:
                if text := _flat(values.get(name), depth - 1):
                    return text
            return "\n\n".join(text for name in _PARTS if (text := _flat(values.get(name), depth - 1))) or None
        case _:
            return None


def _joined(parts: list[str]) -> str:
    """Return a list of paragraphs as a text; parts that a link or an italic word broke off are one paragraph again.

    Text nodes, as a scraper's `p::text` gives them, keep the space at which they were broken.
    """
    parts = [part for part in parts if part.strip()]
    # Space around every part tells nothing.
    padded = all(part[0].isspace() for part in parts) or all(part[-1].isspace() for part in parts)
    pieces: list[str] = []
    for before, part in zip(["", *parts], parts, strict=False):
        above = "".join(pieces[-2:]).rstrip()
        broken = bool(pieces) and not ends_sentence(above) and not above.endswith(_COLONS)
        spaced = not padded and (before[-1:] in _SPACES or part[0] in _SPACES)
        if broken and (spaced or part.lstrip()[0] in _NO_OPENING):
            pieces.append("" if part[0] in _NO_OPENING else " ")
        elif pieces:
            pieces.append("\n\n")
        pieces.append(part.strip())
    return "".join(pieces)


def _of_locale(value: dict[object, object]) -> object | None:
    """Return the first value of an object by language ({"en-US": ..., "de": ...}); None if it is no such object."""
    is_by_language = bool(value) and all(_LANGUAGE.fullmatch(str(key)) for key in value)
    return next(iter(value.values())) if is_by_language else None


def _fullest(contents: list[str | bytes]) -> str | bytes | None:
    """Return the best content: the first one, unless it is the beginning of another or is marked as cut short."""
    if not contents:
        return None
    best = contents[0]
    for other in contents[1:]:
        if is_page(other) or not (isinstance(best, str) and isinstance(other, str)):
            continue
        plain, fuller = _squashed(best), _squashed(other)
        beginning = _squashed(best[:-_MARK_CHARS] + _CUT_MARK.sub("", best[-_MARK_CHARS:]))
        begins = len(beginning) >= _SHARED and fuller.startswith(beginning)
        if len(fuller) > len(plain) and (begins or _CUT.search(best.rstrip()[-_MARK_CHARS:])):
            best = other
    return best


def _squashed(text: str) -> str:
    return _SIGNS.sub("", _TAG.sub("", text) if "<" in text else text)


def _title(levels: Levels, config: ReadConfig) -> str | None:
    """Return the headline, without the name of the publication if that is in a column of its own."""
    title = next(_all(levels, config.title_columns), None)
    if title is None:
        return None
    parts = list(_TITLE_PART.finditer(title))
    if parts:
        last = squash(title[parts[-1].end() :]).removeprefix("the")
        for name in _all(levels, config.publication_columns):
            if last and last == squash(name).removeprefix("the"):
                return title[: parts[-1].start()].strip()
    return title


def _date_columns(levels: Levels, config: ReadConfig) -> tuple[str, ...]:
    if any(not _CRAWLED.isdisjoint(level) for level in levels):
        return tuple(name for name in config.date_columns if squash(name) not in _PLAIN_DATES)
    return config.date_columns


def _all(levels: Levels, names: tuple[str, ...], *, numbers: bool = True, addresses: bool = False) -> Iterator[str]:
    """Yield the metadata values of these columns, the best first.

    Without `numbers`, values that are numbers are skipped; with `addresses`, that of an object counts.
    """
    for level in levels:
        for name in _present(level, names):
            value = level[name]
            if not numbers and isinstance(value, int | float):
                continue
            if addresses and isinstance(value, dict):
                value = next((value[key] for key in _ADDRESSES if value.get(key)), value)
            if (text := _plain(value, _DEPTH)) and text.lower() not in _NOTHING:
                yield text


def _plain(value: object, depth: int) -> str | None:
    """Return a metadata value as text: the name of an object, or the items of a list with commas; None if too deep."""
    match value:
        case None | bool():
            return None
        case dict() | list() if not depth:
            return None
        case str():
            if _PRINTED.fullmatch(value.strip()):
                return ", ".join(one or other for one, other in _PRINTED_NAME.findall(value)) or None
            return (_MARKUP.sub("", value) if "<" in value else value).strip() or None
        case bytes():
            return value.decode(errors="replace").strip() or None
        case dict():
            held = next((value[key] for key in _VALUES if key in value), _of_locale(value))
            return _plain(held or value.get("name") or value.get("rendered") or value.get("basic"), depth - 1)
        case float() if not math.isfinite(value):
            return None
        case list():
            return ", ".join(text for part in value if (text := _plain(part, depth - 1))) or None
        case _:
            return str(value)
