"""Train a network of one hidden layer: ReLU, Adam, dropout, a loss weighed by output and by row.

scikit-learn's MLPClassifier can weigh rows, but not the outputs of a row, and has no dropout.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.learned.networks import Network
from cleaners.learned.odds import sigmoid

Floats = NDArray[np.float32]

HIDDEN = 64
EPOCHS = 16
RATE = 3e-3
BATCH = 1024
DROPOUT = 0.1
DECAY = 1e-4
# Steps over which the learning rate grows before it falls to zero.
WARMING = 200
SETTINGS = {
    "hidden": HIDDEN,
    "epochs": EPOCHS,
    "rate": RATE,
    "batch": BATCH,
    "dropout": DROPOUT,
    "decay": DECAY,
}


def train_network(table: Floats, targets: Floats, weights: Floats, *, seed: int) -> Network:
    """Train a network to give each row its targets; `weights` says how much each target of a row counts."""
    random = np.random.default_rng(seed)
    weights = weights / weights[:, 0].mean()
    centre, scale = table.mean(axis=0), 1 / (table.std(axis=0) + 1e-2)
    table = np.clip((table - centre) * scale, -6, 6).astype(np.float32)
    sizes = (table.shape[1], HIDDEN, targets.shape[1])
    matrices = [random.standard_normal(pair).astype(np.float32) * np.sqrt(2 / pair[0], dtype=np.float32)
                for pair in pairwise(sizes)]  # fmt: skip
    biases = [np.zeros((1, size), dtype=np.float32) for size in sizes[1:]]
    moving = [*matrices, *biases]
    first, second = [np.zeros_like(part) for part in moving], [np.zeros_like(part) for part in moving]
    steps, step = EPOCHS * -(-len(table) // BATCH), 0
    for _ in range(EPOCHS):
        order = random.permutation(len(table))
        for start in range(0, len(table), BATCH):
            chosen = order[start : start + BATCH]
            rows = table[chosen]
            hidden = rows @ matrices[0] + biases[0]
            mask = (hidden > 0) * (random.random(hidden.shape, dtype=np.float32) >= DROPOUT) / np.float32(1 - DROPOUT)
            hidden *= mask
            error = sigmoid(hidden @ matrices[1] + biases[1]) - targets[chosen]
            error = error * weights[chosen] / len(chosen)
            back = (error @ matrices[1].T) * mask
            gradients = (
                rows.T @ back + DECAY * matrices[0], hidden.T @ error + DECAY * matrices[1],
                back.sum(axis=0, keepdims=True), error.sum(axis=0, keepdims=True),
            )  # fmt: skip
            step += 1
            rate = RATE * (1 - step / steps) * min(1, step / WARMING)
            for part, gradient, m, v in zip(moving, gradients, first, second, strict=True):
                m += 0.1 * (gradient - m)
                v += 0.001 * (gradient * gradient - v)
                part -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    layers = tuple((matrix, bias[0]) for matrix, bias in zip(matrices, biases, strict=True))
    return Network(centre.astype(np.float32), scale.astype(np.float32), layers)


def numbers_of(networks: tuple[Network, ...]) -> dict[str, Any]:
    """Return networks as the numbers of a model's file, rounded to the digits that matter."""
    return {"networks": [_plain(network) for network in networks]}


def _plain(network: Network) -> dict[str, Any]:
    return {
        "mean": _short(network.mean),
        "scale": _short(network.scale),
        "layers": [
            {"hundredths": np.rint(weights * 100).astype(int).tolist(), "bias": _short(bias)}
            for weights, bias in network.layers
        ],
    }


def _short(values: Floats) -> list[float]:
    return [float(f"{value:.3g}") for value in values.tolist()]
