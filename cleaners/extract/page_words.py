"""The names that pages give their parts, and the cues of their furniture, in groups; each group is a bit of a mask."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT = re.compile(r"[-_]+")
_PART = re.compile(r"[a-z]+")
# Cues are looked for only among this many first and last words of a line.
_HEAD, _TAIL = 40, 20
# Words that may stand before a cue that opens a line.
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
    """Return all names and cues, for the digests by which models are bound to the lists they count."""
    return {f"page_words.{part}": groups for part, groups in _data().items()}


def cue_lists(names: Sequence[str]) -> dict[str, Any]:
    """Return the cues of some groups, for the same digests."""
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
    # A scan finds only the longest name, so its mask includes those of the shorter names in it.
    whole = {name: sum({1 << b for other, m in masks.items() if other in name for b in _bits(m)}) for name in masks}
    return _Names(re.compile(_any_of(masks)), whole, words)


def _any_of(names: Iterable[str]) -> str:
    """Return an expression for the longest of some names, in which those that begin alike share their beginning.

    Plain alternatives, 200 of which are tried at every letter, take twice the time.
    """
    rests: dict[str, list[str]] = {}
    for name in names:
        rests.setdefault(name[:1], []).append(name[1:])
    ends = rests.pop("", None) is not None
    parts = "|".join(re.escape(first) + _any_of(rest) for first, rest in rests.items())
    return f"(?:{parts})?" if ends and parts else f"(?:{parts})" if len(rests) > 1 else parts


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


# Bounded, since some sites make up new names on every page.
@lru_cache(maxsize=16_384)
def name_mask(names: str) -> int:
    """Return the groups of an element as a mask; `names` are its class, id, role and itemprop, joined by spaces."""
    inside, masks, words = _names()
    # Most names are in lower case, and have single hyphens.
    text = names if names.islower() else _CAMEL.sub("-", names).lower()
    if "_" in text or "--" in text:
        text = _JOINT.sub("-", text)
    mask = 0
    for found in inside.findall(text):
        mask |= masks[found]
    for part in _PART.findall(text):
        mask |= words.get(part, 0)
    return mask


@cache
def _cues() -> Mapping[str, tuple[tuple[tuple[str, ...], int, str], ...]]:
    """Return the cues by their first word: all their words, the bit of their group, and their place in a line."""
    found: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
    for bit, group in enumerate(_data()["cues"].values()):
        for place, phrases in group.items():
            for phrase in phrases:
                words = tuple(phrase.split())
                found.setdefault(words[0], []).append((words, 1 << bit, place))
    return {word: tuple(cues) for word, cues in found.items()}


def cue_mask(words: Sequence[str]) -> int:
    """Return, as a mask, the groups of the cues that a line has; `words` are its words in lower case."""
    cues = _cues()
    if cues.keys().isdisjoint(words):
        return 0
    mask = 0
    count = len(words)
    for at in [at for at, word in enumerate(words) if word in cues]:
        if _HEAD <= at < count - _TAIL:
            continue
        for phrase, bit, place in cues[words[at]]:
            end = at + len(phrase)
            if tuple(words[at:end]) == phrase and (
                place == "any"
                or (place == "start" and at <= _OPENS_WITHIN)
                or (place == "end" and end >= count - _CLOSES_WITHIN)
            ):
                mask |= bit
    return mask
