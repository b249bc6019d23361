"""The dedup stage as a whole: from a table of cleaned articles to pairs, clusters and shared passages."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleaners.dedup.candidates import estimated_jaccard, find_candidates
from cleaners.dedup.clusters import ORDER, order_of_keeping, reasons_to_keep
from cleaners.dedup.config import DedupConfig
from cleaners.dedup.fingerprints import fingerprint
from cleaners.dedup.judging import Judged, ReadTexts, judge_pairs
from cleaners.dedup.measured import NOTHING, Measured, find_measured
from cleaners.dedup.weights import choose_sample, weigh_shingles
from cleaners.dedup.words import I64

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
# Articles whose signatures are this alike count once when common shingles are looked for.
COPY = 0.7


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What the stage found; every table is sorted by its ids.

    `pairs` has every pair that was verified, with the ids in order (left < right), and a row for each article that is
    not kept with the one kept for it. `clusters` has a row an article; the columns after `cluster_size` are of its
    direct pair with the kept article and null for kept ones; `containment` is the share of its own shingles that stand
    in the kept one. `passages` has the passages shared by two kept articles. `capped` counts, by lane, the
    buckets too large to pair all with all and the articles with too many candidate pairs. `measured` is what to give
    to the next call, over an other or larger corpus, so that it need not measure the same pairs again.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    passages: pl.DataFrame
    capped: pl.DataFrame
    measured: Measured


def deduplicate(
    articles: pl.DataFrame,
    *,
    config: DedupConfig,
    fingerprints: pl.DataFrame | None = None,
    read: ReadTexts | None = None,
    measured: Measured = NOTHING,
) -> Deduplicated:
    """Find exact and near duplicates among articles, and choose which of each group is kept.

    Columns needed: `id`, `text`, `title`, `author`, `url`, `site`, `published`, `words`, `source`. The order of rows
    does not matter.
    `fingerprints` are those of the articles' texts, row by row, where they were computed before with equal settings;
    with them `read`, which returns the texts of rows, may stand in for the column `text`.
    What `measured` has of an earlier call with equal settings saves time and changes nothing.
    """
    prints = fingerprint(articles["text"], config=config) if fingerprints is None else fingerprints
    read_rows = read or (lambda rows: articles["text"].gather(rows))
    ordered = order_of_keeping(articles.with_row_index("row").with_columns(prints.get_columns()), config=config)
    # A text without a word is equal to no other.
    group = pl.when(pl.col("tokens") > 0).then("content_sha256").otherwise(pl.format("no words: {}", "id"))
    ordered = ordered.with_columns(original=pl.col("id").first().over(group))
    originals = ordered.filter(pl.col("id") == pl.col("original"))

    rows = originals["row"].cast(pl.Int64).to_numpy()
    judged, capped = _verify(originals, lambda own: read_rows(rows[own]), measured, config)
    ids, kept = originals["id"], judged.kept
    stars = pl.DataFrame({"original": ids, "kept_id": ids.gather(kept), "row": np.arange(len(ids)), "kept_row": kept})
    clusters = _clusters(ordered, stars, judged.pairs)
    return Deduplicated(
        pairs=_pair_table(judged.pairs, ids, clusters),
        clusters=clusters.select(CLUSTER_COLUMNS).sort("id"),
        passages=_passage_table(judged, ids),
        capped=capped,
        measured=judged.measured,
    )


def _verify(
    originals: pl.DataFrame, read: ReadTexts, measured: Measured, config: DedupConfig
) -> tuple[Judged, pl.DataFrame]:
    """Return the candidate pairs of rows, judged, and what was capped."""
    signatures = originals["signature"].to_numpy()
    found = find_candidates(signatures, originals["passages"], config=config)
    worded = (originals["tokens"] > 0).to_numpy()
    left, right = found.left[worded[found.left]], found.right[worded[found.left]]
    copies = np.unique(right[estimated_jaccard(signatures, left, right) >= COPY])
    distinct = np.ones(len(originals), np.bool_)
    distinct[copies] = False
    rows = originals.select("site", "content_sha256", row=pl.int_range(pl.len())).filter(distinct)
    sample = choose_sample(rows, config=config)
    keys = originals["text_key"]
    new = find_measured(measured, keys, left, right)[1] < 0
    read = _holding(read, np.unique(np.concatenate((sample["row"].to_numpy(), left[new], right[new]))))
    weights = weigh_shingles(sample.with_columns(text=read(sample["row"].to_numpy())), config=config)
    judged = judge_pairs(left, right, text_keys=keys, read=read, weights=weights, measured=measured, config=config)
    return judged, found.capped


def _holding(read: ReadTexts, rows: I64) -> ReadTexts:
    """Read the texts of rows, sorted, once for several uses; others are read when asked for."""
    texts = read(rows)

    def held(wanted: I64) -> pl.Series:
        at = np.searchsorted(rows, wanted)
        if bool(np.isin(wanted, rows, assume_unique=True).all()):
            return texts.gather(at)
        return read(wanted)

    return held


def _clusters(articles: pl.DataFrame, stars: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
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
        keep_reason=pl.when(pl.col("id") != pl.col("kept_id")).then(reasons_to_keep(out)),
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
