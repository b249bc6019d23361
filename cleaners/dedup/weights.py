"""How much a shingle counts: in full, unless it stands in many articles of the corpus or of one site."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.shingles import blocks_of, shingle
from cleaners.dedup.threads import in_threads
from cleaners.dedup.words import U64, scan, stand_in, words_of

F64 = npt.NDArray[np.float64]

# A share of 1 % is known to within a tenth from so many articles, one of 20 % within a quarter from so many of a site.
CORPUS_SAMPLE = 10_000
SITE_SAMPLE = 60
# Share of what makes a shingle common, from which on it is watched: as a corpus grows some become common, and of those
# that were watched before it is known which texts have them.
WATCHED = 0.5
# A bucket of shingles holds on average a quarter of what makes it worth a look; by chance hardly one holds so many.
SPARSE = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """Shingles, sorted, and what they count: all that count less than 1, and some that may one day."""

    shingles: U64
    values: F64

    def of(self, shingles: U64) -> F64:
        """Return the weight of each shingle."""
        if not len(self.shingles):
            return np.ones(len(shingles))
        at = np.minimum(np.searchsorted(self.shingles, shingles), len(self.shingles) - 1)
        return np.where(self.shingles[at] == shingles, self.values[at], 1.0)

    def over(self, shingles: U64) -> "Weights":
        """Return the weights of these shingles, sorted; all others count 1."""
        return Weights(shingles, self.of(shingles))

    def count_less_within(self, shingles: U64) -> bool:
        """Tell whether all that count less than 1 are among these shingles, sorted."""
        return bool(stand_in(shingles, self.shingles[self.values < 1]).all())


UNWEIGHTED = Weights(np.empty(0, np.uint64), np.empty(0))


def choose_sample(articles: pl.DataFrame, *, config: DedupConfig) -> pl.DataFrame:
    """Choose whose shingles are counted among articles (`site`, `content_sha256`) that are not copies of each other.

    Copies would make a much-copied story look like boilerplate. Of large corpora and sites a sample is counted, chosen
    by content hash, so that it depends on the articles alone. `corpus` and `within` say what an article stands for.
    """
    ranked = articles.with_columns(
        corpus=pl.col("content_sha256").rank("ordinal") <= CORPUS_SAMPLE,
        within=pl.col("content_sha256").rank("ordinal").over("site") <= SITE_SAMPLE,
        site_size=pl.len().over("site"),
    ).with_columns(
        within=pl.col("within") & pl.col("site").is_not_null() & (pl.col("site_size") >= config.common_articles)
    )
    return ranked.filter(pl.col("corpus") | pl.col("within"))


def weigh_shingles(sample: pl.DataFrame, *, config: DedupConfig) -> Weights:
    """Weigh the shingles of a sample that `choose_sample` chose; its `text` is needed too."""
    sites = sample.filter("within").partition_by("site")
    parts = [
        _common(sample.filter("corpus")["text"].to_list(), config.common_share, config),
        *in_threads(lambda site: _common(site["text"].to_list(), config.common_site_share, config), sites),
    ]
    table = (
        pl.DataFrame(
            {
                "shingle": pl.Series(np.concatenate([s for s, _ in parts]), dtype=pl.UInt64),
                "weight": np.concatenate([w for _, w in parts]),
            }
        )
        .group_by("shingle")
        .agg(pl.col("weight").min())
        .sort("shingle")
    )
    return Weights(table["shingle"].to_numpy(), table["weight"].to_numpy())


def _common(texts: Sequence[str], share: float, config: DedupConfig) -> tuple[U64, F64]:
    """Return the shingles in more than `share` of the texts, or not far below, and their weights."""
    rows = in_threads(lambda block: shingle(words_of(scan(block)), config.shingle_words), list(blocks_of(texts)))
    values = np.concatenate([np.empty(0, np.uint64), *(block.values for block in rows)])
    lengths = np.concatenate([np.empty(0, np.int64), *(np.diff(block.starts) for block in rows)])
    limit = max(share * len(texts), config.common_articles - 1.0)
    # Few are common. To count all by a part of their bits and sort what may be takes a tenth of sorting all; the
    # fewer buckets there are, the better the processor's cache holds them.
    buckets = int(len(values) * SPARSE / (WATCHED * limit)) + 1
    bucket = (values & np.uint64((1 << buckets.bit_length()) - 1)).view(np.int64)
    some = (np.bincount(bucket) > WATCHED * limit).take(bucket)
    row = np.repeat(np.arange(len(lengths)), lengths)[some]
    order = np.lexsort((row, values[some]))
    found, row = values[some][order], row[order]
    once = np.ones(len(found), np.bool_)
    once[1:] = (found[1:] != found[:-1]) | (row[1:] != row[:-1])
    shingles, counts = np.unique(found[once], return_counts=True)
    many = counts > WATCHED * limit
    return shingles[many], np.minimum(1.0, limit / counts[many])
