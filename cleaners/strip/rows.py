"""Sums, distances and neighbours of lines in a table whose rows are the lines of many articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

# Lines. Greater distances count as this.
FAR = 60


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of each article in a table: article k has the rows `bounds[k]` up to `bounds[k + 1]`.

    For each row, `index` is its number, `start` the first row of its article, `stop` the row after its article's last,
    and `count` the number of its article's rows.
    """

    bounds: Places
    index: Places
    start: Places
    stop: Places
    count: Places

    def sums(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        """Return, for each row, the sum of the values over its article."""
        total = running(values)
        return total[self.stop] - total[self.start]

    def until(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        """Return, for each row, the sum of the values of its article up to and including it."""
        total = running(values)
        return total[self.index + 1] - total[self.start]


def rows_of(sizes: Sequence[int]) -> Rows:
    """Return the rows of articles that have these numbers of lines."""
    counts = np.array(sizes, dtype=np.intp)
    bounds = np.concatenate((np.zeros(1, dtype=np.intp), counts.cumsum()))
    return Rows(
        bounds=bounds,
        index=np.arange(bounds[-1]),
        start=np.repeat(bounds[:-1], counts),
        stop=np.repeat(bounds[1:], counts),
        count=np.repeat(counts, counts),
    )


def running(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Return the sum of the values before each place, and last the sum of all values.

    Sums of the table's single precision numbers are exact in double precision, so the difference of two sums does not
    depend on the rows before.
    """
    sums = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, dtype=np.float64, out=sums[1:])
    return sums


def neighbours(values: Table, rows: Rows, shift: int, missing: float) -> Table:
    """Return, for each line, the values of the line `shift` lines below it, or `missing` beyond the article's ends."""
    place = rows.index + shift
    there = (place >= rows.start) & (place < rows.stop)
    found = values[np.where(there, place, 0)]
    found[~there] = missing
    return found


def window_sums(values: npt.NDArray[np.generic], rows: Rows, reaches: Sequence[int]) -> Table:
    """Return the sums of the columns of `values` over some lines before each line, and over as many after it.

    `reaches` says over how many lines. The result has a row for each line, and its columns are ordered by reach, then
    side, then column of `values`.
    """
    total = running(values)
    here, after = total[rows.index], total[rows.index + 1]
    sums = []
    for reach in reaches:
        sums.append(here - total[np.maximum(rows.index - reach, rows.start)])
        sums.append(total[np.minimum(rows.index + 1 + reach, rows.stop)] - after)
    return np.concatenate(sums, axis=1).astype(np.float32)


def distances(marks: npt.NDArray[np.bool_], rows: Rows) -> tuple[Table, Table]:
    """Return, for each column, how many lines ago the last mark was, and how many lines ahead the next one is."""
    index, start, stop = rows.index[:, None], rows.start[:, None], rows.stop[:, None]
    before = np.where(marks, index, -1)
    np.maximum.accumulate(before, axis=0, out=before)
    before[1:] = before[:-1]
    before[:1] = -1
    ahead = np.where(marks, index, len(marks))[::-1]
    ahead = np.minimum.accumulate(ahead, axis=0)[::-1]
    ahead[:-1] = ahead[1:].copy()
    ahead[-1:] = len(marks)
    # A missing mark counts as one far beyond the article's first or last line.
    since = index - np.where(before >= start, before, start - FAR * 10)
    until = np.where(ahead < stop, ahead, stop + FAR * 10) - index
    return since.astype(np.float32), until.astype(np.float32)


def best_runs(weights: npt.NDArray[np.floating], rows: Rows) -> tuple[Places, Places]:
    """Return, for each line, the first and the last line of the run with the greatest sum in its article."""
    values = weights.tolist()
    runs = [_best_run(values, first, stop) for first, stop in pairwise(rows.bounds.tolist())]
    first, last = np.repeat(np.array(runs, dtype=np.intp).reshape(-1, 2), np.diff(rows.bounds), axis=0).T
    return first, last


def _best_run(weights: list[float], start: int, stop: int) -> tuple[int, int]:
    best, total, first, bounds = -np.inf, 0.0, start, (start, start)
    for number in range(start, stop):
        if total <= 0:
            total, first = 0.0, number
        total += weights[number]
        if total > best:
            best, bounds = total, (first, number)
    return bounds
