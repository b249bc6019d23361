"""Blocks: the lines of an article with the few facts about their form that every finder asks for."""

import re
from dataclasses import dataclass
from functools import lru_cache

from cleaners.records import WORD

# Sentence ends of the scripts news is written in: Latin and Cyrillic, CJK, Arabic and Persian, Devanagari, Armenian.
STOPS = ".!?…。！？｡؟۔।։"
_STOPS = frozenset(STOPS)
CLOSERS = "\"'”’»›)]）」』】*“"
# What may stand after the full stop: closing quotes and brackets, and any white space.
_AFTER_STOP = CLOSERS + "".join(char for char in map(chr, range(0x3001)) if char.isspace())
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One non-empty line: its span without outer white space, and its form.

    `gap` counts the blank lines before it, `stopped` says that it ends like a sentence, `open` that it ends in a
    colon, comma or semicolon and so announces the next line.
    """

    start: int
    end: int
    text: str
    words: int
    gap: int
    stopped: bool
    open: bool

    @property
    def brief(self) -> bool:
        """Say whether the line has the form of a headline, label or link: short and not a sentence."""
        return not self.stopped and self.words <= 24

    @property
    def prose(self) -> bool:
        """Say whether the line has the form of a paragraph."""
        return (self.stopped and self.words >= 12) or self.words >= 25


@lru_cache(maxsize=8)
def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text, in order; cached because every finder of one article asks for them."""
    found: list[Block] = []
    newlines_from = 0
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if not stripped:
            continue
        start = match.start() + len(line) - len(line.lstrip())
        gap = max(0, text.count("\n", newlines_from, start) - 1) if found else 0
        end = start + len(stripped)
        newlines_from = end
        found.append(
            Block(
                start=start,
                end=end,
                text=stripped,
                words=len(WORD.findall(stripped)),
                gap=gap,
                stopped=stripped.rstrip(_AFTER_STOP)[-1:] in _STOPS,
                open=stripped[-1] in ":,;：；،",
            )
        )
    return tuple(found)
