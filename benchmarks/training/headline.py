"""Train the weights of the headline of plain text.

    python -m benchmarks.training.headline DATA [--folds 5] [--write] [--to FOLDER]

Recipe
    Data. DATA holds `scraped/blank.jsonl.gz` (real newspaper texts, their titles beside them), `pages/dump/*.txt.gz`
    (whole pages as text), `pages/html/*.html.gz` with `pages/truth.jsonl` (the same pages, and the titles people gave
    them), `spliced/raw/*.txt` with `spliced/truth.jsonl` (articles, headline first, some under menus).
    Texts. Each is read with its headline and without it, that is without the lines that state the title. The title of
    a scraped text is put above it. All have one newline between paragraphs, since no fact depends on blank lines.
    Labels. A candidate is right if it equals the title of the truth or of the page, apart from case and signs. In a
    dump, the page's title in the first line is as right as the headline further down. Texts in which the headline
    stands in other words (with over half of all words in common) are left out.
    Model. Each text is one choice among its candidates and "none"; the weights maximise the likelihood of the right
    choice (conditional logit, ridge of 1). SHARES weighs the kinds of texts: scraped texts come without their headline
    as often as with it, pages hardly ever.
    By hand. Five weights are then replaced by those of SET_BY_HAND, for the reasons given there; the file states the
    trained ones beside them.
    Check. Prints what is chosen at the limit of the settings, on all texts: by the trained weights, by these with those
    set by hand, and by the package's; with `--folds` also by weights that were trained without the text.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.training.data import articles_in, paragraphs, rows, text_of, words_in
from benchmarks.training.model_files import add_options, recipe_of, write_model
from cleaners.config import Config
from cleaners.extract.characters import one_line, put_right
from cleaners.extract.text.headline import HEADLINE_MODEL, Facts, headline_model, measure, read_opening
from cleaners.extract.text.wrapping import unwrap

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
# By fact: the weight that replaces the trained one, and why. docs/reference/models.md says what that gains and costs.
_UNDER_MENUS = (
    "Of texts under menus hardly one comes without its headline, and headlines there are lines of six words or more, "
    "right above the prose."
)
SET_BY_HAND = {
    "first": (
        6.5,
        "The scraped texts come from English papers. In other collections long or labelled first lines are headlines.",
    ),
    "menus": (3.2, _UNDER_MENUS),
    "wordy": (1.4, _UNDER_MENUS),
    "last": (0.9, _UNDER_MENUS),
    "noted": (
        2.5,
        "A line of furniture that repeats the headline ('Comments off on ...') gives it away; hardly a text has one.",
    ),
}
# Two wordings of one headline have at least this share of all their words in common.
LIKE = 0.55
Floats = npt.NDArray[np.float64]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A text: the facts of its candidates, which are right, and whether one states the headline in other words."""

    kind: str
    facts: Floats
    labels: npt.NDArray[np.bool_]
    like: bool


def lower_words(line: str | None) -> Words:
    """Return the words of a line in lower case."""
    return tuple(words_in((line or "").lower()))


def is_right(line: str, right: frozenset[Words]) -> bool:
    """Tell whether a line is one of the right headlines, with or without the site's name."""
    return any(lower_words(part) in right for part in (line, re.split(r"\s+[|–—-]\s+", line)[0]))


def is_like(line: str, right: frozenset[Words]) -> bool:
    """Tell whether a line states one of the right headlines in other words."""
    words = set(lower_words(line))
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
    right = frozenset(lower_words(title) for title in titles) - {()}
    yield example(kind, text, right)
    rest = "\n".join(line for line in text.split("\n") if not is_right(line, right))
    yield example(f"{kind} without", rest, right)


def read_examples(data: Path) -> Iterator[Example]:
    """Yield the scraped texts, the pages and the articles, each with and without its headline."""
    for row in rows(data / "scraped" / "blank.jsonl.gz"):
        title = one_line(row["title"], repair=CONFIG.extract.repair_mojibake)
        lines = paragraphs(row["text"])
        if title and lower_words(title) not in map(lower_words, lines[:12]):
            yield from both("scraped", "\n".join([title, *lines]), [title])
    for row in rows(data / "pages" / "truth.jsonl"):
        own = [article.title for article in articles_in(data / "pages" / "html" / f"{row['id']}.html.gz")]
        yield from both("page", text_of(data / "pages" / "dump" / f"{row['id']}.txt"), [row["title"], *own])
    for row in rows(data / "spliced" / "truth.jsonl"):
        if row.get("title"):
            yield from both("article", text_of(data / "spliced" / "raw" / f"{row['id']}.txt"), [row["title"]])


def train(examples: Iterable[Example]) -> Floats:
    """Return the weights that make the right choices likeliest, by gradient ascent with momentum; "none" scores 0."""
    usable = [example for example in examples if len(example.labels) and not example.like]
    none = np.zeros((1, usable[0].facts.shape[1]))
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


def set_by_hand(trained: Floats) -> tuple[Floats, list[dict[str, object]]]:
    """Return the weights with those set by hand, and what the model's file says about each of these."""
    weights = trained.copy()
    told: list[dict[str, object]] = []
    for name, (used, reason) in SET_BY_HAND.items():
        at = Facts._fields.index(name)
        weights[at] = used
        told.append({"features": [name], "trained": [round(float(trained[at]), 2)], "used": [used], "reason": reason})
    return weights, told


def count_choices(examples: Iterable[Example], weights: Floats, counts: dict[str, Counter[str]]) -> None:
    """Count by kind what the weights choose: a right candidate, the headline in other words, a wrong one, or none."""
    for item in examples:
        scores = item.facts @ weights
        if not len(scores) or scores.max() <= CONFIG.extract.headline_score:
            choice = "none"
        elif item.labels[int(np.argmax(scores))]:
            choice = "right"
        else:
            choice = "like" if item.like else "wrong"
        counts[item.kind][choice] += 1


def report(name: str, chosen: Iterable[tuple[Iterable[Example], Floats]]) -> None:
    """Print what weights choose, each in their own texts."""
    counts = {kind: Counter[str]() for kind in SHARES}
    for examples, weights in chosen:
        count_choices(examples, weights, counts)
    print(name)
    for kind, found in counts.items():
        shares = (
            f"{choice} {found[choice] / max(1, found.total()):.3f}" for choice in ("right", "like", "wrong", "none")
        )
        print(f"  {kind:16}{found.total():6}", *shares)


def cross_validate(examples: Sequence[Example], folds: int) -> Iterator[tuple[Iterable[Example], Floats]]:
    """Yield each fold of the texts with weights that were trained on the others."""
    # A text and its twin without a headline stand side by side and go into the same fold.
    places = (np.repeat(np.random.default_rng(0).permutation(len(examples) // 2), 2) % folds).tolist()
    for fold in range(folds):
        inside, outside = (
            [item for item, place in zip(examples, places, strict=True) if (place == fold) == held]
            for held in (True, False)
        )
        yield inside, train(outside)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    add_options(parser)
    options = parser.parse_args(arguments)
    examples = list(read_examples(options.data))
    trained, used = train(examples), np.array(headline_model().weights)
    weights, told = set_by_hand(trained)
    print(f"{'':14}trained  used")
    for name, one, other in zip(Facts._fields, trained, used, strict=True):
        print(f"{name:14}{one:7.2f}{other:6.1f}")
    report("trained, on all texts", [(examples, trained)])
    report("with those set by hand, on all texts", [(examples, weights)])
    report("in use, on all texts", [(examples, used)])
    if options.folds:
        report("trained, on texts not trained on", cross_validate(examples, options.folds))
    if options.write:
        kinds = Counter(example.kind for example in examples)
        write_model(
            HEADLINE_MODEL,
            options.to,
            {"bias": 0.0, "weights": [round(float(weight), 2) for weight in weights]},
            features=Facts._fields,
            recipe=recipe_of("headline DATA"),
            seed=0,
            data=", ".join(f"{count:,} texts of the kind {kind}" for kind, count in kinds.items()),
            settings={"steps": STEPS, "rate": RATE, "ridge": RIDGE, "shares": SHARES},
            adjusted=told,
        )


if __name__ == "__main__":
    main()
