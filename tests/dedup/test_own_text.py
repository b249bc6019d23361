"""Tests of what counts as an article's own: text, headline and address."""

import random
from datetime import date
from math import log

import numpy as np
import polars as pl
import pytest

from cleaners.dedup import DedupConfig, deduplicate, fill_from_copies
from cleaners.dedup.pairs.addresses import with_addresses
from cleaners.dedup.pairs.candidates import Keys
from cleaners.dedup.pairs.headlines import share_of_stems, share_of_weights, stems, weigh_stems
from cleaners.dedup.pairs.own_text import Carried, find_carried
from cleaners.dedup.pairs.reading import read_texts
from cleaners.dedup.tokens.shingles import passage_hashes
from cleaners.dedup.tokens.words import hash_words, scan
from tests.dedup import fiction

CONFIG = DedupConfig()
SITE = "tide.example"


def lines(rng: random.Random, *lengths: int) -> str:
    """Write lines of a given number of invented words; no two texts have two words in common."""
    return "\n\n".join(f"{fiction.invented(rng, words).capitalize()}." for words in lengths)


def carried_by(texts: list[str], stories: list[int], sites: list[int]) -> Carried:
    """Find what texts of some sites and stories carry."""
    passages = passage_hashes(hash_words(scan(texts)), CONFIG.passage_words, CONFIG.passage_window)
    rows = np.repeat(np.arange(len(texts)), np.diff(passages.starts))
    return find_carried(Keys(passages.values, rows), np.array(sites), np.array(stories), config=CONFIG)


@pytest.mark.parametrize(
    ("stories", "sites", "own"),
    [([0, 1, 2], [4, 4, 4], False), ([0, 1, 1], [4, 4, 4], True), ([0, 1, 2], [4, 4, 5], True)],
    ids=["three stories of a site", "two stories, one told twice", "two stories of the site, one of another"],
)
def test_text_is_own_until_three_stories_of_a_site_carry_it(stories: list[int], sites: list[int], own: bool) -> None:
    """A notice under three stories of a site is nobody's own; copies and other sites do not count."""
    rng = random.Random(41)
    texts = [f"{lines(rng, 60, 60)}\n\n{lines(random.Random(1), 40, 40, 40)}" for _ in stories]
    (reading,) = read_texts(texts[:1], config=CONFIG, carried=carried_by(texts, stories, sites), sites=np.array([4]))
    assert reading.carried == (0 if own else 120)


def test_a_notice_is_carried_to_the_end_of_its_line() -> None:
    """Words at both ends of a notice, which no run that was looked up reaches, are no article's own either."""
    rng = random.Random(42)
    texts = [f"{lines(rng, 80)}\n\n{lines(random.Random(1), 26)}" for _ in range(3)]
    carried = carried_by(texts, [0, 1, 2], [0, 0, 0])
    for reading in read_texts(texts, config=CONFIG, carried=carried, sites=np.zeros(3, np.int64)):
        assert reading.carried == 26


def test_a_gallery_of_a_few_articles_among_many_makes_no_pair() -> None:
    """Three stories of a site with one gallery, longer than themselves, stay apart, however large the site is."""
    rng = random.Random(43)
    gallery = lines(rng, *range(20, 50))
    texts = {f"g{i}": f"{lines(rng, 60, 60)}\n\n{gallery}" for i in range(3)}
    texts |= {f"s{i:03}": lines(rng, 60) for i in range(150)}
    titles = [f"The {fiction.invented(rng, 4)}" for _ in texts]
    found = deduplicate(fiction.articles(texts, site=[SITE] * len(texts), title=titles), config=CONFIG)
    assert (found.clusters["id"] == found.clusters["kept_id"]).all()


def test_pages_of_nothing_but_a_notice_are_no_duplicates() -> None:
    """Pages under different headlines that hold only what the site shows everywhere have the verdict boilerplate."""
    notice = fiction.write(random.Random(44), 2)
    titles = ["Soup for cold evenings", "Twelve ways with herring", "Mill bread without yeast", "What to do with plums"]
    table = fiction.articles({f"p{i}": notice for i in range(4)}, site=[SITE] * 4, title=titles)
    found = deduplicate(table, config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["p0", "p1", "p2", "p3"]
    assert found.pairs["verdict"].unique().to_list() == ["boilerplate"]


def test_a_much_copied_story_is_still_its_own() -> None:
    """Five copies of one story on one site, under one headline, are one article and no boilerplate."""
    rng = random.Random(45)
    story = fiction.write(rng)
    texts = {"a": story} | {f"c{i}": fiction.edited(fiction.abridged(story, rng), rng) for i in range(5)}
    table = fiction.articles(texts, site=[SITE] * 6, title=["Ferry to Orla stops for three weeks"] * 6)
    assert deduplicate(table, config=CONFIG).clusters["kept_id"].to_list() == ["a"] * 6


@pytest.mark.parametrize(
    ("headline", "verdict"), [("Ferry strands forty on Orla", "near"), ("Mayor bans cheese carts", "headline")]
)
def test_headlines_of_two_stories_part_texts_with_passages_of_their_own(headline: str, verdict: str) -> None:
    """Texts that share three quarters are two if their headlines have nothing in common, and one otherwise."""
    rng = random.Random(46)
    shared = fiction.write(rng, 16)
    table = fiction.articles(
        {f"h{i}": f"{fiction.write(rng, 3)}\n\n{shared}" for i in range(2)},
        title=["Forty strand on Orla as ferry stops", headline],
    )
    assert deduplicate(table, config=CONFIG).pairs["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(("days", "verdict"), [(1, "near"), (30, "background")])
def test_one_headline_lowers_the_bar_for_reports_of_one_time(days: int, verdict: str) -> None:
    """With a third of it rewritten under one headline a report is a copy within days, and another one a month later."""
    rng = random.Random(47)
    shared = lines(rng, 70, 70)
    table = fiction.articles(
        {f"h{i}": f"{shared}\n\n{lines(rng, 65)}" for i in range(2)},
        title=["Ferry to Orla stops"] * 2,
        published=[date(2024, 5, 1), date.fromordinal(date(2024, 5, 1).toordinal() + days)],
    )
    found = deduplicate(table, config=CONFIG).pairs
    assert 0.65 <= max(found.row(0, named=True)[f"containment_{side}"] for side in ("left", "right")) < 0.7
    assert found["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [
        ("Ferries stranded off Orla", "Ferry strands forty off the Orla coast", 2 / 3),
        ("UN to meet on the EU", "The EU is on its way", 1.0),
        ("Mill sold", "Tram late", 0.0),
        ("渡船停运", "渡船将停运三周", 1.0),
        (None, "Mill sold", None),
    ],
)
def test_headlines_are_compared_by_stems(left: str | None, right: str | None, share: float | None) -> None:
    """Words count by their beginnings, names in capitals whatever their length, small words not."""
    assert share_of_stems(left, right) == (share if share is None else pytest.approx(share))


def test_small_words_are_no_stems() -> None:
    """Articles and prepositions say nothing of a story."""
    assert stems("The mill on the hill") == {"mill", "hill"}


def test_rare_stems_weigh_more() -> None:
    """A stem of one of three headlines weighs log 4, one of all three log 2; a headline told twice counts once."""
    headlines = ["Mill sold", "Mill burns", "Mill stops", "Mill stops", None]
    weights = weigh_stems(headlines[:3])
    assert weights["mill"] == pytest.approx(log(2))
    assert weights["sold"] == pytest.approx(log(4))
    assert weigh_stems(headlines[:4]) == weights


def test_a_common_form_makes_no_headline_alike() -> None:
    """Headlines of one form share most stems, but little weight; one told twice shares all of it."""
    form = "Readers ask whether this is true: {}"
    asked = [form.format(word) for word in ("ferry", "bread", "tram", "herring", "snow")]
    weights = weigh_stems([*asked, "Mill sold"])
    assert share_of_stems(asked[0], asked[1]) == 0.8
    assert (share_of_weights(asked[0], asked[1], weights) or 1) < 0.7
    assert share_of_weights(asked[0], asked[0], weights) == 1
    assert share_of_weights(asked[0], None, weights) is None


def test_posts_of_one_form_are_no_duplicates() -> None:
    """Answers to ten questions that share the headline's form and the paragraph below are ten articles."""
    rng, form = random.Random(48), lines(random.Random(1), 90)
    texts = {f"p{i}": f"{lines(rng, 35)}\n\n{form}" for i in range(10)}
    asked = zip(fiction.PLACES, fiction.THINGS, strict=True)
    titles = [f"Readers often ask whether this holds true: {place} {thing}" for place, thing in asked]
    assert share_of_stems(titles[0], titles[1]) == 0.75
    found = deduplicate(fiction.articles(texts, title=titles), config=CONFIG)
    assert (found.clusters["id"] == found.clusters["kept_id"]).all()


@pytest.mark.parametrize(
    ("url", "address", "seen"),
    [
        ("https://www.tide.example/a/ferry?utm_source=x&utm_medium=y#top", "tide.example/a/ferry", None),
        ("http://Tide.example/a/ferry/", "tide.example/a/ferry", None),
        ("https://tide.example/story?id=7&fbclid=q", "tide.example/story?id=7", None),
        ("https://web.archive.org/web/20240502101500/http://www.tide.example/a", "tide.example/a", "20240502101500"),
        ("web.archive.org/web/20240502101500id_/https://tide.example/a", "tide.example/a", "20240502101500"),
        ("https://tide.example/", None, None),
        (None, None, None),
    ],
)
def test_an_address_is_one_however_it_is_linked(url: str | None, address: str | None, seen: str | None) -> None:
    """Scheme, tracking, fragments and web archives make no other address; a front page is no article's."""
    row = with_addresses(fiction.articles({"a": "text"}, url=pl.Series([url], dtype=pl.String))).row(0, named=True)
    assert (row["address"], row["seen"]) == (address, seen)


def test_an_archived_page_is_of_its_own_site() -> None:
    """A page taken from a web archive belongs to the site it was taken from."""
    url = "http://web.archive.org/web/20240502101500/http://www.tide.example/a"
    assert with_addresses(fiction.articles({"a": "text"}, url=[url], site=["web.archive.org"]))["site"][0] == SITE


def test_the_newest_complete_version_of_an_address_is_kept() -> None:
    """Of three captures of one page the newest whole one is kept, though an older one is longer."""
    rng = random.Random(48)
    story = fiction.write(rng)
    texts = {
        "old": f"{story}\n\n{fiction.write(rng, 2)}",
        "new": f"{fiction.write(rng, 1)}\n\n{story}",
        "stub": story.partition("\n\n")[0],
    }
    stamps = ["20240501000000", "20240503000000", "20240504000000"]
    urls = [f"http://web.archive.org/web/{stamp}/http://tide.example/ferry" for stamp in stamps]
    clusters = deduplicate(fiction.articles(texts, url=urls), config=CONFIG).clusters
    assert clusters.select("id", "kept_id", "verdict").rows() == [
        ("new", "new", None),
        ("old", "new", "version"),
        ("stub", "new", "version"),
    ]
    assert clusters["keep_reason"][1] == "newer version (20240503000000, not 20240501000000)"


def test_another_text_at_one_address_stays() -> None:
    """A page whose text was replaced altogether is no version of what stood there before."""
    rng = random.Random(49)
    table = fiction.articles({i: fiction.write(rng) for i in "ab"}, url=["http://tide.example/today"] * 2)
    assert deduplicate(table, config=CONFIG).clusters["kept_id"].to_list() == ["a", "b"]


def test_unlikely_pairs_are_read_only_on_demand() -> None:
    """A pair that shares one paragraph of a long text is not judged, unless all pairs are asked for."""
    rng = random.Random(50)
    paragraph = fiction.write(rng, 1)
    texts = {i: "\n\n".join(fiction.write(rng, 18) for _ in range(3)) + f"\n\n{paragraph}" for i in "ab"}
    table = fiction.articles(texts)
    assert deduplicate(table, config=CONFIG).pairs.is_empty()
    assert deduplicate(table, config=DedupConfig(all_pairs=True)).pairs.height == 1


def test_a_caption_makes_no_text_more_complete() -> None:
    """Of two copies the one without a caption and a credit is kept, though the other has 4 % more words."""
    story = fiction.write(random.Random(51), 18)
    caption = "The ferry at Orla in the fog of last winter, seen from the quay (T. Abel"
    texts = {"a": f"{story}\n\n{caption}", "b": story}
    for words in range(len(story.split()), len(story.split()) + 40):  # wherever the steps of completeness begin
        table = fiction.articles(texts, words=[words + 15, words])
        clusters = deduplicate(table, config=CONFIG).clusters
        assert clusters["kept_id"].to_list() == ["b", "b"]


def test_what_a_kept_article_lacks_comes_from_its_copies() -> None:
    """Author, earliest date and address are taken from whole copies, each said with its copy; an excerpt gives none."""
    rng = random.Random(52)
    story = fiction.write(rng)
    texts = {"a": f"{story} {story.split()[0]}", "b": story, "c": story, "d": fiction.excerpt(story, rng)}
    table = fiction.articles(
        texts,
        title=["Ferry to Orla stops"] * 4,
        author=[None, None, "A. Holm", "J. Pike"],
        published=[None, date(2024, 5, 3), date(2024, 5, 2), date(2024, 5, 1)],
        words=[900, 800, 800, 200],
        source=["first/a.txt", "b.txt", "c.txt", "d.txt"],
    )
    found = deduplicate(table, config=DedupConfig(preferred_sources=("first",)))
    assert found.clusters["kept_id"].to_list() == ["a"] * 4
    assert fill_from_copies(table, found.clusters).rows() == [
        ("a", "A. Holm", date(2024, 5, 2), None, "author: c, published: c")
    ]


def test_a_weekly_column_is_a_new_article_each_week() -> None:
    """Issues of a column under one headline, with one long preface and some lines of their own, stay apart."""
    rng = random.Random(53)
    preface = lines(rng, 50, 50, 50)
    table = fiction.articles(
        {f"w{i}": f"{preface}\n\n{lines(rng, 30, 30)}" for i in range(4)},
        site=[SITE] * 4,
        title=["What is on this week at the harbour"] * 4,
        published=[date(2024, 5, 1 + 7 * i) for i in range(4)],
    )
    assert deduplicate(table, config=CONFIG).clusters["kept_id"].to_list() == ["w0", "w1", "w2", "w3"]


def test_passages_that_a_site_repeats_are_not_reported() -> None:
    """What two articles share is a passage; what three stories of their site carry is a notice, and is none."""
    rng = random.Random(54)
    notice, quoted = lines(rng, 40), lines(rng, 45)
    texts = {f"p{i}": f"{lines(rng, 60)}\n\n{notice}" for i in range(4)}
    texts |= {i: f"{texts[i]}\n\n{quoted}" for i in ("p0", "p1")}
    titles = [f"The {fiction.invented(rng, 4)}" for _ in texts]
    found = deduplicate(fiction.articles(texts, site=[SITE] * 4, title=titles), config=DedupConfig(all_pairs=True))
    assert found.passages.select("left", "right", "words").rows() == [("p0", "p1", 45)]
