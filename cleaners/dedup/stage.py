"""The dedup stage as a whole: from a table of cleaned articles to pairs, clusters and shared passages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.candidates import estimated_jaccard, find_candidates
from cleaners.dedup.clusters import ORDER, join_stars, order_of_keeping, reasons_to_keep
from cleaners.dedup.config import DedupConfig
from cleaners.dedup.fingerprints import fingerprint
from cleaners.dedup.reading import read_texts
from cleaners.dedup.verdicts import ACCEPTED, judge
from cleaners.dedup.weights import Weights, weigh_shingles
from cleaners.dedup.words import I64

ROW_PAIR_SCHEMA: dict[str, type[pl.DataType]] = {
    "first": pl.Int64,
    "second": pl.Int64,
    "jaccard": pl.Float64,
    "containment_first": pl.Float64,
    "containment_second": pl.Float64,
    "ratio": pl.Float64,
    "conflict": pl.Float64,
    "quoted": pl.Float64,
    "verdict": pl.String,
}
ROW_PASSAGE_SCHEMA: dict[str, type[pl.DataType]] = {
    "first": pl.Int64,
    "second": pl.Int64,
    "first_start": pl.UInt32,
    "first_end": pl.UInt32,
    "second_start": pl.UInt32,
    "second_end": pl.UInt32,
    "words": pl.UInt32,
}
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
# Pairs judged at a time; bounds the memory of their texts, read.
CHUNK = 2048
# Pairs judged before stars are formed of what was accepted so far; bounds the pairs that are judged for nothing.
WAVE = 8192
# Articles whose signatures are this alike count once when common shingles are looked for.
COPY = 0.7


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
    articles: pl.DataFrame, *, config: DedupConfig, fingerprints: pl.DataFrame | None = None
) -> Deduplicated:
    """Find exact and near duplicates among articles, and choose which of each group is kept.

    Columns needed: `id`, `text`, `title`, `author`, `url`, `site`, `published`, `words`, `source`. The order of rows
    does not matter.
    `fingerprints` are those of the articles' texts, row by row, where they were computed before with equal settings.
    """
    prints = fingerprint(articles["text"], config=config) if fingerprints is None else fingerprints
    articles = order_of_keeping(articles.with_columns(prints.get_columns()), config=config)
    # A text without a word is equal to no other.
    group = pl.when(pl.col("tokens") > 0).then("content_sha256").otherwise(pl.format("no words: {}", "id"))
    articles = articles.with_columns(original=pl.col("id").first().over(group))
    originals = articles.filter(pl.col("id") == pl.col("original"))

    pairs, passages, capped, kept = _verify(originals, config)
    ids = originals["id"]
    stars = pl.DataFrame({"original": ids, "kept_id": ids.gather(kept), "row": np.arange(len(ids)), "kept_row": kept})
    clusters = _clusters(articles, stars, pairs)
    return Deduplicated(
        pairs=_pair_table(pairs, ids, clusters),
        clusters=clusters.select(CLUSTER_COLUMNS).sort("id"),
        passages=_passage_table(passages, ids, kept),
        capped=capped,
    )


def _verify(originals: pl.DataFrame, config: DedupConfig) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, I64]:
    """Return the pairs of rows judged, their passages, what was capped, and for each row the one kept for it."""
    signatures = originals["signature"].to_numpy()
    found = find_candidates(signatures, originals["passages"], config=config)
    worded = (originals["tokens"] > 0).to_numpy()
    left, right = found.left[worded[found.left]], found.right[worded[found.left]]
    copies = np.unique(right[estimated_jaccard(signatures, left, right) >= COPY])
    distinct = np.ones(len(originals), np.bool_)
    distinct[copies] = False
    weights = weigh_shingles(originals.select("text", "site", "content_sha256").filter(distinct), config=config)

    kept = np.arange(len(originals), dtype=np.int64)
    parts = [(pl.DataFrame(schema=ROW_PAIR_SCHEMA), pl.DataFrame(schema=ROW_PASSAGE_SCHEMA))]
    for at in range(0, len(left), WAVE):
        wave = slice(at, at + WAVE)
        undecided = _undecided(left[wave], right[wave], kept)
        rows = np.column_stack((left[wave][undecided], right[wave][undecided]))
        # Not in threads: two take a quarter more processor time and no less of the clock's, since most is Python's.
        judged = [
            _judge_chunk(chunk, originals["text"], weights, config)
            for chunk in np.split(rows, range(CHUNK, len(rows), CHUNK))
        ]
        for table, _ in judged:
            join_stars(kept, table.filter(pl.col("verdict").is_in(ACCEPTED))["first", "second"].iter_rows())
        parts += judged
    pairs, passages = (pl.concat(p) for p in zip(*parts, strict=True))
    # A wave judges some pairs that it itself decides; which ones, hangs on its size.
    open_ = _undecided(pairs["first"].to_numpy(), pairs["second"].to_numpy(), kept)
    return pairs.filter(open_), passages, found.capped, kept


def _undecided(left: I64, right: I64, kept: I64) -> npt.NDArray[np.bool_]:
    """Whether a pair can still matter: a member's own pairs do not, nor a pair with a member of an earlier star."""
    undecided: npt.NDArray[np.bool_] = (kept[left] == left) & (kept[right] >= left)
    return undecided


def _judge_chunk(
    rows: I64, texts: pl.Series, weights: Weights, config: DedupConfig
) -> tuple[pl.DataFrame, pl.DataFrame]:
    left, right = rows[:, 0], rows[:, 1]
    involved = np.unique(rows)
    readings = read_texts(texts.gather(involved).to_list(), weights, shingle_words=config.shingle_words)
    pairs, passages = [], []
    for a, b, i, j in zip(
        left.tolist(),
        right.tolist(),
        np.searchsorted(involved, left).tolist(),
        np.searchsorted(involved, right).tolist(),
        strict=True,
    ):
        judged = judge(readings[i], readings[j], config=config)
        overlap = judged.overlap
        measured = (overlap.jaccard, overlap.containment_left, overlap.containment_right)
        pairs.append((a, b, *measured, judged.ratio, judged.conflict, judged.quoted, judged.verdict))
        passages += [
            (a, b, p.left_start, p.left_end, p.right_start, p.right_end, p.words)
            for p in judged.passages
            if p.words >= config.passage_min
        ]
    return (
        pl.DataFrame(pairs, schema=ROW_PAIR_SCHEMA, orient="row"),
        pl.DataFrame(passages, schema=ROW_PASSAGE_SCHEMA, orient="row"),
    )


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


def _passage_table(passages: pl.DataFrame, ids: pl.Series, kept: I64) -> pl.DataFrame:
    """Return by id the passages that two kept articles share."""
    is_kept = kept == np.arange(len(kept))
    both = pl.Series(is_kept[passages["first"].to_numpy()] & is_kept[passages["second"].to_numpy()], dtype=pl.Boolean)
    named = passages.filter(both).with_columns(
        first=ids.gather(passages.filter(both)["first"]), second=ids.gather(passages.filter(both)["second"])
    )
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
