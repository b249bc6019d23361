"""Boosted decision trees as numpy arrays.

The scheme is QuickScorer (C. Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles
of regression trees", SIGIR 2015). No tree is walked down. Each split that a row passes rules out the leaves to its
left, as bits of a number; the row reaches the first of the remaining leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.learned.odds import probabilities

# A tree is a value or a split: [number of the feature, threshold, tree for values up to it, tree for values above].
Tree = float | list[Any]
# Rows computed at once, so that they stay in the processor's cache.
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as rows of splits: row n has the n-th split of each tree.

    The leaves of a tree are numbered from the left. A value above the threshold of a split rules out the leaves to the
    split's left, which are the set bits of `ruled_out`; the first leaf that no split rules out is reached. `start` is
    added to the sum of the trees' values, which are log odds.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    ruled_out: NDArray[np.unsignedinteger]
    value: NDArray[np.float64]
    leaves: int
    start: float


def trees_of(data: Mapping[str, Any]) -> Trees:
    """Return the trees that a model's file holds; a tree may have at most 64 leaves."""
    splits: list[list[tuple[int, float, int]]] = []
    values: list[list[float]] = []
    for tree in data["trees"]:
        splits.append([])
        values.append([])
        _read(tree, splits[-1], values[-1])
    width, leaves = max(1, *map(len, splits)), max(map(len, values))
    # Trees with fewer splits are filled up with splits that no value passes.
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
    """Append the splits and the leaf values of a tree, from the left."""
    if not isinstance(tree, list):
        values.append(float(tree))
        return
    feature, bound, low, high = tree
    first = len(values)
    _read(low, splits, values)
    splits.append((feature, bound, (1 << len(values)) - (1 << first)))
    _read(high, splits, values)


def only_used(trees: Trees) -> tuple[list[int], Trees]:
    """Return the numbers of the features that the trees use, and the trees for a table of only these columns."""
    used, feature = np.unique(trees.feature, return_inverse=True)
    return used.tolist(), replace(trees, feature=feature.reshape(trees.feature.shape).astype(np.int32))


def predict(trees: Trees, table: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the probability of every row of a table that has a column for each feature.

    Thresholds and values are rounded to the table's precision, so a number that equals a threshold goes the way it went
    in training.
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
    """Return, for each row, the sum of the values of the leaves it reaches.

    Testing all splits at once is 5 times faster than following them level by level.
    """
    ruled_out = np.multiply(columns[trees.feature] > threshold, trees.ruled_out, dtype=trees.ruled_out.dtype)
    count = len(value) // trees.leaves
    reached = np.bitwise_or.reduce(ruled_out.reshape(len(ruled_out) // count, count, columns.shape[1]), axis=0)
    # The lowest bit that is not set: `x ^ (x + 1)` has all bits up to it.
    leaf = np.bitwise_count(reached ^ (reached + 1)) - 1
    found = value.take(np.arange(0, len(value), trees.leaves)[:, None] + leaf)
    total: NDArray[np.float64] = found.sum(axis=0)
    return total
