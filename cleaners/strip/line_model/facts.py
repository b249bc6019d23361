"""The properties of a line by itself: its words, and its columns in the feature table of the line model.

The words of `words.toml` are evidence, never a verdict: each class of cue words is one column of many, which the model
weighs against form and place. All other columns serve any language.
"""

import re
import tomllib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import filterfalse
from typing import Any, NamedTuple

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
# Words of a paragraph at least, and of one that ends in a full stop.
_LONG_WORDS = 12
_SENTENCE_WORDS = 7
_ENDING_WORDS = 3
# Words of a marker at most; a marker is a short line.
MARKER_WORDS = 9


class _Form(NamedTuple):
    """The form of a line as columns of the feature table; the columns that depend on other lines stay 0."""

    chars: float = 0
    words: float = 0
    word_length: float = 0
    function_share: float = 0
    common_share: float = 0
    end_stop: float = 0
    end_colon: float = 0
    end_comma: float = 0
    inner: float = 0
    capitalised: float = 0
    upper: float = 0
    digits: float = 0
    link: float = 0
    separators: float = 0
    clock: float = 0
    bullet: float = 0
    numbered: float = 0
    lower_start: float = 0
    quote_start: float = 0
    copyright: float = 0
    credit: float = 0
    repeats: float = 0
    repeated: float = 0
    prefix_repeats: float = 0
    opening_repeats: float = 0
    ellipsis: float = 0
    cue_ending: float = 0
    byline_name: float = 0
    core_likeness: float = 0
    headline_share: float = 0
    headline_cover: float = 0
    dense: float = 0


BASE = (*_Form._fields, *(f"cue_{name}" for name in CUES))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


def word_lists() -> dict[str, Any]:
    """Return the function words and the cue words, for the digests by which models are bound to them."""
    cues = {name: words.split() for name, words in _data()["cues"].items()}
    return {"line_model.words.function": _data()["function"].split(), "line_model.words.cues": cues}


@cache
def line_words() -> tuple[frozenset[str], dict[str, tuple[int, ...]]]:
    """Return the function words, and the cue classes of each cue word."""
    data = _data()
    classes: dict[str, tuple[int, ...]] = {}
    for number, name in enumerate(CUES):
        for word in data["cues"][name].split():
            classes[word] = (*classes.get(word, ()), number)
    return frozenset(data["function"].split()), classes


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The properties of a line by itself: its words in lower case, and in `cells` its columns of `BASE` as float32.

    The columns in `cells` that depend on other lines are 0. `content` are the words that are not function words,
    `folded` is the line in the form in which lines are compared, `dense` says that it is a paragraph, and `names` are
    those that a byline names.
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
    """Return the properties of each line."""
    return [_facts(line.text) for line in lines]


@remembered
def _facts(text: str) -> LineFacts:
    """Return the properties of a line; cached, since each round of the finders sees most lines again."""
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
    form = _Form(
        chars=len(text),
        words=count,
        word_length=len(text) / size,
        function_share=function / size,
        end_stop=end == 1,
        end_colon=end == 2,
        end_comma=end == 3,
        inner=inner / size,
        capitalised=sum([token[0].isupper() for token in capitals], -first.isupper()) / (len(tokens) - 1 or 1),
        upper=sum([token.isupper() for token in capitals]) / len(tokens),
        digits=digits / len(text),
        link=_LINK.search(text) is not None,
        separators=sum(map(text.count, _SEPARATORS)) / len(tokens),
        clock=digits > 0 and _CLOCK.search(text) is not None,
        bullet=first in _BULLETS,
        numbered=digits > 0 and _NUMBERED.match(text) is not None,
        lower_start=first.islower(),
        quote_start=first in _OPENERS,
        copyright="©" in text or "®" in text or "™" in text,
        credit=first in "([" and text[-1] in ")]",
        ellipsis=text.endswith(("…", "...", "[…]")),
        cue_ending=sum([word in classes for word in words[-_ENDING_WORDS:]]),
        dense=count if dense else 0,
    )
    cells = array("f", (*form, *[cue / size for cue in cues]))
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
    """Return the number of digits in a text."""
    if text.isascii():
        return len(text) - len(text.translate(_NO_DIGITS))
    return sum(map(len, _DIGITS.findall(text)))
