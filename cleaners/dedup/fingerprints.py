"""What is computed for one article alone: content hash, MinHash signature, passage hashes. Storable by content."""

import hashlib
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.shingles import blocks_of, passage_hashes, shingle
from cleaners.dedup.threads import in_threads
from cleaners.dedup.words import U32, Ragged, contents_of, scan, words_of

# Texts taken out of the column at a time.
SLICE = 20_000
LOST_LETTER = "\N{REPLACEMENT CHARACTER}"
KEY_BYTES = 16


@cache
def _permutations(count: int, seed: int) -> tuple[U32, U32]:
    # Importing datasketch imports most of scipy: 0.9 s that a command which hashes nothing need not wait for.
    from datasketch import MinHash

    a, b = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    return np.asarray(a, np.uint32), np.asarray(b, np.uint32)


def signatures(shingles: Ragged, *, permutations: int, seed: int) -> U32:
    """Return one MinHash signature a row, value for value those of `datasketch.MinHash` in its scheme affine32.

    The shingles' low 32 bits are what datasketch calls the hash function's value.
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
) -> tuple[list[str], list[int], U32, Ragged, list[str]]:
    scanned = scan(texts)
    words = words_of(scanned)
    return (
        contents_of(scanned),
        np.diff(words.starts).tolist(),
        signatures(shingle(words, config.shingle_words), permutations=config.permutations, seed=config.seed),
        passage_hashes(words, config.passage_words, config.passage_window),
        [_text_key(text) for text in texts],
    )


def load_tables(config: DedupConfig) -> None:
    """Load what fingerprints are computed with (0.5 s), so that processes forked from this one have it."""
    _fingerprint_block([""], config)


def _text_key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()


def fingerprint(texts: pl.Series, *, config: DedupConfig) -> pl.DataFrame:
    """Return one row a text: `content_sha256`, `text_key`, `lost_letters`, `tokens`, `signature`, `passages`.

    `text_key` is a hash of the text as it stands, `content_sha256` one of its folded words; `lost_letters` tells
    whether a letter was lost to a wrong encoding.
    A row depends on its own text and on the settings named in `FINGERPRINT_SETTINGS` only, so rows may be computed in
    any batches and kept by `content_sha256`.
    """
    parts: list[tuple[list[str], list[int], U32, Ragged, list[str]]] = []
    for at in range(0, len(texts), SLICE):
        blocks = list(blocks_of(texts.slice(at, SLICE).to_list()))
        parts += in_threads(partial(_fingerprint_block, config=config), blocks)
    passages = [p[3] for p in parts]
    lengths = np.concatenate([np.diff(p.starts) for p in passages]) if parts else np.empty(0, np.int64)
    return pl.DataFrame(
        {
            "content_sha256": pl.Series([s for p in parts for s in p[0]], dtype=pl.String),
            "text_key": pl.Series([k for p in parts for k in p[4]], dtype=pl.String),
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
    """Return rows of different length as a column of lists."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    frame = pl.DataFrame({"row": rows, "value": pl.Series(values, dtype=pl.UInt64)})
    return frame.group_by("row", maintain_order=True).agg("value").get_column("value")
