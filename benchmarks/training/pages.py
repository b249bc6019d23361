"""Train the block model of `cleaners.extract` and cross-validate it.

    python -m benchmarks.training.pages PAGES... --policy SET... [--folds 4] [--write] [--to FOLDER]

PAGES are folders with `html/<id>.html.gz` and `truth.jsonl` (`id`, `set`, `url`, and `truth`: the article's text as
people marked it). A block is the article's when half of its words are matched by the longest common subsequence of the
page's and the article's words.

People mark by different rules. The sets named by `--policy` are marked by the rules that docs/explanation/stripping.md
declares; they count twice. In all other sets captions are taken out of the article and standfirsts into it, as the
rules say. Pages of which the marked text is mostly elsewhere teach nothing and are left out of training, not of the
figures.

Folds part publishers, not pages, and each figure stands beside that of plain trafilatura on the same pages. `--write`
trains on all pages and writes the model's file.
"""

import argparse
import gzip
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from benchmarks.training.boosted import numbers_of
from benchmarks.training.data import publisher, rows, words_in
from benchmarks.training.figures import figures
from benchmarks.training.model_files import add_options, recipe_of, write_model
from cleaners.encoding import decode
from cleaners.extract.page.blocks import Block
from cleaners.extract.page.features import block_features
from cleaners.extract.page.model import BLOCK_MODEL
from cleaners.extract.page.page import PageParts, article_text, read_page
from cleaners.extract.page.standfirst import is_standfirst

RECIPE = {
    "max_iter": 200,
    "learning_rate": 0.07,
    "max_leaf_nodes": 10,
    "max_depth": 6,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "max_features": 0.4,
    "max_bins": 64,
    "early_stopping": False,
}
SEED = 0
# Of blocks far from all text that trafilatura takes, one in eight is enough to learn from.
FAR, THINNING = 12, 8
POLICY_WEIGHT = 2.0
# A page whose blocks hold less of the marked words was marked from another copy of it.
FOUND = 0.8
CAPTION_WORDS = 80


@dataclass(frozen=True, slots=True)
class Example:
    """A page: its parts, the features and labels of its blocks, and the article's true text."""

    group: str
    publisher: str
    truth: str
    page: PageParts
    names: tuple[str, ...]
    matrix: NDArray[np.float32]
    labels: NDArray[np.int64]
    words: NDArray[np.float64]
    found: float


def read_example(job: tuple[Path, dict[str, str]]) -> Example | None:
    """Read one page and label its blocks."""
    folder, row = job
    html = gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes())
    text = decode(html, form="html")
    page = read_page(text) if text else None
    if page is None or not page.blocks:
        return None
    columns = block_features(page.blocks, page.elements, page.evidence)
    matched, words = match(page.blocks, row["truth"])
    return Example(
        group=row["set"],
        publisher=publisher(row.get("url") or page.metadata.url) or row["id"],
        truth=row["truth"],
        page=page,
        names=tuple(columns),
        matrix=np.column_stack(list(columns.values())),
        labels=(matched >= 0.5 * np.maximum(words, 1)).astype(np.int64) * (words > 0),
        words=words,
        found=float(matched.sum()) / max(1, len(words_in(row["truth"]))),
    )


def policy_labels(example: Example) -> NDArray[np.int64]:
    """Return the labels of a page marked by other rules as they are by the declared ones."""
    column = {name: example.matrix[:, at] for at, name in enumerate(example.names)}
    labels = example.labels.copy()
    pictured = (column["tag_figcaption"] > 0) | (column["in_figure"] > 0)
    labels[pictured & (example.words < CAPTION_WORDS)] = 0
    body = np.flatnonzero(labels)
    if len(body):
        labels[is_standfirst(column, int(body[0]))] = 1
    return labels


def match(blocks: list[Block], truth: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many words of each block belong to the truth, and how many it has."""
    numbers: dict[str, int] = {}
    target = [numbers.setdefault(word, len(numbers)) for word in words_in(truth)]
    owners, source = [], []
    words = np.zeros(len(blocks))
    for index, block in enumerate(blocks):
        for word in words_in(block.text):
            words[index] += 1
            if word in numbers:
                owners.append(index)
                source.append(numbers[word])
    matched = np.zeros(len(blocks))
    for part in LCSseq.opcodes(target, source):
        if part.tag == "equal":
            for at in range(part.dest_start, part.dest_end):
                matched[owners[at]] += 1
    return matched, words


def fit(examples: list[Example], policy: frozenset[str]) -> HistGradientBoostingClassifier:
    """Train on the pages; every page of a kind weighs the same, a block by the root of its words."""
    names = examples[0].names
    generator = np.random.default_rng(0)
    matrices, labels, weights = [], [], []
    for example in examples:
        if example.found < FOUND:
            continue
        declared = example.group in policy
        answer = example.labels if declared else policy_labels(example)
        weight = np.sqrt(example.words + 1)
        weight *= 50 * (POLICY_WEIGHT if declared else 1.0) / weight.sum()
        first, last = (example.matrix[:, names.index(name)] for name in ("from_first", "from_last"))
        far = (answer == 0) & (np.abs(first) >= FAR) & (np.abs(last) >= FAR)
        kept = ~far | (generator.random(len(far)) < 1 / THINNING)
        matrices.append(example.matrix[kept])
        labels.append(answer[kept])
        weights.append(np.where(far, weight * THINNING, weight)[kept])
    model: HistGradientBoostingClassifier = HistGradientBoostingClassifier(**RECIPE, random_state=SEED)
    model.fit(np.vstack(matrices), np.concatenate(labels), sample_weight=np.concatenate(weights))
    return model


def cross_validate(examples: list[Example], folds: int, policy: frozenset[str]) -> None:
    """Print the figures on pages of publishers that the model has not seen, beside trafilatura's."""
    pairs = defaultdict(list)
    order = np.arange(len(examples))
    publishers = [example.publisher for example in examples]
    for train, test in GroupKFold(folds, shuffle=True, random_state=1).split(order, groups=publishers):
        model = fit([examples[index] for index in train], policy)
        for index in test:
            example = examples[index]
            features = dict(zip(example.names, example.matrix.T, strict=True))
            got = article_text(example.page, features, model.predict_proba(example.matrix)[:, 1])
            for title in ("policy" if example.group in policy else "other", example.group):
                pairs[title].append((example.truth, got))
                pairs[f"{title}, trafilatura"].append((example.truth, example.page.evidence.trafilatura))
    for title, found in sorted(pairs.items()):
        print(figures(title, found))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, train, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--policy", nargs="+", default=[], metavar="SET", help="sets marked by the declared rules")
    add_options(parser)
    options = parser.parse_args(arguments)
    jobs = [(folder, row) for folder in options.pages for row in rows(folder / "truth.jsonl")]
    with ProcessPoolExecutor(2) as pool:
        examples = [example for example in pool.map(read_example, jobs, chunksize=8) if example is not None]
    policy = frozenset(options.policy)
    start = time.perf_counter()
    if options.folds:
        cross_validate(examples, options.folds, policy)
    if options.write:
        write_model(
            BLOCK_MODEL,
            options.to,
            numbers_of(fit(examples, policy)),
            features=examples[0].names,
            recipe=recipe_of("pages PAGES...", policy=options.policy),
            seed=SEED,
            data=", ".join(f"{count:,} pages of {name}" for name, count in Counter(e.group for e in examples).items()),
            settings=RECIPE,
        )
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
