"""Train the model that distinguishes the headline of a further article from captions, links and subheadings.

    python -m benchmarks.training.parts DATA [--seed 5] [--folds 5] [--write] [--to FOLDER]

The compilations of DATA (several articles in one text; see benchmarks/training/articles.py) have headlines to find;
single articles, their copies and clean articles with made subheadings have none. `--folds` prints, for texts that the
model did not see, how many headlines it finds and how many texts it wrongly splits.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.training.articles import Compilation, fold_of, read_articles, single_articles, single_spaced, tails
from benchmarks.training.made_texts import Maker
from benchmarks.training.model_files import add_options, recipe_of, write_model
from cleaners.learned.odds import probabilities
from cleaners.strip.config import StripConfig
from cleaners.strip.ends.models import PART, PART_FEATURES
from cleaners.strip.split import part_features
from cleaners.strip.topic import introduced_in, topics_of

# Inverse strength of the regularisation; 1 is scikit-learn's default.
STRENGTH = 0.5


@dataclass(frozen=True)
class Heads:
    """Lines that may be headlines of further articles: their features, whether they are, and the text of each."""

    features: np.ndarray
    labels: np.ndarray
    folds: np.ndarray
    texts: list[int]
    kinds: list[str]


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Train a logistic model; return its weights and bias for raw (unscaled) features."""
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(scaler.transform(x), y)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


def heads_of(
    maker: Maker, compilations: Sequence[Compilation], copies: Iterable[tuple[str | None, str, str]], folds: int
) -> Heads:
    """Measure possible headlines in compilations, and in texts that only have captions, links and subheadings."""
    x, y, fold_ids, numbers = [], [], [], []
    nothing = frozenset[str]()
    texts: list[tuple[str | None, str, frozenset[str], int, str]] = [
        (one.title, one.text, one.heads, fold_of(one.text, folds), "compilations") for one in compilations
    ]
    texts += [(title, text, nothing, fold_of(name[:6], folds), "single articles") for title, text, name in copies]
    for article in maker.hosts:
        lines = maker.subheads(article.lines, 0.07) if article.news else article.lines
        texts.append((article.title, "\n\n".join(lines), nothing, article.fold, "made and pages"))
    for number, (title, text, heads, fold, _) in enumerate(texts):
        topics = topics_of(text, title, "en")
        for index, features in part_features(topics.lines, title, "en", introduced_in(topics.parts), StripConfig()):
            x.append([features[name] for name in PART_FEATURES])
            y.append(single_spaced(topics.lines[index].text) in heads)
            fold_ids.append(fold)
            numbers.append(number)
    return Heads(np.array(x), np.array(y, dtype=int), np.array(fold_ids), numbers, [kind for *_, kind in texts])


def report_heads(heads: Heads, folds: int) -> None:
    """Print how many headlines the model finds in texts that it did not see, and how many texts it wrongly splits."""
    scores = np.zeros(len(heads.labels))
    for fold in range(folds):
        train, test = heads.folds != fold, heads.folds == fold
        if test.any():
            weights, bias = fit(heads.features[train], heads.labels[train])
            scores[test] = probabilities(heads.features[test] @ weights + bias)
    totals = Counter(heads.kinds)
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5):
        found = (scores[heads.labels == 1] >= threshold).mean()
        wrong = {heads.texts[row] for row in np.flatnonzero((scores >= threshold) & (heads.labels == 0))}
        kinds = Counter(heads.kinds[number] for number in wrong)
        cells = ", ".join(f"{kinds[kind]} of {total} {kind}" for kind, total in totals.items())
        print(f"headlines found at {threshold}: {found:.3f}; split wrongly: {cells}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the cross-validated figures and write the model if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    add_options(parser)
    options = parser.parse_args(arguments)
    folds = max(1, options.folds)
    articles, compilations = read_articles(options.data, folds)
    if not compilations:
        parser.exit(
            1, f"no compilations in {options.data / 'spliced'}: the model of further headlines stays as it is\n"
        )
    maker = Maker(articles, tails(options.data / "pages"), options.seed)
    heads = heads_of(maker, compilations, list(single_articles(options.data / "neardup" / "raw")), folds)
    if not 0 < heads.labels.sum() < len(heads.labels):
        parser.exit(1, f"{options.data}: headlines and lines that only look so are both needed\n")
    if options.folds:
        report_heads(heads, folds)
    if options.write:
        weights, bias = fit(heads.features, heads.labels)
        write_model(
            PART,
            options.to,
            {"bias": round(bias, 4), "weights": [round(float(weight), 4) for weight in weights]},
            features=PART_FEATURES,
            recipe=recipe_of("parts DATA", seed=[options.seed]),
            seed=options.seed,
            data=", ".join(f"{count:,} {kind}" for kind, count in Counter(heads.kinds).items()),
            settings={"strength": STRENGTH},
        )


if __name__ == "__main__":
    main()
