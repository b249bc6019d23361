"""The line model: how likely each line of an article is furniture.

Two small networks, one after the other. The first judges each line by its features; the second judges it again, now
that it knows what the first thinks of the lines around it and where it sees the article begin and end. The weights in
`line_model.json` are made by `benchmarks/train_lines.py`, which says how.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from cleaners.strip.line_features import FEATURES, Line, Table, line_features

_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
_REACH = (3, 12, 40)
# Beyond this many words a line is a paragraph, however long.
_PARAGRAPH_WORDS = 80
OUTPUTS = ("furniture", "first", "last")
SECOND_FEATURES = (
    *FEATURES,
    *(f"{name}_logit" for name in OUTPUTS), *(f"logit{shift:+d}" for shift in _SHIFTS),
    *(f"{name}_{side}_{reach}" for name in ("kept", "kept_words") for reach in _REACH for side in ("before", "after")),
    "kept_before", "kept_after", "kept_before_share", "kept_share", "kept_lines",
    "begun", "ended", "from_start", "to_end", "in_run", "words_to_run", "words_from_run", "first_ahead", "last_ahead",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network: columns are centred and scaled, each layer but the last is cut off at zero."""

    mean: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def logits(self, table: Table) -> Table:
        """Return the outputs, one row per row of the table."""
        values = np.clip((table - self.mean) * self.scale, -6.0, 6.0)
        for number, (weights, bias) in enumerate(self.layers):
            if number:
                values = np.maximum(values, 0.0)
            values = values @ weights + bias
        return values


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
    table = line_features(lines, title)
    outputs = mean_logits(model.first, table)
    again = second_features(table, outputs)
    scores: list[float] = sigmoid(mean_logits(model.second, again)[:, 0]).tolist()
    return scores


def mean_logits(networks: Sequence[Network], table: Table) -> Table:
    """Return the mean output of some networks."""
    return np.mean([network.logits(table) for network in networks], axis=0)  # type: ignore[no-any-return]


def sigmoid(values: Table) -> Table:
    """Return the probability a logit stands for."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))


def second_features(table: Table, outputs: Table) -> Table:
    """Return the second pass's table: the first's, and what the first pass found around each line."""
    count = len(table)
    outputs = np.clip(outputs, -8.0, 8.0)
    logit = -outputs[:, 0]
    kept = sigmoid(logit)
    size = np.minimum(np.expm1(table[:, 1]), _PARAGRAPH_WORDS)
    words = kept * size
    columns: list[Table] = [outputs]
    padded = np.concatenate((np.full(4, -8.0), logit, np.full(4, -8.0)))
    columns.extend(padded[4 + shift : 4 + shift + count] for shift in _SHIFTS)
    index = np.arange(count)
    for values in (kept, words):
        total = np.concatenate(([0.0], np.cumsum(values)))
        for reach in _REACH:
            columns.append(total[index] - total[np.maximum(index - reach, 0)])
            columns.append(total[np.minimum(index + 1 + reach, count)] - total[index + 1])
    # `total` is now that of the kept words.
    everything = total[-1]
    columns += [
        np.log1p(total[:-1]),
        np.log1p(np.maximum(everything - total[1:], 0.0)),
        total[:-1] / (everything + 1e-6),
    ]
    columns += [np.full(count, everything / (size.sum() + 1e-6)), np.full(count, kept.mean())]
    begun, ended = _spread(outputs[:, 1]), _spread(outputs[:, 2])
    columns += [np.cumsum(begun), np.cumsum(ended) - ended]
    first, last = best_run((kept - 0.5) * (size + 3.0))
    columns += [np.clip(index - first, -40, 40), np.clip(last - index, -40, 40), (index >= first) & (index <= last)]
    running = np.cumsum(size)
    columns += [
        np.log1p(np.maximum(running[first] - size[first] - running, 0.0)),
        np.log1p(np.maximum(running - running[last], 0.0)),
    ]
    columns += [_next(begun), _next(ended)]
    return np.column_stack((table, *columns)).astype(np.float32)


def _spread(logits: Table) -> Table:
    """Return the logits as shares of one: where the one line of its kind may be."""
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()  # type: ignore[no-any-return]


def _next(shares: Table) -> Table:
    """Return the share of the five lines from each on."""
    total = np.concatenate(([0.0], np.cumsum(shares)))
    index = np.arange(len(shares))
    return total[np.minimum(index + 5, len(shares))] - total[index]  # type: ignore[no-any-return]


def best_run(weights: Table) -> tuple[int, int]:
    """Return the first and last line of the run with the greatest sum."""
    best, total, first, bounds = -np.inf, 0.0, 0, (0, 0)
    for number, weight in enumerate(weights.tolist()):
        if total <= 0:
            total, first = 0.0, number
        total += weight
        if total > best:
            best, bounds = total, (first, number)
    return bounds


def _network(data: dict[str, Any]) -> Network:
    array = lambda values: np.array(values, dtype=np.float32)  # noqa: E731
    return Network(
        array(data["mean"]),
        array(data["scale"]),
        tuple((array(layer["weights"]), array(layer["bias"])) for layer in data["layers"]),
    )


@cache
def load_model() -> LineModel:
    """Return the model of the package."""
    data = json.loads(resources.files("cleaners.strip").joinpath("line_model.json").read_text("utf-8"))
    if data["features"] != list(SECOND_FEATURES):
        raise ValueError("line_model.json was made for other features; run benchmarks/train_lines.py")
    return LineModel(tuple(map(_network, data["first"])), tuple(map(_network, data["second"])))
