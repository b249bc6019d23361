"""What a line of an article is by itself: its words and its columns in the feature table of the line model.

The words of `words.toml` are evidence, never a verdict: a class of cue words is one column of many, and the model
weighs it against form and place. All other columns hold for any language.
"""

import re
import tomllib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import filterfalse

from cleaners.text import CLOSERS, STOPS, Line, remembered, words_of

CUES = (
    "share", "subscribe", "related", "comment", "menu", "legal", "byline", "time", "ad", "caption", "shop", "action",
    "address",
)  # fmt: skip
_ENDS = dict.fromkeys(STOPS, 1) | {":": 2, "：": 2, ",": 3, ";": 3, "،": 3, "、": 3}
_BULLETS = frozenset("•·-–—*▪●◦►▶→✓✔■□+»›>")
_OPENERS = frozenset("\"'“‘«„「『")
_INNER = re.compile(r"[.!?;:,][\s\"”’»]|[。，、；！？]")
_LINK = re.compile(r"https?:|www\.|@|\.(?:com|org|net|html?)\b|#\w")
_SEPARATORS = "|»›→←•·/\\▸▾✕×+"
_CLOCK = re.compile(r"\b\d{1,2}[:h.]\d\d\b|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:19|20)\d\d\b")
_DIGITS = re.compile(r"\d+")
_NO_DIGITS = str.maketrans("", "", "0123456789")
_NUMBERED = re.compile(r"\W{0,2}\d{1,2}[.)\s]")
# A paragraph: so many words, or fewer that end in a full stop.
_LONG_WORDS = 12
_SENTENCE_WORDS = 7
_ENDING_WORDS = 3
# Words; a marker is a short line.
MARKER_WORDS = 9

BASE = (
    "chars", "words", "word_length", "function_share", "common_share", "end_stop", "end_colon", "end_comma", "inner",
    "capitalised", "upper", "digits", "link", "separators", "clock", "bullet", "numbered", "lower_start",
    "quote_start", "copyright", "credit", "repeats", "repeated", "prefix_repeats", "opening_repeats", "ellipsis",
    "cue_ending", "byline_name", "core_likeness", "headline_share", "headline_cover",
    "dense", *(f"cue_{name}" for name in CUES),
)  # fmt: skip


@cache
def line_words() -> tuple[frozenset[str], dict[str, tuple[int, ...]]]:
    """Return the function words, and the cue classes of each cue word."""
    data = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    classes: dict[str, tuple[int, ...]] = {}
    for number, name in enumerate(CUES):
        for word in data["cues"][name].split():
            classes[word] = (*classes.get(word, ()), number)
    return frozenset(data["function"].split()), classes


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line is by itself: its words in lower case and, in `cells`, its columns of `BASE` as float32.

    Columns that depend on other lines are zero in `cells`. `content` are the words that are no function words, `folded`
    is the line as it is compared with others, `names` are whom a byline names.
    """

    words: tuple[str, ...]
    distinct: frozenset[str]
    content: tuple[str, ...]
    distinct_content: frozenset[str]
    folded: str
    dense: bool
    names: tuple[str, ...]
    cells: bytes


def line_facts(lines: Sequence[Line]) -> list[LineFacts]:
    """Return the facts of each line."""
    return [_facts(line.text) for line in lines]


@remembered
def _facts(text: str) -> LineFacts:
    """Return the facts of a line; cached, as each round of the finders sees most lines again."""
    function_words, classes = line_words()
    lower = text.lower()
    words = words_of(text)
    digits = _digits(lower)
    content = tuple([word for word in words if word not in function_words])
    count, size = len(words), len(words) or 1
    function = count - len(content)
    cues = [0] * len(CUES)
    for word in [word for word in words if word in classes]:
        for number in classes[word]:
            cues[number] += 1
    end = _ENDS.get(text.rstrip(CLOSERS)[-1:], 0)
    inner = len(_INNER.findall(text))
    dense = count >= _LONG_WORDS or (count >= _SENTENCE_WORDS and end == 1 and function + inner > 0)
    named = 1 < count <= MARKER_WORDS and CUES.index("byline") in classes.get(words[0], ())
    tokens = text.split()
    first = text[0]
    capitals = [*filterfalse(str.islower, tokens)]
    cells = array("f", [
        len(text), count, len(text) / size, function / size, 0,
        end == 1, end == 2, end == 3, inner / size,
        sum([token[0].isupper() for token in capitals], -first.isupper()) / (len(tokens) - 1 or 1),
        sum([token.isupper() for token in capitals]) / len(tokens),
        digits / len(text),
        _LINK.search(text) is not None,
        sum(map(text.count, _SEPARATORS)) / len(tokens),
        digits > 0 and _CLOCK.search(text) is not None,
        first in _BULLETS, digits > 0 and _NUMBERED.match(text) is not None, first.islower(), first in _OPENERS,
        "©" in text or "®" in text or "™" in text,
        first in "([" and text[-1] in ")]",
        0, 0, 0, 0, text.endswith(("…", "...", "[…]")),
        sum([word in classes for word in words[-_ENDING_WORDS:]]),
        0, 0, 0, 0,
        count if dense else 0,
        *[cue / size for cue in cues],
    ])  # fmt: skip
    return LineFacts(
        words=words,
        distinct=frozenset(words),
        content=content,
        distinct_content=frozenset(content),
        folded=_DIGITS.sub("0", lower) if digits else lower,
        dense=dense,
        names=tuple(word for word in content if word not in classes) if named else (),
        cells=cells.tobytes(),
    )


def _digits(text: str) -> int:
    """Return how many digits a text has."""
    if text.isascii():
        return len(text) - len(text.translate(_NO_DIGITS))
    return sum(map(len, _DIGITS.findall(text)))
