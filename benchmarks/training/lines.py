"""Train the line model: `python -m benchmarks.training.lines DATA [--folds 5] [--write] [--to FOLDER]`.

Recipe
    Data. DATA holds `pages/dump/*.txt.gz` and `pages/html/*.html.gz` (whole pages), `pages/truth.jsonl` (their bodies
    as people marked them), perhaps the same in `world` for more languages, `spliced/raw/*.txt` with
    `spliced/truth.jsonl` (articles with matter glued on), `scraped/blank.jsonl.gz` (real texts) and `neardup/raw/*.txt`
    (articles as they stand). Every text goes through the extract stage first, so that the model learns from what it
    will meet.
    Labels. The words of a text are aligned with the marked body (longest common subsequence); a line with fewer than
    six words in ten aligned is furniture. Marked bodies alone and articles as they stand are examples from which
    nothing may go. Only short lines of matter that was glued on teach, since a whole story has the form of an article.
    Mixed pages. For variety, bodies with their headlines are also set into the furniture of other pages. Half of them
    are cut short and interrupted by lines of furniture: short news on busy pages is rarer in DATA than elsewhere.
    Weights. A line counts by its words, up to 60, divided by the length of its article, so that the score is an average
    over articles. Articles that must stay whole count double.
    Passes. The first networks have three outputs for a line: it is furniture, it is the first line, it is the last one.
    The second ones are trained on the answers of first networks that had not seen the article.
    Networks. One hidden layer, ReLU, Adam, dropout; each pass averages the logits of two with different seeds.
    Check. `--folds N` prints the figures of an N-fold cross-validation in which all pages of a site are in one fold.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.training.data import words_in
from benchmarks.training.figures import figures
from benchmarks.training.line_examples import Example, Floats, mix_pages, read_examples
from benchmarks.training.model_files import add_options, recipe_of, write_model
from benchmarks.training.network import SETTINGS, numbers_of, train_network
from cleaners.learned.networks import Network, mean_logits
from cleaners.learned.odds import sigmoid
from cleaners.strip.config import FurnitureConfig
from cleaners.strip.finders.furniture import choose_lines
from cleaners.strip.line_model.facts import line_facts
from cleaners.strip.line_model.features import FEATURES, line_features
from cleaners.strip.line_model.model import FIRST_PASS, SECOND_FEATURES, SECOND_PASS, LineModel, second_features
from cleaners.text import ends_sentence

SEEDS = 2
MIXES = 2
# Longer lines of matter that was glued on teach nothing.
TAUGHT_WORDS = 25
EDGE_WEIGHT = 0.05
# In texts without labels, sentences of at least this many words are the article's.
TOLD_WORDS = 12
GLUED = ("feed", "headlines", "mixed", "bare", "inline")
# Kinds of texts whose glued-on matter is for another finder.
UNTAUGHT = ("bare", "inline")


def _mix(examples: Sequence[Example]) -> list[Example]:
    mixed = [page for seed in range(MIXES) for page in mix_pages(examples, seed)]
    fill(mixed)
    return mixed


def _targets(example: Example) -> tuple[Floats, Floats]:
    """Return the three targets of each line and their weights."""
    labels, words = example.labels, np.expm1(example.tables[0][:, 1])
    edges = np.zeros((len(labels), 2), dtype=np.float32)
    kept = np.flatnonzero(labels == 0)
    if len(kept):
        edges[kept[0], 0] = edges[kept[-1], 1] = 1
    weight = np.minimum(words + 3, 60) / max(60, len(words_in(example.truth))) ** 0.75
    edge_weight = np.full(len(labels), EDGE_WEIGHT)
    if example.kind in GLUED:
        edge_weight[:] = 0
        weight = np.where((labels == 1) & ((words > TAUGHT_WORDS) | (example.kind in UNTAUGHT)), 0, weight)
    if example.kind == "scraped":
        told = [line.words >= TOLD_WORDS and ends_sentence(line.text) for line in example.lines]
        weight, edge_weight = np.where(told, weight, 0), np.zeros(len(labels))
    elif example.kind not in ("dump", "mix"):
        weight = weight * 2
    targets = np.column_stack((labels, edges))
    return targets, np.column_stack((weight, edge_weight, edge_weight)).astype(np.float32)


def _train_pass(examples: Sequence[Example], level: int, seeds: int = SEEDS) -> tuple[Network, ...]:
    """Train the networks of a pass on the tables of the examples."""
    table = np.concatenate([example.tables[level] for example in examples])
    targets, weights = map(np.concatenate, zip(*map(_targets, examples), strict=True))
    if level:
        targets, weights = targets[:, :1], weights[:, :1]
    return tuple(train_network(table, targets, weights, seed=seed) for seed in range(seeds))


def train_model(examples: Sequence[Example], folds: int = 3) -> LineModel:
    """Train both passes, the second on the answers of first networks that had not seen the article."""
    for fold in range(folds):
        networks = _train_pass([example for example in examples if example.fold % folds != fold], 0, 1)
        for example in examples:
            if example.fold % folds == fold:
                example.outputs = mean_logits(networks, example.tables[0], [0, len(example.lines)])
    for example in examples:
        example.tables[1:] = [second_features(example.tables[0], example.outputs, [example.facts])]
    return LineModel(_train_pass(examples, 0), _train_pass(examples, 1))


def fill(examples: Iterable[Example]) -> None:
    """Measure the lines of the examples."""
    for example in examples:
        example.facts = line_facts(example.lines)
        example.tables = [line_features([(example.lines, example.facts, example.title)])]


def deal(examples: Sequence[Example], folds: int) -> None:
    """Assign every group to a fold."""
    groups = sorted({example.group for example in examples})
    place = dict(zip(groups, np.random.default_rng(0).permutation(len(groups)).tolist(), strict=True))
    for example in examples:
        example.fold = place[example.group] % folds


def predict(model: LineModel, example: Example) -> list[float]:
    """Return the scores of an example's lines."""
    bounds = [0, len(example.lines)]
    outputs = mean_logits(model.first, example.tables[0], bounds)
    second = second_features(example.tables[0], outputs, [example.facts])
    scores: list[float] = sigmoid(mean_logits(model.second, second, bounds)[:, 0]).tolist()
    return scores


def texts_left(found: Iterable[tuple[Example, Sequence[float]]]) -> list[tuple[str, str]]:
    """Return the true text of each example, and the text that the finder leaves with these scores of its lines."""
    pairs = []
    for example, scores in found:
        claimed, sure = choose_lines(example.lines, scores, FurnitureConfig(), page=True)
        left = (line.text for line, cut in zip(example.lines, claimed, strict=True) if not (cut and sure))
        pairs.append((example.truth, "\n".join(left)))
    return pairs


def cross_validate(examples: list[Example], folds: int) -> None:
    """Print the figures of a cross-validation grouped by site."""
    found: dict[str, list[tuple[Example, list[float]]]] = {}
    deal(examples, folds * 3)
    for fold in range(folds):
        training = [example for example in examples if example.fold % folds != fold]
        for example in training:
            example.fold //= folds
        mixed = _mix(training)
        model = train_model([*training, *mixed])
        deal(examples, folds * 3)
        for example in examples:
            if example.fold % folds == fold:
                title = f"{example.kind} {example.page_set}".rstrip()
                found.setdefault(title, []).append((example, predict(model, example)))
        dumps = [pair for pair in found["dump"] if pair[0].fold % folds == fold]
        print(figures(f"dump {fold + 1}/{folds}", texts_left(dumps)), flush=True)
    for kind, pairs in found.items():
        print(figures(kind, texts_left(pairs)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    add_options(parser)
    options = parser.parse_args(arguments)
    examples = list(read_examples(options.data))
    fill(examples)
    print(f"{len(examples)} texts, {sum(len(example.lines) for example in examples)} lines", flush=True)
    if options.folds:
        cross_validate(examples, options.folds)
    if options.write:
        deal(examples, 3)
        examples += _mix(examples)
        write(train_model(examples), examples, options.to)


def write(model: LineModel, examples: Sequence[Example], folder: Path | None) -> None:
    """Write the model's files."""
    kinds = Counter(example.kind for example in examples)
    for file, features, networks in (
        (FIRST_PASS, FEATURES, model.first),
        (SECOND_PASS, SECOND_FEATURES, model.second),
    ):
        write_model(
            file,
            folder,
            numbers_of(networks),
            features=features,
            recipe=recipe_of("lines DATA"),
            seed=0,
            data=", ".join(f"{count:,} texts of the kind {kind}" for kind, count in kinds.items()),
            settings={**SETTINGS, "networks": SEEDS, "mixes": MIXES},
        )


if __name__ == "__main__":
    main()
