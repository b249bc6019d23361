"""The dedup stage as a whole: from a table of cleaned articles to pairs, clusters and shared passages."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.addresses import with_addresses
from cleaners.dedup.pairs.candidates import Keys, estimated_jaccard, find_candidates, share_of_passages
from cleaners.dedup.pairs.headlines import share_of_weights, stems, weigh_stems
from cleaners.dedup.pairs.own_text import ANY_SITE, find_carried, tell_stories
from cleaners.dedup.stars.clusters import ORDER, best_copies_first, newest_first, order_of_keeping, reasons_to_keep
from cleaners.dedup.stars.judging import FACTS, Articles, Judged, ReadTexts, judge_pairs
from cleaners.dedup.tokens.fingerprints import fingerprint
from cleaners.dedup.tokens.words import I64, U32

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The columns of fingerprints that lining up needs.
OF_TEXTS = ("words_sha256", "loose", "lost_letters", "tokens")

CLUSTER_COLUMNS = (
    "id",
    "kept_id",
    "cluster_id",
    "cluster_size",
    "verdict",
    "jaccard",
    "containment",
    "ratio",
    "keep_reason",
)
# When the stories that carry a passage are counted, two articles tell one story if their signatures agree by SAME and
# both have LONG words; shorter ones may be the same notice. Articles of one time that share much text also tell one
# story if their headlines share ONE_HEADLINE of the weights of their stems or, without headlines, if their signatures
# agree by COPY. Without weights, headlines made from a form make one story of all that share it: of 82 near-duplicates
# among 3,000 posts that refute rumours nearly all were wrong; with weights 40 are left.
SAME, LONG, COPY, ONE_HEADLINE = 0.9, 150, 0.7, 0.5


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What the stage found; every table is sorted by its ids.

    `pairs` has every verified pair with its ids in order (left < right), among them the pair of each dropped article
    with its kept one. `clusters` has a row for each article; the columns after `cluster_size` describe its direct pair
    with the kept article and are null for kept ones, and `containment` is the share of its own shingles that the kept
    article has. `passages` has the passages that two kept articles share. `capped` counts, by lane, the buckets that
    were too large to pair all with all and the articles with too many candidate pairs.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    passages: pl.DataFrame
    capped: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Lineup:
    """All articles in the order of keeping, before signatures have shown which are likely copies.

    `articles` has a row for each article, with the id of its `original`: the first article with the same text.
    `originals` has a row for each original, with the columns it is judged by besides its text. Neither has a wide
    column, such as a text or a signature. `stems` has the weight of each stem of the headlines.
    """

    articles: pl.DataFrame
    originals: pl.DataFrame
    stems: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Weighed:
    """Candidate pairs of originals, `left < right`, with what can be told of each without its texts.

    `copies` flags likely copies, which are put in order together. `one_story` flags pairs that count as one story when
    the stories that carry a passage are counted. `likely` flags the pairs to judge.
    """

    left: I64
    right: I64
    copies: Flags
    one_story: Flags
    likely: Flags


@dataclass(frozen=True, slots=True)
class Settled:
    """What can only be known once all pairs are weighed: the order of keeping, the stories, and the pairs to judge.

    `order` lists the originals, as rows of the lineup, in the order of keeping; `stories` has the number of the story
    of each row of the lineup. The pairs are places in that order, `left < right`, sorted.
    """

    order: I64
    stories: I64
    left: I64
    right: I64


def deduplicate(
    articles: pl.DataFrame,
    *,
    config: DedupConfig,
    fingerprints: pl.DataFrame | None = None,
    read: ReadTexts | None = None,
) -> Deduplicated:
    """Find exact and near duplicates among articles, and choose which article of each group is kept.

    `articles` needs the columns `id`, `text`, `title`, `author`, `url`, `site`, `published`, `words` and `source`; the
    order of its rows does not matter. `fingerprints` has a row for each article, if they were computed before with
    equal settings; then `read`, which returns the texts of rows, may replace the column `text`.

    This takes the steps of the stage with everything in one place. `cleaners.dedup.shards` takes the same steps with
    tables in shards.
    """
    prints = fingerprint(articles["text"], config=config) if fingerprints is None else fingerprints
    read_rows = read or (lambda rows: articles["text"].gather(rows))
    lineup = line_up(articles.drop("text", strict=False).hstack(prints.select(OF_TEXTS)), config=config)
    originals = lineup.originals
    rows = originals["row"].cast(pl.Int64).to_numpy()
    signatures, passages = prints["signature"].gather(rows).to_numpy(), prints["passages"].gather(rows)
    found = find_candidates(signatures, passages, originals["address"], config=config)
    facts = Articles.of(originals)
    counts = passages.list.n_unique().cast(pl.Int64).to_numpy()
    weights = dict(lineup.stems.iter_rows())
    weighed = weigh(found.left, found.right, signatures, found.shared, counts, facts, weights, config=config)
    settled = settle(originals, weighed, config=config)
    carried = find_carried(found.shared, facts.sites, settled.stories, config=config)
    order = settled.order
    judged = judge_pairs(
        settled.left,
        settled.right,
        Articles.of(originals.select(FACTS)[order]),
        read=lambda places: read_rows(rows[order[places]]),
        carried=lambda _: carried,
        config=config,
    )
    return sum_up(lineup, order, judged, found.capped, config=config)


def line_up(articles: pl.DataFrame, *, config: DedupConfig) -> Lineup:
    """Sort all articles by the order of keeping, so that each original comes before its exact copies.

    `articles` needs the columns of `deduplicate` without `text`, and the columns `OF_TEXTS` of the fingerprints.
    """
    articles = with_addresses(articles.with_row_index("row"))
    ordered = order_of_keeping(articles, config=config)
    ordered = ordered.with_columns(original=pl.col("id").first().over(_exact_group(ordered)))
    originals = ordered.filter(pl.col("id") == pl.col("original"))
    sites = pl.col("site").rank("dense").cast(pl.Int64).fill_null(ANY_SITE)
    columns = dict.fromkeys(("id", "row", *ORDER, *FACTS))
    weights = weigh_stems(originals["title"].unique())
    return Lineup(
        ordered.select("id", "original", *ORDER),
        originals.with_columns(site_number=sites).select(list(columns)),
        pl.DataFrame(
            {"stem": list(weights), "weight": list(weights.values())}, {"stem": pl.String, "weight": pl.Float64}
        ),
    )


def _exact_group(articles: pl.DataFrame) -> pl.Expr:
    """Return an expression that is equal for exact copies.

    A text without a word is equal to no other. Short texts under different headlines may be the same notice, so they
    get no common value and are judged as other pairs are.
    """
    short = articles.filter(pl.col("tokens") < LONG)["title"].unique().drop_nulls()
    headlines = {title: " ".join(sorted(stems(title))) for title in short}
    headline = pl.col("title").replace_strict(headlines, default="", return_dtype=pl.String).fill_null("")
    return (
        pl.when(pl.col("tokens") >= LONG)
        .then("words_sha256")
        .when(pl.col("tokens") > 0)
        .then(pl.format("{} {}", "words_sha256", headline))
        .otherwise(pl.format("no words: {}", "id"))
    )


def weigh(
    left: I64,
    right: I64,
    signatures: U32,
    shared: Keys,
    counts: I64,
    facts: Articles,
    weights: Mapping[str, float],
    *,
    config: DedupConfig,
) -> Weighed:
    """Weigh candidate pairs of rows by signatures, passages, headlines and dates.

    `shared` has at least the passages that several rows have; `counts` says how many distinct ones each row has.
    `weights` has the weights of all stems of the corpus's headlines.
    """
    worded = facts.words[left] > 0
    left, right = left[worded], right[worded]
    jaccard = estimated_jaccard(signatures, left, right)
    # The passages of pairs whose signatures agree are not needed.
    share, unlike = np.zeros(len(left)), jaccard < COPY
    share[unlike] = share_of_passages(shared, counts, left[unlike], right[unlike])
    likely = (jaccard >= config.likely_jaccard) | (share >= config.likely_share) | config.all_pairs
    for i in np.flatnonzero(~likely).tolist():
        likely[i] = facts.same_address(left[i], right[i])
    return Weighed(left, right, ~unlike, _one_story(left, right, jaccard, share, facts, weights, config), likely)


def settle(originals: pl.DataFrame, pairs: Weighed, *, config: DedupConfig) -> Settled:
    """Settle the order of keeping of all originals, number their stories, and sort the pairs to judge."""
    left, right, size = pairs.left, pairs.right, originals.height
    rows = originals.select("id", *ORDER, before=pl.int_range(pl.len()))
    copies = tell_stories(size, left[pairs.copies], right[pairs.copies])
    rows = newest_first(best_copies_first(rows, copies, config=config), config=config)
    order = rows["before"].to_numpy()
    place = np.argsort(order)
    stories = tell_stories(size, left[pairs.one_story], right[pairs.one_story])
    left, right = place[left[pairs.likely]], place[right[pairs.likely]]
    left, right = np.minimum(left, right), np.maximum(left, right)
    sorted_pairs = np.lexsort((right, left))
    return Settled(order, stories, left[sorted_pairs], right[sorted_pairs])


def sum_up(lineup: Lineup, order: I64, judged: Judged, capped: pl.DataFrame, *, config: DedupConfig) -> Deduplicated:
    """Make the stage's tables; `judged` names articles by their places in the order of keeping."""
    ids, kept = lineup.originals["id"].gather(order), judged.kept
    stars = pl.DataFrame({"original": ids, "kept_id": ids.gather(kept), "row": np.arange(len(ids)), "kept_row": kept})
    clusters = _clusters(lineup.articles, stars, judged.pairs, config)
    return Deduplicated(
        pairs=_pair_table(judged.pairs, ids, clusters),
        clusters=clusters.select(CLUSTER_COLUMNS).sort("id"),
        passages=_passage_table(judged, ids),
        capped=capped,
    )


def _one_story(
    left: I64,
    right: I64,
    jaccard: F64,
    share: F64,
    articles: Articles,
    weights: Mapping[str, float],
    config: DedupConfig,
) -> Flags:
    """Flag the pairs of rows that tell one story, as far as signatures, passages, headlines and dates can say."""
    alike = (jaccard >= COPY) | (share >= config.contained_min)
    out = (jaccard >= SAME) & (np.minimum(articles.words[left], articles.words[right]) >= LONG)
    for i in np.flatnonzero((alike | (share >= config.grey_min)) & ~out).tolist():
        a, b = int(left[i]), int(right[i])
        headlines = share_of_weights(articles.titles[a], articles.titles[b], weights)
        headed = bool(alike[i]) if headlines is None else headlines >= ONE_HEADLINE
        out[i] = articles.same_address(a, b) or (headed and articles.same_time(a, b, config=config))
    return out


def _clusters(articles: pl.DataFrame, stars: pl.DataFrame, pairs: pl.DataFrame, config: DedupConfig) -> pl.DataFrame:
    """Give every article its kept one and the numbers of their pair; an exact copy has those of its original."""
    out = (
        articles.select("id", "original", *ORDER)
        .join(stars, on="original", how="left", maintain_order="left")
        .join(pairs, left_on=["kept_row", "row"], right_on=["first", "second"], how="left", maintain_order="left")
        .join(articles.select(kept_id="id", **{f"kept_{c}": c for c in ORDER}), on="kept_id", how="left")
    )
    exact = (pl.col("original") == pl.col("kept_id")) & (pl.col("id") != pl.col("kept_id"))
    one = pl.when(exact).then(1.0)
    return out.with_columns(
        cluster_id="kept_id",
        cluster_size=pl.len().over("kept_id").cast(pl.UInt32),
        verdict=pl.when(exact).then(pl.lit("exact")).otherwise("verdict"),
        jaccard=one.otherwise("jaccard"),
        containment=one.otherwise("containment_second"),
        containment_kept=one.otherwise("containment_first"),
        keep_reason=pl.when(pl.col("id") != pl.col("kept_id")).then(reasons_to_keep(out, config=config)),
    )


def _pair_table(pairs: pl.DataFrame, ids: pl.Series, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return the verified pairs by id, with a pair for each exact copy and its kept article."""
    measures = ("jaccard", "containment_first", "containment_second", "ratio", "conflict", "quoted", "verdict")
    verified = pairs.select(
        first=ids.gather(pairs["first"]), second=ids.gather(pairs["second"]), **{c: c for c in measures}
    )
    copies = clusters.filter(pl.col("id") != pl.col("original")).select(
        first="kept_id",
        second="id",
        jaccard="jaccard",
        containment_first="containment_kept",
        containment_second="containment",
        ratio="ratio",
        conflict="conflict",
        quoted="quoted",
        verdict="verdict",
    )
    swap = pl.col("first") > pl.col("second")
    return (
        pl.concat([verified, copies])
        .select(
            left=pl.min_horizontal("first", "second"),
            right=pl.max_horizontal("first", "second"),
            jaccard="jaccard",
            containment_left=pl.when(swap).then("containment_second").otherwise("containment_first"),
            containment_right=pl.when(swap).then("containment_first").otherwise("containment_second"),
            ratio="ratio",
            conflict="conflict",
            quoted="quoted",
            verdict="verdict",
        )
        .sort("left", "right")
    )


def _passage_table(judged: Judged, ids: pl.Series) -> pl.DataFrame:
    """Return the passages that two kept articles share, by their ids."""
    sides = judged.passages
    is_kept = judged.kept == np.arange(len(judged.kept))
    both = is_kept[sides["first"].to_numpy()] & is_kept[sides["second"].to_numpy()]
    named = sides.filter(pl.Series(both, dtype=pl.Boolean))
    named = named.with_columns(first=ids.gather(named["first"]), second=ids.gather(named["second"]))
    swap = pl.col("first") > pl.col("second")
    return named.select(
        left=pl.min_horizontal("first", "second"),
        right=pl.max_horizontal("first", "second"),
        left_start=pl.when(swap).then("second_start").otherwise("first_start"),
        left_end=pl.when(swap).then("second_end").otherwise("first_end"),
        right_start=pl.when(swap).then("first_start").otherwise("second_start"),
        right_end=pl.when(swap).then("first_end").otherwise("second_end"),
        words="words",
    ).sort("left", "right", "left_start", "right_start")
