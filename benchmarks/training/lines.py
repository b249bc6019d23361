"""Train the line model: `python -m benchmarks.training.lines DATA [--folds 5] [--write]`.

Recipe
    Data. DATA holds `pages/dump/*.txt.gz` and `pages/html/*.html.gz` (whole pages), `pages/truth.jsonl` (their bodies
    as people marked them), `spliced/raw/*.txt` with `spliced/truth.jsonl` (articles with matter glued on),
    `scraped/blank.jsonl.gz` (real texts) and `neardup/raw/*.txt` (articles as they stand). Every text goes through the
    extract stage first, so that the model learns on what it will meet.
    Labels. The words of a text are aligned with the marked body (longest common subsequence); a line of which fewer
    than six words in ten are aligned is furniture. Marked bodies alone and the articles as they stand are examples
    from which nothing may go. Of matter glued on, only short lines teach: an appended story has the form of an article.
    Mixed pages. For variety, bodies are also set into the furniture of other pages, the headline with them. Half of
    them are cut short and interrupted by lines of furniture: short news on busy pages is rarer in DATA than elsewhere.
    Weights. A line counts by its words, up to 60, over the length of its article: the score is an average over
    articles. Articles that must stay whole count double.
    Passes. The first networks give three outputs for a line: that it is furniture, the first line, the last line.
    The second are trained on the first's answers for articles that those had not seen.
    Networks. One hidden layer, ReLU, Adam, dropout; two with different seeds per pass, their logits averaged.
    Check. `--folds N` prints the figures of an N-fold cross-validation in which all pages of a site fall in one fold.
"""

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq

from cleaners.extract.articles import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, RawDocument
from cleaners.strip.finders.furniture import FurnitureConfig, choose_lines
from cleaners.strip.line_model.facts import LineFacts, line_facts
from cleaners.strip.line_model.features import line_features
from cleaners.strip.line_model.model import SECOND_FEATURES, LineModel, Network, mean_logits, second_features, sigmoid
from cleaners.strip.rows import rows_of
from cleaners.text import Line, ends_sentence, lines_of

WEIGHTS = Path(__file__).parents[2] / "cleaners" / "strip" / "line_model" / "model.json"
Floats = npt.NDArray[np.float32]
Labelled = tuple[Line, np.float32]
WORDS = re.compile(r"\w+")

SEEDS = 2
MIXES = 2
HIDDEN = 64
EPOCHS = 16
RATE = 3e-3
BATCH = 1024
DROPOUT = 0.1
DECAY = 1e-4
# Of matter glued on, lines of more words than this teach nothing.
TAUGHT_WORDS = 25
EDGE_WEIGHT = 0.05
# Of unlabelled texts, sentences of this many words are the article's.
TOLD_WORDS = 12
GLUED = ("feed", "headlines", "mixed", "bare", "inline")
# Kinds whose glued-on matter is another finder's.
UNTAUGHT = ("bare", "inline")


@dataclass(slots=True)
class Example:
    """A text with its labels: 1 for a line of furniture."""

    name: str
    kind: str
    group: str
    title: str | None
    truth: str
    lines: Sequence[Line]
    labels: Floats
    facts: list[LineFacts] = field(default_factory=list)
    tables: list[Floats] = field(default_factory=list)
    outputs: Floats = field(default_factory=lambda: np.zeros((0, 3), dtype=np.float32))
    fold: int = 0


def read_examples(data: Path) -> Iterator[Example]:
    """Yield the labelled texts of a data folder."""
    sites: dict[str, Counter[str]] = {}
    for row in _rows(data / "pages" / "truth.jsonl"):
        name, truth = row["id"], row["truth"]
        site = (urlsplit(row["url"]).hostname or name).removeprefix("www.")
        dump = gzip.decompress((data / "pages" / "dump" / f"{name}.txt.gz").read_bytes()).decode()
        for line in set(dump.split("\n")):
            if len(line) >= 20:
                sites.setdefault(line.strip(), Counter())[site] += 1
        page = gzip.decompress((data / "pages" / "html" / f"{name}.html.gz").read_bytes())
        yield from _example(name, "dump", site, _article(dump), truth)
        yield from _example(name, "html", site, _article(page), truth)
        yield from _example(name, "body", site, _article(truth, title=row["title"] or None), None)
    for row in _rows(data / "spliced" / "truth.jsonl"):
        text = (data / "spliced" / "raw" / f"{row['id']}.txt").read_text("utf-8")
        # Furniture glued on comes from pages: it must not stand on both sides of a fold.
        shared: Counter[str] = Counter()
        for line in text.split("\n"):
            shared.update(sites.get(line.strip(), ()))
        group = shared.most_common(1)[0][0] if shared else row["id"]
        yield from _example(row["id"], row["kind"], group, _article(text), row["truth"])
    # Real texts as a scraper left them, unlabelled: their long sentences are the article's, the rest teaches nothing.
    with gzip.open(data / "scraped" / "blank.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            site = (urlsplit(row["url"]).hostname or row["id"]).removeprefix("www.")
            yield from _example(row["id"], "scraped", site, _article(row["text"], title=row["title"]), None)
    # Every third will do.
    for path in sorted((data / "neardup" / "raw").glob("a?????.txt"))[::3]:
        yield from _example(path.stem, "article", path.stem, _article(path.read_text("utf-8")), None)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _article(content: str | bytes, title: str | None = None) -> Article | None:
    form: Literal["text", "html"] = "html" if isinstance(content, bytes) else "text"
    # Mojibake stays: the marked bodies have it too.
    config = ExtractConfig(repair_mojibake="none")
    article = extract(RawDocument("x", 0, content, form, title=title), config=config)
    return article if isinstance(article, Article) else None


def _example(name: str, kind: str, group: str, article: Article | None, truth: str | None) -> Iterator[Example]:
    """Yield the labelled example; where `truth` is None every line stays."""
    if article is None:
        return
    lines = lines_of(article.text)
    if truth is None:
        truth, labels = article.text, np.zeros(len(lines), dtype=np.float32)
    else:
        labels = label_lines(lines, truth)
    yield Example(name, kind, group, article.title, truth, lines, labels)


def label_lines(lines: Sequence[Line], truth: str) -> Floats:
    """Return 1 for each line that is not in the truth, judged by aligning the words of both in order."""
    words = [WORDS.findall(line.text) for line in lines]
    flat = [word for row in words for word in row]
    owner = [number for number, row in enumerate(words) for _ in row]
    aligned = Counter[int]()
    for step in LCSseq.opcodes(flat, WORDS.findall(truth)):
        if step.tag == "equal":
            aligned.update(owner[step.src_start : step.src_end])
    return np.array([aligned[number] < 0.6 * len(row) or not row for number, row in enumerate(words)], dtype=np.float32)


def mix_pages(examples: Sequence[Example], seed: int) -> list[Example]:
    """Return new pages: each body in the furniture of another page, which takes over the headline.

    Every other body is cut to its first few lines and interrupted by lines of furniture, as short news is; and a third
    of the pages are given a headline that is not theirs, or none.
    """
    random = np.random.default_rng(seed)
    dumps = [example for example in examples if example.kind == "dump" and (example.labels == 0).sum() >= 3]
    articles = [example for example in examples if example.kind in ("article", "clean")]
    cores = [*dumps, *(articles[number] for number in random.permutation(len(articles))[: len(dumps) // 2])]
    # Nothing may stand on both sides of a fold.
    shells: dict[int, list[Example]] = {}
    for example in dumps:
        shells.setdefault(example.fold, []).append(example)
    mixed = []
    for number, core in enumerate(cores):
        fold = shells.get(core.fold, [])
        shell, other = (fold[random.integers(len(fold))] for _ in range(2))
        if core.group in (shell.group, other.group):
            continue
        outer, inner = np.flatnonzero(shell.labels == 0), np.flatnonzero(core.labels == 0)
        head = []
        for line in shell.lines[: outer[0]]:
            same = shell.title and core.title and shell.title.casefold() in line.text.casefold()
            head.append(replace(line, text=core.title) if same and core.title else line)
        body = list(zip(core.lines[inner[0] : inner[-1] + 1], core.labels[inner[0] : inner[-1] + 1], strict=True))
        if number % 2:
            body = _interrupt(body[: random.integers(3, 12)], other, random)
        lines = [*head, *(line for line, _ in body), *shell.lines[outer[-1] + 1 :]]
        labels = np.concatenate((
            shell.labels[: outer[0]], np.array([label for _, label in body]), shell.labels[outer[-1] + 1 :]
        )).astype(np.float32)  # fmt: skip
        title = core.title if random.random() < 2 / 3 else shell.title if random.random() < 0.5 else None
        truth = "\n".join(line.text for line, label in body if not label)
        mixed.append(Example(f"{shell.name}+{core.name}", "mix", "", title, truth, lines, labels, fold=core.fold))
    return mixed


def _interrupt(body: list[Labelled], other: Example, random: np.random.Generator) -> list[Labelled]:
    """Put a few runs of short lines of furniture from another page between the lines of a body."""
    short = [line for line, label in zip(other.lines, other.labels, strict=True) if label and len(line.text) < 90]
    if short:
        for _ in range(random.integers(0, 4)):
            place, start = random.integers(1, len(body) + 1), random.integers(len(short))
            run = short[start : start + random.integers(1, 5)]
            body[place:place] = [(line, np.float32(1)) for line in run]
    return body


def _mix(examples: Sequence[Example]) -> list[Example]:
    mixed = [page for seed in range(MIXES) for page in mix_pages(examples, seed)]
    _fill(mixed)
    return mixed


def _targets(example: Example) -> tuple[Floats, Floats]:
    """Return the three targets of each line and their weights."""
    labels, words = example.labels, np.expm1(example.tables[0][:, 1])
    edges = np.zeros((len(labels), 2), dtype=np.float32)
    kept = np.flatnonzero(labels == 0)
    if len(kept):
        edges[kept[0], 0] = edges[kept[-1], 1] = 1
    weight = np.minimum(words + 3, 60) / max(60, len(WORDS.findall(example.truth))) ** 0.75
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


def train(examples: Sequence[Example], level: int, seed: int) -> Network:
    """Train one network on the tables of a pass."""
    random = np.random.default_rng(seed)
    table = np.concatenate([example.tables[level] for example in examples])
    targets, weights = map(np.concatenate, zip(*map(_targets, examples), strict=True))
    if level:
        targets, weights = targets[:, :1], weights[:, :1]
    weights /= weights[:, 0].mean()
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
            rate = RATE * (1 - step / steps) * min(1, step / 200)
            for part, gradient, m, v in zip(moving, gradients, first, second, strict=True):
                m += 0.1 * (gradient - m)
                v += 0.001 * (gradient * gradient - v)
                part -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    layers = tuple((matrix, bias[0]) for matrix, bias in zip(matrices, biases, strict=True))
    return Network(centre.astype(np.float32), scale.astype(np.float32), layers)


def _train_pass(examples: Sequence[Example], level: int, seeds: int = SEEDS) -> tuple[Network, ...]:
    return tuple(train(examples, level, seed) for seed in range(seeds))


def train_model(examples: Sequence[Example], folds: int = 3) -> LineModel:
    """Train both passes; the second on answers of first networks that had not seen the article."""
    for fold in range(folds):
        networks = _train_pass([example for example in examples if example.fold % folds != fold], 0, 1)
        for example in examples:
            if example.fold % folds == fold:
                example.outputs = mean_logits(networks, example.tables[0], rows_of([len(example.lines)]))
    for example in examples:
        example.tables[1:] = [second_features(example.tables[0], example.outputs, [example.facts])]
    return LineModel(_train_pass(examples, 0), _train_pass(examples, 1))


def _fill(examples: Iterable[Example]) -> None:
    for example in examples:
        example.facts = line_facts(example.lines)
        example.tables = [line_features([(example.lines, example.facts, example.title)])]


def deal(examples: Sequence[Example], folds: int) -> None:
    """Give every group its fold."""
    groups = sorted({example.group for example in examples})
    place = dict(zip(groups, np.random.default_rng(0).permutation(len(groups)).tolist(), strict=True))
    for example in examples:
        example.fold = place[example.group] % folds


def predict(model: LineModel, example: Example) -> list[float]:
    """Return the scores of an example's lines."""
    rows = rows_of([len(example.lines)])
    outputs = mean_logits(model.first, example.tables[0], rows)
    second = second_features(example.tables[0], outputs, [example.facts])
    scores: list[float] = sigmoid(mean_logits(model.second, second, rows)[:, 0]).tolist()
    return scores


def measure(kind: str, found: Sequence[tuple[Example, Sequence[float]]], config: FurnitureConfig) -> str:
    """Return a line of figures: word 4-grams as multisets, averaged over articles."""
    precisions, recalls = [], []
    exact = damaged = 0
    for example, scores in found:
        claimed, sure = choose_lines(example.lines, scores, config, page=True)
        got = _grams(line.text for line, cut in zip(example.lines, claimed, strict=True) if not (cut and sure))
        truth = _grams([example.truth])
        shared = sum((got & truth).values())
        recall = shared / truth.total() if truth else float(not got)
        recalls.append(recall)
        precisions.append(shared / got.total() if got else float(not truth))
        exact += got == truth
        damaged += recall < 0.98
    p, r, n = mean(precisions), mean(recalls), len(found)
    f1 = 2 * p * r / (p + r)
    return (
        f"{kind:12} {n:5} F1 {f1:.4f} precision {p:.4f} recall {r:.4f} exact {exact / n:.3f} damaged {damaged / n:.4f}"
    )


def _grams(texts: Iterable[str]) -> Counter[tuple[str, ...]]:
    words = [word for text in texts for word in WORDS.findall(text)]
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


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
                found.setdefault(example.kind, []).append((example, predict(model, example)))
        print(
            measure(
                f"dump {fold + 1}/{folds}", [x for x in found["dump"] if x[0].fold % folds == fold], FurnitureConfig()
            ),
            flush=True,
        )
    for kind, pairs in found.items():
        print(measure(kind, pairs, FurnitureConfig()))


def write(model: LineModel, path: Path) -> None:
    """Write the weights, rounded to what they need."""
    data = {
        "features": list(SECOND_FEATURES),
        **{name: [_plain(network) for network in getattr(model, name)] for name in ("first", "second")},
    }
    path.write_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


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


def main(arguments: Sequence[str]) -> None:
    """Train, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate with this many folds")
    parser.add_argument("--write", action="store_true", help="train on everything and write the weights")
    options = parser.parse_args(arguments)
    examples = list(read_examples(options.data))
    _fill(examples)
    print(f"{len(examples)} texts, {sum(len(example.lines) for example in examples)} lines", flush=True)
    if options.folds:
        cross_validate(examples, options.folds)
    if options.write:
        deal(examples, 3)
        mixed = _mix(examples)
        write(train_model([*examples, *mixed]), WEIGHTS)


if __name__ == "__main__":
    main(sys.argv[1:])
