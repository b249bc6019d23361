"""Each threshold decides where its description says: a case on either side of it."""

import random
from datetime import date

import numpy as np
import polars as pl
import pytest

from cleaners.dedup import DedupConfig, deduplicate
from cleaners.dedup.pairs.candidates import Candidates, Keys, find_candidates
from cleaners.dedup.pairs.own_text import ANY_SITE, find_carried
from cleaners.dedup.pairs.reading import read_texts
from cleaners.dedup.pairs.verdicts import Judgement, Known, judge
from cleaners.dedup.tokens.shingles import passage_hashes
from cleaners.dedup.tokens.words import Ragged
from tests.dedup import fiction

CONFIG = DedupConfig()
SITE = "tide.example"


def words(rng: random.Random, count: int) -> list[str]:
    """Invent words, none of them twice."""
    return [f"{fiction.invented(rng, 1)}{chr(97 + k // 26 % 26)}{chr(97 + k % 26)}o" for k in range(count)]


def prose(some: list[str], sentence: int) -> str:
    """Make sentences of the given number of words, a line each."""
    return "\n".join(" ".join(some[at : at + sentence]) + "." for at in range(0, len(some), sentence))


def judged(left: str, right: str, **known: bool) -> Judgement:
    """Judge two texts, knowing of nothing else but what is named."""
    ours, theirs = read_texts([left, right], config=CONFIG)
    return judge(ours, theirs, Known(**known), config=CONFIG)


def replaced(some: list[str], every: int, rng: random.Random) -> list[str]:
    """Put another word in the place of every nth."""
    return [fiction.invented(rng, 2).replace(" ", "") if k % every == every - 1 else w for k, w in enumerate(some)]


def mistyped(some: list[str], every: int) -> list[str]:
    """Mistype a letter of every nth word."""
    return [f"{w[:-1]}u" if k % every == every - 1 else w for k, w in enumerate(some)]


@pytest.mark.parametrize(("shared", "verdict"), [(13, "background"), (16, "near")])
def test_contained_min(shared: int, verdict: str) -> None:
    """With four fifths of its lines in another text an article is its copy, with two thirds it is not."""
    rng = random.Random(1)
    common = prose(words(rng, 10 * shared), 10)
    left, right = (f"{common}\n{prose(words(rng, 200 - 10 * shared), 10)}" for _ in range(2))
    assert judged(left, right).verdict == verdict


@pytest.mark.parametrize(("every", "verdict"), [(4, "below"), (5, "near")])
def test_grey_min(every: int, verdict: str) -> None:
    """A letter wrong in each fifth word leaves enough to compare letters, in each fourth too little."""
    some = words(random.Random(2), 160)
    assert judged(prose(some, 10), prose(mistyped(some, every), 10)).verdict == verdict


@pytest.mark.parametrize(("count", "verdict"), [(80, "below"), (160, "near")])
def test_order_words(count: int, verdict: str) -> None:
    """Words in one order prove a copy whose sentences end elsewhere, but not in a short text."""
    rng = random.Random(3)
    some = words(rng, count)
    found = judged(prose(some, 27), prose(replaced(some, 8, rng), 7))
    assert 0.5 < found.overlap.containment_left < CONFIG.contained_min
    assert found.verdict == verdict


@pytest.mark.parametrize(("size", "verdict"), [(130, "contained"), (180, "near")])
def test_size_min(size: int, verdict: str) -> None:
    """A text with two thirds of the other's words is contained in it, one with nine tenths is near."""
    some = words(random.Random(4), 200)
    assert judged(prose(some, 10), prose(some[:size], 10)).verdict == verdict


def pair_up(rows: int) -> Candidates:
    """Find candidates among rows that have one passage in common, and nothing else."""
    rng = np.random.default_rng(5)
    passages = [[7, *rng.integers(1 << 40, 1 << 60, 3).tolist()] for _ in range(rows)]
    return find_candidates(
        rng.integers(0, 1 << 32, (rows, CONFIG.permutations), np.uint32),
        pl.Series(passages, dtype=pl.List(pl.UInt64)),
        pl.Series([None] * rows, dtype=pl.String),
        config=CONFIG,
    )


@pytest.mark.parametrize(("rows", "capped"), [(24, []), (25, [(25, 24 + 23, 300)])])
def test_hot_bucket_and_representatives(rows: int, capped: list[tuple[int, int, int]]) -> None:
    """A passage of 24 articles pairs all of them; of one more only two with all others."""
    buckets = pair_up(rows).capped.filter(what="bucket")
    assert buckets.select("size", "pairs_made", "pairs_all").rows() == capped


def test_row_pairs() -> None:
    """An article is paired with the first four of those that share a passage with it."""
    assert np.bincount(pair_up(20).right).tolist() == [0, 1, 2, 3, *[4] * 16]


@pytest.mark.parametrize(("values", "pairs"), [(3, 0), (4, 1)])
def test_band_rows(values: int, pairs: int) -> None:
    """Signatures alike in the four values of a band are paired, those alike in three of them are not."""
    signatures = np.random.default_rng(6).integers(0, 1 << 32, (2, CONFIG.permutations), np.uint32)
    signatures[1, 8 : 8 + values] = signatures[0, 8 : 8 + values]
    empty = pl.Series([[1], [2]], dtype=pl.List(pl.UInt64))
    found = find_candidates(signatures, empty, pl.Series([None, None], dtype=pl.String), config=CONFIG)
    assert len(found.left) == pairs


@pytest.mark.parametrize(("carriers", "stories", "common"), [(7, 100, 0), (8, 100, 1), (10, 4000, 0), (11, 4000, 1)])
def test_common_share_and_articles(carriers: int, stories: int, common: int) -> None:
    """A passage is nobody's own if more than one story in four hundred has it, and eight at least."""
    shared = Keys(np.full(carriers, 7, np.uint64), np.arange(carriers))
    found = find_carried(shared, np.full(stories, ANY_SITE), np.arange(stories), config=CONFIG)
    assert len(found.codes) == common


def test_passage_window() -> None:
    """One passage of 23 words in a row is looked up, and sometimes two of 24."""
    rng = np.random.default_rng(6)
    for length, most in [(23, 1), (24, 2)]:
        rows = Ragged(rng.integers(0, 1 << 60, 20 * length, np.uint64), np.arange(21) * length)
        chosen = passage_hashes(rows, CONFIG.passage_words, CONFIG.passage_window)
        assert np.diff(chosen.starts).max() == most


@pytest.mark.parametrize(("own", "verdict"), [(29, "boilerplate"), (30, "below")])
def test_own_words(own: int, verdict: str) -> None:
    """A page with 29 words of its own under a long notice is boilerplate, one with 30 is an article."""
    rng = random.Random(7)
    notice = prose(words(rng, 150), 30)
    texts = {f"p{k}": f"{prose(words(rng, own), 20)}\n\n{notice}" for k in range(4)}
    titles = [" ".join(words(rng, 4)) for _ in texts]
    found = deduplicate(fiction.articles(texts, site=[SITE] * 4, title=titles), config=CONFIG)
    assert found.pairs["verdict"].unique().to_list() == [verdict]


@pytest.mark.parametrize(("others", "verdict"), [(3, "near"), (6, "headline")])
def test_headline_min(others: int, verdict: str) -> None:
    """Headlines with a quarter of their stems in common are of one story, those with a seventh of two."""
    rng = random.Random(8)
    shared = prose(words(rng, 150), 10)
    texts = {f"h{k}": f"{shared}\n{prose(words(rng, 40), 40)}" for k in range(2)}
    titles = [" ".join(["harbour", *words(rng, others)]) for _ in texts]
    found = deduplicate(fiction.articles(texts, title=titles), config=CONFIG)
    assert found.pairs["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(("own", "verdict"), [(20, "near"), (50, "background")])
def test_lead_words(own: int, verdict: str) -> None:
    """Two texts that each open with 50 words of their own tell two stories over one background, with 20 they do not."""
    rng = random.Random(28)
    shared = prose(words(rng, 170), 10)
    left, right = (f"{prose(words(rng, own), 10)}\n{shared}" for _ in range(2))
    assert judged(left, right).verdict == verdict
    assert judged(left, right, one_headline=True).verdict == "near"
    copied = "\n".join(left.splitlines()[:2])
    assert judged(left, f"{copied}\n{right}").verdict == "near"


@pytest.mark.parametrize(("known", "verdict"), [(5, "background"), (25, "near")])
def test_lead_share(known: int, verdict: str) -> None:
    """An opening of 60 words of which the other text has five further down is its own, with 25 of them it is not."""
    rng = random.Random(29)
    shared = prose(words(rng, 200), 10)
    first, second = (words(rng, 60) for _ in range(2))
    left = f"{prose(first, 10)}\n{shared}\n{prose(second[:known], 10)}"
    right = f"{prose(second, 10)}\n{shared}\n{prose(first[:known], 10)}"
    assert judged(left, right).verdict == verdict


@pytest.mark.parametrize(("count", "verdict"), [(300, "background"), (900, "near")])
def test_lead_jaccard(count: int, verdict: str) -> None:
    """Openings of 50 words tell two stories over 300 words in common, over 900 they do not."""
    rng = random.Random(30)
    shared = prose(words(rng, count), 10)
    left, right = (f"{prose(words(rng, 50), 10)}\n{shared}" for _ in range(2))
    assert judged(left, right).verdict == verdict


@pytest.mark.parametrize(("run", "verdict"), [(12, "near"), (30, "headline")])
def test_own_run(run: int, verdict: str) -> None:
    """Under another headline a run of 12 words of its own makes no other story, one of 30 does."""
    rng = random.Random(9)
    first, second = (prose(words(rng, 70), 10) for _ in range(2))
    left, right = (f"{first}\n{prose(words(rng, run), run)}\n{second}" for _ in range(2))
    assert judged(left, right, other_headlines=True).verdict == verdict


@pytest.mark.parametrize(("count", "verdict"), [(90, "headline"), (150, "near")])
def test_notice_words(count: int, verdict: str) -> None:
    """What a page of 90 words shares with another story of its site is a notice; 150 words are an article."""
    some = words(random.Random(10), count + 5)
    found = judged(prose(some, 10), prose(some[:count], 10), other_headlines=True, same_site=True)
    assert found.verdict == verdict


@pytest.mark.parametrize(("shared", "verdict"), [(24, "background"), (27, "near")])
def test_headed_min(shared: int, verdict: str) -> None:
    """Under one headline two thirds in common suffice, and three fifths do not."""
    rng = random.Random(11)
    common = prose(words(rng, 5 * shared), 5)
    left, right = (f"{common}\n{prose(words(rng, 200 - 5 * shared), 5)}" for _ in range(2))
    assert judged(left, right, one_headline=True).verdict == verdict


@pytest.mark.parametrize(("known", "verdict"), [(2, "background"), (3, "near")])
def test_one_headline(known: int, verdict: str) -> None:
    """Headlines agree with three of four stems in common, with two they do not."""
    rng = random.Random(12)
    common, same = prose(words(rng, 135), 5), words(rng, known)
    texts = {f"h{k}": f"{common}\n{prose(words(rng, 65), 5)}" for k in range(2)}
    titles = [" ".join([*same, *words(rng, 4 - known)]) for _ in texts]
    found = deduplicate(fiction.articles(texts, title=titles), config=CONFIG)
    assert found.pairs["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(("shared", "verdict"), [(20, "background"), (60, "version")])
def test_version_min(shared: int, verdict: str) -> None:
    """Texts of one address are versions with three tenths in common, with one they are not."""
    rng = random.Random(13)
    common = prose(words(rng, shared), 20)
    left, right = (f"{common}\n{prose(words(rng, 200 - shared), 20)}" for _ in range(2))
    assert judged(left, right, same_address=True).verdict == verdict


@pytest.mark.parametrize(("count", "kept"), [(120, "old"), (160, "new")])
def test_version_size(count: int, kept: str) -> None:
    """The newest version is kept with four fifths of the longest one's words, and not with three."""
    some = words(random.Random(14), 200)
    stamps = ["20240501000000", "20240503000000"]
    table = fiction.articles(
        {"old": prose(some, 10), "new": prose(some[:count], 10)},
        url=[f"http://web.archive.org/web/{stamp}/http://tide.example/ferry" for stamp in stamps],
    )
    assert deduplicate(table, config=CONFIG).clusters["kept_id"].to_list() == [kept] * 2


def test_likely_share() -> None:
    """A short text with a third of its passages in a far longer one is judged, however little that is of both."""
    rng = random.Random(15)
    common = words(rng, 60)
    texts = {"a": prose([*words(rng, 100), *common], 160), "b": prose([*words(rng, 1500), *common], 160)}
    assert deduplicate(fiction.articles(texts), config=CONFIG).pairs.height == 1


@pytest.mark.parametrize(("run", "gap", "judged_pairs"), [(6, 22, 0), (7, 4, 1)])
def test_likely_jaccard(run: int, gap: int, judged_pairs: int) -> None:
    """Texts with one passage in common are judged if their phrases make a Jaccard of three tenths, not of one."""
    rng = random.Random(16)
    phrases = [words(rng, run) for _ in range(60)]

    def mixed() -> str:
        own = [w for phrase in phrases for w in [*words(rng, gap), *phrase]]
        return prose([*common, *own], 60)

    common = words(rng, 30)
    found = deduplicate(fiction.articles({"a": mixed(), "b": mixed()}), config=CONFIG)
    assert found.pairs.height == judged_pairs


def garbled(some: list[str], every: int, letters: int) -> list[str]:
    """Put other letters at the end of every nth word."""
    return [f"{w[:-letters]}{'xqwyz' * 3:.{letters}}" if k % every == every - 1 else w for k, w in enumerate(some)]


@pytest.mark.parametrize(("letters", "verdict"), [(4, "near"), (14, "below")])
def test_ratio_min(letters: int, verdict: str) -> None:
    """A text with four letters wrong in each fifth word is a copy, one with most of each fifth word wrong is not."""
    some = [f"{w}ramble" for w in words(random.Random(17), 90)]
    found = judged(prose(some, 10), prose(garbled(some, 5, letters), 10))
    assert found.ratio is not None
    assert found.verdict == verdict


def test_sentence_ratio_min() -> None:
    """Sentences with every second word another one have no counterpart, for all the letters they have in common."""
    rng = random.Random(18)
    some = words(rng, 96)
    found = judged(prose(some, 12), prose([*some[:60], *replaced(some[60:], 2, rng)], 12))
    assert found.ratio == pytest.approx(5 / 8, abs=0.05)


@pytest.mark.parametrize(("moved", "verdict"), [(True, "near"), (False, "template")])
def test_form_min(moved: bool, verdict: str) -> None:
    """Numbers that differ make a template where the texts have one order; of parts in another order they are moved."""
    some = words(random.Random(19), 160)
    left, right = ([f"{w} {k + n}" if k % 4 == 3 else w for k, w in enumerate(some)] for n in (0, 500))
    found = judged(prose(left, 10), prose([*right[60:], *right[:60]] if moved else right, 10))
    assert found.verdict == verdict


@pytest.mark.parametrize(("quoted", "verdict"), [(24, "background"), (48, "quote")])
def test_quoted_min(quoted: int, verdict: str) -> None:
    """What two texts share is a quotation if two thirds of it stand in quotation marks, and not if one does."""
    rng = random.Random(20)
    said, told = (" ".join(words(rng, count)) for count in (quoted, 72 - quoted))
    left, right = (f"{prose(words(rng, 120), 20)}\n“{said}”\n{prose(words(rng, 20), 20)}\n{told}" for _ in range(2))
    assert judged(left, right).verdict == verdict


@pytest.mark.parametrize(("count", "changed", "verdict"), [(20, 2, "below"), (20, 0, "near"), (50, 5, "near")])
def test_short_words_and_short_ratio(count: int, changed: int, verdict: str) -> None:
    """A text of 20 words is a copy only letter for letter; one of 50 words may have five other words."""
    some = words(random.Random(21), count)
    other = list(some)
    for k in range(changed):
        other[6 + k * count // 6] = "qqqqqqqq"
    other[5] = f"{other[5]}s" if not changed else other[5]
    assert judged(" ".join(some), " ".join(other)).verdict == verdict


@pytest.mark.parametrize(("run", "reported"), [(20, 0), (30, 1)])
def test_passage_min(run: int, reported: int) -> None:
    """A shared passage of 30 words is reported, one of 20 is not."""
    rng = random.Random(22)
    passage = " ".join(words(rng, run))
    texts = {k: f"{prose(words(rng, 60), 20)}\n{passage}" for k in "ab"}
    assert deduplicate(fiction.articles(texts), config=DedupConfig(all_pairs=True)).passages.height == reported


@pytest.mark.parametrize(("more", "reason"), [(6, "earlier"), (30, "more complete")])
def test_completeness_step(more: int, reason: str) -> None:
    """Of two copies the earlier is kept if the other is 3 % longer, the longer one if it is that by 15 %."""
    some = words(random.Random(23), 200 + more)
    texts = {"a": prose(some[:200], 10), "b": prose(some, 10)}
    table = fiction.articles(texts, published=[date(2024, 5, 1), date(2024, 5, 2)])
    reasons = deduplicate(table, config=CONFIG).clusters["keep_reason"].drop_nulls()
    assert reasons[0].startswith(reason)


@pytest.mark.parametrize(("captions", "reason"), [(1, "cleaner"), (5, "more complete")])
def test_loose_max(captions: int, reason: str) -> None:
    """A caption makes no text more complete, and a list of a seventh of the text does."""
    rng = random.Random(24)
    story = prose(words(rng, 240), 10)
    added = "\n".join(" ".join(words(rng, 9)) for _ in range(captions))
    table = fiction.articles({"a": story, "b": f"{story}\n{added}"}, published=[date(2024, 5, 1), date(2024, 5, 2)])
    reasons = deduplicate(table, config=CONFIG).clusters["keep_reason"].drop_nulls()
    assert reasons[0].startswith(reason)
