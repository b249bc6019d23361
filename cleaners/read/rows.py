"""From the columns of one row (JSON object, CSV line, Parquet row) to a raw document."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, looks_like_markup
from cleaners.records import Fate, RawDocument

# A message names this many of the columns found, to stay one line.
_NAMED = 8
# Lists and objects in one another; an author or a paragraph stated deeper is none.
_DEPTH = 12
_SIGNS = re.compile(r"[\W_]+")
# Where rows keep the fields of the article in an object of their own: Elasticsearch, the Guardian, dolma, WordPress.
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
    | {"jsonld", "record", "entry", "node"}
)
_INSIDE_DEPTH = 2
# What an object of text calls it: WordPress, feeds, editors; the whole of it, or its parts in their order.
_WHOLE = ("rendered", "text", "html", "value", "content", "body", "plaintext", "articlebody")
_PARTS = ("summary", "headline", "paragraphs", "sections", "blocks", "data", "children", "items", "p")
# A text that ends so is the beginning of one: an ellipsis, in brackets, or with the number of characters left out.
_CUT = re.compile(r"(?:…|\.\.\.)\W*$|\[\+\d+ chars?\]\s*$|\b(?:read|continue reading|see) more\W*$", re.IGNORECASE)
_CUT_MARK = re.compile(r"\W*(?:\[\+\d+ chars?\]|\b(?:read|continue reading|see) more)?\W*$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
# Characters at the end of a text that such a mark stands in.
_MARK_CHARS = 300
# Letters that a beginning and the fuller text must share.
_SHARED = 40
_ADDRESS = re.compile(r"(?:https?:)?//\S+$|(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?$", re.IGNORECASE)
# Rows with these columns were cut from a crawl: their plain date is the day of the crawl.
_CRAWLED = frozenset({"dump", "warcfilename", "warcrecordid", "warcdate", "warctype"})
_PLAIN_DATES = frozenset({"date", "datetime", "time", "timestamp", "created", "createdat"})
_DIGIT = re.compile(r"[1-9]")
# A list of names as Python prints it, in a cell of a table.
_PRINTED = re.compile(r"\[\s*+(?:['\"].*['\"])?\s*+\]", re.DOTALL)
_PRINTED_NAME = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_TITLE_PART = re.compile(r"(?<!\s)\s+[|·–—-]\s+")

Levels = list[dict[str, object]]


def document(row: Mapping[str, object], *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    """Return the row as a raw document, or the reason why it is none.

    A content value may be text, bytes, a list of paragraphs, or an object that holds one of them.
    """
    return attempt("read", source, record, partial(_document, row, source, record, config))


def _document(row: Mapping[str, object], source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    levels = _levels(row, config)
    names = [(level, name) for level in levels for name in config.content_columns if squash(name) in level]
    if not names:
        wanted, found = ", ".join(config.content_columns), ", ".join(list(row)[:_NAMED])
        # JSON may name a key by half a letter, which no table holds.
        found = found.encode(errors="backslashreplace").decode()
        return Fate(source, record, "unreadable", f"no content column: looked for {wanted}; found {found or 'nothing'}")
    present = [value for level, name in names if (value := level[squash(name)])]
    content = _fullest([text for value in present if (text := _content(value, _DEPTH))])
    if content is None:
        odd = next((value for value in present if not isinstance(value, str | bytes)), None)
        if odd is not None:
            message = f"the content column holds no text but a value of type {type(odd).__name__}"
            return Fate(source, record, "unreadable", message)
        return Fate(source, record, "no_text", f"the content column {names[0][1]!r} is empty")
    size = len(content) if isinstance(content, bytes) else len(content.encode(errors="surrogatepass"))
    if size > config.max_bytes:
        return too_large(source, record, config)
    return RawDocument(
        source=source,
        record=record,
        content=content,
        form="html" if looks_like_markup(content) else "text",
        url=next(filter(_ADDRESS.match, _all(levels, config.url_columns)), None),
        title=_title(levels, config),
        author=next(_all(levels, config.author_columns, numbers=False), None),
        published=next(filter(_DIGIT.search, _all(levels, _date_columns(levels, config))), None),
        # An object inside has an identity of its own: an author's, a section's.
        source_id=next(_all(levels[:1], config.id_columns), None),
    )


@lru_cache(maxsize=4096)
def squash(name: str) -> str:
    """Return a column's name without regard to case, spaces, hyphens and underscores."""
    return _SIGNS.sub("", name.lower())


def has_content(row: Mapping[str, object], config: ReadConfig) -> bool:
    """Tell whether the row has a content column, be it empty."""
    wanted = {squash(name) for name in config.content_columns}
    return any(not wanted.isdisjoint(level) for level in _levels(row, config))


def wanted_columns(names: Iterable[str], config: ReadConfig) -> list[str]:
    """Return those of `names` that `document` looks at, in their order."""
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
    return [name for name in names if squash(name) in wanted]


def too_large(source: str, record: int, config: ReadConfig) -> Fate:
    """Return the fate of a record over the size limit."""
    return Fate(source, record, "too_large", f"over the limit of {config.max_bytes:,} bytes (read.max_bytes)")


def _levels(row: Mapping[str, object], config: ReadConfig) -> Levels:
    """Return the row's columns by their squashed names, then those of the objects inside that may describe it."""
    inside = _INSIDE | {squash(name) for name in config.content_columns}
    levels: Levels = []
    rows: list[Mapping[str, object]] = [row]
    for _ in range(_INSIDE_DEPTH + 1):
        found: list[Mapping[str, object]] = []
        for values in rows:
            level: dict[str, object] = {}
            for key, value in values.items():
                name = squash(key)
                # Of columns with one name the first that holds something counts.
                if name not in level or not level[name]:
                    level[name] = value
                if isinstance(value, dict) and name in inside:
                    found.append(value)
            levels.append(level)
        rows = found
    return levels


def _content(value: object, depth: int) -> str | bytes | None:
    match value:
        case str() | bytes():
            return value if value.strip() else None
        case _:
            return _flat(value, depth)


def _flat(value: object, depth: int) -> str | None:
    """Return the paragraphs of a list or an object of text; None where it holds anything else."""
    match value:
        case str():
            return value.strip() or None
        case list() if depth:
            if not all(isinstance(part, str | list | dict) for part in value):
                return None
            return "\n\n".join(text for part in value if (text := _flat(part, depth - 1))) or None
        case dict() if depth:
            values = {squash(str(key)): part for key, part in value.items()}
            for name in _WHOLE:
                if text := _flat(values.get(name), depth - 1):
                    return text
            return "\n\n".join(text for name in _PARTS if (text := _flat(values.get(name), depth - 1))) or None
        case _:
            return None


def _fullest(contents: list[str | bytes]) -> str | bytes | None:
    """Return the best content: the first, unless it is the cut beginning of another or is marked as cut."""
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
    """Return the headline, without the name of the publication where the row has it in a column of its own."""
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


def _date_columns(levels: Levels, config: ReadConfig) -> list[str]:
    if any(not _CRAWLED.isdisjoint(level) for level in levels):
        return [name for name in config.date_columns if squash(name) not in _PLAIN_DATES]
    return list(config.date_columns)


def _all(levels: Levels, names: Iterable[str], *, numbers: bool = True) -> Iterator[str]:
    """Yield the metadata values of these names, the best first; an author's number is no name."""
    for level in levels:
        for name in names:
            value = level.get(squash(name))
            if not numbers and isinstance(value, int | float):
                continue
            if text := _plain(value, _DEPTH):
                yield text


def _plain(value: object, depth: int) -> str | None:
    """Return a metadata value as text: names of objects, lists joined by commas; nothing of what is nested deeper."""
    match value:
        case None | bool():
            return None
        case dict() | list() if not depth:
            return None
        case str():
            if _PRINTED.fullmatch(value.strip()):
                return ", ".join(one or other for one, other in _PRINTED_NAME.findall(value)) or None
            return value.strip() or None
        case bytes():
            return value.decode(errors="replace").strip() or None
        case dict():
            return _plain(value.get("name") or value.get("rendered"), depth - 1)
        case list():
            return ", ".join(text for part in value if (text := _plain(part, depth - 1))) or None
        case _:
            return str(value)
