"""From a raw document to an article, or to the fate of the record."""

from dataclasses import dataclass

from cleaners.dates import parse_date
from cleaners.encoding import decode
from cleaners.extract.authors import clean_author
from cleaners.extract.characters import one_line, put_right
from cleaners.extract.config import ExtractConfig
from cleaners.extract.language import find_language
from cleaners.extract.page.page import extract_page
from cleaners.extract.site import find_site, own_address
from cleaners.extract.text.headline import find_headline
from cleaners.extract.text.wrapping import join_broken, unwrap
from cleaners.records import Article, Fate, RawDocument


@dataclass(frozen=True, slots=True)
class _Found:
    """What the content itself gives, before the record's own fields override it."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    page_signs: tuple[float, ...] | None = None


def extract(document: RawDocument, *, config: ExtractConfig) -> Article | Fate:
    """Return the document's article, with its text put right and headline and metadata in their fields, or its fate.

    The record's own fields override what the content says. The result depends only on the document and the settings.
    """
    content = document.content
    if isinstance(content, bytes):
        decoded = decode(content, form=document.form)
        if decoded is None:
            return Fate(document.source, document.record, "unreadable", "no known encoding fits the bytes")
        content = decoded
    repair = config.repair_mojibake
    known_title = one_line(document.title, repair=repair)
    # Some files are called pages and hold the text of one.
    if document.form == "html" and "<" in content:
        found = _from_page(content, known_title, config)
    else:
        found = _from_text(content, known_title, config)
    if not found.text:
        message = "no article on the page" if document.form == "html" else "no text"
        return Fate(document.source, document.record, "no_text", message)
    lines = found.text.count("\n") + 1
    if lines > config.max_lines:
        message = f"{lines:,} lines, over the limit of {config.max_lines:,} (extract.max_lines)"
        return Fate(document.source, document.record, "too_large", message)
    url = own_address(one_line(document.url, repair="none") or found.url)
    published = (document.published and parse_date(document.published)) or (
        parse_date(found.published) if found.published else None
    )
    return Article(
        source=document.source,
        record=document.record,
        text=found.text,
        url=url,
        site=find_site(url, document.source),
        title=known_title or found.title,
        author=clean_author(one_line(document.author, repair=repair)) or found.author,
        published=published or None,
        language=find_language(found.text, confidence=config.language_confidence) or found.language,
        source_id=one_line(document.source_id, repair="none"),
        page_signs=found.page_signs,
    )


def _from_page(html: str, known_title: str | None, config: ExtractConfig) -> _Found:
    page = extract_page(html, keep=config.keep)
    repair = config.repair_mojibake
    if page is None:
        return _Found("")
    metadata = page.metadata
    title = one_line(metadata.title, repair=repair)
    return _Found(
        text=_without_headline(put_right(page.text, repair=repair), known_title or title),
        title=title,
        author=one_line(metadata.author, repair=repair),
        published=metadata.published,
        url=one_line(metadata.url, repair="none"),
        language=metadata.language,
        # Not as a named tuple, of which a table of the flow would make null.
        page_signs=tuple(page.signs) if page.signs is not None else None,
    )


def _from_text(content: str, known_title: str | None, config: ExtractConfig) -> _Found:
    text = put_right(unwrap(join_broken(content)), repair=config.repair_mojibake)
    if known_title is not None:
        return _Found(_without_headline(text, known_title))
    headline = find_headline(text, words=config.headline_words, score=config.headline_score)
    if headline is None:
        return _Found(text)
    before, after = text[: headline.start].rstrip(), text[headline.end :].lstrip()
    return _Found("\n\n".join(part for part in (before, after) if part), title=headline.title)


def _without_headline(text: str, title: str | None) -> str:
    """Return the text without its first line if that is the known headline, as in many pages and table columns."""
    first, _, rest = text.partition("\n")
    if title and rest and first.casefold().split() == title.casefold().split():
        return rest.strip()
    return text
