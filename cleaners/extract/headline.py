"""The headline of plain text: which line it is, and the text without it."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from operator import mul
from typing import NamedTuple

from cleaners.records import UNSPACED, find_words

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
# Thai, Lao, Khmer, Myanmar: alphabets, where Han and kana are half a word each.
_ALPHABET = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_BYLINE = re.compile(
    r"(?i:(?:written |posted |reporting )?by|from|von|par|por|door|published|updated|posted)\b:?\s+\S.{0,60}"
    r"|(?:De|Di|Da|DE|DI|DA)(?:\s+(?:[^\W\d_a-zß-ÿ][\w.'’-]*|[a-z]{1,3}\b))+$",
)
# A full stop that ends a sentence inside the line.
_INNER_STOP = re.compile(r"[^\W\d_A-ZÀ-Þ]{3}\.\s+[^\W\d_a-zß-ÿ]")
# A paragraph of prose: this many words, or fewer that end in a full stop.
_PROSE_WORDS = 25
_SENTENCE_WORDS = 8
# So long a line is a paragraph whatever its words; counting them is what costs.
_PROSE_CHARS = 300
# The paragraphs that a headline's words come back in: of each so much, of all so much, and the two below it.
_PARAGRAPH_CHARS = 700
_BODY_CHARS = 3_000
_NEAR_LINES = 15
# A headline stands so many lines below the first paragraphs at most, where those are a cookie notice.
_LATE_LINES = 60
_FAR = 99
_STEM = 5
_CONTENT_LETTERS = 4
# So many lines before the first paragraph can be headline, standfirst, byline, dateline; more are page furniture.
_OPENING_LINES = 4
# Of the lines from the first paragraph on, two of three are paragraphs; a caption among menus stands alone.
_NEAR = 3
# The author, in the two lines under a headline.
_AUTHOR = re.compile(r"(?:^|\s)(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor)\s+[A-ZÀ-Þ]")
_AUTHOR_WORDS = 10
_FEW = 3
_CAPITALISED_SHARE = 0.75
_SEARCHED_LINES = 400
_MAX_CHARS = 300


class Headline(NamedTuple):
    """A headline and the span of its line in the text."""

    title: str
    start: int
    end: int


class Facts(NamedTuple):
    """What is measured of a line that may be the headline: 0 or 1 where nothing else is said."""

    first: float
    first_of_few: float  # and prose soon after
    first_apart: float  # and a blank line below it
    apart: float  # not the first, and a blank line below it
    blank_above: float
    body: float  # how many of its words come back in the paragraphs, below 1
    near: float  # how many of its words come back in the next two, below 1
    likeness: float  # under menus: to the first line, which may be the page's title, below 1
    author: float  # one is named below it
    stop: float
    short: float  # two words
    shortish: float  # three words
    late: float  # below the first paragraphs
    ahead: float  # logarithm of the way to the next paragraph, in lines
    above: float  # logarithm of the lines above it


# Near those that `benchmarks/train_headline.py` finds, where the recipe stands; cross-validated these find the headline
# in 92 % of page dumps and 99 % of articles. Moved by hand: few lines, the full stop and the words that come back weigh
# more. With the weights as found a skip link is taken, and 4 of 280 dumps with their headline among menus lose it.
WEIGHTS = Facts(
    first=2.1,
    first_of_few=1.2,
    first_apart=3.0,
    apart=2.3,
    blank_above=1.3,
    body=2.8,
    near=1.3,
    likeness=6.3,
    author=1.4,
    stop=-0.8,
    short=-1.7,
    shortish=-1.0,
    late=-3.2,
    ahead=-0.3,
    above=-0.3,
)


class Opening(NamedTuple):
    """The lines of an opening and a little more, which of them are prose, and which may be the headline."""

    lines: list[Headline]
    prose: list[bool]
    lead: int
    candidates: list[int]

    @property
    def few(self) -> bool:
        """Return whether so few lines stand before the prose that none need be page furniture."""
        return self.lead <= _OPENING_LINES


def find_headline(text: str, *, words: int, score: float) -> Headline | None:
    """Return the headline that opens the text, None when no line is surely one.

    It is the first line, if no other before the prose has a headline's form. Of several the one that scores best is it:
    by its place, its form, its likeness to the first line, and the words that come back in the paragraphs.
    """
    opening = read_opening(text, words=words)
    if opening.lines and (marked := _marked(opening.lines[0], opening.lines)) is not None:
        return marked
    if opening.few and opening.candidates == [0]:
        return _titled(opening.lines[0], text)
    best, best_score = None, score
    for index, facts in zip(opening.candidates, measure(text, opening), strict=True):
        line_score = sum(map(mul, facts, WEIGHTS))
        if line_score > best_score:
            best, best_score = index, line_score
    return None if best is None else _titled(opening.lines[best], text)


def read_opening(text: str, *, words: int) -> Opening:
    """Return the opening and its candidates: lines of a headline's form above the prose, under menus also below it."""
    lines, lead = _opening(text)
    candidates = [index for index, line in enumerate(lines[:lead]) if _has_form(line, words)]
    if not candidates or len(lines) == 1:
        return Opening(lines, [], lead, [])
    few = lead <= _OPENING_LINES
    if few and candidates == [0]:
        return Opening(lines, [], lead, candidates)
    if lead == len(lines):
        candidates = [0] if candidates[0] == 0 else []
    lines = list(islice(_lines(text), lead + _NEAR_LINES + (0 if few else _LATE_LINES)))
    prose = [_is_prose(line.title) for line in lines]
    if not few:
        candidates += [at for at in range(lead, min(lead + _LATE_LINES, len(lines))) if _has_form(lines[at], words)]
    return Opening(lines, prose, lead, [at for at in candidates if not prose[at]])


def measure(text: str, opening: Opening) -> Iterator[Facts]:
    """Yield the facts of every candidate."""
    lines = opening.lines
    paragraphs = [index for index, yes in enumerate(opening.prose) if yes]
    body = _body(lines, paragraphs or range(len(lines)))
    starts: dict[tuple[int, ...], Counter[str]] = {}
    first = set(_stems(_title(lines[0].title))) if lines else set()
    authors = {
        at for at, line in enumerate(lines) if _AUTHOR.search(line.title) and _length(line.title) <= _AUTHOR_WORDS
    }
    for index in opening.candidates:
        line = lines[index]
        stems = set(_stems(_title(line.title)))
        words = _length(line.title)
        after = bisect_right(paragraphs, index)
        near = tuple(at for at in paragraphs[after : after + 2] if at <= index + _NEAR_LINES)
        if near not in starts:
            starts[near] = Counter(stem for at in near for stem in _stems(lines[at].title[:_PARAGRAPH_CHARS]))
        ahead = paragraphs[after] - index if after < len(paragraphs) else _FAR if paragraphs else 0
        apart = text.startswith("\n", line.end + 1)
        yield Facts(
            first=index == 0,
            first_of_few=index == 0 and opening.few,
            first_apart=index == 0 and apart,
            apart=index > 0 and apart,
            blank_above=index > 0 and text[line.start - 2 : line.start] == "\n\n",
            body=_shared(stems, body),
            near=_shared(stems, starts[near]),
            likeness=len(stems & first) / (1 + len(stems | first)) if index and not opening.few else 0,
            author=index + 1 in authors or index + 2 in authors,
            stop=line.title.rstrip().endswith("."),
            short=words <= 2,
            shortish=words == 3,
            late=index > opening.lead,
            ahead=math.log1p(ahead),
            above=math.log1p(index),
        )


def _body(lines: list[Headline], paragraphs: Iterable[int]) -> Counter[str]:
    """Count the content words of the paragraphs, as far as they are looked at."""
    counts: Counter[str] = Counter()
    length = 0
    for index in paragraphs:
        counts.update(_stems(lines[index].title[:_PARAGRAPH_CHARS]))
        length += len(lines[index].title)
        if length >= _BODY_CHARS:
            break
    return counts


@lru_cache(maxsize=512)
def _length(line: str) -> int:
    """Count words; in scripts written without spaces by how many letters a word has there."""
    words = len(find_words(line))
    if line.isascii() or not (letters := len(_UNSPACED.findall(line))):
        return words
    alphabetic = len(_ALPHABET.findall(line))
    return words - letters + (letters - alphabetic) // 2 + alphabetic // 4


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
    words = _length(line)
    if words >= _PROSE_WORDS:
        return True
    return words >= _SENTENCE_WORDS and _STOP.search(line.rstrip()) is not None and not _is_capitalised(line)


def _is_capitalised(line: str) -> bool:
    """Tell whether the line is in title case, as English headlines are and sentences are not."""
    long = [word for word in find_words(line) if len(word) >= _CONTENT_LETTERS]
    return len(long) >= _FEW and sum(word[0].isupper() for word in long) >= _CAPITALISED_SHARE * len(long)


def _has_form(line: Headline, words: int) -> bool:
    """Tell whether the line could be a headline: some letters, not too long, no byline, not the end of a sentence."""
    text = line.title.strip()
    return (
        len(text) <= _MAX_CHARS
        and 1 < _length(text) <= words
        and len(_LETTER.findall(text)) * 2 > len(text.replace(" ", ""))
        and _BYLINE.match(text) is None
        and not text.endswith((",", ";"))
        and (line.start == 0 or _INNER_STOP.search(text) is None)
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
    parts = list(_SITE_PART.finditer(line)) if len(line) <= _MAX_CHARS else []
    most = min(_SITE_WORDS, _length(line[: parts[0].start()])) if parts else 0
    for part in reversed(parts):
        if _length(line[part.end() :]) > most:
            break
        line = line[: part.start()]
    return line


@lru_cache(maxsize=512)
def _stems(text: str) -> tuple[str, ...]:
    """Return the text's content words, cut to the same beginning so that inflected forms meet."""
    return tuple(
        [
            word[:_STEM].lower()
            for word in find_words(text)
            if len(word) >= _CONTENT_LETTERS
            or word[0].isupper()
            or word.isdigit()
            or (not word.isascii() and _UNSPACED.match(word))
        ]
    )


def _shared(stems: set[str], counts: Counter[str]) -> float:
    """Return how many of the content words were counted: those counted twice count double, short lines less."""
    return sum([min(counts[stem], 2) for stem in stems if stem in counts]) / 2 / (len(stems) + 1)
