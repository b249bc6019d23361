"""Small feed-forward networks as numpy arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]
# OpenBLAS multiplies up to this many numbers (rows x inner x columns) in one thread.
_UNTHREADED = 262_144
# Standard deviations at which standardised columns are cut off.
_FARTHEST = np.float32(6)


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network: columns are centred and scaled, each layer but the last is cut off at zero."""

    mean: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def logits(self, table: Table, bounds: Sequence[int]) -> Table:
        """Return the outputs, one row per row of the table; rows between two bounds belong to one article."""
        values: Table = np.clip((table - self.mean) * self.scale, -_FARTHEST, _FARTHEST)
        for number, (weights, bias) in enumerate(self.layers):
            if number:
                values = np.maximum(values, 0.0)
            values = _product(values, weights, bounds) + bias
        return values


def _product(values: Table, weights: Table, bounds: Sequence[int]) -> Table:
    """Return the matrix product, made article by article and in slices so small that the BLAS starts no threads for it.

    What the BLAS gives for a row depends, in the last bit, on the other rows. With threads, two workers on two cores
    spend three times the CPU time on a page.
    """
    step = max(1, _UNTHREADED // weights.size)
    slices = [slice(at, min(at + step, stop)) for start, stop in pairwise(bounds) for at in range(start, stop, step)]
    return np.concatenate([values[part] @ weights for part in slices])


def mean_logits(networks: Sequence[Network], table: Table, bounds: Sequence[int]) -> Table:
    """Return the mean output of some networks."""
    total = networks[0].logits(table, bounds)
    for network in networks[1:]:
        total = total + network.logits(table, bounds)
    return total / np.float32(len(networks))


def networks_of(data: Mapping[str, Any]) -> tuple[Network, ...]:
    """Return the networks of a model's file, whose weights are whole hundredths."""
    return tuple(_network(part) for part in data["networks"])


def _network(data: Mapping[str, Any]) -> Network:
    layers = tuple((_array(layer["hundredths"]) / np.float32(100), _array(layer["bias"])) for layer in data["layers"])
    return Network(_array(data["mean"]), _array(data["scale"]), layers)


def _array(values: list[Any]) -> Table:
    return np.array(values, dtype=np.float32)
