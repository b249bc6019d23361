"""The dedup stage as a whole: from a table of cleaned articles to pairs, clusters and shared passages."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleaners.dedup.candidates import estimated_jaccard, find_candidates
from cleaners.dedup.clusters import form_stars, order_of_keeping, reasons_to_keep
from cleaners.dedup.config import DedupConfig
from cleaners.dedup.fingerprints import fingerprint
from cleaners.dedup.overlap import measure_overlap
from cleaners.dedup.passages import read_offsets, shared_passages
from cleaners.dedup.shingles import shingle_sets
from cleaners.dedup.verdicts import ACCEPTED, judge
from cleaners.dedup.weights import weigh_shingles

PAIR_SCHEMA: dict[str, type[pl.DataType]] = {
    "left": pl.String,
    "right": pl.String,
    "jaccard": pl.Float64,
    "containment_left": pl.Float64,
    "containment_right": pl.Float64,
    "ratio": pl.Float64,
    "verdict": pl.String,
}
CLUSTER_SCHEMA: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "kept_id": pl.String,
    "cluster_id": pl.String,
    "cluster_size": pl.UInt32,
    "verdict": pl.String,
    "jaccard": pl.Float64,
    "containment": pl.Float64,
    "ratio": pl.Float64,
    "keep_reason": pl.String,
}
PASSAGE_SCHEMA: dict[str, type[pl.DataType]] = {
    "left": pl.String,
    "right": pl.String,
    "left_start": pl.UInt32,
    "left_end": pl.UInt32,
    "right_start": pl.UInt32,
    "right_end": pl.UInt32,
    "words": pl.UInt32,
}
# Articles whose signatures are this alike count once when common shingles are looked for.
COPY = 0.7


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What the stage found; every table is sorted by its ids.

    `pairs` has every pair that was verified, with the ids in order (left < right), and a row for each article that is
    not kept with the one kept for it. `clusters` has a row an article; the columns after `cluster_size` are of its
    direct pair with the kept article and null for kept ones; `containment` is the share of its own shingles that stand
    in the kept one. `passages` has the passages shared by two kept articles. `hot` counts the buckets too large to pair
    all with all.
    """

    pairs: pl.DataFrame
    clusters: pl.DataFrame
    passages: pl.DataFrame
    hot: pl.DataFrame


def deduplicate(articles: pl.DataFrame, *, config: DedupConfig) -> Deduplicated:
    """Find exact and near duplicates among articles, and choose which of each group is kept.

    Columns needed: `id`, `text`, `site`, `published`, `words`, `source`. The order of rows does not matter.
    """
    articles = order_of_keeping(articles, config=config)
    prints = fingerprint(articles["text"], config=config)
    articles = articles.with_columns(prints.get_columns())
    # A text without a word is equal to no other.
    group = pl.when(pl.col("tokens") > 0).then("content_sha256").otherwise(pl.format("no words: {}", "id"))
    articles = articles.with_columns(original=pl.col("id").first().over(group))
    originals = articles.filter(pl.col("id") == pl.col("original"))

    pairs, hot = _verify(originals, config)
    accepted = pairs.filter(pl.col("verdict").is_in(ACCEPTED)).select("first", "second").sort("first", "second")
    kept = form_stars(len(originals), accepted.iter_rows())
    ids = originals["id"]
    stars = pl.DataFrame({"original": ids, "kept_id": ids.gather(kept), "row": np.arange(len(ids)), "kept_row": kept})
    clusters = _clusters(articles, stars, pairs)
    return Deduplicated(
        pairs=_pair_table(pairs, ids, clusters),
        clusters=clusters.select(list(CLUSTER_SCHEMA)).sort("id"),
        passages=_passages(originals, pairs, kept, config),
        hot=hot,
    )


def _verify(originals: pl.DataFrame, config: DedupConfig) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return all candidate pairs of rows with measures and verdicts, and the hot buckets."""
    signatures = originals["signature"].to_numpy()
    found = find_candidates(signatures, originals["passages"], config=config)
    copies = np.unique(found.right[estimated_jaccard(signatures, found.left, found.right) >= COPY])
    distinct = np.ones(len(originals), np.bool_)
    distinct[copies] = False
    weights = weigh_shingles(originals.filter(distinct), config=config)

    involved = np.union1d(found.left, found.right)
    sets = shingle_sets(originals["text"].gather(involved).to_list(), config.shingle_words)
    overlap = measure_overlap(
        np.searchsorted(involved, found.left), np.searchsorted(involved, found.right), sets, weights
    )
    texts, tokens = originals["text"].to_list(), originals["tokens"].to_list()
    verdicts, ratios = [], []
    for a, b, in_a, in_b in zip(
        found.left.tolist(),
        found.right.tolist(),
        overlap.containment_left.tolist(),
        overlap.containment_right.tolist(),
        strict=True,
    ):
        short = min(tokens[a], tokens[b]) < config.short_words
        verdict, ratio = judge(texts[a], texts[b], in_a, in_b, short=short, config=config)
        verdicts.append(verdict)
        ratios.append(ratio)
    table = pl.DataFrame(
        {
            "first": found.left,
            "second": found.right,
            "jaccard": overlap.jaccard,
            "containment_first": overlap.containment_left,
            "containment_second": overlap.containment_right,
            "ratio": pl.Series(ratios, dtype=pl.Float64),
            "verdict": pl.Series(verdicts, dtype=pl.String),
        }
    )
    return table, found.hot


def _clusters(articles: pl.DataFrame, stars: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Give every article its kept one and the numbers of their direct pair, copies those of the text they repeat."""
    order = ("completeness", "preference", "published", "words")
    out = (
        articles.select("id", "original", *order)
        .join(stars, on="original", how="left", maintain_order="left")
        .join(pairs, left_on=["kept_row", "row"], right_on=["first", "second"], how="left", maintain_order="left")
        .join(articles.select(kept_id="id", **{f"kept_{c}": c for c in order}), on="kept_id", how="left")
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
    measures = ("jaccard", "containment_first", "containment_second", "ratio", "verdict")
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
            verdict="verdict",
        )
        .sort("left", "right")
    )


def _passages(originals: pl.DataFrame, pairs: pl.DataFrame, kept: np.ndarray, config: DedupConfig) -> pl.DataFrame:
    """Return the passages that two kept articles share."""
    is_kept = kept == np.arange(len(kept))
    both = pairs.filter(
        pl.Series(is_kept[pairs["first"].to_numpy()] & is_kept[pairs["second"].to_numpy()])
        & pl.col("verdict").is_in(["quote", "background", "template"])
    )
    texts, ids = originals["text"].to_list(), originals["id"].to_list()
    vocabulary: dict[str, int] = {}
    rows = []
    for a, b in both.select("first", "second").iter_rows():
        left, right = (a, b) if ids[a] < ids[b] else (b, a)
        found = shared_passages(
            read_offsets(texts[left], vocabulary), read_offsets(texts[right], vocabulary), min_words=config.passage_min
        )
        rows += [(ids[left], ids[right], p.left_start, p.left_end, p.right_start, p.right_end, p.words) for p in found]
    return pl.DataFrame(rows, schema=PASSAGE_SCHEMA, orient="row").sort(list(PASSAGE_SCHEMA))
