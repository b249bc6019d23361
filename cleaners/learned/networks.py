"""Small feed-forward networks as numpy arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]
# OpenBLAS uses one thread for up to this many multiplications (rows x inner x columns).
_UNTHREADED = 262_144
# Standardised columns are clipped at this many standard deviations.
_FARTHEST = np.float32(6)


@dataclass(frozen=True, slots=True)
class Network:
    """A feed-forward network: columns are centred and scaled; every layer but the last is a ReLU."""

    mean: Table
    scale: Table
    layers: tuple[tuple[Table, Table], ...]

    def logits(self, table: Table, bounds: Sequence[int]) -> Table:
        """Return one row of outputs for each row of the table; rows between two bounds belong to one article."""
        values: Table = np.clip((table - self.mean) * self.scale, -_FARTHEST, _FARTHEST)
        for number, (weights, bias) in enumerate(self.layers):
            if number:
                values = np.maximum(values, 0.0)
            values = _product(values, weights, bounds) + bias
        return values


def _product(values: Table, weights: Table, bounds: Sequence[int]) -> Table:
    """Return the matrix product, computed article by article in slices so small that the BLAS starts no threads.

    The last bit of a row depends on the other rows that the BLAS is given, so an article must be computed alone. With
    threads, two workers on two cores spend three times the processor time on a page.
    """
    step = max(1, _UNTHREADED // weights.size)
    slices = [slice(at, min(at + step, stop)) for start, stop in pairwise(bounds) for at in range(start, stop, step)]
    return np.concatenate([values[part] @ weights for part in slices])


def mean_logits(networks: Sequence[Network], table: Table, bounds: Sequence[int]) -> Table:
    """Return the mean of the outputs of several networks."""
    total = networks[0].logits(table, bounds)
    for network in networks[1:]:
        total = total + network.logits(table, bounds)
    return total / np.float32(len(networks))


def networks_of(data: Mapping[str, Any]) -> tuple[Network, ...]:
    """Return the networks that a model's file holds; it states weights in hundredths."""
    return tuple(_network(part) for part in data["networks"])


def _network(data: Mapping[str, Any]) -> Network:
    layers = tuple((_array(layer["hundredths"]) / np.float32(100), _array(layer["bias"])) for layer in data["layers"])
    return Network(_array(data["mean"]), _array(data["scale"]), layers)


def _array(values: list[Any]) -> Table:
    return np.array(values, dtype=np.float32)
