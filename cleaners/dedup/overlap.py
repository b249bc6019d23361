"""Exact overlap of candidate pairs: weighted Jaccard, and containment in both directions."""

from dataclasses import dataclass

import numpy as np

from cleaners.dedup.weights import F64, Weights
from cleaners.dedup.words import I64, Ragged


@dataclass(frozen=True, slots=True)
class Overlap:
    """Measures of pairs; `containment_left` is the share of the left's shingles that stand in the right."""

    jaccard: F64
    containment_left: F64
    containment_right: F64


def measure_overlap(left: I64, right: I64, shingles: Ragged, weights: Weights) -> Overlap:
    """Measure pairs of rows of `shingles` (sorted sets)."""
    weight = weights.of(shingles.values)
    sums = np.add.reduceat(weight, shingles.starts[:-1]) if len(weight) else np.empty(0)
    starts = shingles.starts.tolist()
    values = shingles.values
    shared = np.empty(len(left))
    for i, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if starts[a + 1] - starts[a] > starts[b + 1] - starts[b]:
            a, b = b, a
        small, large = values[starts[a] : starts[a + 1]], values[starts[b] : starts[b + 1]]
        at = np.searchsorted(large, small)
        at[at == len(large)] = 0
        shared[i] = weight[starts[a] : starts[a + 1]][large[at] == small].sum()
    total_left, total_right = sums[left], sums[right]
    return Overlap(shared / (total_left + total_right - shared), shared / total_left, shared / total_right)
