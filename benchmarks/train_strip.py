"""Train the models of the strip stage (cleaners/strip/models.json) from articles spliced here, at random.

usage: python benchmarks/train_strip.py SETS [--part] [--write] [--seed N]

SETS holds `spliced/truth.jsonl` and `spliced/raw` (clean articles, and compilations), `pages/truth.jsonl` and
`pages/dump` (pages with the article marked, for real page furniture), `neardup/raw` (single articles with captions and
links in them, and copies of them: nothing to split). From the clean articles alone, texts are made in
which the end is known: with other stories under them (with and without markers, of the same and of other topics), with
lists of headlines, with page furniture, and, as counterexamples, with subheadings, link lines and boxes inside. Markers
are known closing lines in half of the cases and random words in the other half, so that the models lean on form. Each
figure printed is cross-validated over articles: hit is the share of texts cut at the right place, early the share cut
before it, which is text lost. Needs numpy and scikit-learn; the models need neither.
"""

import argparse
import hashlib
import json
import random
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import py3langid
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.read import read_records
from cleaners.read.config import ReadConfig
from cleaners.records import Fate
from cleaners.strip.config import StripConfig
from cleaners.strip.end_features import FEATURES, end_features
from cleaners.strip.split import PART_FEATURES, part_features
from cleaners.strip.topic import background, introduced_in, part_of, topics_of

FOLDS = 5
ONLY_AGAINST = {"seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "title_after", "lead_after",
                "known_names", "cross", "cross_least", "rare_shared", "rare_share", "first_after", "resumed", "resumes",
                "head_quote", "briefs_before", "runs_before"}  # fmt: skip
ONLY_FOR = {"onward", "own_mean", "own_least", "before_stopped", "words_before"}
KINDS = (
    "clean",
    "subheads",
    "links",
    "box",
    "bare",
    "bare",
    "bare",
    "feed",
    "feed",
    "headlines",
    "furniture",
    "last lines",
)
PAGE_KINDS = ("page", "page", "links", "bare", "feed", "headlines", "furniture")
MODELS = Path(__file__).parent.parent / "cleaners" / "strip" / "models.json"
CUES = MODELS.parent / "cues.toml"


@dataclass(frozen=True)
class Clean:
    """A clean article: its headline, its paragraphs, the fold it belongs to."""

    title: str
    lines: list[str]
    fold: int
    language: str | None
    news: bool


def paragraphs(text: str) -> list[str]:
    """Return the non-empty lines of a text."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def squeezed(line: str) -> str:
    """Return a line with single spaces, for comparing."""
    return re.sub(r"\s+", " ", line).strip()


def fold_of(text: str) -> int:
    """Return the fold of an article, by its first words."""
    return int(hashlib.md5(text[:200].encode()).hexdigest(), 16) % FOLDS


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def tails(pages: Path) -> list[list[str]]:
    """Return what stands under the article on real pages: the lines after the last line of the marked body."""
    found = []
    for row in rows(pages / "truth.jsonl"):
        body = {squeezed(line) for line in paragraphs(row["truth"])}
        lines = paragraphs((pages / "dump" / f"{row['id']}.txt").read_text("utf-8"))
        last = max((i for i, line in enumerate(lines) if squeezed(line) in body), default=None)
        if last is not None and last + 3 <= len(lines):
            found.append(lines[last + 1 :])
    return found


@dataclass(frozen=True)
class Made:
    """A made text: `end` is the offset where the article ends, None where all of it is the article."""

    kind: str
    fold: int
    title: str | None
    text: str
    end: int | None
    language: str | None


class _Maker:
    """Makes texts with a known end out of clean articles; all choices come from one seeded generator."""

    def __init__(self, articles: list[Clean], furniture: list[list[str]], seed: int) -> None:
        self.rng = random.Random(seed)
        self.hosts = articles
        self.articles = [article for article in articles if article.news]
        self.furniture = furniture
        self.words = [word for word in list(background("en"))[300:3000] if word.isalpha()]
        self.phrases: list[str] = tomllib.loads(CUES.read_text("utf-8"))["end"]["phrases"]
        self.terms = [part_of("\n".join(a.lines), a.language).terms for a in articles]

    def likeness(self, a: int, b: int) -> float:
        one, two = self.terms[a], self.terms[b]
        return sum(w for t, w in one.items() if t in two) / (sum(one.values()) * sum(two.values())) ** 0.5

    def others(self, index: int, near: bool, count: int) -> list[Clean]:
        """Return other articles, of the same topic if `near`; articles on the same event are left out."""
        sample = [
            b for b in self.rng.sample(range(len(self.articles)), 60) if self.articles[b] is not self.hosts[index]
        ]
        ranked = sorted((b for b in sample if self.likeness(index, b) < 0.3), key=lambda b: -self.likeness(index, b))
        return [self.articles[b] for b in self.rng.sample(ranked[:10] if near else ranked, count)]

    def cased(self, text: str) -> str:
        return self.rng.choice([text.capitalize(), text.title(), text.upper(), text.capitalize()])

    def words_line(self, count: int) -> str:
        return self.cased(" ".join(self.rng.choice(self.words) for _ in range(count)))

    def label(self, count: int) -> str:
        if self.rng.random() >= 0.55:
            return self.words_line(count)
        extra = f" {self.words_line(self.rng.randint(1, 2)).lower()}" if self.rng.random() < 0.3 else ""
        return self.cased(self.rng.choice(self.phrases) + extra)

    def source(self) -> str:
        return " ".join(self.rng.choice(self.words).capitalize() for _ in range(self.rng.choice([1, 2, 2, 3])))

    def when(self) -> str:
        n = self.rng.randint(1, 59)
        month = self.rng.choice(["May", "June", "October"])
        return self.rng.choice([f"{n} minutes ago", f"{n} hours ago", f"{n}h ago", f"{n} min", f"{n} days ago",
                                f"{self.rng.randint(1, 28)} {month} 2021"])  # fmt: skip

    def closing(self) -> list[str]:
        ends = ["", "", "", "", ".", "...", ":", "!", "?", " (0)"]
        counts = [1, 1, 2, 3, 3, 4, 5, 6, 8]
        return [self.label(self.rng.choice(counts)) + self.rng.choice(ends)
                for _ in range(self.rng.choice([0, 0, 1, 1, 2, 3, 4, 5]))]  # fmt: skip

    def body(self, article: Clean) -> list[str]:
        shape = self.rng.random()
        if shape < 0.25:
            return [" ".join(article.lines)]
        if shape < 0.45:
            return [" ".join(article.lines[: self.rng.randint(1, 4)])]
        if shape < 0.6:
            return article.lines[: self.rng.randint(1, 3)]
        return article.lines

    def feed(self, stories: list[Clean]) -> list[str | None]:
        out: list[str | None] = []
        style = self.rng.randint(0, 7)
        for story in stories:
            if self.rng.random() < 0.2:
                style = self.rng.randint(0, 7)
            title, source, when = story.title, self.source(), self.when()
            joint = self.rng.choice([" | ", " · ", " - ", ", "])
            cards = [
                [source, when, f"- {source}", title],
                [title, source + joint + when],
                [source, title],
                [title],
                [title, source],
                [when, title],
                [self.label(1), title, f"By {source}"],
                [title, when, source],
            ]
            out += cards[style]
            out += [None, *self.body(story), None]
        return out

    def subheads(self, lines: list[str], share: float = 0.3) -> list[str]:
        """Put subheadings over some paragraphs, made of words of the paragraph."""
        out = []
        for i, line in enumerate(lines):
            if i > 0 and self.rng.random() < share:
                words = line.split()
                count = self.rng.choice([2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9])
                start = self.rng.randrange(max(1, len(words) - count))
                text = " ".join(words[start : start + count]).strip('.,"“”')
                out.append(text[:1].upper() + text[1:])
            out.append(line)
        return out

    def inline(self, lines: list[str]) -> list[str]:
        """Put link, advertisement and caption lines between paragraphs."""
        out = []
        for i, line in enumerate(lines):
            out.append(line)
            if i < len(lines) - 1 and self.rng.random() < 0.35:
                title = self.rng.choice(self.articles).title
                links = [
                    f"{self.label(self.rng.randint(1, 2))}: {title}",
                    f"{self.label(2)} | {title}",
                    self.label(self.rng.randint(3, 8)),
                    f"Video: {title} 2:{self.rng.randint(0, 59):02d}",
                ]
                out.append(self.rng.choice(links))
        return out

    def joined(self, lines: list[str | None] | list[str], separator: str) -> str:
        text = ""
        for line in lines:
            if line is None:
                text = text.rstrip("\n") + "\n\n" + ("\n" if self.rng.random() < 0.3 else "")
            else:
                text += line + separator
        return text.strip()

    def texts(self) -> Iterator[Made]:
        """Yield texts of every kind for every article."""
        rng, joined = self.rng, self.joined
        wide = ["\n", "\n\n", "\n\n"]
        for index, article in enumerate(self.hosts):
            title = article.title if article.title and rng.random() < 0.9 else None
            language = article.language if rng.random() < 0.75 else None
            made = partial(Made, fold=article.fold, title=title, language=language)
            for kind in KINDS if article.news else PAGE_KINDS:
                near = rng.random() < 0.45
                # Now and then a short article, for which there is little to compare with.
                short = article.news and rng.random() < 0.15
                lines = article.lines[: rng.randint(2, 4)] if short else list(article.lines)
                if kind == "links" or (rng.random() < 0.25 and kind not in ("clean", "page")):
                    lines = self.inline(lines)
                if kind == "subheads" or (rng.random() < 0.15 and kind not in ("clean", "page")):
                    lines = self.subheads(lines)
                if kind == "box" and len(lines) > 1:
                    at = rng.randrange(1, len(lines))
                    box = [self.label(rng.randint(1, 3))] if rng.random() < 0.8 else []
                    box += [other.title for other in self.others(index, near, rng.randint(1, 4))]
                    lines = lines[:at] + box + lines[at:]
                text = joined(lines, rng.choice(wide))
                if kind in ("clean", "page", "subheads", "links", "box"):
                    yield made(kind=kind, text=text, end=None)
                    continue
                if kind == "bare":
                    parts: list[str | None] = []
                    for other in self.others(index, near, rng.choice([1, 1, 2, 2, 3])):
                        parts += [*(self.body(other) if rng.random() < 0.3 else other.lines), None]
                    extra = joined(parts, rng.choice(wide))
                elif kind == "feed":
                    marker: list[str | None] = [self.label(rng.randint(1, 4))] if rng.random() < 0.85 else []
                    stories = self.feed(self.others(index, near, rng.choice([1, 2, 3, 4])))
                    extra = joined([*self.closing(), *marker, *stories], rng.choice(["\n", "\n", "\n\n"]))
                elif kind == "headlines":
                    marker = [self.label(rng.randint(1, 4))] if rng.random() < 0.9 else []
                    titles = [other.title for other in self.others(index, near, rng.randint(3, 9))]
                    extra = joined([*self.closing()[:3], *marker, *titles], rng.choice(["\n", "\n", "\n\n"]))
                elif kind == "furniture":
                    extra = joined(
                        rng.choice(self.furniture)[: rng.choice([3, 5, 10, 20, 40])], rng.choice(["\n", "\n\n"])
                    )
                else:
                    extra = joined(
                        [self.label(rng.randint(2, 4)) + rng.choice(["", f": {self.label(2)}", f" {article.title}"])
                         for _ in range(rng.choice([1, 1, 2, 3]))], rng.choice(["\n", "\n\n"]))  # fmt: skip
                between = rng.choice(["\n\n", "\n\n", "\n"])
                name = f"{kind}, same topic" if near and kind in ("bare", "feed", "headlines") else kind
                yield made(kind=name, text=text + between + extra, end=len(text) + len(between))


def fitted(x: np.ndarray, y: np.ndarray, strength: float = 1.0) -> tuple[np.ndarray, float]:
    """Return weights and bias of a logistic model for raw (unscaled) features."""
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=strength, max_iter=3000).fit(scaler.transform(x), y)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


def probability(x: np.ndarray, weights: np.ndarray, bias: float) -> np.ndarray:
    """Return the probabilities of a model for many rows."""
    return np.asarray(1.0 / (1.0 + np.exp(-(x @ weights + bias))))


def boosted(x: np.ndarray, y: np.ndarray, prose: bool) -> HistGradientBoostingClassifier:
    """Return boosted trees; where no form helps, cohesion may only count one way, so that nothing odd is learned."""
    signs = [-1 if name in ONLY_AGAINST else 1 if name in ONLY_FOR else 0 for name in FEATURES] if prose else None
    model = HistGradientBoostingClassifier(max_iter=100, max_depth=3, learning_rate=0.14, l2_regularization=5.0,
                                           min_samples_leaf=40, monotonic_cst=signs, random_state=0)  # fmt: skip
    return model.fit(x, y)


def node_json(nodes: np.ndarray, index: int) -> object:
    """Return a node of a tree as nested lists."""
    node = nodes[index]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    return [FEATURES[node["feature_idx"]], round(float(node["num_threshold"]), 4),
            node_json(nodes, node["left"]), node_json(nodes, node["right"])]  # fmt: skip


def trees_json(model: HistGradientBoostingClassifier) -> dict[str, object]:
    """Return boosted trees as they stand in models.json."""
    bias = round(float(model._baseline_prediction.item()), 4)
    return {"bias": bias, "trees": [node_json(trees[0].nodes, 0) for trees in model._predictors]}


def as_json(names: tuple[str, ...], weights: np.ndarray, bias: float) -> dict[str, object]:
    """Return a model as it stands in models.json."""
    pairs = zip(names, weights, strict=True)
    return {"bias": round(bias, 4), "weights": {n: round(float(w), 4) for n, w in pairs if abs(w) > 1e-9}}


def train_end(maker: _Maker, compilations: list[tuple[str, str]]) -> dict[str, dict[str, object]]:
    """Train the two models of the article's end and print what they find and lose."""
    x, y, prose, folds, kinds, documents = [], [], [], [], [], []
    texts = list(maker.texts())
    texts += [Made("compilation", fold_of(text), title, text, None, "en") for title, text in compilations]
    for number, made in enumerate(texts):
        topics = topics_of(made.text, made.title, made.language)
        (table,) = end_features([topics], [frozenset()])
        for cut, features in enumerate(table, start=1):
            start = topics.blocks[cut].start
            if made.end is not None and start > made.end:
                break
            x.append(features)
            y.append(start == made.end)
            prose.append(topics.blocks[cut].prose)
            folds.append(made.fold)
            kinds.append(made.kind)
            documents.append(number)
    data, labels, is_prose, fold_ids = np.array(x), np.array(y, dtype=int), np.array(prose), np.array(folds)
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        for form in (False, True):
            train, test = (fold_ids != fold) & (is_prose == form), (fold_ids == fold) & (is_prose == form)
            scores[test] = boosted(data[train], labels[train], form).predict_proba(data[test])[:, 1]
    by_document: dict[int, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        by_document[document].append(row)
    print(f"{'kind':24}{'texts':>6}   hit/early at 0.3, 0.5, 0.7, 0.8, 0.9")
    for kind in sorted(set(kinds)):
        members = [r for r in by_document.values() if kinds[r[0]] == kind]
        cells = []
        for threshold in (0.3, 0.5, 0.7, 0.8, 0.9):
            fired = [next((r for r in member if scores[r] >= threshold), None) for member in members]
            hit = sum(r is not None and labels[r] == 1 for r in fired) / len(members)
            early = sum(r is not None and labels[r] == 0 for r in fired) / len(members)
            cells.append(f"{hit:.3f}/{early:.3f}")
        print(f"{kind:24}{len(members):6}   {'  '.join(cells)}")
    return {
        name: trees_json(boosted(data[is_prose == form], labels[is_prose == form], form))
        for name, form in (("headed", False), ("prose", True))
    }


def single_articles(copies: Path) -> Iterator[tuple[str | None, str, int]]:
    """Yield title, text and fold of the single articles of a folder; copies of an article share its fold."""
    for path in sorted(copies.iterdir()):
        with path.open("rb") as stream:
            for record in read_records(stream, source=path.name, config=ReadConfig()):
                article = record if isinstance(record, Fate) else extract(record, config=ExtractConfig())
                if not isinstance(article, Fate):
                    yield article.title, article.text, fold_of(path.name[:6])


def train_part(
    maker: _Maker, compilations: list[tuple[str, str, set[str]]], copies: list[tuple[str | None, str, int]]
) -> dict[str, object]:
    """Train the model that tells the headline of a further article from captions, links and subheadings."""
    x, y, folds, sources = [], [], [], []
    config = StripConfig()
    texts = [(title, text, heads, fold_of(text), "compilations") for title, text, heads in compilations]
    texts += [(title, text, set(), fold, "single articles") for title, text, fold in copies]
    for article in maker.hosts:
        lines = maker.subheads(article.lines, 0.07) if article.news else article.lines
        texts.append((article.title, "\n\n".join(lines), set(), article.fold, "made and pages"))
    for number, (title, text, heads, fold, _) in enumerate(texts):
        topics = topics_of(text, title, "en")
        for index, features in part_features(topics.blocks, title, "en", introduced_in(topics.parts), config):
            x.append([features[name] for name in PART_FEATURES])
            y.append(squeezed(topics.blocks[index].text) in heads)
            folds.append(fold)
            sources.append(number)
    data, labels, fold_ids = np.array(x), np.array(y, dtype=int), np.array(folds)
    scores = np.zeros(len(labels))
    for fold in range(FOLDS):
        train, test = fold_ids != fold, fold_ids == fold
        scores[test] = probability(data[test], *fitted(data[train], labels[train], 0.5))
    totals = Counter(kind for *_, kind in texts)
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5):
        found = (scores[labels == 1] >= threshold).mean()
        wrong = {sources[row] for row in np.flatnonzero((scores >= threshold) & (labels == 0))}
        kinds = Counter(texts[number][4] for number in wrong)
        cells = ", ".join(f"{kinds[kind]} of {total} {kind}" for kind, total in totals.items())
        print(f"headlines found at {threshold}: {found:.3f}; split wrongly: {cells}")
    return as_json(PART_FEATURES, *fitted(data, labels, 0.5))


def main() -> None:
    """Train, print the cross-validated figures and write the models if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--part", action="store_true", help="train the model of further headlines alone")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    truth = rows(options.sets / "spliced" / "truth.jsonl")
    singles = {row["truth"]: row for row in truth if row["kind"] != "compilation" and len(row["truth"]) > 400}
    articles = [
        Clean(row["title"], paragraphs(text), fold_of(text), "en", True)
        for text, row in singles.items()
        if row["title"]
    ]
    for row in rows(options.sets / "pages" / "truth.jsonl"):
        if len(row["truth"]) > 400:
            language = py3langid.classify(row["truth"])[0]
            lines = paragraphs(row["truth"])
            articles.append(Clean(row["title"], lines, fold_of(row["truth"]), language, False))
    compilations = []
    for row in {row["truth"]: row for row in truth if row["kind"] == "compilation"}.values():
        lines = paragraphs((options.sets / "spliced" / "raw" / f"{row['id']}.txt").read_text("utf-8"))
        body = {squeezed(line) for line in paragraphs(row["truth"])}
        heads = {squeezed(line) for line in lines[1:] if squeezed(line) not in body}
        compilations.append((lines[0], "\n\n".join(lines[1:]), heads))
    maker = _Maker(articles, tails(options.sets / "pages"), options.seed)
    models: dict[str, object] = json.loads(MODELS.read_text("utf-8"))
    if not options.part:
        models.update(train_end(maker, [(title, text) for title, text, _ in compilations]))
    models["part"] = train_part(maker, compilations, list(single_articles(options.sets / "neardup" / "raw")))
    if options.write:
        # One tree a line, so that a change can be read.
        text = json.dumps(models).replace('], ["', '],\n["').replace('}, "', '},\n"')
        MODELS.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
