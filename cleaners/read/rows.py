"""From the columns of one row (JSON object, CSV line, Parquet row) to a raw document."""

from collections.abc import Iterable, Mapping
from functools import partial

from cleaners.attempts import attempt
from cleaners.read.config import ReadConfig
from cleaners.read.forms import looks_like_markup
from cleaners.records import Fate, RawDocument

# A message names this many of the columns found, to stay one line.
_NAMED = 8
# Lists and objects in one another; an author stated deeper is no author.
_DEPTH = 12


def document(row: Mapping[str, object], *, source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    """Return the row as a raw document, or the reason why it is none.

    A content value may be text, bytes or a list of paragraphs.
    """
    return attempt("read", source, record, partial(_document, row, source, record, config))


def _document(row: Mapping[str, object], source: str, record: int, config: ReadConfig) -> RawDocument | Fate:
    values = {key.strip().lower(): value for key, value in row.items()}
    present = [name for name in config.content_columns if name.lower() in values]
    if not present:
        wanted, found = ", ".join(config.content_columns), ", ".join(list(row)[:_NAMED])
        # JSON may name a key by half a letter, which no table holds.
        found = found.encode(errors="backslashreplace").decode()
        return Fate(source, record, "unreadable", f"no content column: looked for {wanted}; found {found or 'nothing'}")
    content = next((text for name in present if (text := _content(values[name.lower()]))), None)
    if content is None:
        odd = next(
            (value for name in present if (value := values[name.lower()]) and not isinstance(value, str | bytes)), None
        )
        if odd is not None:
            message = f"the content column holds no text but a value of type {type(odd).__name__}"
            return Fate(source, record, "unreadable", message)
        return Fate(source, record, "no_text", f"the content column {present[0]!r} is empty")
    size = len(content) if isinstance(content, bytes) else len(content.encode(errors="surrogatepass"))
    if size > config.max_bytes:
        return too_large(source, record, config)
    return RawDocument(
        source=source,
        record=record,
        content=content,
        form="html" if looks_like_markup(content) else "text",
        url=_first(values, config.url_columns),
        title=_first(values, config.title_columns),
        author=_first(values, config.author_columns),
        published=_first(values, config.date_columns),
    )


def wanted_columns(names: Iterable[str], config: ReadConfig) -> list[str]:
    """Return those of `names` that `document` looks at, in their order."""
    wanted = {
        name.lower()
        for group in (
            config.content_columns,
            config.url_columns,
            config.title_columns,
            config.date_columns,
            config.author_columns,
        )
        for name in group
    }
    return [name for name in names if name.strip().lower() in wanted]


def too_large(source: str, record: int, config: ReadConfig) -> Fate:
    """Return the fate of a record over the size limit."""
    return Fate(source, record, "too_large", f"over the limit of {config.max_bytes:,} bytes (read.max_bytes)")


def _content(value: object) -> str | bytes | None:
    if isinstance(value, str | bytes):
        return value if value.strip() else None
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n\n".join(value).strip() or None
    return None


def _first(values: Mapping[str, object], names: Iterable[str]) -> str | None:
    return next((text for name in names if (text := _plain(values.get(name.lower()), _DEPTH))), None)


def _plain(value: object, depth: int) -> str | None:
    """Return a metadata value as text: names of objects, lists joined by commas; nothing of what is nested deeper."""
    match value:
        case None | bool():
            return None
        case dict() | list() if not depth:
            return None
        case str():
            return value.strip() or None
        case bytes():
            return value.decode(errors="replace").strip() or None
        case dict():
            return _plain(value.get("name"), depth - 1)
        case list():
            return ", ".join(text for part in value if (text := _plain(part, depth - 1))) or None
        case _:
            return str(value)
