"""Shingles of whole columns: runs of words as one hash each, and the passage hashes that a long article is known by."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from cleaners.dedup.words import I64, U64, Ragged, mix

# Stands for a missing word in texts shorter than one shingle, so that no text is without a shingle.
PAD = np.uint64(0x5BD1E9955BD1E995)
STEP = np.uint64(0xD6E8FEB86659FD93)


def shingle(words: Ragged, length: int) -> Ragged:
    """Hash every run of `length` words of each text; a shorter text is one run, filled up."""
    counts = np.diff(words.starts)
    padded = np.maximum(counts, length)
    starts = _starts(padded)
    values = words.values
    if (counts < length).any():
        values = np.full(int(starts[-1]), PAD)
        values[np.arange(len(words.values)) + np.repeat(starts[:-1] - words.starts[:-1], counts)] = words.values
    runs = _runs(values, length)
    out = _starts(padded - length + 1)
    # Runs that begin in one text and end in the next are none.
    keep = np.ones(len(runs), np.bool_)
    for k in range(1, length):
        keep[starts[1:-1] - k] = False
    return Ragged(mix(runs[keep]), out)


def _runs(values: U64, length: int) -> U64:
    """Hash every run of so many values: a polynomial in `STEP`, put together of runs half as long."""
    if length == 1 or len(values) < length:
        return values[: max(0, len(values) - length + 1)]
    half = length // 2
    parts = _runs(values, half)
    runs = parts[: len(values) - 2 * half + 1] * np.uint64(pow(int(STEP), half, 2**64))
    runs += parts[half:]
    if length % 2:
        runs = runs[:-1] * STEP
        runs += values[length - 1 :]
    return runs


def _starts(counts: I64) -> I64:
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def passage_hashes(words: Ragged, length: int, window: int) -> Ragged:
    """Choose of every `window` consecutive runs of `length` words the one with the least hash (winnowing).

    Two texts that share `length + window - 1` words in a row share at least one of the chosen hashes.
    """
    runs = shingle(words, length)
    counts = np.diff(runs.starts)
    windows = np.minimum(counts, window)
    least, width = runs.values, 1
    while width < window and len(least) > (step := min(width, window - width)):
        least = np.minimum(least[: len(least) - step], least[step:])
        width += step
    # In a text of fewer runs than one window, its one window is the whole text.
    out = _starts(counts - windows + 1)
    short = counts < window
    chosen = np.empty(int(out[-1]), np.uint64)
    full = np.repeat(~short, np.diff(out))
    chosen[full] = least[(np.arange(len(chosen)) + np.repeat(runs.starts[:-1] - out[:-1], np.diff(out)))[full]]
    chosen[~full] = np.minimum.reduceat(runs.values, runs.starts[:-1])[short] if len(counts) else 0
    # Neighbouring windows mostly choose the same run.
    fresh = np.ones(len(chosen), np.bool_)
    fresh[1:] = chosen[1:] != chosen[:-1]
    fresh[out[:-1]] = True
    return Ragged(chosen[fresh], np.concatenate(([0], np.cumsum(fresh)))[out])


def unique_rows(rows: Ragged) -> Ragged:
    """Sort each row and drop what it repeats."""
    values = rows.values.copy()
    for begin, end in pairwise(rows.starts.tolist()):
        values[begin:end].sort()
    fresh = np.ones(len(values), np.bool_)
    fresh[1:] = values[1:] != values[:-1]
    fresh[rows.starts[:-1][rows.starts[:-1] < len(values)]] = True
    return Ragged(values[fresh], np.concatenate(([0], np.cumsum(fresh)))[rows.starts])


def blocks_of(texts: Sequence[str], letters: int = 1 << 18) -> Iterator[list[str]]:
    """Part texts into blocks of about `letters` code points: what the processor's cache holds of their arrays."""
    block: list[str] = []
    size = 0
    for text in texts:
        block.append(text)
        size += len(text)
        if size >= letters:
            yield block
            block, size = [], 0
    if block:
        yield block
