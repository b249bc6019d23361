"""What pages call their parts and what their furniture says: groups of names and cues, each a bit of a mask."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT = re.compile(r"[-_]+")
_PART = re.compile(r"[a-z]+")
# A cue stands where lines carry them: among a line's first words or its last.
_HEAD, _TAIL = 40, 20
# Of a cue that opens a line, one word may stand before it.
_OPENS_WITHIN = 1
_CLOSES_WITHIN = 1


class _Names(NamedTuple):
    inside: re.Pattern[str]
    masks: Mapping[str, int]
    words: Mapping[str, int]


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "page_words.toml").read_text(encoding="utf-8"))


def word_lists() -> dict[str, Any]:
    """Return all names and cues, as the models that count them are bound to them."""
    return {f"page_words.{part}": groups for part, groups in _data().items()}


def cue_lists(names: Sequence[str]) -> dict[str, Any]:
    """Return the cues of some groups, likewise."""
    return {f"page_words.cues.{name}": _data()["cues"][name] for name in names}


@cache
def name_groups() -> tuple[str, ...]:
    """Return the names of the groups of names; the n-th is bit n of a name mask."""
    return tuple(_data()["names"])


@cache
def cue_groups() -> tuple[str, ...]:
    """Return the names of the groups of cues; the n-th is bit n of a cue mask."""
    return tuple(_data()["cues"])


@cache
def _names() -> _Names:
    masks: dict[str, int] = {}
    words: dict[str, int] = {}
    for bit, group in enumerate(_data()["names"].values()):
        for name in group.get("inside", ()):
            masks[name] = masks.get(name, 0) | 1 << bit
        for name in group.get("word", ()):
            words[name] = words.get(name, 0) | 1 << bit
    # A scan finds the longest name only, so it stands for the shorter ones in it too.
    whole = {name: sum({1 << b for other, m in masks.items() if other in name for b in _bits(m)}) for name in masks}
    pattern = re.compile("|".join(sorted(map(re.escape, masks), key=len, reverse=True)))
    return _Names(pattern, whole, words)


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


# Bounded, since some sites make up their names anew on every page.
@lru_cache(maxsize=16_384)
def name_mask(names: str) -> int:
    """Return the groups that an element's class, id, role and itemprop, joined by spaces, belong to."""
    inside, masks, words = _names()
    text = _JOINT.sub("-", _CAMEL.sub("-", names)).lower()
    mask = 0
    for found in inside.findall(text):
        mask |= masks[found]
    for part in _PART.findall(text):
        mask |= words.get(part, 0)
    return mask


@cache
def _cues() -> Mapping[str, tuple[tuple[tuple[str, ...], int, str], ...]]:
    """Return the cues by their first word: the words, the group's bit, and the place."""
    found: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
    for bit, group in enumerate(_data()["cues"].values()):
        for place, phrases in group.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                found.setdefault(words[0], []).append((words, 1 << bit, place))
    return {word: tuple(cues) for word, cues in found.items()}


def cue_mask(words: Sequence[str]) -> int:
    """Return the groups of cues that a line, given as its words in lower case, has."""
    mask = 0
    cues = _cues()
    count = len(words)
    for at, word in enumerate(words):
        if _HEAD <= at < count - _TAIL or word not in cues:
            continue
        for phrase, bit, place in cues[word]:
            end = at + len(phrase)
            if tuple(words[at:end]) == phrase and (
                place == "any"
                or (place == "start" and at <= _OPENS_WITHIN)
                or (place == "end" and end >= count - _CLOSES_WITHIN)
            ):
                mask |= bit
    return mask
