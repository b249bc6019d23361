"""From scikit-learn's boosted trees to the numbers of a model's file."""

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier

from cleaners.learned.trees import Tree


def numbers_of(model: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the start value and the trees, with thresholds to six digits and values to four."""
    return {
        "start": float(model._baseline_prediction.item()),
        "trees": [_tree(predictor.nodes, 0) for (predictor,) in model._predictors],
    }


def _tree(nodes: Any, index: int) -> Tree:
    node = nodes[index]
    if node["is_leaf"]:
        return float(f"{node['value']:.4g}")
    threshold = float(f"{node['num_threshold']:.6g}")
    return [int(node["feature_idx"]), threshold, _tree(nodes, node["left"]), _tree(nodes, node["right"])]
