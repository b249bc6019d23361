"""The line model: how likely each line of an article is furniture.

Two small networks, one after the other. The first judges each line by its features; the second judges it again, now
that it knows what the first thinks of the lines around it and where it sees the article begin and end. The weights in
`model.json` are made by `benchmarks/training/lines.py`, which says how.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaners.strip.line_model.facts import LineFacts, line_facts
from cleaners.strip.line_model.features import FEATURES, line_features
from cleaners.strip.rows import Rows, Table, best_runs, neighbours, rows_of, window_sums
from cleaners.text import Line

_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
# OpenBLAS multiplies up to this many numbers (rows x inner x columns) in one thread.
_UNTHREADED = 262_144
_REACH = (3, 12, 40)
# Beyond this many words a line is a paragraph, however long.
_PARAGRAPH_WORDS = 80
# Content words of the article's opening: what it is about.
_LEAD_WORDS = 60
# Sums are of multiples of this power of two.
_STEPS = 2.0**20
_SUMMED = ("kept", "kept_words", "first", "last")
OUTPUTS = ("furniture", "first", "last")
SECOND_FEATURES = (
    *FEATURES,
    *(f"{name}_logit" for name in OUTPUTS),
    *(f"{name}_{side}_{reach}" for reach in _REACH for side in ("before", "after") for name in _SUMMED),
    *(f"logit{shift:+d}" for shift in _SHIFTS),
    "kept_before", "kept_after", "kept_place", "kept_share", "kept_lines", "begun", "ended",
    "from_run", "to_run_end", "in_run", "words_to_run", "words_from_run", "body_likeness", "furniture_likeness",
    "lead_likeness",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network: columns are centred and scaled, each layer but the last is cut off at zero."""

    mean: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def logits(self, table: Table, rows: Rows) -> Table:
        """Return the outputs, one row per row of the table."""
        values: Table = np.clip((table - self.mean) * self.scale, np.float32(-6), np.float32(6))
        for number, (weights, bias) in enumerate(self.layers):
            if number:
                values = np.maximum(values, 0.0)
            values = _product(values, weights, rows) + bias
        return values


def _product(values: Table, weights: Table, rows: Rows) -> Table:
    """Return the matrix product, made article by article and in slices so small that the BLAS starts no threads for it.

    What the BLAS gives for a row depends, in the last bit, on the other rows. With threads, two workers on two cores
    spend three times the CPU time on a page.
    """
    step = max(1, _UNTHREADED // weights.size)
    slices = [
        slice(at, min(at + step, stop))
        for start, stop in pairwise(rows.bounds.tolist())
        for at in range(start, stop, step)
    ]
    return np.concatenate([values[part] @ weights for part in slices])


@dataclass(frozen=True, slots=True)
class LineModel:
    """The networks of both passes; the outputs of several networks of a pass are averaged."""

    first: tuple[Network, ...]
    second: tuple[Network, ...]


def score_lines(articles: Sequence[Sequence[Line]], titles: Sequence[str | None]) -> list[list[float]]:
    """Return for each line of some articles how likely it is furniture, 0..1."""
    judged = [(lines, line_facts(lines), title) for lines, title in zip(articles, titles, strict=True) if lines]
    if not judged:
        return [[] for _ in articles]
    model = load_model()
    rows = rows_of([len(lines) for lines, _, _ in judged])
    table = line_features(judged)
    outputs = mean_logits(model.first, table, rows)
    again = second_features(table, outputs, [facts for _, facts, _ in judged])
    scores = iter(sigmoid(mean_logits(model.second, again, rows)[:, 0]).tolist())
    return [[*islice(scores, len(lines))] for lines in articles]


def mean_logits(networks: Sequence[Network], table: Table, rows: Rows) -> Table:
    """Return the mean output of some networks."""
    total = networks[0].logits(table, rows)
    for network in networks[1:]:
        total = total + network.logits(table, rows)
    return total / np.float32(len(networks))


def sigmoid(values: Table) -> Table:
    """Return the probability a logit stands for."""
    odds: Table = np.exp(np.minimum(np.maximum(values, np.float32(-30)), np.float32(30)))
    return odds / (1 + odds)


def second_features(table: Table, outputs: Table, facts: Sequence[Sequence[LineFacts]]) -> Table:
    """Return the second pass's table: the first's, and what the first pass found around each line."""
    rows = rows_of([len(of_article) for of_article in facts])
    index = rows.index
    outputs = np.minimum(np.maximum(outputs, np.float32(-8)), np.float32(8))
    kept = 1.0 - sigmoid(outputs[:, 0])
    size = np.minimum(np.expm1(table[:, 1]), _PARAGRAPH_WORDS)
    weight = _even(kept * size)
    passed = rows.until(weight)
    everything = rows.summed(weight) + 1e-6
    begun, ended = _spread(outputs[:, 1], rows), _spread(outputs[:, 2], rows)
    first, last = best_runs((kept - 0.5) * (size + 3.0), rows)
    size = _even(size)
    words = rows.until(size)
    columns = (
        *(neighbours(outputs[:, 0], rows, shift, 8.0) for shift in _SHIFTS),
        np.log1p(passed - weight), np.log1p(np.maximum(everything - passed, 0.0)), passed / everything,
        everything / (rows.summed(size) + 1e-6), rows.summed(_even(kept)) / rows.count,
        rows.until(begun), rows.until(ended) - ended,
        _within(index - first, 40), _within(last - index, 40), (index >= first) & (index <= last),
        np.log1p(np.maximum(words[first] - size[first] - words, 0.0)),
        np.log1p(np.maximum(words - words[last], 0.0)),
        *_likenesses(facts, kept),
    )  # fmt: skip
    placed = np.empty((len(table), len(columns)), dtype=np.float32)
    for number, column in enumerate(columns):
        placed[:, number] = column
    near = window_sums(np.column_stack((_even(kept), weight, begun, ended)), rows, _REACH)
    return np.concatenate((table, outputs, near, placed), axis=1, dtype=np.float32)


def _even(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the values as multiples of a power of two, so that their sums are exact and depend on no other article."""
    return np.round(values.astype(np.float64) * _STEPS) / _STEPS


def _likenesses(facts: Sequence[Sequence[LineFacts]], kept: Table) -> Table:
    """Return for each line which shares of its content words other lines of the article have; see `_likeness`."""
    stays = iter((kept >= 0.5).tolist())
    shares = [_likeness(of_article, [*islice(stays, len(of_article))]) for of_article in facts]
    return np.concatenate(shares, axis=1)


def _likeness(facts: Sequence[LineFacts], stays: Sequence[bool]) -> Table:
    """Return which share of each line's content words the other lines have.

    First those that seem to be the article, then those that seem to be furniture, then the article's first lines.
    """
    content = [line.distinct_content for line in facts]
    lines_with: dict[bool, Counter[str]] = {
        side: Counter(chain.from_iterable([row for row, stay in zip(content, stays, strict=True) if stay is side]))
        for side in (True, False)
    }
    once, twice = (
        {side: {word for word, count in counts.items() if count >= least} for side, counts in lines_with.items()}
        for least in (1, 2)
    )
    lead: set[str] = set()
    taken = 0
    for row, stay in zip(content, stays, strict=True):
        if stay and taken < _LEAD_WORDS:
            lead |= row
            taken += len(row)
    shares = np.zeros((3, len(facts)), dtype=np.float32)
    for number, (row, stay) in enumerate(zip(content, stays, strict=True)):
        if row:
            shares[0, number] = len(row & (twice if stay else once)[True]) / len(row)
            shares[1, number] = len(row & (once if stay else twice)[False]) / len(row)
            shares[2, number] = len(row & lead) / len(row)
    return shares


def _within(values: npt.NDArray[np.intp], limit: int) -> npt.NDArray[np.intp]:
    return np.minimum(np.maximum(values, -limit), limit)


def _spread(logits: Table, rows: Rows) -> npt.NDArray[np.float64]:
    """Return the logits as shares of one in each article: where the one line of its kind may be."""
    starts, counts = rows.bounds[:-1], np.diff(rows.bounds)
    odds = np.exp(logits - np.repeat(np.maximum.reduceat(logits, starts), counts))
    return _even(odds / np.repeat(np.add.reduceat(odds, starts), counts))


def _network(data: dict[str, Any]) -> Network:
    layers = tuple((_array(layer["hundredths"]) / np.float32(100), _array(layer["bias"])) for layer in data["layers"])
    return Network(_array(data["mean"]), _array(data["scale"]), layers)


def _array(values: list[Any]) -> Table:
    return np.array(values, dtype=np.float32)


@cache
def load_model() -> LineModel:
    """Return the model of the package."""
    data = json.loads(resources.files(__package__).joinpath("model.json").read_text("utf-8"))
    if data["features"] != list(SECOND_FEATURES):
        raise ValueError("line_model/model.json was made for other features; run benchmarks/training/lines.py")
    return LineModel(tuple(map(_network, data["first"])), tuple(map(_network, data["second"])))
