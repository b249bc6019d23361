"""Tests of what is measured and judged on one pair, and of the stars formed of accepted pairs."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dedup import DedupConfig
from cleaners.dedup.pairs.facts import compare_facts
from cleaners.dedup.pairs.letters import sentence_ratio
from cleaners.dedup.pairs.reading import Reading, read_texts
from cleaners.dedup.pairs.verdicts import Judgement, Known, judge
from cleaners.dedup.stars.clusters import join_stars
from cleaners.dedup.tokens.shingles import shingle
from cleaners.dedup.tokens.words import hash_words, scan
from tests.dedup import fiction

CONFIG = DedupConfig()
TEXTS = st.lists(
    st.sampled_from(["ferry", "tram", "mill", "quay", "soup", "ice", "3", "12"]), min_size=1, max_size=40
).map(" ".join)


def read(*texts: str) -> list[Reading]:
    """Read texts in one batch."""
    return read_texts(texts, config=CONFIG)


def judged_alone(left: str, right: str, **known: bool) -> Judgement:
    """Judge two texts, knowing of nothing else but what is named."""
    ours, theirs = read(left, right)
    return judge(ours, theirs, Known(**known), config=CONFIG)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS)
def test_overlap_is_that_of_the_sets(left: str, right: str) -> None:
    """Jaccard and containment are those of the two sets of shingles, computed the slow way."""
    overlap = judged_alone(left, right).overlap
    rows = shingle(hash_words(scan([left, right])), CONFIG.shingle_words)
    a, b = set(rows.row(0).tolist()), set(rows.row(1).tolist())
    assert overlap.jaccard == pytest.approx(len(a & b) / len(a | b))
    assert overlap.containment_left == pytest.approx(len(a & b) / len(a))
    assert overlap.containment_right == pytest.approx(len(a & b) / len(b))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(fiction.COPIES))
def test_verdicts_do_not_depend_on_the_side(seed: int, copy: object) -> None:
    """Swapping the texts of a pair swaps the containments and leaves verdict, Jaccard and ratio as they are."""
    rng = random.Random(seed)
    text = fiction.write(rng)
    changed = copy(text, rng)  # type: ignore[operator]
    one, other = judged_alone(text, changed), judged_alone(changed, text)
    assert (one.verdict, one.ratio, one.overlap.jaccard) == (other.verdict, other.ratio, other.overlap.jaccard)
    assert one.overlap.containment_left == other.overlap.containment_right


@pytest.mark.parametrize(("copy", "verdict"), [(fiction.excerpt, "contained"), (fiction.edited, "near")])
def test_the_verdict_tells_an_excerpt_from_an_edited_copy(copy: object, verdict: str) -> None:
    """What is much shorter than the other text is contained in it; what is about as long is near."""
    rng = random.Random(31)
    text = fiction.write(rng)
    judged = judged_alone(text, copy(text, rng))  # type: ignore[operator]
    assert judged.verdict == verdict


def test_mistyped_copies_are_accepted_for_their_letters() -> None:
    """A copy with one letter in 25 wrong has too few shingles in common, and is near by the ratio of its letters."""
    rng = random.Random(32)
    text = fiction.write(rng)
    judged = judged_alone(text, fiction.noisy(fiction.noisy(text, rng), rng))
    assert judged.overlap.containment_left < CONFIG.contained_min
    assert judged.verdict == "near"
    assert judged.ratio is not None
    assert judged.ratio > 0.95


@pytest.mark.parametrize(
    ("left", "right", "agreeing", "conflicting"),
    [
        ("Rain fell on Orla at 9 today.", "Rain fell on Orla at 7 today.", 1, 1),
        ("Rain fell on Orla at 9 today.", "Rain fell on Vennby at 9 today.", 1, 1),
        ("Rain fell on Kastholm at 9 today.", "Rain fell on Kasthohm at 9 today.", 1, 0),
        ("Rain fell on Orla at 9. It fell on Vennby at 7.", "It fell on Vennby at 7. Rain fell on Orla at 9.", 0, 0),
        ("Rain fell today.", "Snow fell today.", 0, 0),
        ("Der Zug nach Große Brücke fährt um 9.", "Der Zug nach Große Brücke fährt um 8.", 3, 1),
        ("渡船每天上午三点出发，载着乘客", "渡船每天上午五点出发，载着乘客", 0, 1),
        ("يغادر القارب في الساعة الثالثة ومعه ثلاثة ركاب", "يغادر القارب في الساعة الثالثة ومعه خمسة ركاب", 0, 1),
    ],
    ids=[
        "number",
        "name",
        "mistyped name",
        "moved sentence",
        "no facts",
        "special letters keep their case",
        "Chinese number",
        "Arabic number",
    ],
)
def test_facts_are_counted_where_the_words_around_agree(left: str, right: str, agreeing: int, conflicting: int) -> None:
    """Numbers and names in one place agree or conflict; a mistyped name and a moved sentence are no conflict."""
    facts = compare_facts(*read(left, right))
    assert (facts.agreeing, facts.conflicting) == (agreeing, conflicting)


@pytest.mark.parametrize(("changed", "verdict"), [(0, "near"), (2, "near"), (3, "template"), (20, "template")])
def test_a_template_is_known_by_the_share_of_facts_in_conflict(changed: int, verdict: str) -> None:
    """With 13 % of the numbers of one form changed two texts are two reports, with fewer they are copies."""
    facts = [f"At the {thing} in the east of the town they counted {{}} boats. " for thing in fiction.THINGS * 2]
    left = "".join(facts).format(*range(100, 120))
    right = "".join(facts).format(*range(300, 300 + changed), *range(100 + changed, 120))
    judged = judged_alone(left, right)
    assert judged.conflict == pytest.approx(changed / 20)
    assert judged.verdict == verdict


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("“", "”", "quote"),
        ('"', '"', "quote"),
        ("‘It’s this: ", "’", "quote"),
        ("„", "“", "quote"),
        ("«", "»", "quote"),
        ("»", "«", "quote"),
        ("", "", "background"),
        ("« Non », a-t-il dit. ", " «", "background"),
        ("‘It’s ours,’ she said. ", "", "background"),
    ],
)
def test_a_quote_is_known_by_the_share_in_quotation_marks(before: str, after: str, verdict: str) -> None:
    """A shared passage is a quote if half of it or more stands in quotation marks, whichever a country uses."""
    rng = random.Random(33)
    passage = " ".join(fiction.SENTENCES[k].format(place="Orla", thing="mill", person="she", n=3) for k in (1, 2, 4, 5))
    passage = passage.replace("“", "").replace("”", "").replace("’", "")
    left, right = (fiction.write(rng) + f"\n\n{before}{passage}{after}" for _ in range(2))
    judged = judged_alone(left, right)
    assert judged.quoted is not None
    assert (judged.quoted >= CONFIG.quoted_min) == (verdict == "quote")
    assert judged.verdict == verdict


@pytest.mark.parametrize(("words", "verdict"), [(15, "below"), (16, "background")])
def test_what_a_rejected_pair_shares_has_a_name_from_16_words_on(words: int, verdict: str) -> None:
    """Two texts that share a run of 16 words share a passage; a shorter one is a turn of phrase."""
    run = " ".join(f"word{chr(97 + k)}" for k in range(words))
    left, right = (" ".join(f"{side}{chr(97 + k)}" for k in range(24)) + f" {run}" for side in ("ours", "theirs"))
    judged = judged_alone(left, right)
    assert judged.verdict == verdict


def test_sentence_ratio_is_of_the_smaller_text() -> None:
    """A text whose sentences all stand in a longer one has ratio 1, in whatever order; a foreign sentence counts 0."""
    small = "The mill stands. The tram waits at the quay."
    large = "The tram waits at the quay. Soup was served. The mill stands."
    assert sentence_ratio(small, large, cutoff=0.7) == 1
    assert sentence_ratio("The mill stands. Quite another matter", large, cutoff=0.7) < 0.5


@settings(max_examples=100, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 15), st.integers(0, 15)).filter(lambda p: p[0] < p[1])))
def test_stars_have_no_member_without_a_pair(accepted: set[tuple[int, int]]) -> None:
    """Who is kept is kept for itself, and each member has an accepted pair with it; a row with one is never alone."""
    kept = np.arange(16, dtype=np.int64)
    join_stars(kept, sorted(accepted))
    for row, star in enumerate(kept.tolist()):
        assert kept[star] == star
        assert star == row or (star, row) in accepted
    assert not any(kept[a] == a and kept[b] == b for a, b in accepted)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(0, 12, "contained"), (3, 9, "background"), (0, 3, "contained"), (2, 1, "contained")],
)
def test_a_piece_of_a_far_longer_text_is_its_copy_only_from_the_beginning(
    before: int, after: int, verdict: str
) -> None:
    """An item from the middle of a page of other stories stays apart; a lead, or a larger part, is an excerpt."""
    rng = random.Random(36)
    item = fiction.write(rng, 4)
    page = "\n\n".join(
        [*(fiction.write(rng, 6) for _ in range(before)), item, *(fiction.write(rng, 6) for _ in range(after))]
    )
    judged = judged_alone(page, item)
    assert judged.verdict == verdict
