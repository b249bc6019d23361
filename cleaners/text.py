"""What a line, a paragraph, a sentence and a word of a text are: the one definition of each, for every stage.

A *line* is what stands between two line breaks and is not blank. Blank lines mean nothing: the same article with a
blank line between its paragraphs and with none is the same lines, so no rule and no model may look at them. Texts
wrapped at a fixed width are joined to their paragraphs before (`cleaners/extract/text/wrapping.py`). A *paragraph* is
a line with the form of prose. A *sentence* ends at a stop that white space or the end of the line follows, or at a
full-width stop. Words are `find_words`'s.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from cleaners.records import find_words

P = ParamSpec("P")
R = TypeVar("R")

# Sentence ends of the scripts news is written in: Latin and Cyrillic, CJK, Arabic and Persian, Devanagari, Armenian.
STOPS = ".!?…。！？｡؟۔।։"
# Of these, the ones that end a statement: neither a question nor an exclamation, which headlines and calls end in too.
FULL_STOPS = ".。｡।۔։"
# Quotes and brackets that may follow a stop and belong to its sentence.
CLOSERS = "\"'”’»›)]）」』】*“"
_STOPS = frozenset(STOPS)
# What may stand after the full stop: closing quotes and brackets, and any white space.
_AFTER_STOP = CLOSERS + "".join(char for char in map(chr, range(0x3001)) if char.isspace())
# The end of a sentence inside a line, with the white space that leads to the next one. Full-width stops need none.
_BETWEEN = re.compile(rf"[.!?…؟۔।։][{re.escape(CLOSERS)}]*\s+(?=\S)|[。！？｡][{re.escape(CLOSERS[:-1])}]*\s*(?=\S)")
# Abbreviations that end in a stop and hardly ever end a sentence, and single initials ("John A. Boehner").
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“‘«„'’-])(?:[^\W\d_](?:\.[^\W\d_])*"
    r"|mr|mrs|ms|dr|prof|sen|rep|gov|gen|col|lt|sgt|capt|cmdr|adm|maj|pres|hon|rev|fr|st|jr|sr|no|vs|jan|feb|mar|apr|jun|"
    r"jul|aug|sept?|oct|nov|dec|mt|ft|inc|ltd|corp|co|bros|dept|univ|est|approx|d-[a-z]{1,5}|r-[a-z]{1,5}|"
    r"nr|str|ca|bzw|usw|evtl|zzgl|hl|tel|mme|mlle|art|av|sra?|dra?|ud|uds|p|pp|vol|fig)\.$",
    re.IGNORECASE,
)
# Characters before a stop that are enough to see the abbreviation it belongs to.
_ABBREVIATION_CHARS = 12
# Words of a paragraph: fewer that end like a sentence, or more however they end.
_ENDED_WORDS, _LONG_WORDS = 12, 25
# Words of a headline, label or link at most.
_BRIEF_WORDS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its span without outer white space, and its form.

    `stopped` says that it ends like a sentence, `open` that it ends in a colon, comma or semicolon and so announces the
    next line.
    """

    start: int
    end: int
    text: str
    words: int
    stopped: bool
    open: bool

    @property
    def brief(self) -> bool:
        """Say whether the line has the form of a headline, label or link: short and not a sentence."""
        return not self.stopped and self.words <= _BRIEF_WORDS

    @property
    def prose(self) -> bool:
        """Say whether the line has the form of a paragraph."""
        return (self.stopped and self.words >= _ENDED_WORDS) or self.words >= _LONG_WORDS


# Lines that each cache of what is found out about one keeps in mind: those of the 64 articles that are judged together,
# so that the keys and every round of the finders share them.
KEPT_LINES = 2048
# Of longer lines and texts only a few are: what is known of one takes some twenty times its own memory.
_LONG_LINE, _LONG_TEXT, _KEPT_LONG = 20_000, 200_000, 4


def remembered(
    find: Callable[Concatenate[str, P], R], *, kept: int = KEPT_LINES, long: int = _LONG_LINE
) -> Callable[Concatenate[str, P], R]:
    """Cache what a function finds out about a line, its first argument, for as long as its article is worked on."""
    of_short, of_long = lru_cache(maxsize=kept)(find), lru_cache(maxsize=_KEPT_LONG)(find)

    @wraps(find)
    def known(line: str, /, *arguments: P.args, **settings: P.kwargs) -> R:
        return (of_short if len(line) <= long else of_long)(line, *arguments, **settings)  # type: ignore[arg-type]

    return known


@remembered
def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a line in lower case; cached, as keys, features and most finders ask for them."""
    return tuple(find_words(line.lower()))


@partial(remembered, kept=256, long=_LONG_TEXT)
def lines_of(text: str) -> tuple[Line, ...]:
    """Return the lines of a text that are not blank, in order; cached because every finder of one article asks."""
    found: list[Line] = []
    position = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = position + len(line) - len(line.lstrip())
            end = start + len(stripped)
            found.append(Line(start, end, stripped, len(words_of(stripped)), *_ending(stripped)))
        position += len(line) + 1
    return tuple(found)


def _ending(line: str) -> tuple[bool, bool]:
    """Say whether a line ends like a sentence, and whether it announces the next one."""
    return ends_sentence(line), line[-1] in ":,;：；،"


def ends_sentence(line: str) -> bool:
    """Say whether a line ends like a sentence: in a stop, behind which closing quotes and brackets may stand."""
    # Most lines that do not end like a sentence end in a letter, and need no look behind quotes.
    return not line[-1:].isalnum() and line.rstrip(_AFTER_STOP)[-1:] in _STOPS


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences of a line, in order; white space between two belongs to the first.

    The spans tile the line. A stop behind an initial or a known abbreviation ends no sentence, nor does one that a
    small letter follows.
    """
    found = []
    start = 0
    for between in _BETWEEN.finditer(text):
        stop, end = between.start(), between.end()
        if text[end].islower():
            continue
        if text[stop] == "." and _ABBREVIATION.search(text[max(0, stop - _ABBREVIATION_CHARS) : stop + 1]):
            continue
        found.append((start, end))
        start = end
    if start < len(text):
        found.append((start, len(text)))
    return found


@remembered
def longest_sentence(line: str) -> int:
    """Return the words of the longest finished sentence of a line, 0 where it has none; cached."""
    return max(
        (len(find_words(line[start:end])) for start, end in sentences_of(line) if ends_sentence(line[start:end])),
        default=0,
    )
