"""The dedup stage as a whole: from a table of cleaned articles to pairs, clusters and shared passages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.addresses import with_addresses
from cleaners.dedup.pairs.candidates import Candidates, Keys, estimated_jaccard, find_candidates, share_of_passages
from cleaners.dedup.pairs.headlines import stems
from cleaners.dedup.pairs.own_text import ANY_SITE, find_carried, tell_stories
from cleaners.dedup.stars.clusters import ORDER, best_copies_first, newest_first, order_of_keeping, reasons_to_keep
from cleaners.dedup.stars.judging import Articles, Judged, ReadTexts, judge_pairs
from cleaners.dedup.tokens.fingerprints import fingerprint
from cleaners.dedup.tokens.words import I64

F64 = npt.NDArray[np.float64]

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
# Two articles tell one story, for the counting of what many carry, if their signatures are this alike and both have so
# many words; in shorter ones that may be a notice. Else they tell one if their headlines share so many stems, or if
# there are none and the signatures are not much less alike.
SAME, LONG, COPY, ONE_HEADLINE = 0.9, 150, 0.7, 0.5


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What the stage found; every table is sorted by its ids.

    `pairs` has every pair that was verified, with the ids in order (left < right), and a row for each article that is
    not kept with the one kept for it. `clusters` has a row an article; the columns after `cluster_size` are of its
    direct pair with the kept article and null for kept ones; `containment` is the share of its own shingles that stand
    in the kept one. `passages` has the passages shared by two kept articles. `capped` counts, by lane, the
    buckets too large to pair all with all and the articles with too many candidate pairs.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    passages: pl.DataFrame
    capped: pl.DataFrame


def deduplicate(
    articles: pl.DataFrame,
    *,
    config: DedupConfig,
    fingerprints: pl.DataFrame | None = None,
    read: ReadTexts | None = None,
) -> Deduplicated:
    """Find exact and near duplicates among articles, and choose which of each group is kept.

    Columns needed: `id`, `text`, `title`, `author`, `url`, `site`, `published`, `words`, `source`. The order of rows
    does not matter.
    `fingerprints` are those of the articles' texts, row by row, where they were computed before with equal settings;
    with them `read`, which returns the texts of rows, may stand in for the column `text`.
    """
    prints = fingerprint(articles["text"], config=config) if fingerprints is None else fingerprints
    read_rows = read or (lambda rows: articles["text"].gather(rows))
    articles = with_addresses(articles.with_row_index("row").with_columns(prints.get_columns()))
    ordered = order_of_keeping(articles, config=config)
    ordered = ordered.with_columns(original=pl.col("id").first().over(_exact_group(ordered)))
    originals = ordered.filter(pl.col("id") == pl.col("original"))

    found = find_candidates(
        originals["signature"].to_numpy(), originals["passages"], originals["address"], config=config
    )
    originals, pairs, shared = _reorder(originals, found, config)
    rows = originals["row"].cast(pl.Int64).to_numpy()
    judged = _verify(originals, pairs, shared, lambda own: read_rows(rows[own]), config)
    ids, kept = originals["id"], judged.kept
    stars = pl.DataFrame({"original": ids, "kept_id": ids.gather(kept), "row": np.arange(len(ids)), "kept_row": kept})
    clusters = _clusters(ordered, stars, judged.pairs, config)
    return Deduplicated(
        pairs=_pair_table(judged.pairs, ids, clusters),
        clusters=clusters.select(CLUSTER_COLUMNS).sort("id"),
        passages=_passage_table(judged, ids),
        capped=found.capped,
    )


def _exact_group(articles: pl.DataFrame) -> pl.Expr:
    """Return what exact copies have in common.

    A text without a word is equal to no other. Short ones under different headlines may be nothing but a notice, and
    are judged as other pairs are.
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


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of rows, `left < right`, sorted, with their Jaccard as signatures tell it."""

    left: I64
    right: I64
    jaccard: F64


def _reorder(originals: pl.DataFrame, found: Candidates, config: DedupConfig) -> tuple[pl.DataFrame, Pairs, Keys]:
    """Bring rows into the order in which they are kept, for which it takes to know likely copies."""
    worded = (originals["tokens"] > 0).to_numpy()[found.left]
    left, right = found.left[worded], found.right[worded]
    jaccard = estimated_jaccard(originals["signature"].to_numpy(), left, right)
    alike = jaccard >= COPY
    # Without what is wide: each step makes a copy.
    rows = originals.select("id", *ORDER, before=pl.int_range(pl.len()))
    rows = best_copies_first(rows, tell_stories(rows.height, left[alike], right[alike]), config=config)
    rows = newest_first(rows, config=config)
    before = rows["before"]
    place = np.argsort(before.to_numpy())
    left, right = np.minimum(place[left], place[right]), np.maximum(place[left], place[right])
    order = np.lexsort((right, left))
    moved = originals if before.is_sorted() else originals[before]
    shared = Keys(found.shared.values, place[found.shared.rows])
    return moved, Pairs(left[order], right[order], jaccard[order]), shared


def _verify(originals: pl.DataFrame, pairs: Pairs, shared: Keys, read: ReadTexts, config: DedupConfig) -> Judged:
    """Judge the likely pairs of rows; `shared` are the passages that several rows have."""
    left, right, jaccard = pairs.left, pairs.right, pairs.jaccard
    tokens = originals["tokens"].cast(pl.Int64).to_numpy()
    passages = originals["passages"].list.n_unique().cast(pl.Int64).to_numpy()
    # Of pairs alike by their signatures it is not asked.
    share, unlike = np.zeros(len(left)), jaccard < COPY
    share[unlike] = share_of_passages(shared, passages, left[unlike], right[unlike])
    sites = originals["site"].rank("dense").cast(pl.Int64).fill_null(ANY_SITE)
    articles = Articles(
        originals["words_sha256"].to_list(),
        originals["title"].to_list(),
        originals["address"].to_list(),
        originals["published"].to_physical().to_list(),
        sites.to_numpy(),
    )
    one_story = _one_story(left, right, jaccard, share, tokens, articles, config)
    stories = tell_stories(len(tokens), left[one_story], right[one_story])
    carried = find_carried(shared, articles.sites, stories, config=config)
    if not config.all_pairs:
        likely = (jaccard >= config.likely_jaccard) | (share >= config.likely_share)
        for i in np.flatnonzero(~likely).tolist():
            likely[i] = articles.same_address(left[i], right[i])
        left, right = left[likely], right[likely]
    return judge_pairs(left, right, articles, read=read, carried=carried, config=config)


def _one_story(
    left: I64, right: I64, jaccard: F64, share: F64, words: I64, articles: Articles, config: DedupConfig
) -> npt.NDArray[np.bool_]:
    """Tell which pairs of rows are one story as far as signatures, passages, headlines and dates can say."""
    alike = (jaccard >= COPY) | (share >= config.contained_min)
    out = (jaccard >= SAME) & (np.minimum(words[left], words[right]) >= LONG)
    for i in np.flatnonzero((alike | (share >= config.grey_min)) & ~out).tolist():
        a, b = int(left[i]), int(right[i])
        headlines = articles.share_of_stems(a, b)
        headed = bool(alike[i]) if headlines is None else headlines >= ONE_HEADLINE
        out[i] = articles.same_address(a, b) or (headed and articles.same_time(a, b, config=config))
    return out


def _clusters(articles: pl.DataFrame, stars: pl.DataFrame, pairs: pl.DataFrame, config: DedupConfig) -> pl.DataFrame:
    """Give every article its kept one and the numbers of their direct pair, copies those of the text they repeat."""
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
    """Return verified pairs by id, with a pair for each copy and its kept article."""
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
    """Return by id the passages that two kept articles share."""
    sides = judged.passages.join(judged.pairs.select("number", "first", "second"), on="number")
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
