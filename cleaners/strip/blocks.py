"""Blocks: the lines of an article with the few facts about their form that every finder asks for."""

from dataclasses import dataclass
from functools import lru_cache

from cleaners.records import find_words

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


# So many lines are kept in mind by each cache of what is found out about one: those of the 64 articles that are
# judged together, so that the keys and every round of the finders share them.
KEPT_LINES = 2048


@lru_cache(maxsize=KEPT_LINES)
def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a line in lower case; cached, as keys, features and most finders ask for them."""
    return tuple(find_words(line.lower()))


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
            found.append(Block(start, end, stripped, len(words_of(stripped)), gap if found else 0, *_ending(stripped)))
            gap = 0
        else:
            gap += 1
        position += len(line) + 1
    return tuple(found)


def _ending(line: str) -> tuple[bool, bool]:
    """Say whether a line ends like a sentence, and whether it announces the next one."""
    last = line[-1]
    if last.isalnum():
        return False, False
    return line.rstrip(_AFTER_STOP)[-1:] in _STOPS, last in ":,;：；،"
