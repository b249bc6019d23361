"""Properties of all finders together."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.records import Article, Removal
from cleaners.strip import cut, find_all_claims, find_claims
from cleaners.strip.claims import FINDERS
from cleaners.strip.sight import Finder, Sight
from tests.strip.samples import CONFIG, article, cleaned
from tests.strip.stories import ALL, CHINESE, ENGLISH, HARBOUR, OWLS

PIECES = [
    *(block for _, text in (*ENGLISH, CHINESE) for block in text.split("\n\n")),
    *(title for title, _ in ALL),
    "READ MORE: Snow owls return to the Harrowgate moors",
    "Advertisement Story continues below",
    "Related stories",
    "Share this",
    "11 minutes ago",
    "Moor Gazette",
    "- Moor Gazette",
    "The ferry in pictures 2:41",
    "Harbour newsletter: Snow owls return to the moors (1:07)",
    f"No replies on {HARBOUR[0]}",
    "",
]


@st.composite
def _heaps(draw: st.DrawFn) -> Article:
    lines = draw(st.lists(st.sampled_from(PIECES), max_size=14))
    text = draw(st.sampled_from(["\n", "\n\n"])).join(lines).strip()
    return Article("a.txt", 0, text, title=draw(st.sampled_from([HARBOUR[0], None])), language="en")


@settings(max_examples=80, deadline=None)
@given(st.one_of(_heaps(), st.text(max_size=200).map(lambda text: Article("a.txt", 0, text.strip()))))
def test_claims_lie_inside_and_cleaning_again_changes_nothing(item: Article) -> None:
    """Claims are spans of the text, and what is left is left by a second cleaning too."""
    claims = find_claims(item, config=CONFIG)
    assert all(0 <= claim.start < claim.end <= len(item.text) and 0 <= claim.score <= 1 for claim in claims)
    once = cut(item.text, claims).text
    again = Article(item.source, 0, once, title=item.title, language=item.language)
    assert once == once.strip()
    assert cut(once, find_claims(again, config=CONFIG)).text == once


@settings(max_examples=80, deadline=None)
@given(_heaps())
def test_cuts_leave_paragraphs_apart(item: Article) -> None:
    """Where several finders claim one line, a break stays between the lines before and after it."""
    removals = cut(item.text, find_claims(item, config=CONFIG)).removals
    cuts = [at for removal in removals for at in range(removal.start, removal.end)]
    kept = [at for at in range(len(item.text)) if at not in set(cuts)]
    joined = [item.text[a] + item.text[b] for a, b in pairwise(kept) if b > a + 1]
    assert all(any(map(str.isspace, pair)) for pair in joined)


@settings(max_examples=40, deadline=None)
@given(st.lists(_heaps(), max_size=5))
def test_claims_do_not_depend_on_the_articles_beside(items: list[Article]) -> None:
    """Judged together, articles have the claims that they have alone, scores and all."""
    together = find_all_claims(
        items, config=CONFIG, site_lines=[None] * len(items), elsewhere=[frozenset()] * len(items)
    )
    assert together == [find_claims(item, config=CONFIG) for item in items]


def _claimed(item: Article, finders: Sequence[Finder]) -> set[Removal]:
    sight = Sight(item, CONFIG)
    for find in finders:
        (claims,) = find([sight])
        sight = replace(sight, claimed=(*sight.claimed, *claims))
    return set(sight.claimed)


@settings(max_examples=30, deadline=None)
@given(_heaps(), st.integers(0, 99))
def test_order_of_finders_does_not_matter(item: Article, seed: int) -> None:
    """The finders see the same text, so that only the last two, which go by the claims of others, need an order."""
    *first, appended, edges = FINDERS
    random.Random(seed).shuffle(first)
    assert _claimed(item, [*first, appended, edges]) == _claimed(item, FINDERS)


def test_empty_text_has_no_claims() -> None:
    """An article without text gives no claims and no error."""
    assert find_claims(Article("a.txt", 0, ""), config=CONFIG) == ()


def test_every_defect_at_once() -> None:
    """Links, adverts, captions and an appended story in one file leave the article alone."""
    blocks = HARBOUR[1].split("\n\n")
    text = "\n\n".join([
        *blocks[:2], "READ MORE: Bakers at the edge", blocks[2], "The ferry in pictures 2:41", *blocks[3:],
        "Share this article\nComments (0)\nBe the first to comment\nYou may also like", f"{OWLS[0]}\n{OWLS[1]}",
    ])  # fmt: skip
    text = text.replace("in March. Drivers", "in March. Advertisement Story continues below Drivers")
    assert cleaned(article((HARBOUR[0], text))) == HARBOUR[1]
