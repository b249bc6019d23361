"""The one definition, for every stage, of the lines, paragraphs, sentences and words of a text.

A *line* is what stands between two line breaks and is not blank. Blank lines mean nothing: an article has the same
lines with and without blank lines between its paragraphs, so no rule and no model may look at them. Texts that were
wrapped at a fixed width are joined into paragraphs before (`cleaners/extract/text/wrapping.py`). A *paragraph* is a
line with the form of prose. A *sentence* ends at a stop that is followed by white space or the end of the line, or at a
full-width stop. `find_words` finds the words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from cleaners.records import find_words

P = ParamSpec("P")
R = TypeVar("R")

# Signs that end a sentence: in Latin and Cyrillic, CJK, Arabic and Persian, Devanagari, Armenian.
STOPS = ".!?…。！？｡؟۔।։"
# Those of them that end a statement. Headlines and calls end in questions and exclamations too.
FULL_STOPS = ".。｡।۔։"
# Quotes and brackets that may follow a stop and belong to its sentence.
CLOSERS = "\"'”’»›)]）」』】*“"
_STOPS = frozenset(STOPS)
# What may follow a full stop: closing quotes and brackets, and any white space.
_AFTER_STOP = CLOSERS + "".join(char for char in map(chr, range(0x3001)) if char.isspace())
# The end of a sentence inside a line, with the white space before the next sentence. Full-width stops need none.
_BETWEEN = re.compile(rf"[.!?…؟۔।։][{re.escape(CLOSERS)}]*\s+(?=\S)|[。！？｡][{re.escape(CLOSERS[:-1])}]*\s*(?=\S)")
# Abbreviations with a stop that hardly ever end a sentence, and single initials ("John A. Boehner").
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“‘«„'’-])(?:[^\W\d_](?:\.[^\W\d_])*"
    r"|mr|mrs|ms|dr|prof|sen|rep|gov|gen|col|lt|sgt|capt|cmdr|adm|maj|pres|hon|rev|fr|st|jr|sr|no|vs|jan|feb|mar|apr|jun|"
    r"jul|aug|sept?|oct|nov|dec|mt|ft|inc|ltd|corp|co|bros|dept|univ|est|approx|d-[a-z]{1,5}|r-[a-z]{1,5}|"
    r"nr|str|ca|bzw|usw|evtl|zzgl|hl|tel|mme|mlle|art|av|sra?|dra?|ud|uds|p|pp|vol|fig)\.$",
    re.IGNORECASE,
)
# This many characters before a stop suffice to recognise an abbreviation.
_ABBREVIATION_CHARS = 12
# Words of a paragraph that ends like a sentence, and of one that ends in any way.
_ENDED_WORDS, _LONG_WORDS = 12, 25
# Words at most of a headline, label or link.
_BRIEF_WORDS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its half-open span in the text, without outer white space, and its form.

    `stopped` says that it ends like a sentence; `open` says that it ends in a colon, comma or semicolon, which announce
    the next line.
    """

    start: int
    end: int
    text: str
    words: int
    stopped: bool
    open: bool

    @property
    def brief(self) -> bool:
        """Whether the line has the form of a headline, label or link: short and not a sentence."""
        return not self.stopped and self.words <= _BRIEF_WORDS

    @property
    def prose(self) -> bool:
        """Whether the line has the form of a paragraph."""
        return (self.stopped and self.words >= _ENDED_WORDS) or self.words >= _LONG_WORDS


NUMBER = re.compile(r"\d+")
# Lines in each cache of properties of lines: those of the 64 articles that are judged together, so that the keys and
# every round of the finders share them.
KEPT_LINES = 2048
# Only a few longer lines and texts are kept: their properties take about twenty times their own memory.
_LONG_LINE, _LONG_TEXT, _KEPT_LONG = 20_000, 200_000, 4


def remembered(
    find: Callable[Concatenate[str, P], R], *, kept: int = KEPT_LINES, long: int = _LONG_LINE
) -> Callable[Concatenate[str, P], R]:
    """Cache what a function finds out about a line, its first argument, while its article is worked on.

    The cache keeps `kept` lines, and few that have more than `long` characters.
    """
    of_short, of_long = lru_cache(maxsize=kept)(find), lru_cache(maxsize=_KEPT_LONG)(find)

    @wraps(find)
    def known(line: str, /, *arguments: P.args, **settings: P.kwargs) -> R:
        return (of_short if len(line) <= long else of_long)(line, *arguments, **settings)  # type: ignore[arg-type]

    return known


@remembered
def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a line in lower case; cached, since keys, features and most finders ask for them."""
    return tuple(find_words(line.lower()))


@remembered
def fold_line(line: str) -> str:
    """Return a line in the form in which pages are compared: without case, punctuation and spacing, numbers as 0."""
    return NUMBER.sub("0", " ".join(words_of(line)))


@partial(remembered, kept=256, long=_LONG_TEXT)
def lines_of(text: str) -> tuple[Line, ...]:
    """Return the lines of a text that are not blank, in order; cached, since every finder asks for them."""
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
    """Say whether a line ends like a sentence: in a stop, perhaps followed by closing quotes and brackets."""
    # Most lines that do not end like a sentence end in a letter, so that quotes need not be stripped.
    return not line[-1:].isalnum() and line.rstrip(_AFTER_STOP)[-1:] in _STOPS


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences of a line, in order; white space between two belongs to the first.

    The spans tile the line. A stop does not end a sentence after an initial or a known abbreviation, or before a small
    letter.
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
    """Return the number of words of a line's longest finished sentence, 0 if it has none; cached."""
    return max(
        (len(find_words(line[start:end])) for start, end in sentences_of(line) if ends_sentence(line[start:end])),
        default=0,
    )
