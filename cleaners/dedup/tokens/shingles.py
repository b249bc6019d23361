"""Shingles of whole columns: one hash for each run of words, and the passage hashes that represent a long article."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from cleaners.dedup.tokens.words import I64, U64, Ragged, mix

# Stands for a missing word in texts shorter than one shingle, so that every text has a shingle.
PAD = np.uint64(0x5BD1E9955BD1E995)
GREATEST = np.uint64(2**64 - 1)
STEP = np.uint64(0xD6E8FEB86659FD93)


def shingle(words: Ragged, length: int) -> Ragged:
    """Hash every run of `length` words of each text; a shorter text gives one run, filled up with `PAD`."""
    padded = _fill_up(words, length, PAD)
    runs = _within_rows(_runs(padded.values, length), padded.starts, length)
    return Ragged(mix(runs.values), runs.starts)


def _fill_up(rows: Ragged, length: int, filler: np.uint64) -> Ragged:
    """Fill up rows that are shorter than `length`."""
    counts = np.diff(rows.starts)
    if not (counts < length).any():
        return rows
    starts = _starts(np.maximum(counts, length))
    values = np.full(int(starts[-1]), filler)
    values[np.arange(len(rows.values)) + np.repeat(starts[:-1] - rows.starts[:-1], counts)] = rows.values
    return Ragged(values, starts)


def _within_rows(runs: U64, starts: I64, length: int) -> Ragged:
    """Drop runs of `length` values that begin in one row and end in the next; `starts` are the rows' first values."""
    keep = np.ones(len(runs), np.bool_)
    for k in range(1, length):
        keep[starts[1:-1] - k] = False
    return Ragged(runs[keep], _starts(np.diff(starts) - length + 1))


def _runs(values: U64, length: int) -> U64:
    """Hash every run of `length` values as a polynomial in `STEP`, computed from runs half as long."""
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
    """Choose the lowest hash of every `window` consecutive runs of `length` words.

    This is winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003): two texts that share `length + window - 1` words in
    a row share at least one of the chosen hashes.
    """
    # A text with fewer runs than a window is one window.
    runs = _fill_up(shingle(words, length), window, GREATEST)
    least, width = runs.values, 1
    while width < window:
        step = min(width, window - width)
        least = np.minimum(least[:-step], least[step:])
        width += step
    windows = _within_rows(least, runs.starts, window)
    chosen, out = windows.values, windows.starts
    # Neighbouring windows mostly choose the same run, which counts once.
    fresh = np.ones(len(chosen), np.bool_)
    fresh[1:] = chosen[1:] != chosen[:-1]
    fresh[out[:-1]] = True
    return Ragged(chosen[fresh], np.concatenate(([0], np.cumsum(fresh)))[out])


def unique_rows(rows: Ragged) -> Ragged:
    """Sort each row and drop repeated values."""
    values = rows.values.copy()
    for begin, end in pairwise(rows.starts.tolist()):
        values[begin:end].sort()
    fresh = np.ones(len(values), np.bool_)
    fresh[1:] = values[1:] != values[:-1]
    fresh[rows.starts[:-1][rows.starts[:-1] < len(values)]] = True
    return Ragged(values[fresh], np.concatenate(([0], np.cumsum(fresh)))[rows.starts])


def batches_of(texts: Sequence[str], letters: int = 1 << 18) -> Iterator[list[str]]:
    """Split texts into batches of about `letters` code points, whose arrays the processor's cache can hold."""
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= letters:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
