"""Train the two models of the article's end, from articles spliced here at random.

    python -m benchmarks.training.ends DATA [--rounds 2] [--seed 5] [--folds 5] [--write] [--to FOLDER]

Only the clean articles of DATA (see benchmarks/training/articles.py) are used. They are made into texts with a known
end: with other stories below them (with and without markers, on the same and on other topics), with lists of headlines,
with page furniture and, as counterexamples, with subheadings, link lines, adverts and boxes inside. Markers are known
closing lines in half of the cases and random words in the other half, so that the models rely on form. The figures of
`--folds` are cross-validated over articles: hit is the share of texts cut at the right place, early the share cut
before it, which loses text.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.training.articles import fold_of, read_articles, tails
from benchmarks.training.boosted import numbers_of
from benchmarks.training.made_texts import Made, Maker
from benchmarks.training.model_files import add_options, recipe_of, write_model
from cleaners.strip.ends.features import FEATURES, end_features
from cleaners.strip.ends.models import HEADED, PROSE
from cleaners.strip.topic import topics_of

ONLY_AGAINST = {"seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "title_after", "lead_after",
                "known_names", "cross", "cross_least", "rare_shared", "rare_share", "first_after", "resumed", "resumes",
                "head_quote", "briefs_before", "runs_before"}  # fmt: skip
ONLY_FOR = {"onward", "own_mean", "own_least", "before_stopped", "words_before"}
RECIPE = {
    "max_iter": 300,
    "max_depth": 4,
    "learning_rate": 0.08,
    "l2_regularization": 5.0,
    "min_samples_leaf": 40,
}


def fit_trees(x: np.ndarray, y: np.ndarray, prose: bool) -> HistGradientBoostingClassifier:
    """Train boosted trees; if no form helps, cohesion may only count in one direction, so that no oddity is learned."""
    signs = [-1 if name in ONLY_AGAINST else 1 if name in ONLY_FOR else 0 for name in FEATURES] if prose else None
    model: HistGradientBoostingClassifier = HistGradientBoostingClassifier(
        **RECIPE, monotonic_cst=signs, random_state=0
    )
    model.fit(x, y)
    return model


@dataclass(frozen=True)
class Places:
    """Places at which texts may end: their features, whether the text ends there, and the text of each place."""

    features: np.ndarray
    labels: np.ndarray
    prose: np.ndarray
    folds: np.ndarray
    kinds: list[str]
    texts: list[int]


def places_of(texts: Iterable[Made]) -> Places:
    """Measure the places of made texts, up to their end."""
    x, y, prose, folds, kinds, numbers = [], [], [], [], [], []
    for number, made in enumerate(texts):
        topics = topics_of(made.text, made.title, made.language)
        (table,) = end_features([topics], [frozenset()])
        for cut, features in enumerate(table, start=1):
            start = topics.lines[cut].start
            if made.end is not None and start > made.end:
                break
            x.append(features)
            y.append(start == made.end)
            prose.append(topics.lines[cut].prose)
            folds.append(made.fold)
            kinds.append(made.kind)
            numbers.append(number)
    return Places(np.array(x), np.array(y, dtype=int), np.array(prose), np.array(folds), kinds, numbers)


def report_ends(places: Places, folds: int) -> None:
    """Print what models find and lose in texts made from articles that they did not see."""
    scores = np.zeros(len(places.labels))
    for fold in range(folds):
        for form in (False, True):
            train, test = (((places.folds == fold) == held) & (places.prose == form) for held in (False, True))
            if test.any():
                model = fit_trees(places.features[train], places.labels[train], form)
                scores[test] = model.predict_proba(places.features[test])[:, 1]
    by_text: dict[int, list[int]] = defaultdict(list)
    for row, text in enumerate(places.texts):
        by_text[text].append(row)
    print(f"{'kind':24}{'texts':>6}   hit/early at 0.3, 0.5, 0.8, 0.9, 0.95, 0.97")
    for kind in sorted(set(places.kinds)):
        members = [found for found in by_text.values() if places.kinds[found[0]] == kind]
        cells = []
        for threshold in (0.3, 0.5, 0.8, 0.9, 0.95, 0.97):
            fired = [next((r for r in member if scores[r] >= threshold), None) for member in members]
            hit = sum(r is not None and places.labels[r] == 1 for r in fired) / len(members)
            early = sum(r is not None and places.labels[r] == 0 for r in fired) / len(members)
            cells.append(f"{hit:.3f}/{early:.3f}")
        print(f"{kind:24}{len(members):6}   {'  '.join(cells)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the cross-validated figures and write the models if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=2, help="so often every kind of text is made of every article")
    parser.add_argument("--seed", type=int, default=5)
    add_options(parser)
    options = parser.parse_args(arguments)
    folds = max(1, options.folds)
    articles, compilations = read_articles(options.data, folds)
    maker = Maker(articles, tails(options.data / "pages"), options.seed)
    texts = [made for _ in range(options.rounds) for made in maker.texts()]
    texts += [Made("compilation", fold_of(one.text, folds), one.title, one.text, None, "en") for one in compilations]
    places = places_of(texts)
    if options.folds:
        report_ends(places, folds)
    for model, form in ((HEADED, False), (PROSE, True)) if options.write else ():
        chosen = places.prose == form
        write_model(
            model,
            options.to,
            numbers_of(fit_trees(places.features[chosen], places.labels[chosen], form)),
            features=FEATURES,
            recipe=recipe_of("ends DATA", rounds=[options.rounds], seed=[options.seed]),
            seed=options.seed,
            data=f"{len(texts):,} texts made of {len(articles):,} articles and pages, {len(compilations)} compilations",
            settings={**RECIPE, "rounds": options.rounds},
        )


if __name__ == "__main__":
    main()
