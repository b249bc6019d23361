"""Train the model of confidence and cross-validate it.

    python -m benchmarks.training.confidence PAGES... --policy SET... --whole TEXTS... --glued TEXTS...
        [--folds 5] [--write] [--to FOLDER] [--examples FILE]

PAGES are folders as for benchmarks.training.pages (`html/<id>.html.gz`, `truth.jsonl`); where one has a folder `dump`
too, its `<id>.txt.gz` are the same pages as text. TEXTS are folders with `raw/<id>.txt` and `truth.jsonl` (`id`,
`kind`, `truth`): articles as they stand (`--whole`), and articles with other matter glued on (`--glued`; those of the
kinds `clean` and `compilation` stand as they are too).

`confidence_examples.py` says what is measured, and when an article is right. Pages and texts have a model each.

The model is additive: boosted trees of one split, summed up into one table of steps for each sign. If the direction of
a sign is plain, training cannot reverse it (DIRECTIONS). Weights make up the mixture for which the model is calibrated:
pages of the sets named by `--policy` count twice, as in the block model, and SHARES weighs the kinds of texts. Then a
straight line through the log odds of folds that separate publishers corrects trees that are too sure or too unsure.

Prints in Markdown, for publishers not seen in training, how often articles were right by deciles of their confidence,
and how well the confidence ranks them (AUC). `--write` trains on everything and writes the files of both models.
Measuring takes half an hour, fitting seconds: `--examples FILE` saves the measurements, or reads them if it exists.
"""

import argparse
import pickle
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from benchmarks.training.confidence_examples import Example, page_examples, text_examples
from benchmarks.training.model_files import add_options, recipe_of, write_model
from cleaners.confidence.model import PAGE_FEATURES, PAGE_MODEL, TEXT_FEATURES, TEXT_MODEL
from cleaners.learned.odds import probabilities
from cleaners.learned.steps import additive_of

FOLDS = 5
# Shares of the articles that come as text: as they stand, with other matter glued on, whole pages flattened.
SHARES = {"whole": 0.4, "glued": 0.2, "dump": 0.4}
RECIPE = {
    "max_iter": 300,
    "learning_rate": 0.06,
    "max_leaf_nodes": 2,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
    "max_bins": 64,
    "early_stopping": False,
}
SEED = 0
# Signs that may only speak for an article as they grow (1), or only against it (-1).
DIRECTIONS = {
    "expected_wrong": -1,
    "expected_missing": -1,
    "all_right": 1,
    "least_kept": 1,
    "near_words": -1,
    "before_chance": -1,
    "words": 1,
    "page_doubt": -1,
    "least_score": 1,
    "unsure_share": -1,
    "unsure_score": -1,
    "brief_share": -1,
    "headline_share": -1,
    "above": -1,
    "untitled": -1,
}
DECILES = np.linspace(0, 1, 11)
Floats = NDArray[np.float64]
Numbers = dict[str, Any]


def share_weights(examples: Sequence[Example]) -> list[Example]:
    """Return examples with the weights that SHARES gives to their sets."""
    total: dict[str, float] = defaultdict(float)
    for example in examples:
        total[example.group] += example.weight
    return [
        replace(example, weight=example.weight * SHARES[example.group] * len(examples) / total[example.group])
        for example in examples
    ]


def fit(examples: Sequence[Example], names: Sequence[str]) -> Numbers:
    """Train an additive model on these signs; return its numbers."""
    directions = [DIRECTIONS.get(name, 0) for name in names]
    model = HistGradientBoostingClassifier(**RECIPE, random_state=SEED, monotonic_cst=directions).fit(
        np.array([signs_in(example, names) for example in examples]),
        [example.right for example in examples],
        sample_weight=[example.weight for example in examples],
    )
    start = float(model._baseline_prediction.item())
    changes: list[dict[float, float]] = [defaultdict(float) for _ in names]
    for (predictor,) in model._predictors:
        root = predictor.nodes[0]
        if not root["is_leaf"]:
            low, high = (float(predictor.nodes[root[side]]["value"]) for side in ("left", "right"))
            start += low
            changes[int(root["feature_idx"])][float(root["num_threshold"])] += high - low
    steps = []
    for of_sign in changes:
        bounds = sorted(of_sign)
        steps.append((bounds, [0.0, *accumulate(of_sign[bound] for bound in bounds)]))
    return {"start": start, "steps": steps}


def signs_in(example: Example, names: Sequence[str]) -> list[float]:
    """Return the signs of an example that a model uses, in the model's order."""
    return [example.signs[name] for name in names]


def log_odds_of(numbers: Numbers, examples: Sequence[Example], names: Sequence[str]) -> Floats:
    """Return the log odds that the package would compute for examples with this model."""
    model = additive_of(numbers)
    return np.array([model.log_odds(signs_in(example, names)) for example in examples])


def line_through(odds: Floats, examples: Sequence[Example]) -> tuple[float, float]:
    """Return slope and offset of the line that turns log odds into calibrated ones."""
    line = LogisticRegression(C=1e6).fit(
        odds[:, None], [example.right for example in examples], sample_weight=[example.weight for example in examples]
    )
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def rescale(numbers: Numbers, slope: float, offset: float) -> Numbers:
    """Return a model whose log odds are those of another times the slope plus the offset, with rounded numbers."""
    steps = [
        ([float(f"{bound:.5g}") for bound in bounds], [round(slope * value, 4) for value in values])
        for bounds, values in numbers["steps"]
    ]
    return {"start": round(slope * numbers["start"] + offset, 4), "steps": steps}


def cross_validate(examples: Sequence[Example], names: Sequence[str], folds: int) -> tuple[Floats, tuple[float, float]]:
    """Return the confidence of each example by models that did not see its publisher, and the line for all examples."""
    publishers = [example.publisher for example in examples]
    order = np.arange(len(examples))
    parts = list(GroupKFold(folds, shuffle=True, random_state=SEED).split(order, groups=publishers))
    odds = np.zeros(len(examples))
    for train, test in parts:
        numbers = fit([examples[at] for at in train], names)
        odds[test] = log_odds_of(numbers, [examples[at] for at in test], names)
    found = np.zeros(len(examples))
    for train, test in parts:
        slope, offset = line_through(odds[train], [examples[at] for at in train])
        found[test] = probabilities(slope * odds[test] + offset)
    return found, line_through(odds, examples)


def print_tables(examples: Sequence[Example], found: Floats) -> None:
    """Print how often articles were right by deciles of their confidence, and how good it is on each set."""
    right = np.array([example.right for example in examples], dtype=float)
    weight = np.array([example.weight for example in examples])
    print("\n| Confidence | articles | mean | right |\n|---|---|---|---|")
    for low, high in pairwise(DECILES.tolist()):
        here = (found >= low) & ((found < high) | (high == 1))
        if here.any():
            mean, share = (float(np.average(of[here], weights=weight[here])) for of in (found, right))
            print(f"| {low:.1f} to {high:.1f} | {here.sum()} | {mean:.3f} | {share:.3f} |")
    print("\n| Set | articles | mean | right | AUC | 0.8 and more | right | 0.9 and more | right |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, members in sets_of(examples).items():
        mine, correct, heavy = found[members], right[members], weight[members]
        auc = f"{roc_auc_score(correct, mine, sample_weight=heavy):.3f}" if 0 < correct.sum() < len(correct) else ""
        means = (f"{np.average(of, weights=heavy):.3f}" for of in (mine, correct))
        cells = [name, str(len(members)), *means, auc]
        for bar in (0.8, 0.9):
            sure = mine >= bar
            cells += [str(sure.sum()), f"{np.average(correct[sure], weights=heavy[sure]):.3f}" if sure.any() else ""]
        print(f"| {' | '.join(cells)} |")


def sets_of(examples: Sequence[Example], fewest: int = 30) -> dict[str, list[int]]:
    """Return the numbers of all examples, of each set, and of each language with at least `fewest` examples."""
    found: dict[str, list[int]] = {"all": list(range(len(examples)))}
    for kind in ("group", "language"):
        for name in sorted({getattr(example, kind) for example in examples}):
            members = [at for at, example in enumerate(examples) if getattr(example, kind) == name]
            if len(members) >= fewest:
                found[name if kind == "group" else f"in {name}"] = members
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, measure, train, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--policy", nargs="+", default=[], metavar="SET", help="sets marked by the declared rules")
    parser.add_argument("--whole", type=Path, nargs="+", default=[], metavar="TEXTS", help="articles as they stand")
    parser.add_argument("--glued", type=Path, nargs="+", default=[], metavar="TEXTS", help="with other matter glued on")
    parser.add_argument("--examples", type=Path, metavar="FILE", help="keep what was measured, or take it from here")
    add_options(parser)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    if options.examples and options.examples.exists():
        measured = pickle.loads(options.examples.read_bytes())
    else:
        measured = {
            PAGE_MODEL.name: page_examples(options.pages, frozenset(options.policy)),
            TEXT_MODEL.name: share_weights(text_examples(options.pages, options.whole, options.glued)),
        }
        if options.examples:
            options.examples.write_bytes(pickle.dumps(measured))
    for model, names in ((PAGE_MODEL, PAGE_FEATURES), (TEXT_MODEL, TEXT_FEATURES)):
        examples = measured[model.name]
        found, line = cross_validate(examples, names, options.folds or FOLDS)
        if options.folds:
            print(f"\n{model.name}: {len(examples)} articles, slope {line[0]:.3f}, offset {line[1]:.3f}")
            print_tables(examples, found)
        if options.write:
            counts = Counter(example.group for example in examples)
            write_model(
                model,
                options.to,
                rescale(fit(examples, names), *line),
                features=names,
                recipe=recipe_of(
                    "confidence PAGES...",
                    policy=options.policy,
                    whole=["TEXTS..."] if options.whole else [],
                    glued=["TEXTS..."] if options.glued else [],
                ),
                seed=SEED,
                data=", ".join(f"{count:,} articles of {name}" for name, count in counts.items()),
                settings=RECIPE,
            )
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
