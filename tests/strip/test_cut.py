"""`cut` is the only function that changes text, and it loses nothing."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.records import Reason, Removal
from cleaners.strip import cut

REASONS: list[Reason] = ["furniture", "appended", "ad", "edge", "unsure"]


@st.composite
def _claimed_texts(draw: st.DrawFn) -> tuple[str, list[Removal]]:
    text = draw(st.text(max_size=60))
    bound = st.integers(0, len(text))
    claims = []
    for start, end, reason in draw(st.lists(st.tuples(bound, bound, st.sampled_from(REASONS)), max_size=6)):
        claims.append(Removal(min(start, end), max(start, end), reason, "ad_line", 0.5))
    return text, claims


@settings(max_examples=200, deadline=None)
@given(_claimed_texts())
def test_kept_and_claimed_make_up_the_text(sample: tuple[str, list[Removal]]) -> None:
    """Kept text and removed spans, put back in order, are the original."""
    text, claims = sample
    result = cut(text, claims)
    rebuilt, kept, position = "", result.text, 0
    for removal in result.removals:
        between = removal.start - position
        rebuilt += kept[:between] + text[removal.start : removal.end]
        kept, position = kept[between:], removal.end
    assert rebuilt + kept == text


@settings(max_examples=100, deadline=None)
@given(_claimed_texts())
def test_removals_are_sorted_and_disjoint(sample: tuple[str, list[Removal]]) -> None:
    """No removal overlaps the next, and none is empty."""
    removals = cut(*sample).removals
    assert all(a.end <= b.start for a, b in pairwise(removals))
    assert all(r.start < r.end and r.reason != "unsure" for r in removals)


@settings(max_examples=100, deadline=None)
@given(_claimed_texts(), st.randoms(use_true_random=False))
def test_order_of_claims_does_not_matter(sample: tuple[str, list[Removal]], order: random.Random) -> None:
    """Claims in any order give the same text and the same removals."""
    text, claims = sample
    shuffled = list(claims)
    order.shuffle(shuffled)
    assert cut(text, shuffled) == cut(text, claims)


def test_unsure_is_left_alone() -> None:
    """A claim with the reason `unsure` cuts nothing."""
    assert cut("abc", [Removal(0, 3, "unsure", "topic_break", 0.6)]).text == "abc"


def test_a_span_outside_the_text_is_an_error() -> None:
    """A claim that reaches past the text names its rule in the error."""
    with pytest.raises(ValueError, match="rule ad_line claims 0:9"):
        cut("abc", [Removal(0, 9, "ad", "ad_line", 1.0)])


def test_of_coinciding_claims_the_surer_one_stays() -> None:
    """Two claims that differ in their score alone leave the same, in whatever order they come."""
    unlike = [Removal(2, 5, "ad", "ad_line", score) for score in (0.8, 0.9)]
    assert {cut("a boat", order).removals for order in (tuple(unlike), tuple(unlike[::-1]))} == {(unlike[1],)}
