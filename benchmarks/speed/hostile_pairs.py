"""Pairs of articles that are made to be slow to compare: alike, but by much that no common part takes away."""

import random
import time
from collections.abc import Callable

import polars as pl

from cleaners.dedup import DedupConfig, deduplicate, fingerprint

STORY = "The harbour master said that a barge cut the cable on Friday night, and that nobody was hurt. "
# The beginning of both articles, so that they share passages and become a candidate pair.
OPENING = STORY * 3
ALL = DedupConfig(all_pairs=True)
# What two articles have in one column.
Pair = tuple[str, str]


def _two(left: str, right: str, *, opening: str = OPENING) -> Callable[[int], Pair]:
    """Return a function that repeats a unit of each article behind their common beginning."""

    def make(count: int) -> Pair:
        first, second = (opening + unit * (count // len(unit.encode())) for unit in (left, right))
        return first, second

    return make


def _changed(word: str, other: str, *, every: int = 9, end: str = " ") -> Callable[[int], Pair]:
    """Return a function that makes numbered words, of which the second article has every few another."""

    def make(count: int) -> Pair:
        numbers = range(count // len(f"{word}{count}{end}"))
        left = (f"{word}{number}{end}" for number in numbers)
        right = (f"{other if number % every == 0 else word}{number}{end}" for number in numbers)
        return OPENING + "".join(left), OPENING + "".join(right)

    return make


def _in_another_order(unit: str, *, different: int) -> Callable[[int], Pair]:
    """Return a function that fills a unit with one of so many numbers, and orders these units in two ways."""

    def make(count: int) -> Pair:
        chance = random.Random(count)
        units = [unit.format(chance.randrange(different)) for _ in range(count // len(unit))]
        left = "".join(units)
        chance.shuffle(units)
        return OPENING + left, OPENING + "".join(units)

    return make


def _statements(count: int) -> Pair:
    """Make statements that both articles have, with quotations and other words between them."""
    sides = []
    for own in ("l", "r"):
        shared = (" ".join(f"w{number}x{word}" for word in range(18)) for number in range(count // 700))
        other = (" ".join(f"{own}{number}x{word}" for word in range(45)) for number in range(count // 700))
        quoted = '"a" ' * 60
        sides.append("\n".join(f"{one} {quoted} {rest}" for one, rest in zip(shared, other, strict=True)))
    return sides[0], sides[1]


def _one_more(unit: str) -> Callable[[int], Pair]:
    """Return a function that repeats a unit in both articles, and adds a sentence to the second."""

    def make(count: int) -> Pair:
        text = OPENING + unit * (count // len(unit.encode()))
        return text, text + "\nThe ferry sails."

    return make


def _between(unit: str, own: int) -> Callable[[int], Pair]:
    """Return a function that repeats a unit between a common beginning and many words that only one article has."""

    def make(count: int) -> Pair:
        fill = unit * (count // len(unit.encode()))
        left, right = (" ".join(f"{side}{number}" for number in range(own)) for side in ("l", "r"))
        return f"{OPENING}{fill} {left}", f"{OPENING}{fill} {right}"

    return make


FEW = "A barge cut the cable on Friday night, and nobody was hurt. "  # of fewer words than dedup.short_words
PAIRS: dict[str, tuple[str, Callable[[int], Pair]]] = {
    "a sentence repeated": ("text", _one_more(STORY)),
    "a line repeated": ("text", _one_more(STORY.strip() + "\n")),
    "a word repeated": ("text", _one_more("cable ")),
    "a letter repeated": ("text", _one_more("a ")),
    "twelve letters repeated": ("text", _two("a b c d e f g h i j k l ", "a b c d e f l k j i h g ")),
    "one letter": ("text", _one_more("a")),
    "few words, one long": ("text", _two("ab", "ba", opening=FEW)),
    "few words, one of Cyrillic letters": ("text", _two("аб", "ба", opening=FEW)),
    "few words, dashes": ("text", _two("-_", "_-", opening=FEW)),
    "few words, spaces": ("text", _two(" \u00a0", "\u00a0 ", opening=FEW)),
    "a long name": ("text", _two("Ab", "Cd", opening=OPENING + "Mr ")),
    "no stop": ("text", _changed("w", "x")),
    "a sentence a word": ("text", _changed("w", "x", end=". ")),
    "a line a word": ("text", _changed("w", "x", end="\n")),
    "names": ("text", _changed("and Wo", "and Xo")),
    "numbers": ("text", _changed("and 1", "and 2")),
    "letters of Chinese": ("text", _two("港口今天开放", "港口今日开放")),
    "Arabic": ("text", _two("ميناء مفتوح ", "ميناء مغلق ")),
    "letters with marks": ("text", _two("a\u0301ﬁß ", "o\u0301ﬁß ")),
    "words in another order": ("text", _in_another_order("w{} ", different=1_000)),
    "letters in another order": ("text", _in_another_order("{} ", different=10)),
    "sentences in another order": (
        "text",
        _in_another_order("The barge cut cable {} on Friday night. ", different=10**6),
    ),
    "closing marks": ("text", _between("»", 1_000)),
    "opening marks": ("text", _between("« ", 1_000)),
    "apostrophes": ("text", _between("‘a", 1_000)),
    "straight quotes": ("text", _between('"a ', 1_000)),
    "statements with quotations between": ("text", _statements),
    "headlines": ("title", _changed("w", "x")),
    "addresses": ("url", _two("/a", "/b", opening="https://harbour.example/?")),
}


def measure_pair(column: str, pair: Pair) -> dict[str, float]:
    """Return the seconds of processor time that the stage takes on two articles with this in one of their columns."""
    articles = pl.DataFrame(
        {
            "id": ["left", "right"],
            "text": [OPENING, OPENING + "The ferry sails."],
            "title": [None, None],
            "author": [None, None],
            "url": [None, None],
            "site": ["harbour.example"] * 2,
            "published": [None, None],
            "words": [len(part.split()) for part in pair],
            "source": ["left", "right"],
        },
        schema_overrides={"title": pl.String, "author": pl.String, "url": pl.String, "published": pl.Date},
    ).with_columns(pl.Series(column, pair))
    begun = time.process_time()
    prints = fingerprint(articles["text"], config=ALL)
    printed = time.process_time()
    found = deduplicate(articles, config=ALL, fingerprints=prints)
    assert found.pairs.height == 1, "the pair was not judged"
    return {"fingerprint": printed - begun, "deduplicate": time.process_time() - printed}
