"""Calls to the reader: to subscribe, to give, to follow, to download, to write to the paper."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cleaners.records import UNSPACED, Removal
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.strip.topic import weigh_alone
from cleaners.text import STOPS as _STOPS
from cleaners.text import remembered, sentences_of, words_of

# Words of a call at most and at least; a longer paragraph has more to say.
_MOST, _LEAST = 50, 4
# Words at most of a paragraph that sells something.
_SOLD_WORDS = 90
# Where a call may begin inside a sentence: "Texas Take: Get the news sent to your inbox".
_PART = re.compile(r"[:–—|•]\s+")
# Somebody speaks, whose app and newsletter it may be; a few words in quotation marks are a name.
_QUOTED = re.compile(r"[\"“„«「][^\"”“»」]*?(?:\s[^\s\"”“»」]+){6}|[\"“„«][^\"”“»]*$")
# Words between "our" and what is ours: "our weekly football newsletter".
_APART = 3
_UNSPACED = re.compile(f"[{UNSPACED}]")
# Words of a call among other sentences; a longer one has run into the next sentence.
_CALL_WORDS = 24
# Phrases that are enough together.
_TOGETHER = 2
# If not all sentences of a paragraph are calls: the share of its words, by weight, that the article has nowhere else,
# and that of the calls.
_ALONE, _SHARE = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Calls:
    """What calls of one language consist of: the verbs that open them, and what they offer or ask for.

    Words of `before` may precede the verb. One phrase of `own` is enough, of `other` it takes two. `closes` are what a
    button says below what is sold. In scripts without spaces one of `asks`, if there are any, stands beside a verb
    that does not open the line.
    """

    verbs: frozenset[str]
    asks: tuple[str, ...]
    before: frozenset[str]
    own: re.Pattern[str]
    other: re.Pattern[str]
    closes: frozenset[str]


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("cleaners.strip") / "calls.toml").read_text("utf-8"))


@cache
def _calls(language: str) -> Calls:
    """Return what calls of a language consist of; each is compiled when a text in it is met."""
    lists = _lists()[language]
    own = [_any_of(lists["own"])]
    if lists["ours"]:
        own.append(rf"{_any_of(lists['ours'])}(?!\w)\s+(?:\S+\s+){{0,{_APART}}}?{_any_of(lists['things'])}(?!\w)")
    verbs, before = frozenset(lists["verbs"]), frozenset(lists["before"])
    closes = frozenset(lists.get("closes", ()))
    asks = tuple(lists.get("asks", ()))
    return Calls(verbs, asks, before, re.compile("|".join(own)), re.compile(_any_of(lists["other"])), closes)


def _any_of(phrases: list[str]) -> str:
    """Return an expression that matches any of the phrases at the beginning of a word; none matches nothing."""
    words = "|".join(re.escape(phrase).replace(r"\*", r"\w*") for phrase in sorted(phrases, key=len, reverse=True))
    begins = "" if _UNSPACED.search(words) else r"(?<!\w)"
    return f"{begins}(?:{words})" if words else "(?!)"


@remembered
def _called(line: str, language: str) -> float:
    """Return the share of a paragraph that opens as a call, 0 if it names nothing that calls are for.

    It counts the letters of the sentences, and is 0 too if the first and the last sentence are no calls.
    """
    calls = _calls(language)
    folded = line.casefold().replace("’", "'")
    own = calls.own.search(folded) is not None
    if not own and len({found[0] for found in calls.other.finditer(folded)}) < _TOGETHER:
        return 0.0
    if not calls.before:
        asked = not calls.asks or any(word in folded for word in calls.asks) or folded.startswith(tuple(calls.verbs))
        return float(asked and any(verb in folded for verb in calls.verbs))
    sentences = [line[start:stop] for start, stop in sentences_of(line)]
    called = [
        any(_first(part, calls) in calls.verbs for part in _PART.split(sentence))
        and (len(sentences) == 1 or len(sentence.split()) <= _CALL_WORDS)
        for sentence in sentences
    ]
    if not (called[0] or called[-1]):
        return 0.0
    return sum(len(sentence) for sentence, is_call in zip(sentences, called, strict=True) if is_call) / len(line)


@remembered
def _sells(line: str, language: str) -> bool:
    """Say whether a paragraph closes in the words of a button below what is sold: "... in two colours. Buy now"."""
    closes = _calls(language).closes
    if not closes or line[-1] in _STOPS:
        return False
    start, stop = sentences_of(line)[-1]
    return start > 0 and line[start:stop].casefold().replace("’", "'").rstrip(" »>") in closes


def _first(part: str, calls: Calls) -> str:
    """Return the first word of a sentence, or of a part of one, that is not one of those that may precede a call."""
    return next((word for word in words_of(part) if word not in calls.before), "")


@one_by_one
def find_calls(sight: Sight) -> Iterator[Removal]:
    """Claim paragraphs in which the paper calls on its reader, in the language of the article.

    All sentences are calls, or a good part of the paragraph is and most of its words stand nowhere else.
    """
    article, lines = sight.article, sight.lines
    if article.language not in _lists() or len(lines) == 1:
        return
    for index, line in enumerate(lines):
        if line.words < _LEAST or line.words > _SOLD_WORDS:
            continue
        if _sells(line.text, article.language) and weigh_alone(line.text, article, index)[1] >= _ALONE:
            yield Removal(*line_span(article.text, lines, index), "ad", "reader_call", 0.9)
            continue
        if line.words > _MOST or _QUOTED.search(line.text):
            continue
        share = _called(line.text, article.language)
        if share == 1 or (share >= _SHARE and weigh_alone(line.text, article, index)[1] >= _ALONE):
            yield Removal(*line_span(article.text, lines, index), "ad", "reader_call", 0.9)
