"""What was measured before saves the measuring, and changes nothing of what is found."""

import random
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dedup import NOTHING, DedupConfig, Deduplicated, deduplicate, judging
from cleaners.dedup.overlaps import Counted, Standing, standings, weigh_overlaps
from cleaners.dedup.weights import Weights
from tests.dedup import fiction

CONFIG = DedupConfig()
NOTICE = " ".join(fiction.SENTENCES[k].format(place="Orla", thing="mill", person="Ada", n=3) for k in (1, 2, 4, 7, 9))


@cache
def corpus() -> dict[str, str]:
    """40 articles with copies, 30 reports of one form, and articles that share a notice with others."""
    rng = random.Random(5)
    texts = {f"a{i:02}": fiction.write(rng) for i in range(40)}
    for i in range(0, 40, 2):
        for copy in (fiction.excerpt, fiction.edited, fiction.noisy):
            texts[f"a{i:02}-{copy.__name__}"] = copy(texts[f"a{i:02}"], rng)
    texts |= {f"w{i:02}": fiction.weather(rng) for i in range(30)}
    return texts | {f"n{i:02}": f"{fiction.write(rng, 3)}\n\n{NOTICE}" for i in range(16)}


def same(one: Deduplicated, other: Deduplicated) -> bool:
    """Tell whether two results are one in every table that is published."""
    return all(getattr(one, name).equals(getattr(other, name)) for name in ("pairs", "clusters", "passages", "capped"))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), batches=st.integers(2, 5))
def test_batches_find_what_one_run_finds(seed: int, batches: int) -> None:
    """However the articles come in, each run with what the run before measured finds what it would find alone."""
    ids = list(corpus())
    rng = random.Random(seed)
    rng.shuffle(ids)
    ends = [*sorted(rng.sample(range(1, len(ids)), batches - 1)), len(ids)]
    measured = NOTHING
    for end in ends:
        table = fiction.articles({i: corpus()[i] for i in ids[:end]})
        found = deduplicate(table, config=CONFIG, measured=measured)
        assert same(found, deduplicate(table, config=CONFIG))
        measured = found.measured


def test_nothing_is_measured_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything measured before, no pair is judged again."""
    table = fiction.articles(corpus())
    first = deduplicate(table, config=CONFIG)
    monkeypatch.delattr(judging, "judge")
    assert same(deduplicate(table, config=CONFIG, measured=first.measured), first)


def test_changed_weight_causes_a_new_judgement() -> None:
    """Two articles that are one by a shared notice are two once the notice is known to be common."""
    rng = random.Random(8)
    notice = f"{NOTICE} {NOTICE.swapcase()[::-1]}"
    texts = {f"n{i:02}": f"{fiction.write(rng, 1)}\n\n{notice}" for i in range(20)}
    before = deduplicate(fiction.articles({i: texts[i] for i in ("n00", "n02")}), config=CONFIG)
    assert before.pairs["verdict"].to_list() == ["near"]
    after = deduplicate(fiction.articles(texts), config=CONFIG, measured=before.measured)
    verdict = after.pairs.filter(left="n00", right="n02")["verdict"].to_list()
    assert verdict == ["background"]
    assert same(after, deduplicate(fiction.articles(texts), config=CONFIG))


def test_overlaps_do_not_depend_on_what_else_is_watched() -> None:
    """Watching shingles that count in full leaves every bit of a pair's overlap as it is."""
    rng = np.random.default_rng(3)
    shingles = np.sort(rng.integers(0, 2**63, 40).astype(np.uint64))
    values = rng.uniform(0.05, 0.9, 40)
    left, right = (np.flatnonzero(rng.random(40) < 0.6) for _ in range(2))
    weights = Weights(shingles, np.where(np.arange(40) % 2, values, 1.0))
    every = weigh_overlaps([Counted(90, left)], [Counted(70, right)], np.array([50]), weights)
    odd = [Counted(size, own[own % 2 == 1] // 2) for size, own in ((90, left), (70, right))]
    less = weigh_overlaps(odd[:1], odd[1:], np.array([50]), weights.over(shingles[1::2]))
    assert [share.tolist() for share in every] == [share.tolist() for share in less]


@pytest.mark.parametrize(
    ("left", "right", "standing"),
    [
        (0.34, 0.1, Standing(0)),
        (0.5, 0.48, Standing.GREY | Standing.LEFT),
        (0.3, 0.5, Standing.GREY | Standing.PARTLY),
        (0.9, 0.9, Standing.GREY | Standing.FULL),
        (0.2, 0.9, Standing.GREY | Standing.FULL | Standing.PARTLY),
        (0.9, 0.1, Standing.GREY | Standing.FULL | Standing.PARTLY | Standing.PIECE | Standing.LEFT),
    ],
)
def test_standing_has_no_more_than_the_verdict_needs(left: float, right: float, standing: Standing) -> None:
    """A small change of a weight that cannot matter to a verdict does not change a pair's standing."""
    assert standings(np.array([left]), np.array([right]), CONFIG).tolist() == [standing]
