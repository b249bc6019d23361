"""The line model: how likely each line of an article is furniture.

Two small networks, one after the other. The first judges each line by its features; the second judges it again, now
that it knows what the first thinks of the lines around it and where it sees the article begin and end. The weights in
`line_model.json` are made by `benchmarks/train_lines.py`, which says how.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaners.strip.line_features import (
    FEATURES,
    Line,
    LineFacts,
    Table,
    best_run,
    line_facts,
    line_features,
    window_sums,
)

_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
# OpenBLAS multiplies up to this many numbers (rows x inner x columns) in one thread.
_UNTHREADED = 262_144
_REACH = (3, 12, 40)
# Beyond this many words a line is a paragraph, however long.
_PARAGRAPH_WORDS = 80
# Content words of the article's opening: what it is about.
_LEAD_WORDS = 60
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

    def logits(self, table: Table) -> Table:
        """Return the outputs, one row per row of the table."""
        # np.clip takes three times as long on tables this small.
        values: Table = np.maximum(np.minimum((table - self.mean) * self.scale, np.float32(6)), np.float32(-6))
        for number, (weights, bias) in enumerate(self.layers):
            if number:
                values = np.maximum(values, 0.0)
            values = _product(values, weights) + bias
        return values


def _product(values: Table, weights: Table) -> Table:
    """Return the matrix product, made in slices so small that the BLAS starts no threads for it.

    With threads, two workers on two cores spend three times the CPU time on a page.
    """
    rows = max(1, _UNTHREADED // weights.size)
    if len(values) <= rows:
        return values @ weights
    return np.concatenate([values[at : at + rows] @ weights for at in range(0, len(values), rows)])


@dataclass(frozen=True, slots=True)
class LineModel:
    """The networks of both passes; the outputs of several networks of a pass are averaged."""

    first: tuple[Network, ...]
    second: tuple[Network, ...]


def score_lines(lines: Sequence[Line], title: str | None) -> list[float]:
    """Return for each line how likely it is furniture, 0..1."""
    if not lines:
        return []
    model = load_model()
    facts = line_facts(lines)
    table = line_features(lines, facts, title)
    outputs = mean_logits(model.first, table)
    again = second_features(table, outputs, facts)
    scores: list[float] = sigmoid(mean_logits(model.second, again)[:, 0]).tolist()
    return scores


def mean_logits(networks: Sequence[Network], table: Table) -> Table:
    """Return the mean output of some networks."""
    total = networks[0].logits(table)
    for network in networks[1:]:
        total = total + network.logits(table)
    return total / np.float32(len(networks))


def sigmoid(values: Table) -> Table:
    """Return the probability a logit stands for."""
    odds: Table = np.exp(np.minimum(np.maximum(values, np.float32(-30)), np.float32(30)))
    return odds / (1 + odds)


def second_features(table: Table, outputs: Table, facts: Sequence[LineFacts]) -> Table:
    """Return the second pass's table: the first's, and what the first pass found around each line."""
    count = len(table)
    index = np.arange(count)
    outputs = np.minimum(np.maximum(outputs, np.float32(-8)), np.float32(8))
    kept = 1.0 - sigmoid(outputs[:, 0])
    size = np.minimum(np.expm1(table[:, 1]), _PARAGRAPH_WORDS)
    weight = kept * size
    padded = np.full(count + 8, 8.0, dtype=np.float32)
    padded[4:-4] = outputs[:, 0]
    running = weight.cumsum()
    everything = float(running[-1]) + 1e-6
    begun, ended = _spread(outputs[:, 1]), _spread(outputs[:, 2])
    first, last = best_run((kept - 0.5) * (size + 3.0))
    passed = size.cumsum()
    columns = (
        *(padded[4 + shift : 4 + shift + count] for shift in _SHIFTS),
        np.log1p(running - weight), np.log1p(np.maximum(everything - running, 0.0)), running / everything,
        everything / (passed[-1] + 1e-6), kept.sum() / count,
        begun.cumsum(), ended.cumsum() - ended,
        _within(index - first, 40), _within(last - index, 40), (index >= first) & (index <= last),
        np.log1p(np.maximum(passed[first] - size[first] - passed, 0.0)),
        np.log1p(np.maximum(passed - passed[last], 0.0)),
        *_likeness(facts, kept),
    )  # fmt: skip
    placed = np.empty((count, len(columns)), dtype=np.float32)
    for number, column in enumerate(columns):
        placed[:, number] = column
    summed = np.empty((count, len(_SUMMED)), dtype=np.float32)
    for number, column in enumerate((kept, weight, begun, ended)):
        summed[:, number] = column
    near = window_sums(summed, _REACH)
    return np.concatenate((table, outputs, near, placed), axis=1, dtype=np.float32)


def _likeness(facts: Sequence[LineFacts], kept: Table) -> tuple[Table, Table, Table]:
    """Return which share of each line's content words the other lines have.

    First those that seem to be the article, then those that seem to be furniture, then the article's first lines.
    """
    content = [line.distinct_content for line in facts]
    stays = (kept >= 0.5).tolist()
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
    return shares[0], shares[1], shares[2]


def _within(values: npt.NDArray[np.intp], limit: int) -> npt.NDArray[np.intp]:
    return np.minimum(np.maximum(values, -limit), limit)


def _spread(logits: Table) -> Table:
    """Return the logits as shares of one: where the one line of its kind may be."""
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()  # type: ignore[no-any-return]


def _network(data: dict[str, Any]) -> Network:
    layers = tuple((_array(layer["hundredths"]) / np.float32(100), _array(layer["bias"])) for layer in data["layers"])
    return Network(_array(data["mean"]), _array(data["scale"]), layers)


def _array(values: list[Any]) -> Table:
    return np.array(values, dtype=np.float32)


@cache
def load_model() -> LineModel:
    """Return the model of the package."""
    data = json.loads(resources.files("cleaners.strip").joinpath("line_model.json").read_text("utf-8"))
    if data["features"] != list(SECOND_FEATURES):
        raise ValueError("line_model.json was made for other features; run benchmarks/train_lines.py")
    return LineModel(tuple(map(_network, data["first"])), tuple(map(_network, data["second"])))
