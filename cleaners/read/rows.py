"""From the columns of a row (JSON object, CSV line, Parquet row) to a raw document."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.forms import is_page, looks_like_markup
from cleaners.records import Fate, RawDocument

# A message names at most this many of the columns found, so that it stays one line.
_NAMED = 8
# Levels of nested lists and objects; nothing deeper is an author or a paragraph.
_DEPTH = 12
_SIGNS = re.compile(r"[\W_]+")
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
    | {"jsonld", "record", "entry", "node"}
)
_INSIDE_DEPTH = 2
# Keys of an object that holds a text (WordPress, feeds, editors): the whole text, or its parts in order.
_WHOLE = ("rendered", "text", "html", "value", "content", "body", "plaintext", "articlebody")
_PARTS = ("summary", "headline", "paragraphs", "sections", "blocks", "data", "children", "items", "p")
# A text that ends like this is cut short: an ellipsis, "[+123 chars]", or an invitation to read more.
_CUT = re.compile(r"(?:…|\.\.\.)\W*$|\[\+\d+ chars?\]\s*$|\b(?:read|continue reading|see) more\W*$", re.IGNORECASE)
_CUT_MARK = re.compile(r"\W*(?:\[\+\d+ chars?\]|\b(?:read|continue reading|see) more)?\W*$", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
# Such a mark is looked for in this many characters at the end of a text.
_MARK_CHARS = 300
# Letters that a text cut short and the fuller text must share at their beginning.
_SHARED = 40
_ADDRESS = re.compile(r"(?:https?:)?//\S+$|(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?$", re.IGNORECASE)
# Rows with these columns come from a crawl, and their plain date is the day of the crawl.
_CRAWLED = frozenset({"dump", "warcfilename", "warcrecordid", "warcdate", "warctype"})
_PLAIN_DATES = frozenset({"date", "datetime", "time", "timestamp", "created", "createdat"})
_DIGIT = re.compile(r"[1-9]")
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
    names = [(level, name) for level in levels for name in config.content_columns if squash(name) in level]
    if not names:
        wanted, found = ", ".join(config.content_columns), ", ".join(list(row)[:_NAMED])
        # A key in JSON may hold half a letter, which no table can hold.
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
        # Only the row's own id: an object inside has the id of something else, such as an author or a section.
        source_id=next(_all(levels[:1], config.id_columns), None),
    )


@lru_cache(maxsize=4096)
def squash(name: str) -> str:
    """Return the name of a column in lower case and without the signs between its words, for comparing."""
    return _SIGNS.sub("", name.lower())


def has_content(row: Mapping[str, object], config: ReadConfig) -> bool:
    """Tell whether the row has a content column, even an empty one."""
    wanted = {squash(name) for name in config.content_columns}
    return any(not wanted.isdisjoint(level) for level in _levels(row, config))


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
                # If columns share a name, the first that holds something counts.
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
    """Return the text of a list of paragraphs or an object; None if it holds anything else."""
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


def _date_columns(levels: Levels, config: ReadConfig) -> list[str]:
    if any(not _CRAWLED.isdisjoint(level) for level in levels):
        return [name for name in config.date_columns if squash(name) not in _PLAIN_DATES]
    return list(config.date_columns)


def _all(levels: Levels, names: Iterable[str], *, numbers: bool = True) -> Iterator[str]:
    """Yield the metadata values of these columns, the best first; without `numbers`, skip values that are numbers."""
    for level in levels:
        for name in names:
            value = level.get(squash(name))
            if not numbers and isinstance(value, int | float):
                continue
            if text := _plain(value, _DEPTH):
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
            return value.strip() or None
        case bytes():
            return value.decode(errors="replace").strip() or None
        case dict():
            return _plain(value.get("name") or value.get("rendered"), depth - 1)
        case list():
            return ", ".join(text for part in value if (text := _plain(part, depth - 1))) or None
        case _:
            return str(value)
