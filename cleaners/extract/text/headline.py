"""The headline of plain text: which line it is."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial
from itertools import islice, pairwise
from typing import NamedTuple

from cleaners.extract.page_words import cue_groups, cue_lists, cue_mask
from cleaners.extract.text.line_forms import (
    CONTENT_LETTERS,
    HEADLINE_CHARS,
    INNER_STOP,
    STOP,
    TRAIL,
    UNSPACED_LETTER,
    has_headline_form,
    is_capitalised,
    is_prose,
    length_in_words,
)
from cleaners.learned.files import ModelFile
from cleaners.learned.linear import Linear, linear_of
from cleaners.records import find_words

_MARKDOWN = re.compile(r"#{1,2}\s+(.+?)\s*#*")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})")
_LABEL = re.compile(r"(?:title|headline|titre|überschrift|titel|título|titular)\s*:\s+(.+)", re.IGNORECASE)
# "Headline - Site" and "Headline | Section | Site", as page titles are written.
_SITE_PART = re.compile(r"\s+(?:[|»·•]|[-–—])\s+")
_SITE_WORDS = 5
# Characters of prose in which a headline's words are looked for: at the top of the body, and right below the headline.
_BODY_CHARS = 3_000
_NEAR_CHARS = 900
_NEAR_LINES = 15
# If the first paragraphs are a cookie notice, the headline stands at most this many lines below them.
_LATE_LINES = 60
_FAR = 99
_STEM = 5
# Headline, standfirst, byline and dateline are at most this many lines before the prose; more are page furniture.
_OPENING_LINES = 4
# Prose begins where two of three lines are paragraphs; a caption among menus stands alone.
_NEAR = 3
# The author's name, looked for in the two lines below a headline.
_AUTHOR = re.compile(r"(?:^|\s)(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor)\s+[A-ZÀ-Þ]")
_AUTHOR_WORDS = 10
# Characters. Longer lines are no bylines, and the expression is slow on them.
_AUTHOR_CHARS = 160
_FEW = 3
_WORDY = 6
_LONG_WORDS = 12
_CAPTION_WORDS = 8
# Names and what joins them: "Ada Brandt and Ida Moor", "ada brandt".
_NAMES = re.compile(
    r"(?:[A-ZÀ-Þ][\w.'’-]*,?\s+|(?:and|for|und|für|et|pour|y|para|e|en|i|&|/)\s+){1,20}[A-ZÀ-Þ][\w.'’-]*"
)
_JOINED = re.compile(r"\s(?:and|und|et|y|e|i|&|/)\s")
# A credit that closes a line: "(Pavel Ruzicka/WKP)", "[WKP photo]", "| WKP Photos", "Photo: Pavel Ruzicka".
_CREDIT = re.compile(
    r"[(\[][^()\[\]]*(?:\w/\s?\w|(?i:photo|image|file|via|foto|bild|getty|reuters|\bap\b|\bafp\b))[^()\[\]]*[)\]]$|©"
    r"|(?:^|[|.(]\s*)(?i:photo|photos|foto|image|picture|bild)(?i: by|:)\s|[^\W\d_]{3,}/[A-Z]{2}[A-Z ]*$"
    r"|\|\s*\S+\s(?i:photos?|foto|image|bild)$"
    r"|[(\[][A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*){1,3}[)\]]$"
)
# A link that lets screen readers skip the menus; the page does not show it.
_SKIP = re.compile(
    r"(?i:skip to|jump to|direkt zum|zum inhalt|aller au|passer au|saltar al|ir al|ir para o|saltar para|vai al)"
    r"\b.{0,30}"
)
# What a headline may say in front or at the end of what the article shows: "VIDEO: ...", "... [PHOTOS]".
_MEDIA = r"photos?|fotos?|videos?|pics?|pictures?|images?|imágenes|galer[iy]e?|gallery|audio|watch|listen"
_SHOWN = re.compile(
    rf"^(?i:(?:[^\W\d_]+ )?(?:{_MEDIA}|exclusive|breaking(?: news)?|just in|updated?|live)(?: [^\W\d_]+)?)"
    rf"(?:\s?[:|]\s?|\s[-–—]\s)(?=\S)"
    rf"|\s*[(\[](?i:(?:{_MEDIA}|graphic|infographic|exclusive|updated?)(?:\s?[/+&,]\s?\w+|\s\w+){{0,2}})[)\]]$"
)
_CREDITS = ("credit", "rights")
_LABELS = ("related", "follow", "signup", "time", "notice", "call", "tags", "comments", "outline")
_SEARCHED_LINES = 400


class Headline(NamedTuple):
    """A headline and the span of its line in the text."""

    title: str
    start: int
    end: int


class Facts(NamedTuple):
    """The measures of a line that may be the headline: flags (0 or 1) unless said otherwise."""

    line: float  # always 1: its weight is what a line must make up for
    first: float  # the first line, with prose soon after
    page_title: float  # the first line, above menus: by its words that recur in the prose, 1 if there is no prose
    menus: float  # too many lines stand above the prose for anything but a page's menus
    body: float  # how many of its words recur in the prose, below 1
    near: float  # how many of its words recur in the prose right below it, below 1
    likeness: float  # under menus: its likeness to the first line, which may be the page's title, below 1
    author: float  # an author is named below it
    noted: float  # a line of furniture near it contains all of it: "Comments off on <headline>"
    stop: float  # a sentence in lower case
    inner_stop: float  # several sentences, not in title case
    glued: float  # a sentence and something that is not: how long the sentence is, below 1
    short: float  # two words
    shortish: float  # three words
    long: float  # grows with the square of the words beyond twelve
    credit: float  # it has the form or the words of a credit
    label: float  # it has words of page furniture
    names: float  # only names, which are joined like those of authors or occur nowhere below
    lower: float  # it begins with a small letter
    wordy: float  # under menus: six words or more
    last: float  # under menus: right above prose
    late: float  # below the first paragraphs
    ahead: float  # logarithm of the distance to the next paragraph, in lines


# `benchmarks/training/headline.py` makes it; its file says what was changed by hand since, and why.
HEADLINE_MODEL = ModelFile(__package__, "headline_model", "linear", partial(cue_lists, (*_CREDITS, *_LABELS)))


@cache
def headline_model() -> Linear:
    """Return the model that weighs the facts."""
    return linear_of(HEADLINE_MODEL.read(Facts._fields))


class Opening(NamedTuple):
    """The opening lines of a text and a few more: which are prose, and which may be the headline.

    `lead` is the index of the line where the prose begins, `candidates` are the indexes of possible headlines.
    """

    lines: list[Headline]
    prose: list[bool]
    lead: int
    candidates: list[int]

    @property
    def few(self) -> bool:
        """Whether so few lines stand before the prose that all of them can belong to the article."""
        return self.lead <= _OPENING_LINES


def find_headline(text: str, *, words: int, score: float) -> Headline | None:
    """Return the headline that opens the text, or None if no line surely is one.

    A line that is marked as one is it. Else it is the line that scores best, if it scores enough: by its place, its
    form, its likeness to the first line, and the words that come back in the prose; or else the line right below the
    way from the site's first page. Blank lines count for nothing: scrapers set and drop them as they like.
    """
    opening = read_opening(text, words=words)
    if opening.lines and (marked := _marked(opening.lines[0], opening.lines)) is not None:
        return marked
    best, best_score = None, score
    model = headline_model()
    for index, facts in zip(opening.candidates, measure(opening), strict=True):
        line_score = model.score(facts)
        if line_score > best_score:
            best, best_score = index, line_score
    line = opening.lines[best] if best is not None else _under_trail(opening, words)
    return None if line is None else _titled(line, text)


def read_opening(text: str, *, words: int) -> Opening:
    """Return the opening and its candidates: lines with a headline's form above the prose or, under menus, below."""
    lines, lead = _opening(text)
    candidates = [index for index, line in enumerate(lines[:lead]) if _has_form(line, words)]
    if not candidates or len(lines) == 1:
        return Opening(lines, [], lead, [])
    few = lead <= _OPENING_LINES
    if lead == len(lines):
        candidates = [0] if candidates[0] == 0 else []
    lines = list(islice(_lines(text), lead + _NEAR_LINES + (0 if few else _LATE_LINES)))
    prose = [is_prose(line.title) for line in lines]
    if not few:
        candidates += [at for at in range(lead, min(lead + _LATE_LINES, len(lines))) if _has_form(lines[at], words)]
    return Opening(lines, prose, lead, [at for at in candidates if not prose[at]])


def measure(opening: Opening) -> Iterator[Facts]:
    """Yield the facts of every candidate."""
    lines = opening.lines
    paragraphs = [index for index, yes in enumerate(opening.prose) if yes]
    body = _counted(lines, paragraphs or range(len(lines)), _BODY_CHARS)
    starts: dict[int, Counter[str]] = {}
    first = set(_stems(_title(lines[0].title))) if lines else set()
    authors = {
        at
        for at, line in enumerate(lines)
        if len(line.title) <= _AUTHOR_CHARS
        and _AUTHOR.search(line.title)
        and length_in_words(line.title) <= _AUTHOR_WORDS
    }
    for index in opening.candidates:
        line = lines[index].title.strip()
        stems = set(_stems(_title(line)))
        words = length_in_words(line)
        after = bisect_right(paragraphs, index)
        if after not in starts:
            near = [at for at in paragraphs[after:] if at <= index + _NEAR_LINES]
            starts[after] = _counted(lines, near, _NEAR_CHARS)
        ahead = paragraphs[after] - index if after < len(paragraphs) else _FAR if paragraphs else 0
        bare = (_SHOWN.sub("", line) if index == 0 else line) or line
        groups = _groups(line) & _groups(bare)
        shared = _shared(stems, body)
        capitalised = is_capitalised(line)
        inner = None if capitalised else INNER_STOP.search(line)
        yield Facts(
            line=1,
            first=index == 0 and opening.few,
            page_title=0 if index or opening.few else min(1, max(0, 5 * shared - 1)) if paragraphs else 1,
            menus=not opening.few,
            body=shared,
            near=_shared(stems, starts[after]),
            likeness=len(stems & first) / (1 + len(stems | first)) if index and not opening.few else 0,
            author=index + 1 in authors or index + 2 in authors,
            noted=any(
                line in other.title and line != other.title.strip() and not _groups(other.title).isdisjoint(_LABELS)
                for other in lines[index + 1 : index + 1 + _OPENING_LINES]
            ),
            stop=STOP.search(line) is not None and not capitalised,
            inner_stop=inner is not None,
            glued=0
            if inner is None or line[-1] in ".!?"
            else min(1, length_in_words(line[: inner.end()]) / _CAPTION_WORDS),
            short=words <= 2,
            shortish=words == 3,
            long=max(0, words - _LONG_WORDS) ** 2 / 40,
            credit=not groups.isdisjoint(_CREDITS)
            or (_CREDIT.search(line) is not None and _CREDIT.search(bare) is not None),
            label=not groups.isdisjoint(_LABELS),
            names=_NAMES.fullmatch(line) is not None and (shared == 0 or _JOINED.search(line) is not None),
            lower=line[0].islower(),
            wordy=not opening.few and words >= _WORDY,
            last=not opening.few and ahead == 1,
            late=index > opening.lead,
            ahead=math.log1p(ahead),
        )


def _groups(line: str) -> set[str]:
    """Return the names of the cue groups of page furniture that a line has."""
    mask = cue_mask(find_words(line.lower()))
    return {name for bit, name in enumerate(cue_groups()) if mask >> bit & 1} if mask else set()


def _counted(lines: list[Headline], indexes: Iterable[int], chars: int) -> Counter[str]:
    """Count the content words in the first `chars` characters of some lines, wherever the line breaks are."""
    counts: Counter[str] = Counter()
    for index in indexes:
        line = lines[index].title[:chars]
        counts.update(_stems(line))
        chars -= len(line)
        if chars <= 0:
            break
    return counts


def _opening(text: str) -> tuple[list[Headline], int]:
    """Return the lines up to the prose, and the index at which it begins: a paragraph with others close behind it.

    Without prose, the index is the number of lines.
    """
    lines: list[Headline] = []
    prose: list[bool] = []
    for line in _lines(text):
        lines.append(line)
        prose.append(is_prose(line.title))
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
        if line.strip() and _SKIP.fullmatch(line) is None:
            yield Headline(line, at, at + len(line))
        at += len(line) + 1


def _has_form(line: Headline, words: int) -> bool:
    return has_headline_form(line.title.strip(), words=words, is_first=line.start == 0)


def _marked(line: Headline, lines: list[Headline]) -> Headline | None:
    """Return the headline if the line is marked as one: in Markdown, by underlining, or by a label."""
    text = line.title.strip()
    if found := _MARKDOWN.fullmatch(text) or _LABEL.fullmatch(text):
        return line._replace(title=found[1])
    if len(lines) > 1 and lines[1].start == line.end + 1 and _UNDERLINE.fullmatch(lines[1].title.strip()):
        return Headline(text, line.start, lines[1].end)
    return None


def _under_trail(opening: Opening, words: int) -> Headline | None:
    """Return the line right below "Home > Local > News", if it may be the headline."""
    for above, line in pairwise(opening.lines[: opening.lead]):
        if TRAIL.fullmatch(above.title.strip()) and length_in_words(line.title) >= _FEW and _has_form(line, words):
            return line
    return None


def _titled(line: Headline, text: str) -> Headline:
    """Return the headline without a site's name: after a bar always, after a dash if the rest stands elsewhere too."""
    whole = " ".join(line.title.split())
    title = _title(whole)
    if title != whole and "|" not in whole and f"\n{title}\n" not in text[line.end :]:
        title = whole
    return line._replace(title=title)


def _title(line: str) -> str:
    """Return the line without the end that may be a site's name."""
    line = line.strip()
    parts = list(_SITE_PART.finditer(line)) if len(line) <= HEADLINE_CHARS else []
    most = min(_SITE_WORDS, length_in_words(line[: parts[0].start()])) if parts else 0
    for part in reversed(parts):
        if length_in_words(line[part.end() :]) > most:
            break
        line = line[: part.start()]
    return line


@lru_cache(maxsize=512)
def _stems(text: str) -> tuple[str, ...]:
    """Return the stems of the text's content words; inflected forms of a word mostly have one stem."""
    return tuple(
        [
            word[:_STEM].lower()
            for word in find_words(text)
            if len(word) >= CONTENT_LETTERS
            or word[0].isupper()
            or word.isdigit()
            or (not word.isascii() and UNSPACED_LETTER.match(word))
        ]
    )


def _shared(stems: set[str], counts: Counter[str]) -> float:
    """Return the share of the stems that were counted, below 1: those counted twice weigh double, short lines less."""
    return sum([min(counts[stem], 2) for stem in stems if stem in counts]) / 2 / (len(stems) + 1)
