"""Tests of the stage as a whole, on invented articles and their copies."""

import random
from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dedup import DedupConfig, Deduplicated, deduplicate, fingerprint
from cleaners.dedup.stars import judging
from tests.dedup import fiction

CONFIG = DedupConfig()
ACCEPTED = ["exact", "near", "contained"]


@pytest.fixture(scope="module")
def corpus() -> dict[str, str]:
    """30 articles `a<n>` with a copy of every kind `a<n>-<kind>`, and 40 weather reports of one form `w<n>`."""
    rng = random.Random(11)
    texts = {f"a{i:02}": fiction.write(rng) for i in range(30)}
    for i in range(30):
        for copy in fiction.COPIES:
            texts[f"a{i:02}-{copy.__name__}"] = copy(texts[f"a{i:02}"], rng)
    return texts | {f"w{i:02}": fiction.weather(rng) for i in range(40)}


@pytest.fixture(scope="module")
def found(corpus: dict[str, str]) -> Deduplicated:
    """Deduplicate the corpus once."""
    return deduplicate(fiction.articles(corpus), config=CONFIG)


@pytest.mark.parametrize("copy", fiction.COPIES)
def test_every_kind_of_copy_is_found(found: Deduplicated, copy: Callable[..., str]) -> None:
    """Of each kind of copy 97 in 100 share the kept article of their original."""
    kept = dict(found.clusters.select("id", "kept_id").iter_rows())
    together = [kept[f"a{i:02}"] == kept[f"a{i:02}-{copy.__name__}"] for i in range(30)]
    assert sum(together) >= 0.97 * len(together)


def test_different_articles_stay_apart(found: Deduplicated) -> None:
    """No cluster joins two articles, nor two reports made from one form."""
    groups = found.clusters.select("kept_id", group=pl.col("id").str.slice(0, 3)).unique()
    assert groups["kept_id"].is_unique().all()


def test_reports_of_one_form_are_called_templates(found: Deduplicated) -> None:
    """Candidate pairs of weather reports are rejected with the verdict template."""
    reports = found.pairs.filter(pl.col("left").str.starts_with("w") & pl.col("right").str.starts_with("w"))
    assert len(reports) > 10
    assert reports.filter(pl.max_horizontal("containment_left", "containment_right") >= CONFIG.grey_min)[
        "verdict"
    ].unique().to_list() == ["template"]


def test_every_member_has_a_verified_pair_with_its_kept_article(found: Deduplicated) -> None:
    """Each article that is not kept stands in an accepted pair with the one kept for it, with the same numbers."""
    members = found.clusters.filter(pl.col("id") != pl.col("kept_id"))
    pairs = found.pairs.filter(pl.col("verdict").is_in(ACCEPTED))
    direct = members.with_columns(
        left=pl.min_horizontal("id", "kept_id"), right=pl.max_horizontal("id", "kept_id")
    ).join(pairs, on=["left", "right"], suffix="_pair")
    own = pl.when(pl.col("id") == pl.col("left")).then("containment_left").otherwise("containment_right")
    assert len(direct) == len(members) > 150
    assert direct.filter(
        (pl.col("verdict") != pl.col("verdict_pair"))
        | (pl.col("jaccard") != pl.col("jaccard_pair"))
        | (pl.col("containment") != own)
    ).is_empty()
    assert members.filter(pl.col("keep_reason").is_null()).is_empty()


def test_kept_articles_are_their_own(found: Deduplicated, corpus: dict[str, str]) -> None:
    """Every article has one row; who is kept for another is kept for itself, and cluster sizes add up."""
    assert sorted(corpus) == found.clusters["id"].to_list()
    own = dict(found.clusters.select("id", "kept_id").iter_rows())
    assert all(own[k] == k for k in own.values())
    kept = found.clusters.filter(pl.col("id") == pl.col("kept_id"))
    assert kept["cluster_size"].sum() == len(corpus)
    assert (
        kept.select(pl.col("verdict", "jaccard", "containment", "ratio", "keep_reason").is_null().all()).row(0)
        == (True,) * 5
    )


def test_pairs_are_ordered_and_symmetric(found: Deduplicated) -> None:
    """Pairs have the lesser id on the left, no pair comes twice, and no article is paired with itself."""
    assert found.pairs.filter(pl.col("left") >= pl.col("right")).is_empty()
    assert found.pairs.select("left", "right").is_unique().all()


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_rows_does_not_matter(corpus: dict[str, str], found: Deduplicated, seed: int) -> None:
    """Any order of rows gives the same tables, row for row."""
    ids = list(corpus)
    random.Random(seed).shuffle(ids)
    again = deduplicate(fiction.articles({i: corpus[i] for i in ids}), config=CONFIG)
    assert again.pairs.equals(found.pairs)
    assert again.clusters.equals(found.clusters)
    assert again.passages.equals(found.passages)
    assert again.capped.equals(found.capped)


def test_stored_fingerprints_give_the_same_result(corpus: dict[str, str], found: Deduplicated) -> None:
    """Fingerprints computed before, in batches, give the tables that the texts alone give."""
    table = fiction.articles(corpus)
    prints = pl.concat([fingerprint(part["text"], config=CONFIG) for part in table.iter_slices(50)])
    again = deduplicate(table, config=CONFIG, fingerprints=prints)
    assert again.pairs.equals(found.pairs)
    assert again.clusters.equals(found.clusters)


def test_how_many_pairs_are_judged_at_once_does_not_matter(
    corpus: dict[str, str], found: Deduplicated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging a few hundred pairs at a time gives the tables that judging all at once gives."""
    monkeypatch.setattr(judging, "WAVE", 300)
    monkeypatch.setattr(judging, "CHUNK", 100)
    again = deduplicate(fiction.articles(corpus), config=CONFIG)
    assert again.pairs.equals(found.pairs)
    assert again.clusters.equals(found.clusters)


def test_texts_are_fetched_as_they_are_needed(
    corpus: dict[str, str], found: Deduplicated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts of a limited number of words are held at a time, and the tables are the same."""
    table = fiction.articles(corpus)
    words = table["words"].to_numpy()
    fetched: list[int] = []

    def read(rows: npt.NDArray[np.int64]) -> pl.Series:
        fetched.append(int(words[rows].sum()))
        return table["text"].gather(rows)

    monkeypatch.setattr(judging, "WAVE", 10)
    monkeypatch.setattr(judging, "FETCHED_WORDS", 20_000)
    prints = fingerprint(table["text"], config=CONFIG)
    again = deduplicate(table.drop("text"), config=CONFIG, fingerprints=prints, read=read)
    assert again.pairs.equals(found.pairs)
    assert again.passages.equals(found.passages)
    assert len(fetched) > 2
    assert max(fetched) <= 20_000 < sum(fetched)


def test_no_articles_give_empty_tables(found: Deduplicated) -> None:
    """An empty table gives empty tables with the same columns."""
    none = deduplicate(fiction.articles({}), config=CONFIG)
    for name in ("pairs", "clusters", "passages", "capped"):
        assert getattr(none, name).is_empty()
        assert getattr(none, name).schema == getattr(found, name).schema


def test_exact_copies_cost_one_pair_each() -> None:
    """A thousand exact copies have one pair each, with the kept article, and the verdict exact."""
    text = fiction.write(random.Random(5))
    found = deduplicate(fiction.articles({f"c{i:04}": text for i in range(1000)}), config=CONFIG)
    assert found.pairs["left"].to_list() == ["c0000"] * 999
    assert found.pairs["verdict"].unique().to_list() == ["exact"]


def test_exact_copies_of_a_member_pair_with_its_kept_article() -> None:
    """Two exact copies of an excerpt both stand in the cluster of the whole, with the excerpt's numbers."""
    rng = random.Random(6)
    whole = fiction.write(rng)
    part = fiction.excerpt(whole, rng)
    found = deduplicate(fiction.articles({"whole": whole, "part1": part, "part2": part}), config=CONFIG)
    members = found.clusters.filter(pl.col("id") != "whole")
    assert members["kept_id"].to_list() == ["whole", "whole"]
    assert members["verdict"].to_list() == ["contained", "contained"]
    assert members["containment"].to_list() == [1.0, 1.0]
    assert found.pairs.select("left", "right").rows() == [("part1", "whole"), ("part2", "whole")]


def test_texts_without_words_stay_apart() -> None:
    """Empty texts and texts of punctuation alone are no duplicates of each other."""
    found = deduplicate(fiction.articles({"a": "", "b": "", "c": "…", "d": "!!"}), config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["a", "b", "c", "d"]
    assert found.pairs.is_empty()


@pytest.mark.parametrize(
    ("left", "right", "kept"),
    [
        ("The ferry leaves at nine.", "The ferry leaves at nine", "exact"),
        (
            "The ferry to Orla leaves at nine in the morning.",
            "The ferry to Orla leaves at nine in the mornings.",
            "near",
        ),
        ("The ferry to Orla leaves at 9 in the morning.", "The ferry to Orla leaves at 7 in the morning.", None),
        ("The ferry to Orla leaves at nine in the morning.", "The bus to Orla leaves at nine in the evening.", None),
    ],
)
def test_short_texts_must_be_all_but_equal(left: str, right: str, kept: str | None) -> None:
    """Texts under 30 words are duplicates only if exact, or letter for letter alike with the same facts."""
    found = deduplicate(fiction.articles({"a": left, "b": right}), config=CONFIG)
    assert [v for v in found.clusters["verdict"] if v] == ([kept] if kept else [])


def test_the_more_complete_article_is_kept(found: Deduplicated) -> None:
    """Who loses an article more than 5 % shorter than its original says so."""
    row = found.clusters.row(by_predicate=pl.col("id") == "a00-excerpt", named=True)
    assert row["keep_reason"].startswith("more complete (")


def test_preference_decides_among_equally_complete_articles() -> None:
    """Of two articles of one length the one from the preferred site is kept, though the other is older."""
    text = fiction.write(random.Random(8))
    table = fiction.articles(
        {"a": text, "b": text}, site=["old.example", "best.example"], published=[date(2020, 1, 1), date(2021, 1, 1)]
    )
    found = deduplicate(table, config=DedupConfig(preferred_sources=("best.example",)))
    assert found.clusters.row(0, named=True)["keep_reason"] == "preferred source"
    assert found.clusters["kept_id"].to_list() == ["b", "b"]


@pytest.mark.parametrize(
    ("mark", "columns", "reason"),
    [
        ("", {"title": [None, "Mill sold"], "author": [None, "A. Holm"]}, "better extracted (3 of 4, not 1)"),
        (" \N{REPLACEMENT CHARACTER}", {}, "better extracted (1 of 4, not 0)"),
    ],
    ids=["fields found", "letters lost"],
)
def test_the_better_extracted_article_is_kept(mark: str, columns: dict[str, list[str | None]], reason: str) -> None:
    """Of two equally complete articles the one with more of its fields and all of its letters is kept, though later."""
    text = fiction.write(random.Random(8))
    table = fiction.articles(
        {"a": text + mark, "b": text}, published=[date(2020, 1, 1), date(2021, 1, 1)], words=[200, 200], **columns
    )
    found = deduplicate(table, config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["b", "b"]
    assert found.clusters["keep_reason"][0] == reason


def test_the_earlier_article_is_kept_when_nothing_else_decides() -> None:
    """Of two equal articles the earlier is kept, a dated before an undated one."""
    text = fiction.write(random.Random(9))
    table = fiction.articles({"a": text, "b": text, "c": text}, published=[None, date(2021, 1, 2), date(2021, 1, 1)])
    found = deduplicate(table, config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["c", "c", "c"]
    assert found.clusters["keep_reason"].to_list() == [
        "dated, the other not",
        "earlier (2021-01-01, not 2021-01-02)",
        None,
    ]
    assert found.clusters["cluster_size"].to_list() == [3, 3, 3]


def test_boilerplate_makes_no_pair() -> None:
    """Short articles of one site that end in the same long notice stay apart, once there are enough to know it."""
    rng = random.Random(10)
    notice = fiction.write(rng, sentences=5)
    texts = {f"s{i:02}": fiction.write(rng, sentences=3) + "\n\n" + notice for i in range(30)}
    found = deduplicate(fiction.articles(texts, site=["tide.example"] * 30), config=CONFIG)
    assert (found.clusters["id"] == found.clusters["kept_id"]).all()


def test_boilerplate_breaks_no_pair() -> None:
    """A copy is found though each of the two sites adds its own long notice, once there are enough to know it."""
    rng = random.Random(12)
    notices = [fiction.write(rng, sentences=8) for _ in range(2)]
    texts = {f"s{k}{i:02}": fiction.write(rng, sentences=6) + "\n\n" + notices[k] for k in range(2) for i in range(25)}
    story = fiction.write(rng, sentences=6)
    texts |= {f"copy{k}": story + "\n\n" + notices[k] for k in range(2)}
    sites = [f"{i[1]}.example" for i in texts]
    found = deduplicate(fiction.articles(texts, site=sites), config=CONFIG)
    assert found.clusters.filter(pl.col("cluster_size") > 1)["id"].to_list() == ["copy0", "copy1"]


def test_capped_pairs_are_reported() -> None:
    """Look-alikes too many to pair all with all are paired with a few, and the table says how many were left out."""
    rng = random.Random(13)
    found = deduplicate(fiction.articles({f"w{i:03}": fiction.weather(rng) for i in range(200)}), config=CONFIG)
    assert {"bucket", "article"} == set(found.capped["what"])
    assert (found.capped["pairs_made"] < found.capped["pairs_all"]).all()
    assert len(found.pairs) <= 4 * CONFIG.row_pairs * 200


def test_articles_in_scripts_without_spaces() -> None:
    """An edited copy in Chinese is found, and another article is not."""
    story = (
        "奥拉岛的渡船将停运三周，市议会星期二表示。老码头的木桩已经腐烂，工程师在水下发现了裂缝。居民说没有人事先问过他们。"
        * 2
    )
    other = (
        "图书馆的新馆长下个月上任，她说要先修屋顶，再买书。学生们写信感谢，信里画了许多小船和一只猫，孩子们都很喜欢它。"
        * 2
    )
    found = deduplicate(fiction.articles({"a": story, "b": story.replace("星期二", "昨天"), "c": other}), config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["a", "a", "c"]
