"""Cohesion: how much what stands after a point of an article has in common with its headline and what stands before.

Words are weighed by how rare they are in the language (wordfreq's small lists), so that sharing a name counts and
sharing "government" hardly does. Scripts written without spaces are compared by letter pairs.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import wordfreq

from cleaners.records import UNSPACED
from cleaners.strip.blocks import Block, blocks_of
from cleaners.strip.cues import cues

_TOKEN = re.compile(rf"([{UNSPACED}]+|[^\W\d_{UNSPACED}]+)")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
# With no known language a word counts as common if it is common in any of these.
_FALLBACK = ("en", "fr", "de", "es", "pt", "it", "nl")
# Zipf 5.5 (three per 10,000 words) and above weighs nothing; an unlisted word is taken to have zipf 2.7.
_COMMON = 5.5
_UNLISTED = 2.8
# Inflected forms of one word agree in their first letters in the languages with endings.
_STEM = 7
# A name weighs at least this much.
_NAME = 2.0
# After these, and after a word, the sentence goes on.
_GOES_ON = frozenset(",.’'")


@lru_cache(maxsize=64)
def background(language: str | None) -> dict[str, float]:
    """Return the weights of the listed words of a language: 0 for the commonest, growing with rarity."""
    listed = wordfreq.available_languages("small")
    names = (language,) if language in listed else _FALLBACK
    weights: dict[str, float] = {}
    for name in names:
        for word, frequency in wordfreq.get_frequency_dict(name, "small").items():
            weight = max(0.0, _COMMON - (math.log10(frequency) + 9.0))
            weights[word] = min(weight, weights.get(word, weight))
    return weights


@lru_cache(maxsize=64)
def commonest(language: str | None) -> frozenset[str]:
    """Return the fifty commonest words of a language: articles, pronouns, conjunctions."""
    names = (language,) if language in wordfreq.available_languages("small") else _FALLBACK
    return frozenset(word for name in names for word in wordfreq.top_n_list(name, 50, "small"))


@dataclass(frozen=True, slots=True)
class Part:
    """The terms of one block with their weights, and whom it names: in full ("Ada Brandt") and by surname alone."""

    terms: dict[str, float]
    full: frozenset[str]
    alone: frozenset[str]


# Word: its stem, its weight, whether it has a capital, whether it can be a first name.
_Term = tuple[str, float, bool, bool]
# So many words are kept in mind for each language.
_KNOWN = 100_000


@lru_cache(maxsize=16)
def _known(language: str | None) -> dict[str, _Term]:
    """Return the words of a language looked up so far."""
    del language
    return {}


def _term(word: str, language: str | None) -> _Term:
    lowered = word.lower()
    weight = background(language).get(lowered, _COMMON - _UNLISTED) if len(word) > 1 else 0.0
    capital = word[0] != lowered[0]
    return lowered[:_STEM], weight, capital, capital and weight > 0.0 and lowered not in cues().title


@lru_cache(maxsize=2048)
def part_of(text: str, language: str | None) -> Part:
    """Return the content terms and the names of a text; a capital inside a sentence adds half of a term's weight."""
    pieces = _TOKEN.split(text)
    words, gaps = pieces[1::2], pieces[::2]
    known = _known(language)
    if len(known) > _KNOWN:
        known.clear()
    found: dict[str, float] = {}
    for word in dict.fromkeys(words):
        term = known.get(word)
        if term is None:
            if word[0] >= "\u0e00" and _UNSPACED.match(word):
                found.update({"".join(pair): 1.0 for pair in pairwise(word)})
                continue
            term = known[word] = _term(word, language)
        if term[1] > found.get(term[0], 0.0):
            found[term[0]] = term[1]
    full: set[str] = set()
    alone: set[str] = set()
    for index, word in enumerate(words):
        if word.islower() or word not in known:
            continue
        key, weight, capital, _ = known[word]
        gap = gaps[index]
        # At the start of a sentence a capital says nothing.
        if not capital or weight <= 0.0 or gap[-1:] != " ":
            continue
        before = gap[-2:-1] or (words[index - 1][-1] if index else "")
        if not before.isalnum() and before not in _GOES_ON:
            continue
        if before.isalnum():
            weight *= 1.5
        if weight >= _NAME:
            follows = index > 0 and gap == " " and words[index - 1] in known and known[words[index - 1]][3]
            (full if follows else alone).add(key)
        if weight > found.get(key, 0.0):
            found[key] = weight
    return Part(found, frozenset(full), frozenset(alone - full))


@dataclass(frozen=True, slots=True)
class Topics:
    """The terms of an article, headline first: `parts[0]` is the headline's, `parts[i + 1]` those of block i.

    `first` and `last` give for each term the part it opens and closes in, `heaviest` its weight, and `introduced` the
    part in which a person is first named in full, so that every cut is judged without counting anew.
    """

    blocks: tuple[Block, ...]
    parts: tuple[dict[str, float], ...]
    names: tuple[Part, ...]
    first: dict[str, int]
    last: dict[str, int]
    heaviest: dict[str, float]
    introduced: dict[str, int]


@lru_cache(maxsize=8)
def topics_of(text: str, title: str | None, language: str | None) -> Topics:
    """Return the terms of an article, part by part."""
    blocks = blocks_of(text)
    names = (part_of(title or "", language), *(part_of(block.text, language) for block in blocks))
    parts = tuple(part.terms for part in names)
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    heaviest: dict[str, float] = {}
    introduced: dict[str, int] = {}
    for index, part in enumerate(names):
        for term, weight in part.terms.items():
            first.setdefault(term, index)
            last[term] = index
            if weight > heaviest.get(term, 0.0):
                heaviest[term] = weight
        for name in part.full:
            introduced.setdefault(name, index)
    return Topics(blocks, parts, names, first, last, heaviest, introduced)
