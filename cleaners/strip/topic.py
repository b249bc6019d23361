"""Terms of an article's lines, weighed so that lines on one subject can be recognised by the terms they share.

The weight of a word grows with its rarity in the language (wordfreq's small lists), so a shared name counts and a
shared "government" hardly does. Scripts written without spaces are compared by pairs of letters.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter

import wordfreq

from cleaners.records import MARKS, UNSPACED, Article
from cleaners.strip.cues import cues
from cleaners.text import Line, lines_of, remembered

_TOKEN = re.compile(rf"([{UNSPACED}]+|[^\W\d_{UNSPACED}]+(?:[{MARKS}]+[^\W\d_{UNSPACED}]*)*)")
_SIGNS = ".,;:!?…\"“”„'’‘()[]-–—"
_UNSPACED = re.compile(rf"[{UNSPACED}]")
# If the language is not known, a word counts as common if it is common in any of these.
_FALLBACK = ("en", "fr", "de", "es", "pt", "it", "nl")
# Words of Zipf 5.5 (three in 10,000 words) and above weigh nothing; unlisted words count as Zipf 2.8.
_COMMON = 5.5
_UNLISTED = 2.8
# Letters. In languages with endings, inflected forms of a word agree in their first letters.
_STEM = 7
# A name weighs at least this much.
_NAME = 2.0
# Weights are multiples of 1 / 65,536, so that their sums are exact in any order.
_STEPS = 65_536
_UNKNOWN = round((_COMMON - _UNLISTED) * _STEPS) / _STEPS
# After one of these, and after a word, the sentence continues.
_GOES_ON = frozenset(",.’'")


@lru_cache(maxsize=64)
def background(language: str | None) -> dict[str, float]:
    """Return the weights of the listed words of a language: 0 for the commonest, and more for rarer ones."""
    listed = wordfreq.available_languages("small")
    names = (language,) if language in listed else _FALLBACK
    weights: dict[str, float] = {}
    for name in names:
        for word, frequency in wordfreq.get_frequency_dict(name, "small").items():
            weight = round(max(0.0, _COMMON - (math.log10(frequency) + 9.0)) * _STEPS) / _STEPS
            weights[word] = min(weight, weights.get(word, weight))
    return weights


@lru_cache(maxsize=64)
def commonest(language: str | None) -> frozenset[str]:
    """Return the hundred commonest words of a language: articles, pronouns, conjunctions."""
    names = (language,) if language in wordfreq.available_languages("small") else _FALLBACK
    return frozenset(word for name in names for word in wordfreq.top_n_list(name, 100, "small"))


@dataclass(frozen=True, slots=True)
class Part:
    """The terms of a line with their weights, and the people it names: in full ("Ada Brandt") or by surname alone."""

    terms: dict[str, float]
    full: frozenset[str]
    alone: frozenset[str]


# Tokens remembered for each language; each takes about 400 bytes of memory.
_KNOWN = 50_000


class _Tokens(dict[str, tuple[tuple[str, float], ...]]):
    """The terms of each token (a run of characters between spaces) of a language, computed when first asked for.

    `names` has the term of a token's first word if that has a capital and any weight; `first` has the tokens whose last
    word can be a first name.
    """

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self.names: dict[str, tuple[str, float]] = {}
        self.first: set[str] = set()
        self._weights = background(language)

    def __missing__(self, token: str) -> tuple[tuple[str, float], ...]:
        """Compute and remember the terms of a token."""
        word = token.strip(_SIGNS)
        # Nine tokens in ten are one word between signs, which needs no pattern.
        words = [word] if word.isascii() and word.isalpha() else _TOKEN.findall(token)
        terms: list[tuple[str, float]] = []
        for at, word in enumerate(words, start=1):
            if word[0] >= "\u0e00" and _UNSPACED.match(word):
                terms += [("".join(pair), 1.0) for pair in pairwise(word)]
                continue
            lower = word.lower()
            weight = self._weights.get(lower, _UNKNOWN) if len(word) > 1 else 0.0
            if weight > 0.0:
                terms.append((lower[:_STEM], weight))
                if word[0] != lower[0]:
                    if at == 1 and token.startswith(word):
                        self.names[token] = lower[:_STEM], weight
                    if at == len(words) and token.endswith(word) and lower not in cues().title:
                        self.first.add(token)
        self[token] = found = tuple(terms)
        return found

    def forget(self) -> None:
        """Forget all tokens."""
        self.clear()
        self.names.clear()
        self.first.clear()


@lru_cache(maxsize=16)
def _tokens(language: str | None) -> _Tokens:
    return _Tokens(language)


@remembered
def part_of(text: str, language: str | None) -> Part:
    """Return the content terms and the names of a text; a capital within a sentence adds half of a term's weight."""
    known = _tokens(language)
    if len(known) > _KNOWN:
        known.forget()
    tokens = text.split()
    pairs = [*chain.from_iterable(map(known.__getitem__, dict.fromkeys(tokens)))]
    found = dict(pairs)
    if len(found) < len(pairs):
        # If several words have one stem, the heaviest counts.
        found = dict(sorted(pairs, key=itemgetter(1)))
    full: set[str] = set()
    alone: set[str] = set()
    names = known.names
    for at in [at for at, token in enumerate(tokens) if token in names and at]:
        before = tokens[at - 1]
        after_word = before[-1].isalnum()
        # At the start of a sentence a capital says nothing.
        if not after_word and before[-1] not in _GOES_ON:
            continue
        term, weight = names[tokens[at]]
        if after_word:
            weight *= 1.5
        if weight >= _NAME:
            (full if before in known.first else alone).add(term)
        if weight > found.get(term, 0.0):
            found[term] = weight
    return Part(found, frozenset(full), frozenset(alone - full))


@dataclass(frozen=True, slots=True)
class Topics:
    """The lines of an article and their terms: `parts[0]` has those of the headline, `parts[i + 1]` those of line i."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


def topics_of(text: str, title: str | None, language: str | None) -> Topics:
    """Return the terms of an article, part by part."""
    lines = lines_of(text)
    return Topics(lines, (part_of(title or "", language), *[part_of(line.text, language) for line in lines]))


def weigh_alone(words: str, article: Article, index: int) -> tuple[float, float]:
    """Return the weight of the terms of some words of line `index`, and the share of it that no other line has."""
    parts = topics_of(article.text, article.title, article.language).parts
    others = {term for number, part in enumerate(parts) if number != index + 1 for term in part.terms}
    terms = part_of(words, article.language).terms
    total = sum(terms.values())
    alone = sum(weight for term, weight in terms.items() if term not in others)
    return total, alone / total if total else 0.0


def introduced_in(parts: Sequence[Part]) -> dict[str, int]:
    """Return, for each person who is named in full, the number of the first part that does so."""
    introduced: dict[str, int] = {}
    for index, part in enumerate(parts):
        for name in part.full:
            introduced.setdefault(name, index)
    return introduced
