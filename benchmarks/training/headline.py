"""Train the weights of the headline of plain text: `python -m benchmarks.training.headline DATA [--folds 5]`.

Recipe
    Data. DATA holds `scraped/blank.jsonl.gz` (real newspaper texts, their titles beside them), `pages/dump/*.txt.gz`
    (whole pages as text), `pages/html/*.html.gz` with `pages/truth.jsonl` (the same pages, and the titles people gave
    them), `spliced/raw/*.txt` with `spliced/truth.jsonl` (articles, headline first, some under menus).
    Texts. Each is read with its headline and without it: lines that say the title are taken out. A scraped text has
    its title set above it. All stand with one newline between paragraphs, since no fact reads a blank line.
    Labels. A candidate is right if it reads as the title of the truth or as the page's own, case and signs aside. Of a
    dump the page's title in its first line is right like the headline further down. A text in which the headline
    stands in other words (over half of all words shared) is left out.
    Model. One text is one choice among its candidates and none of them; the weights maximise the likelihood of the
    right choice (conditional logit, ridge of 1). Kinds of texts weigh as in SHARES: scraped texts come without their
    headline as often as with it, pages hardly ever.
    Check. `--folds` prints what is chosen for texts not trained on, else what the weights in use choose, at the limit
    of the settings.
    Reached, with the weights in use and on the texts they were found on: 95.5 % of scraped texts with their headline
    have it found, of those without it 2.7 % have a line taken for it (a third of these, by eye, are headlines of the
    article in other words); pages have it found in 85 %, articles in 98 %.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaners.config import Config
from cleaners.extract import extract
from cleaners.extract.characters import one_line, put_right
from cleaners.extract.text.headline import WEIGHTS, Facts, measure, read_opening
from cleaners.extract.text.wrapping import unwrap
from cleaners.read import read_records
from cleaners.records import Article, RawDocument

CONFIG = Config()
STEPS = 3_000
RATE = 0.05
RIDGE = 1.0
SHARES = {
    "scraped": 1.0,
    "scraped without": 1.5,
    "page": 0.6,
    "page without": 0.02,
    "article": 0.5,
    "article without": 0.2,
}
# So much of all words is shared by two wordings of one headline.
LIKE = 0.55
Floats = npt.NDArray[np.float64]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A text: the facts of its candidates, which of them are right, and whether another is a like headline."""

    kind: str
    facts: Floats
    labels: npt.NDArray[np.bool_]
    like: bool


def words_of(line: str | None) -> Words:
    """Return the words of a line in lower case."""
    return tuple(re.findall(r"\w+", (line or "").lower()))


def is_right(line: str, right: frozenset[Words]) -> bool:
    """Tell whether the line is one of the headlines, with or without the site's name."""
    return any(words_of(part) in right for part in (line, re.split(r"\s+[|–—-]\s+", line)[0]))


def is_like(line: str, right: frozenset[Words]) -> bool:
    """Tell whether the line says one of the headlines in other words."""
    words = set(words_of(line))
    return any(len(words & set(title)) >= LIKE * len(words | set(title)) for title in right)


def example(kind: str, text: str, right: frozenset[Words]) -> Example:
    """Measure the candidates of a text."""
    text = put_right(unwrap(re.sub(r"\n\s*\n", "\n", text)), repair=CONFIG.extract.repair_mojibake)
    opening = read_opening(text, words=CONFIG.extract.headline_words)
    facts = np.array(list(measure(opening)), dtype=float).reshape(-1, len(Facts._fields))
    lines = [opening.lines[index].title for index in opening.candidates]
    labels = np.array([is_right(line, right) for line in lines], dtype=bool)
    return Example(kind, facts, labels, not labels.any() and any(is_like(line, right) for line in lines))


def both(kind: str, text: str, titles: Iterable[str | None]) -> Iterator[Example]:
    """Yield a text with its headline and without it."""
    right = frozenset(words_of(title) for title in titles) - {()}
    yield example(kind, text, right)
    rest = "\n".join(line for line in text.split("\n") if not is_right(line, right))
    yield example(f"{kind} without", rest, right)


def articles(path: Path) -> Iterator[Article]:
    """Yield the articles of a file."""
    with path.open("rb") as stream:
        for record in read_records(stream, source=path.name, config=CONFIG.read):
            found = extract(record, config=CONFIG.extract) if isinstance(record, RawDocument) else record
            if isinstance(found, Article):
                yield found


def read_examples(data: Path) -> Iterator[Example]:
    """Yield the scraped texts, the pages and the articles, each with and without its headline."""
    with gzip.open(data / "scraped/blank.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            title = one_line(row["title"], repair=CONFIG.extract.repair_mojibake)
            lines = [line.strip() for line in row["text"].split("\n") if line.strip()]
            if title and words_of(title) not in map(words_of, lines[:12]):
                yield from both("scraped", "\n".join([title, *lines]), [title])
    for line in (data / "pages/truth.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        row = json.loads(line)
        own = [article.title for article in articles(data / "pages/html" / f"{row['id']}.html.gz")]
        with gzip.open(data / "pages/dump" / f"{row['id']}.txt.gz", "rt", encoding="utf-8", errors="replace") as dump:
            yield from both("page", dump.read(), [row["title"], *own])
    for line in (data / "spliced/truth.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        row = json.loads(line)
        if row.get("title"):
            text = (data / "spliced/raw" / f"{row['id']}.txt").read_text(encoding="utf-8")
            yield from both("article", text, [row["title"]])


def train(examples: Iterable[Example]) -> Floats:
    """Return the weights that make the right choices likeliest, by gradient ascent with momentum; none weighs 0."""
    usable = [example for example in examples if len(example.labels) and not example.like]
    none = np.zeros((1, len(Facts._fields)))
    table = np.concatenate([rows for example in usable for rows in (none, example.facts)])
    labels = np.concatenate([part for example in usable for part in ([not example.labels.any()], example.labels)])
    sizes = [len(example.labels) + 1 for example in usable]
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


def report(examples: Iterable[Example], weights: Floats, counts: dict[str, Counter[str]]) -> None:
    """Count, a kind, what the weights choose: a right candidate, the headline in other words, a wrong one, or none."""
    for item in examples:
        scores = item.facts @ weights
        if not len(scores) or scores.max() <= CONFIG.extract.headline_score:
            choice = "none"
        elif item.labels[int(np.argmax(scores))]:
            choice = "right"
        else:
            choice = "like" if item.like else "wrong"
        counts[item.kind][choice] += 1


def main() -> None:
    """Train, print, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate with this many folds")
    options = parser.parse_args()
    examples = list(read_examples(options.data))
    for name, weight, used in zip(Facts._fields, train(examples), WEIGHTS, strict=True):
        print(f"{name:14}{weight:6.2f}{used:6.1f}")
    counts = {kind: Counter[str]() for kind in SHARES}
    # The text and its twin without a headline stand side by side, and go into one fold.
    folds = np.repeat(np.random.default_rng(0).permutation(len(examples) // 2), 2) % max(options.folds, 1)
    for fold in range(options.folds):
        weights = train(example for example, place in zip(examples, folds, strict=True) if place != fold)
        report((example for example, place in zip(examples, folds, strict=True) if place == fold), weights, counts)
    if not options.folds:
        report(examples, np.array(WEIGHTS), counts)
    for kind, chosen in counts.items():
        print(
            f"{kind:16}",
            *(f"{name} {chosen[name] / chosen.total():.3f}" for name in ("right", "like", "wrong", "none")),
        )


if __name__ == "__main__":
    main()
