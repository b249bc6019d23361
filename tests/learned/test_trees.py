"""Boosted trees at run time."""

import numpy as np

from cleaners.learned.trees import Tree, only_used, predict, trees_of

DEEP: Tree = [0, 0.5, [2, 0.1, 0.3, -0.7], 1.1]
TREES: list[Tree] = [0.5, [1, 0.2, -1.0, 2.0], DEEP]


def walked(tree: Tree, row: list[float]) -> float:
    """Return the value of the leaf that a row reaches, a split at a time."""
    while isinstance(tree, list):
        feature, bound, low, high = tree
        tree = high if row[feature] > bound else low
    return tree


def test_trees_add_up_what_a_walk_down_each_gives() -> None:
    """Trees of any form are read alike, for more rows than are taken at once."""
    table = np.random.default_rng(0).random((600, 3)).round(1)
    table[0, 0] = np.nan
    odds = [0.25 + sum(walked(tree, row) for tree in TREES) for row in table.tolist()]
    found = predict(trees_of({"start": 0.25, "trees": TREES}), table)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-np.array(odds))))


def test_a_number_at_a_threshold_stays_below_it_in_either_precision() -> None:
    """A threshold is rounded as the table is, so 0.1 in single precision is not above the threshold 0.1."""
    model = trees_of({"start": 0.0, "trees": [[0, 0.1, -3.0, 3.0]]})
    for precision in (np.float32, np.float64):
        assert predict(model, np.array([[0.1], [0.10001]], dtype=precision)).round(2).tolist() == [0.05, 0.95]


def test_trees_may_be_given_only_the_features_they_look_at() -> None:
    """Over the columns it names, such a model gives what the whole one gives over all."""
    model = trees_of({"start": -0.5, "trees": [[4, 0.5, [2, 0.3, -1.0, 0.0], 1.0]]})
    table = np.random.default_rng(1).random((50, 6))
    used, smaller = only_used(model)
    assert {2, 4} <= set(used) < set(range(6))
    assert predict(smaller, table[:, used]).tolist() == predict(model, table).tolist()
