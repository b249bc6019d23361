"""What depends on one article alone and can be stored by its content: content hash, MinHash signature, passages."""

from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.tokens.shingles import batches_of, passage_hashes, shingle
from cleaners.dedup.tokens.threads import in_threads
from cleaners.dedup.tokens.words import CLOSES, ENDS, U32, Ragged, Scan, contents_of, hash_words, scan

# Texts that are taken out of the column at a time.
SLICE = 20_000
LOST_LETTER = "\N{REPLACEMENT CHARACTER}"
# A longer line is a paragraph, whatever it ends in.
LOOSE_LETTERS = 200


@cache
def _permutations(count: int, seed: int) -> tuple[U32, U32]:
    # Imported here because datasketch imports most of scipy: 0.9 s that a command need not wait if it hashes nothing.
    from datasketch import MinHash

    a, b = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    return np.asarray(a, np.uint32), np.asarray(b, np.uint32)


def signatures(shingles: Ragged, *, permutations: int, seed: int) -> U32:
    """Return one MinHash signature for each row, with the values of `datasketch.MinHash` in its scheme affine32.

    The low 32 bits of a shingle are what datasketch calls the value of the hash function.
    """
    h = shingles.values.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    a, b = _permutations(permutations, seed)
    out = np.empty((len(shingles.starts) - 1, permutations), np.uint32)
    permuted = np.empty_like(h)
    for k in range(permutations if len(out) else 0):
        np.multiply(h, a[k], out=permuted)
        permuted += b[k]
        out[:, k] = np.minimum.reduceat(permuted, shingles.starts[:-1])
    return out


def _fingerprint_block(
    texts: Sequence[str], config: DedupConfig
) -> tuple[list[str], list[int], U32, Ragged, list[float]]:
    scanned = scan(texts)
    words = hash_words(scanned)
    return (
        contents_of(words),
        np.diff(words.starts).tolist(),
        signatures(shingle(words, config.shingle_words), permutations=config.permutations, seed=config.seed),
        passage_hashes(words, config.passage_words, config.passage_window),
        loose_shares(scanned).tolist(),
    )


def load_tables(config: DedupConfig) -> None:
    """Load the tables that fingerprints need (0.5 s), so that processes forked from this one have them."""
    _fingerprint_block([""], config)


def loose_shares(scanned: Scan) -> npt.NDArray[np.float64]:
    """Return the share of each text's letters in short lines that do not end like a sentence (captions, menus)."""
    ends = np.flatnonzero(scanned.codes == ord("\n"))
    sizes = np.diff(ends, prepend=-1) - 1
    # `wrap` puts the last letter, a line feed, before the first one.
    last = scanned.marks.take(ends - 1, mode="wrap")
    for back in (2, 3):
        last = np.where(last & CLOSES, scanned.marks.take(ends - back, mode="wrap"), last)
    loose = np.where((last & ENDS > 0) | (sizes > LOOSE_LETTERS), 0, sizes)
    # The line feed that follows a text ends its last line.
    first = np.searchsorted(ends, scanned.starts[:-1])
    shares: npt.NDArray[np.float64] = np.add.reduceat(loose, first) / np.maximum(1, np.add.reduceat(sizes, first))
    return shares


def fingerprint(texts: pl.Series, *, config: DedupConfig) -> pl.DataFrame:
    """Return one row for each text: `words_sha256`, `loose`, `lost_letters`, `tokens`, `signature`, `passages`.

    `words_sha256` is a hash of the folded words and `tokens` their number; `loose` is the share of letters in short
    lines that do not end like a sentence; `lost_letters` says whether a letter was lost to a wrong encoding. A row
    depends only on its own text and on the settings in `FINGERPRINT_SETTINGS`, so rows may be computed in any batches
    and kept by `words_sha256`.
    """
    parts: list[tuple[list[str], list[int], U32, Ragged, list[float]]] = []
    for at in range(0, len(texts), SLICE):
        blocks = list(batches_of(texts.slice(at, SLICE).to_list()))
        parts += in_threads(partial(_fingerprint_block, config=config), blocks)
    passages = [p[3] for p in parts]
    lengths = np.concatenate([np.diff(p.starts) for p in passages]) if parts else np.empty(0, np.int64)
    return pl.DataFrame(
        {
            "words_sha256": pl.Series([s for p in parts for s in p[0]], dtype=pl.String),
            "loose": pl.Series([share for p in parts for share in p[4]], dtype=pl.Float64),
            "lost_letters": texts.str.contains(LOST_LETTER, literal=True),
            "tokens": pl.Series([n for p in parts for n in p[1]], dtype=pl.UInt32),
            "signature": pl.Series(
                np.concatenate([p[2] for p in parts]) if parts else np.empty((0, config.permutations), np.uint32),
                dtype=pl.Array(pl.UInt32, config.permutations),
            ),
            "passages": _lists(
                np.concatenate([p.values for p in passages]) if parts else np.empty(0, np.uint64), lengths
            ),
        }
    )


def _lists(values: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64]) -> pl.Series:
    """Return rows of different lengths as a column of lists."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    frame = pl.DataFrame({"row": rows, "value": pl.Series(values, dtype=pl.UInt64)})
    return frame.group_by("row", maintain_order=True).agg("value").get_column("value")
