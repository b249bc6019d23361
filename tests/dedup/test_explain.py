"""Tests of the explanation of a pair."""

import random

from cleaners.dedup import DedupConfig, explain_pair
from tests.dedup import fiction

CONFIG = DedupConfig()


def test_segments_give_both_texts_back() -> None:
    """The segments of both and left spell the left text's words, those of both and right the right text's."""
    rng = random.Random(21)
    left = fiction.write(rng)
    right = fiction.edited(left, rng)
    explained = explain_pair(left, right, config=CONFIG)
    words = {
        side: " ".join(s.text for s in explained.segments if s.where in ("both", side)) for side in ("left", "right")
    }
    assert explained.verdict == "near"
    for side, text in (("left", left), ("right", right)):
        assert _letters(words[side]) == _letters(text)


def test_facts_of_a_template_are_counted() -> None:
    """Of two reports from one form the explanation says how many facts conflict, and the verdict is template."""
    rng = random.Random(22)
    explained = explain_pair(fiction.weather(rng), fiction.weather(rng), config=CONFIG)
    assert explained.verdict == "template"
    assert explained.facts.conflicting > explained.facts.agreeing


def test_texts_that_differ_in_marks_only_are_exact() -> None:
    """Case, quotation marks and line ends do not keep two texts from being exact duplicates."""
    text = fiction.write(random.Random(23))
    assert explain_pair(text, fiction.normalised(text, random.Random(0)), config=CONFIG).verdict == "exact"


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
