"""Boosted decision trees as numpy arrays.

The scheme is that of QuickScorer (C. Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive
ensembles of regression trees", SIGIR 2015). No tree is walked down: each split that a row passes rules out the leaves
at its left, as bits of a number, and of the leaves that are left the row reaches the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.learned.odds import probabilities

# A tree is its value, or a split: [the feature's number, the threshold, the tree up to it, the tree above it].
Tree = float | list[Any]
# Rows worked on at once, so that they stay in the processor's cache.
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as rows of splits: the first split of each tree, the second of each, and so on.

    A tree's leaves are counted from its left. A value greater than a split's threshold rules out the leaves at the
    split's left, `ruled_out` as bits; of the leaves that no split rules out, the first is the one reached.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    ruled_out: NDArray[np.unsignedinteger]
    value: NDArray[np.float64]
    leaves: int
    start: float


def trees_of(data: Mapping[str, Any]) -> Trees:
    """Return the trees of a model's file; none has more than 64 leaves."""
    splits: list[list[tuple[int, float, int]]] = []
    values: list[list[float]] = []
    for tree in data["trees"]:
        splits.append([])
        values.append([])
        _read(tree, splits[-1], values[-1])
    width, leaves = max(1, *map(len, splits)), max(map(len, values))
    # A split that no value passes rules nothing out.
    padded = [tree + [(0, np.inf, 0)] * (width - len(tree)) for tree in splits]
    feature, threshold, ruled_out = zip(*(tree[at] for at in range(width) for tree in padded), strict=True)
    return Trees(
        feature=np.array(feature, dtype=np.int32),
        threshold=np.array(threshold)[:, None],
        ruled_out=np.array(ruled_out, dtype=np.min_scalar_type((1 << leaves) - 1))[:, None],
        value=np.array([tree + [0.0] * (leaves - len(tree)) for tree in values]).ravel(),
        leaves=leaves,
        start=data["start"],
    )


def _read(tree: Tree, splits: list[tuple[int, float, int]], values: list[float]) -> None:
    """Add the splits and the leaves of a tree, from its left."""
    if not isinstance(tree, list):
        values.append(float(tree))
        return
    feature, bound, low, high = tree
    first = len(values)
    _read(low, splits, values)
    splits.append((feature, bound, (1 << len(values)) - (1 << first)))
    _read(high, splits, values)


def only_used(trees: Trees) -> tuple[list[int], Trees]:
    """Return the numbers of the features that the trees look at, and the trees for a table of these alone."""
    used, feature = np.unique(trees.feature, return_inverse=True)
    return used.tolist(), replace(trees, feature=feature.reshape(trees.feature.shape).astype(np.int32))


def predict(trees: Trees, table: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the trees' probability for every row of a table with a column per feature.

    Thresholds and values are rounded as the table's numbers are, so a number at a threshold goes as it did in training.
    """
    columns = np.ascontiguousarray(table.T)
    threshold = trees.threshold.astype(columns.dtype, copy=False)
    value = trees.value.astype(columns.dtype, copy=False).astype(np.float64, copy=False)
    score = np.concatenate(
        [_sums(trees, threshold, value, columns[:, at : at + _ROWS]) for at in range(0, max(1, len(table)), _ROWS)]
    )
    return probabilities(trees.start + score)


def _sums(
    trees: Trees,
    threshold: NDArray[np.floating],
    value: NDArray[np.float64],
    columns: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Return the sum of the values that the trees reach for each row.

    All splits are asked at once and none is followed: 5 times faster than a level at a time.
    """
    ruled_out = np.multiply(columns[trees.feature] > threshold, trees.ruled_out, dtype=trees.ruled_out.dtype)
    count = len(value) // trees.leaves
    reached = np.bitwise_or.reduce(ruled_out.reshape(len(ruled_out) // count, count, columns.shape[1]), axis=0)
    # The bits up to and with the first that is not set.
    leaf = np.bitwise_count(reached ^ (reached + 1)) - 1
    found = value.take(np.arange(0, len(value), trees.leaves)[:, None] + leaf)
    total: NDArray[np.float64] = found.sum(axis=0)
    return total
