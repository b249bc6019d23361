"""The headline of plain text: which line it is, and the text without it."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cleaners.records import UNSPACED, WORD, count_words

_MARKDOWN = re.compile(r"#{1,2}\s+(.+?)\s*#*")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})")
_LABEL = re.compile(r"(?:title|headline|titre|überschrift|titel|título|titular)\s*:\s+(.+)", re.IGNORECASE)
# "Headline - Site" and "Headline | Section | Site", as page titles are written.
_SITE_PART = re.compile(r"\s+(?:[|»·•]|[-–—])\s+")
_SITE_WORDS = 5
# The last letter of an abbreviation such as "U.S." ends no sentence for sure.
_STOP = re.compile(r"(?<![.\s]\w)[.。।۔]['\"”’»)\]]*$")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_BYLINE = re.compile(
    r"(?:(?:written |posted |reporting )?by|from|von|par|por|de|di|da|door|published|updated|posted)\b:?\s+\S.{0,60}",
    re.IGNORECASE,
)
# A paragraph of prose: this many words, or fewer that end in a full stop.
_PROSE_WORDS = 25
_SENTENCE_WORDS = 8
# So long a line is a paragraph whatever its words; counting them is what costs.
_PROSE_CHARS = 300
# The first paragraphs: what a headline is compared with.
_LEAD_CHARS = 1_500
_STEM = 5
_CONTENT_LETTERS = 4
# So many lines before the first paragraph can be headline, standfirst, byline, dateline; more are page furniture.
_OPENING_LINES = 4
# Of the lines from the first paragraph on, two of three are paragraphs; a caption among menus stands alone.
_NEAR = 3
_FIRST_BONUS = 0.2
_LAST_BONUS = 0.25
_FEW = 3
_CAPITALISED_SHARE = 0.75
_SEARCHED_LINES = 400
_MAX_CHARS = 300


class Headline(NamedTuple):
    """A headline and the span of its line in the text."""

    title: str
    start: int
    end: int


def find_headline(text: str, *, words: int, overlap: float) -> Headline | None:
    """Return the headline that opens the text, None when no line is surely one.

    It is the first line, if that has a headline's form and prose follows. Where many short lines stand before the prose
    (menus, share buttons), it is the one of them that shares most with the prose, and shares enough.
    """
    lines, lead = _opening(text)
    if not lines:
        return None
    if (marked := _marked(lines[0], lines)) is not None:
        return marked
    opening = [line for line in lines[:lead] if _has_form(line, words)]
    if not opening or len(lines) == 1:
        return None
    if lead <= _OPENING_LINES:
        return _titled(opening[0], text) if opening[0] is lines[0] else None
    body = (
        Counter(_stems(text[lines[lead].start : lines[lead].start + _LEAD_CHARS])) if lead < len(lines) else Counter()
    )
    last = opening[-1] if opening[-1] is lines[lead - 1] else None
    best, best_score = opening[0], -1.0
    for line in opening:
        score = _shared(_title(line.title), body)
        if line is lines[0]:
            score += _FIRST_BONUS if not text.startswith("\n", line.end + 1) else 2 * _FIRST_BONUS
        elif line is last and text[line.end : line.end + 2] == "\n\n" and score:
            score += _LAST_BONUS
        if score > best_score:
            best, best_score = line, score
    return _titled(best, text) if best_score >= overlap else None


def _opening(text: str) -> tuple[list[Headline], int]:
    """Return the lines up to the prose, and the index of the line where it begins: a paragraph with others close after.

    Without prose the index is the number of lines.
    """
    lines: list[Headline] = []
    prose: list[bool] = []
    for line in _lines(text):
        lines.append(line)
        prose.append(_is_prose(line.title))
        index = len(lines) - _NEAR
        if index >= 0 and prose[index] and sum(prose[index:]) > 1:
            return lines, index
    for index, yes in enumerate(prose):
        near = prose[index : index + _NEAR]
        if yes and sum(near) >= min(2, len(near)):
            return lines, index
    return lines, next((index for index, yes in enumerate(prose) if yes), len(lines))


def _lines(text: str) -> Iterator[Headline]:
    at = 0
    for count, line in enumerate(text.split("\n")):
        if count > _SEARCHED_LINES:
            return
        if line.strip():
            yield Headline(line, at, at + len(line))
        at += len(line) + 1


def _is_prose(line: str) -> bool:
    if len(line) >= _PROSE_CHARS:
        return True
    words = count_words(line)
    if words >= _PROSE_WORDS:
        return True
    return words >= _SENTENCE_WORDS and _STOP.search(line.rstrip()) is not None and not _is_capitalised(line)


def _is_capitalised(line: str) -> bool:
    """Tell whether the line is in title case, as English headlines are and sentences are not."""
    long = [word for word in WORD.findall(line) if len(word) >= _CONTENT_LETTERS]
    return len(long) >= _FEW and sum(word[0].isupper() for word in long) >= _CAPITALISED_SHARE * len(long)


def _has_form(line: Headline, words: int) -> bool:
    """Tell whether the line could be a headline: some letters, not too long, no byline, not the end of a sentence."""
    text = line.title.strip()
    return (
        len(text) <= _MAX_CHARS
        and 1 < count_words(text) <= words
        and len(_LETTER.findall(text)) * 2 > len(text.replace(" ", ""))
        and _BYLINE.match(text) is None
        and not text.endswith((",", ";"))
    )


def _marked(line: Headline, lines: list[Headline]) -> Headline | None:
    """Return the headline if the line is marked as one: Markdown, underlined, or labelled."""
    text = line.title.strip()
    if found := _MARKDOWN.fullmatch(text) or _LABEL.fullmatch(text):
        return line._replace(title=found[1])
    if len(lines) > 1 and lines[1].start == line.end + 1 and _UNDERLINE.fullmatch(lines[1].title.strip()):
        return Headline(text, line.start, lines[1].end)
    return None


def _titled(line: Headline, text: str) -> Headline:
    """Return the headline without a site's name: behind a bar always, behind a dash if the rest stands elsewhere."""
    whole = " ".join(line.title.split())
    title = _title(whole)
    if title != whole and "|" not in whole and f"\n{title}\n" not in text[line.end :]:
        title = whole
    return line._replace(title=title)


def _title(line: str) -> str:
    """Return the line without what may be a site's name at its end."""
    line = line.strip()
    for part in reversed(list(_SITE_PART.finditer(line))):
        if count_words(line[part.end() :]) > min(_SITE_WORDS, count_words(_SITE_PART.split(line)[0])):
            break
        line = line[: part.start()]
    return line


def _stems(text: str) -> Iterator[str]:
    """Yield the text's content words, cut to the same beginning so that inflected forms meet."""
    for word in WORD.findall(text):
        if len(word) >= _CONTENT_LETTERS or word[0].isupper() or word.isdigit() or _UNSPACED.match(word):
            yield word[:_STEM].lower()


def _shared(line: str, body: Counter[str]) -> float:
    """Return how much of the line's content words the body has: those it has twice count double, short lines less."""
    stems = set(_stems(line))
    return sum(min(body[stem], 2) for stem in stems) / 2 / (len(stems) + 1)
