"""Train the weights of the headline of plain text: `python -m benchmarks.train_headline DATA [--folds 5]`.

Recipe
    Data. DATA holds `pages/dump/*.txt` (whole pages as text), `pages/html/*.html.gz` with `pages/truth.jsonl` (the same
    pages, and the titles people gave them), `spliced/raw/*.txt` with `spliced/truth.jsonl` (articles, headline first).
    Labels. A candidate is right if it reads as the title of the truth or as the page's own, case and signs aside. Of a
    dump the page's title in its first line is right like the headline further down.
    Model. One text is one choice among its candidates; the weights maximise the likelihood that a right one is chosen
    (conditional logit, ridge of 1). Dumps count fully, articles a third: nearly all of them open with their headline.
    Check. `--folds` prints how often the best candidate is right for texts not trained on. Then, for the weights in
    use: how many headlines score below the settings' limit, and how many texts without theirs have a line above it.
"""

import argparse
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaners.config import Config
from cleaners.extract import extract
from cleaners.extract.characters import put_right
from cleaners.extract.encoding import decode
from cleaners.extract.headline import WEIGHTS, Facts, find_headline, measure, read_opening
from cleaners.extract.wrapping import unwrap
from cleaners.read import read_records
from cleaners.records import Article, RawDocument

CONFIG = Config()
STEPS = 4_000
RATE = 0.05
RIDGE = 1.0
SHARES = {"dump": 1.0, "text": 0.3}
Floats = npt.NDArray[np.float64]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the headlines that are right for it, and the facts of its candidates."""

    kind: str
    text: str
    right: frozenset[Words]
    facts: Floats
    labels: npt.NDArray[np.bool_]


def words_of(line: str | None) -> Words:
    """Return the words of a line in lower case."""
    return tuple(re.findall(r"\w+", (line or "").lower()))


def is_right(line: str, right: frozenset[Words]) -> bool:
    """Tell whether the line is one of the headlines, with or without the site's name."""
    return any(words_of(part) in right for part in (line, re.split(r"\s+[|–—-]\s+", line)[0]))


def example(kind: str, path: Path, titles: Iterable[str | None]) -> Example | None:
    """Read a text and measure its candidates; None if it has none."""
    content = decode(path.read_bytes(), form="text") or ""
    text = put_right(unwrap(content), repair=CONFIG.extract.repair_mojibake)
    right = frozenset(words_of(title) for title in titles) - {()}
    opening = read_opening(text, words=CONFIG.extract.headline_words)
    if not opening.candidates or not opening.prose:
        facts = [Facts(1, *[0] * (len(Facts._fields) - 1))] if opening.candidates else []
    else:
        facts = list(measure(text, opening))
    labels = [is_right(opening.lines[index].title, right) for index in opening.candidates]
    return Example(kind, text, right, np.array(facts, dtype=float), np.array(labels)) if facts else None


def read_examples(data: Path) -> Iterator[Example | None]:
    """Yield the dumps and the articles."""
    for line in (data / "pages/truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        page = data / "pages/html" / f"{row['id']}.html.gz"
        with page.open("rb") as stream:
            records = [
                x for x in read_records(stream, source=page.name, config=CONFIG.read) if isinstance(x, RawDocument)
            ]
        found = [extract(record, config=CONFIG.extract) for record in records]
        own = [article.title for article in found if isinstance(article, Article)]
        yield example("dump", data / "pages/dump" / f"{row['id']}.txt", [row["title"], *own])
    for line in (data / "spliced/truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("title"):
            yield example("text", data / "spliced/raw" / f"{row['id']}.txt", [row["title"]])


def train(examples: Iterable[Example]) -> Floats:
    """Return the weights that make the right choices likeliest, by gradient ascent with momentum."""
    usable = [example for example in examples if example.labels.any()]
    table = np.concatenate([example.facts for example in usable])
    labels = np.concatenate([example.labels for example in usable])
    sizes = [len(example.labels) for example in usable]
    starts = np.cumsum([0, *sizes[:-1]])
    shares = np.array([SHARES[example.kind] for example in usable])
    weights = np.zeros(table.shape[1])
    speed = np.zeros_like(weights)

    def spread(values: Floats) -> Floats:
        return np.repeat(values, sizes)

    for _ in range(STEPS):
        logits = table @ weights
        odds = np.exp(logits - spread(np.maximum.reduceat(logits, starts)))
        chance = odds / spread(np.add.reduceat(odds, starts))
        right = chance * labels
        right /= spread(np.add.reduceat(right, starts) + 1e-12)
        gradient = (spread(shares) * (right - chance)) @ table - RIDGE * weights
        speed = 0.9 * speed + RATE * gradient / shares.sum()
        weights = weights + speed
    return weights


def report(examples: Iterable[Example], weights: Floats) -> dict[str, list[bool]]:
    """Return, a kind, whether the best candidate of each text that has a right one is right."""
    out: dict[str, list[bool]] = {kind: [] for kind in SHARES}
    for example in examples:
        if example.labels.any():
            out[example.kind].append(bool(example.labels[int(np.argmax(example.facts @ weights))]))
    return out


def check_limit(examples: Iterable[Example]) -> None:
    """Print how the limit of the settings tells texts with a headline from the same texts without it."""
    settings = {"words": CONFIG.extract.headline_words, "score": CONFIG.extract.headline_score}
    with_it: dict[str, list[bool]] = {kind: [] for kind in SHARES}
    without: dict[str, list[bool]] = {kind: [] for kind in SHARES}
    for example in examples:
        with_it[example.kind].append(find_headline(example.text, **settings) is None)
        rest = "\n".join(line for line in example.text.split("\n") if not is_right(line, example.right)).strip()
        without[example.kind].append(find_headline(rest, **settings) is not None)
    for kind in SHARES:
        print(
            f"{kind}: none taken of {np.mean(with_it[kind]):.1%} with a headline, "
            f"one taken of {np.mean(without[kind]):.1%} without"
        )


def main() -> None:
    """Train, print, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate with this many folds")
    options = parser.parse_args()
    examples = [example for example in read_examples(options.data) if example is not None]
    for name, weight, used in zip(Facts._fields, train(examples), WEIGHTS, strict=True):
        print(f"{name:14}{weight:6.2f}{used:6.1f}")
    folds = np.random.default_rng(0).permutation(len(examples)) % max(options.folds, 1)
    found: dict[str, list[bool]] = {kind: [] for kind in SHARES}
    for fold in range(options.folds):
        weights = train(example for example, place in zip(examples, folds, strict=True) if place != fold)
        held = report((example for example, place in zip(examples, folds, strict=True) if place == fold), weights)
        for kind in SHARES:
            found[kind] += held[kind]
    for kind, right in (found if options.folds else report(examples, np.array(WEIGHTS))).items():
        print(f"{kind}: {np.mean(right):.3f} of {len(right)} headlines chosen")
    check_limit(examples)


if __name__ == "__main__":
    main()
