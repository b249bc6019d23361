"""Blocks: the lines of an article with the few facts about their form that every finder asks for."""

from dataclasses import dataclass
from functools import lru_cache

from cleaners.records import WORD

# Sentence ends of the scripts news is written in: Latin and Cyrillic, CJK, Arabic and Persian, Devanagari, Armenian.
STOPS = ".!?…。！？｡؟۔।։"
_STOPS = frozenset(STOPS)
CLOSERS = "\"'”’»›)]）」』】*“"
# What may stand after the full stop: closing quotes and brackets, and any white space.
_AFTER_STOP = CLOSERS + "".join(char for char in map(chr, range(0x3001)) if char.isspace())


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


# Finders judge this many articles together, each in turn.
@lru_cache(maxsize=256)
def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text, in order; cached because every finder of one article asks for them."""
    found: list[Block] = []
    gap = position = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = position + len(line) - len(line.lstrip())
            end = start + len(stripped)
            found.append(Block(start, end, stripped, _words(stripped), gap if found else 0, *_ending(stripped)))
            gap = 0
        else:
            gap += 1
        position += len(line) + 1
    return tuple(found)


@lru_cache(maxsize=2048)
def _words(line: str) -> int:
    return sum(map(_words_of_token, line.split()))


# Most tokens of a text were seen before: this takes a third of the time of counting with the expression.
@lru_cache(maxsize=50_000)
def _words_of_token(token: str) -> int:
    return len(WORD.findall(token))


def _ending(line: str) -> tuple[bool, bool]:
    """Say whether a line ends like a sentence, and whether it announces the next one."""
    last = line[-1]
    if last.isalnum():
        return False, False
    return line.rstrip(_AFTER_STOP)[-1:] in _STOPS, last in ":,;：；،"
