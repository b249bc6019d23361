"""Spans and keys of lines: what a claim on a line covers, and when two lines count as the same."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from cleaners.records import ALPHABETIC, ALPHABETIC_LETTERS, Article
from cleaners.strip.cues import cues
from cleaners.strip.topic import background, commonest
from cleaners.text import NUMBER, Line, fold_line, lines_of, remembered, sentences_of, words_of

LABEL = re.compile(r"^([^:|»›>]{2,40}?)\s*(?:[:：|»›]|\s[-–—>])\s*(?=\S)")
WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUOTES = "\"“‘«'("
_SPEECH = frozenset('"“«„')
_CAPITALISED = re.compile(rf"\s[{_QUOTES}]*([^\W\d_a-zß-ÿ]\S*)")
_ALPHABET = re.compile(f"[{ALPHABETIC}]")
# This many words tell one article's first sentence from another's.
_OPENING_WORDS = 14
# A fragment that was put in: its characters and its words at most, and its words at least.
_FRAGMENT_CHARS = 119
_FRAGMENT_WORDS = 11
_FRAGMENT_LEAST = 3
# Characters at most of the word before a capital.
_NAME_CHARS = 40


def line_span(text: str, lines: Sequence[Line], first: int, last: int | None = None) -> tuple[int, int]:
    """Return the span that a claim on line `first`, or on the lines up to `last`, covers.

    It includes the line breaks before the lines or, at the top of the text, those after them. All finders claim lines
    like this, so if two claim one line, the breaks on its other side stay.
    """
    last = first if last is None else last
    if first > 0:
        return lines[first - 1].end, lines[last].end
    return 0, lines[last + 1].start if last + 1 < len(lines) else len(text)


def has_at_most(most: int, line: str, words: int) -> bool:
    """Tell whether a line has at most `most` words, of which `words` were counted.

    In Thai and other alphabets without spaces each letter was counted, so there the letters of a word are allowed.
    """
    return words <= most or (len(line) <= ALPHABETIC_LETTERS * most and _ALPHABET.search(line) is not None)


def key_of(kind: str, line: str) -> int:
    """Return the stable 64-bit key of a folded line, label or fragment."""
    return _key(line, kind)


@remembered
def _key(line: str, kind: str) -> int:
    return _digest(kind, fold_line(line))


def _digest(kind: str, folded: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind}\0{folded}".encode(), digest_size=8).digest(), "big", signed=True)


def opening_key(paragraph: str) -> int:
    """Return a stable 64-bit key of a paragraph's first words, which a paragraph that is cut short has too."""
    return _digest("opening", NUMBER.sub("0", " ".join(words_of(paragraph)[:_OPENING_WORDS])))


def is_link(line: str) -> bool:
    """Say whether a line opens with link words: "<link words>: headline", in any of the known languages.

    Before a colon, link words may also announce something in the article; a bar only separates a label from a link.
    """
    match = LABEL.match(line)
    if match is None:
        return False
    words = [word.casefold().replace("’", "'") for word in WORDS.findall(match.group(1))]
    if not words or len(words) > 6 or len(WORDS.findall(line[match.end() :])) < 2:
        return False
    lists = cues()
    if not all(word in lists.label for word in words):
        return False
    return "|" in match.group() or any(word in lists.label_strong for word in words)


def label_of(line: str) -> str | None:
    """Return the label that opens a line ("Label: rest"), or None."""
    match = LABEL.match(line)
    return match.group(1).strip() if match else None


def fragments_of(line: Line, language: str | None, *, glued: bool) -> tuple[tuple[int, int], ...]:
    """Return the spans in a paragraph that begin like a sentence and break off before a capital.

    With `glued`, the capital must open one of the commonest words ("... go without it He said") or a quotation:
    sentences hardly ever continue like this, so something was put in. A fragment has at least three words and does not
    end with a common word ("In a statement to the ..."); with `glued`, it may end with one as advertisements do.
    """
    return _fragments(line.text, language, glued)


@lru_cache(maxsize=64)
def _openers(language: str | None) -> frozenset[str]:
    """Return the commonest words of a language as they open sentences: with a capital, perhaps a quote or a stop."""
    words = [word.capitalize() for word in commonest(language)]
    return frozenset(before + word + after for before in ("", *_QUOTES) for word in words for after in ("", ".", ","))


def _may_open(token: str, openers: frozenset[str]) -> bool:
    """Say whether a token opens a sentence with one of the commonest words, or a quotation."""
    return token in openers or (token[0] in _SPEECH and token[1:2].isupper())


def _breaks_off(text: str, openers: frozenset[str]) -> bool:
    """Say whether a word that opens a sentence follows a word; this takes a third of the time of finding the place."""
    tokens = text.split()
    opened = [at for at, token in enumerate(tokens) if token in openers]
    if any(sign in text for sign in _SPEECH):
        opened += [at for at, token in enumerate(tokens) if token[0] in _SPEECH]
    return any(at and tokens[at - 1][-1].isalnum() for at in opened)


def _is_in_name(text: str, stop: int, end: int) -> bool:
    """Say whether a capital between two offsets stands inside a name: "for Sock It Forward", not "MORE It was"."""
    # Copying all that stands before each place would take time in proportion to the square of the text's length.
    before, after = text[max(0, stop - _NAME_CHARS) : stop].rsplit(None, 1)[-1], text[end : end + 2].strip()[:1]
    return after.isupper() and before[0].isupper() and not before.isupper()


@remembered
def _fragments(text: str, language: str | None, glued: bool) -> tuple[tuple[int, int], ...]:
    """Return the fragments of a paragraph; cached, since the keys and every round of the finders ask for them."""
    openers = _openers(language)
    if glued and not _breaks_off(text, openers):
        return ()
    weights, commonest_words = background(language), commonest(language)
    stops = []
    for capital in _CAPITALISED.finditer(text):
        if capital[1][0].isupper() and (not glued or _may_open(capital[0].strip(), openers)):
            stop = capital.start()
            while text[stop - 1].isspace():
                stop -= 1
            if text[stop - 1].isalnum() and not (glued and _is_in_name(text, stop, capital.end())):
                stops.append(stop)
    # Most paragraphs have no such capital.
    if not stops:
        return ()
    found = []
    for start, _ in sentences_of(text):
        for at in range(bisect_right(stops, start), len(stops)):
            stop = stops[at]
            if stop - start >= _FRAGMENT_CHARS:
                break
            words = text[start:stop].split()
            if len(words) > _FRAGMENT_WORDS:
                break
            if len(words) < _FRAGMENT_LEAST:
                continue
            if any(word[-1] in ".…" for word in words[_FRAGMENT_LEAST - 1 :]):
                break
            last = words[-1].lower()
            closes = last not in commonest_words or last in cues().ad_closing if glued else weights.get(last, 1.0) > 0.0
            if closes:
                found.append((start, stop))
    return tuple(found)


def line_keys(article: Article) -> frozenset[int]:
    """Return the keys to count over the pages of a site: of lines, labels and fragments glued into paragraphs.

    The keys are signed 64-bit numbers, the same on every machine and in every run. Count the articles of a site that
    have each key, and pass the counts to `find_claims` as `SiteLines`.
    """
    keys = set()
    for line in lines_of(article.text):
        keys.add(key_of("line", line.text))
        if line.prose:
            for start, end in fragments_of(line, article.language, glued=True):
                keys.add(key_of("fragment", line.text[start:end]))
        else:
            label = label_of(line.text)
            if label is not None:
                keys.add(key_of("label", label))
    return frozenset(keys)


def opening_keys(article: Article) -> tuple[int, ...]:
    """Return the keys of the paragraphs' first words, in order; the first key is that of the article.

    Collect the first keys of all articles of the corpus. Then pass to `find_claims`, as `elsewhere`, the other keys of
    an article that are among them: another article's text may begin at these paragraphs.
    """
    return tuple(dict.fromkeys([opening_key(line.text) for line in lines_of(article.text) if line.prose]))
