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

_TOKEN = re.compile(rf"[{UNSPACED}]+|[^\W\d_{UNSPACED}]+")
_UNSPACED = re.compile(rf"[{UNSPACED}]")
# With no known language a word counts as common if it is common in any of these.
_FALLBACK = ("en", "fr", "de", "es", "pt", "it", "nl")
# Zipf 5.5 (three per 10,000 words) and above weighs nothing; an unlisted word is taken to have zipf 2.7.
_COMMON = 5.5
_UNLISTED = 2.8
# Inflected forms of one word agree in their first letters in the languages with endings.
_STEM = 7


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


def terms(text: str, weights: dict[str, float]) -> dict[str, float]:
    """Return the content terms of a text with their weights; a capital inside a sentence adds half of the weight."""
    found: dict[str, float] = {}
    unlisted = _COMMON - _UNLISTED
    for match in _TOKEN.finditer(text):
        word = match.group()
        if _UNSPACED.match(word):
            for pair in pairwise(word):
                found.setdefault("".join(pair), 1.0)
            continue
        if len(word) < 2:
            continue
        lowered = word.lower()
        weight = weights.get(lowered, unlisted)
        if weight <= 0.0:
            continue
        start = match.start()
        if word[0].isupper() and start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
            weight *= 1.5
        key = lowered[:_STEM]
        if weight > found.get(key, 0.0):
            found[key] = weight
    return found


@dataclass(frozen=True, slots=True)
class Topics:
    """The terms of an article, headline first: `parts[0]` is the headline's, `parts[i + 1]` those of block i.

    `first` and `last` give for each term the part it opens and closes in, so that every cut is judged without
    counting anew.
    """

    blocks: tuple[Block, ...]
    parts: tuple[dict[str, float], ...]
    first: dict[str, int]
    last: dict[str, int]
    heaviest: dict[str, float]


@lru_cache(maxsize=8)
def topics_of(text: str, title: str | None, language: str | None) -> Topics:
    """Return the terms of an article, part by part."""
    weights = background(language)
    blocks = blocks_of(text)
    parts = (terms(title or "", weights), *(terms(block.text, weights) for block in blocks))
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    heaviest: dict[str, float] = {}
    for index, part in enumerate(parts):
        for term, weight in part.items():
            first.setdefault(term, index)
            last[term] = index
            if weight > heaviest.get(term, 0.0):
                heaviest[term] = weight
    return Topics(blocks, parts, first, last, heaviest)
