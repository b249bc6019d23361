"""The line model: how likely each line of an article is to be furniture.

The model has two passes of small networks. The first judges each line by its features. The second judges it again, and
also knows the first one's answers for the lines around it and where the first sees the article begin and end.
`benchmarks/training/lines.py` makes the weights (`first.json`, `second.json`) and says how.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from cleaners.learned.files import ModelFile
from cleaners.learned.networks import Network, mean_logits, networks_of
from cleaners.learned.odds import sigmoid
from cleaners.strip.line_model.facts import LineFacts, line_facts, word_lists
from cleaners.strip.line_model.features import FEATURES, line_features
from cleaners.strip.rows import Rows, Table, best_runs, neighbours, rows_of, window_sums
from cleaners.text import Line

# The neighbours whose answers a line's row includes, and the lines around it whose answers are summed.
_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
_REACH = (3, 12, 40)
# A line counts for at most this many words; beyond that it is a paragraph, however long.
_PARAGRAPH_WORDS = 80
# Content words of the article's opening that show what it is about.
_LEAD_WORDS = 60
# Summed values are rounded to multiples of 1 over this power of two.
_STEPS = 2.0**20
_SUMMED = ("kept", "kept_words", "first", "last")
FIRST_PASS = ModelFile(__package__, "first", "networks", word_lists)
SECOND_PASS = ModelFile(__package__, "second", "networks", word_lists)
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
class LineModel:
    """The networks of both passes; the outputs of the networks of a pass are averaged."""

    first: tuple[Network, ...]
    second: tuple[Network, ...]


def score_lines(articles: Sequence[Sequence[Line]], titles: Sequence[str | None]) -> list[list[float]]:
    """Return, for each line of some articles, the probability that it is furniture."""
    judged = [(lines, line_facts(lines), title) for lines, title in zip(articles, titles, strict=True) if lines]
    if not judged:
        return [[] for _ in articles]
    model = load_model()
    rows = rows_of([len(lines) for lines, _, _ in judged])
    table = line_features(judged)
    outputs = mean_logits(model.first, table, rows.bounds.tolist())
    again = second_features(table, outputs, [facts for _, facts, _ in judged])
    scores = iter(sigmoid(mean_logits(model.second, again, rows.bounds.tolist())[:, 0]).tolist())
    return [[*islice(scores, len(lines))] for lines in articles]


def second_features(table: Table, outputs: Table, facts: Sequence[Sequence[LineFacts]]) -> Table:
    """Return the table of the second pass: that of the first, and the first pass's answers around each line."""
    rows = rows_of([len(of_article) for of_article in facts])
    index = rows.index
    outputs = np.minimum(np.maximum(outputs, np.float32(-8)), np.float32(8))
    kept = 1.0 - sigmoid(outputs[:, 0])
    size = np.minimum(np.expm1(table[:, 1]), _PARAGRAPH_WORDS)
    weight = _even(kept * size)
    passed = rows.until(weight)
    everything = rows.sums(weight) + 1e-6
    begun, ended = _spread(outputs[:, 1], rows), _spread(outputs[:, 2], rows)
    first, last = best_runs((kept - 0.5) * (size + 3.0), rows)
    size = _even(size)
    words = rows.until(size)
    columns = (
        *(neighbours(outputs[:, 0], rows, shift, 8.0) for shift in _SHIFTS),
        np.log1p(passed - weight), np.log1p(np.maximum(everything - passed, 0.0)), passed / everything,
        everything / (rows.sums(size) + 1e-6), rows.sums(_even(kept)) / rows.count,
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
    """Round values to multiples of a small power of two, so that sums are exact whatever other articles are in them."""
    return np.round(values.astype(np.float64) * _STEPS) / _STEPS


def _likenesses(facts: Sequence[Sequence[LineFacts]], kept: Table) -> Table:
    """Return, for each line, the shares of its content words that other lines of its article have; see `_likeness`."""
    stays = iter((kept >= 0.5).tolist())
    shares = [_likeness(of_article, [*islice(stays, len(of_article))]) for of_article in facts]
    return np.concatenate(shares, axis=1)


def _likeness(facts: Sequence[LineFacts], stays: Sequence[bool]) -> Table:
    """Return three rows: the share of each line's content words that some other lines have.

    The first row is about lines that seem to be the article, the second about lines that seem to be furniture, the
    third about the first lines of the article.
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
    """Return the softmax of the logits over each article: the chance of each line to be the only one of its kind."""
    starts, counts = rows.bounds[:-1], np.diff(rows.bounds)
    odds = np.exp(logits - np.repeat(np.maximum.reduceat(logits, starts), counts))
    return _even(odds / np.repeat(np.add.reduceat(odds, starts), counts))


@cache
def load_model() -> LineModel:
    """Return the line model of the package."""
    return LineModel(networks_of(FIRST_PASS.read(FEATURES)), networks_of(SECOND_PASS.read(SECOND_FEATURES)))
