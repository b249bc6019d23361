"""XML of news agencies and of programs: NITF, NewsML, TEI, and records whose elements are named like columns."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.rows import document, has_content, squash, too_large
from cleaners.records import Fate, RawDocument

# Elements that hold the text of an article in paragraphs, and the paragraphs and headings in it.
_BODIES = ("text", "body", "bodycontent", "main", "maintext", "content", "story", "articlebody")
_PARAGRAPHS = frozenset({"p", "para", "head", "hl2", "li", "item", "h2", "h3", "quote"})
# Elements that hold a list of values.
_VALUES = frozenset({"value", "item", "element", "author", "name", "li"})
# Fields with marks of persons and places inside them.
_INLINE = frozenset({"byline", "headline", "hl1", "title"})
# Elements that are one article, whatever stands in them.
_ARTICLES = frozenset({"newsitem", "nitf", "doc", "tei", "article", "document", "story"})
# Other names of fields: of NITF, of NewsML-G2, of Reuters, of TEI.
_NAMES = {
    "hl1": "title",
    "hedline": "title",
    "by": "byline",
    "contentcreated": "published",
    "dateissue": "published",
    "datepublished": "published",
    "exref": "url",
    "datepublication": "published",
    "target": "url",
}
# Attributes that hold a field of the article.
_ATTRIBUTES = frozenset(
    {"title", "author", "date", "url", "norm", "datepublication", "exref", "target", "sitename", "published"}
)
# Paragraphs of a fragment of a page.
_FEW = 2
# Levels from the root at which a record may stand.
_DEPTH = 2


def read_xml(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one record from each element below the root that holds an article, or one from the whole file."""
    record = -1
    depth = held = 0
    columns = frozenset(map(squash, (*config.content_columns, *_BODIES, "p")))
    root: etree._Element | None = None
    try:
        events = etree.iterparse(stream, events=("start", "end"), recover=True, resolve_entities=False, no_network=True)
        for event, node in events:
            if event == "start":
                root = node if root is None else root
                depth += 1
                continue
            depth -= 1
            if not 1 <= depth <= _DEPTH:
                continue
            size = len(etree.tostring(node, encoding="utf-8", with_tail=False))
            if size > config.max_bytes:
                record += 1
                yield too_large(source, record, config)
            elif _is_record(node, columns) and has_content(row := _row(node), config):
                record += 1
                yield document(row, source=source, record=record, config=config)
            else:
                held += size
                if held > config.max_bytes:
                    raise UnreadableError("XML in which no article was found")
                continue
            node.clear()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not valid XML: {error.msg}") from error
    if record >= 0 or root is None:
        return
    row = _row(root)
    if not has_content(row, config) and len(_paragraphs(root)) >= _FEW:
        row["html"] = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    if has_content(row, config):
        yield document(row, source=source, record=0, config=config)
    else:
        yield Fate(source, 0, "unsupported", "XML in which no article was found")


def _is_record(node: etree._Element, columns: frozenset[str]) -> bool:
    """Tell whether an element is an article, and not a part of one; parts are named like columns."""
    if _local(node) in _ARTICLES:
        return True
    above = [_local(element) for element in node.iterancestors()]
    return bool(above) and _local(node) not in columns and _ARTICLES.isdisjoint(above)


def _row(node: etree._Element) -> dict[str, object]:
    """Return the fields of an element: attributes, elements with a text, lists, and the article's text."""
    row: dict[str, object] = {}
    body: etree._Element | None = None
    for part in node.iter(etree.Element):
        name = _local(part)
        for key, value in part.attrib.items():
            if (field := squash(str(key))) in _ATTRIBUTES and value.strip():
                row.setdefault(_NAMES.get(name if field == "norm" else field, field), value)
        if (about := part.get("element")) and part.get("value"):
            row.setdefault(_NAMES.get(squash(about.removeprefix("dc.")), about.removeprefix("dc.")), part.get("value"))
        if body is not None and _is_within(part, body):
            continue
        if name == "html":
            row.setdefault("html", etree.tostring(part, encoding="unicode", method="html", with_tail=False))
            body = part
        elif name in _BODIES and not _holds_body(part) and (texts := _paragraphs(part)):
            row.setdefault("text", texts)
            body = part
        elif len(part) and part is not node and all(_local(child) in _VALUES and not len(child) for child in part):
            row.setdefault(name, [text for child in part if (text := _text(child))])
        elif (text := _text(part)) and not _paragraphs(part) and (not len(part) or name in _INLINE):
            row.setdefault(_NAMES.get(name, name), text)
    return row


def _holds_body(node: etree._Element) -> bool:
    """Tell whether an element has a narrower one for the text, as NITF's body has beside the headline."""
    return any(part is not node and _local(part) in _BODIES and _paragraphs(part) for part in node.iter(etree.Element))


def _paragraphs(node: etree._Element) -> list[str]:
    """Return the texts of the paragraphs and headings in an element."""
    return [text for part in node.iter(etree.Element) if _local(part) in _PARAGRAPHS and (text := _text(part))]


def _is_within(part: etree._Element, body: etree._Element) -> bool:
    return any(above is body for above in part.iterancestors())


def _local(node: etree._Element) -> str:
    """Return the name of an element without its namespace and signs."""
    return squash(str(node.tag).rpartition("}")[2])


def _text(node: etree._Element) -> str:
    return " ".join("".join(map(str, node.itertext())).split()) if len(node) else (node.text or "").strip()
