"""Train the models of the strip stage (cleaners/strip/ends/models.json) from articles spliced here, at random.

usage: python -m benchmarks.training.ends SETS [--part] [--write] [--seed N]

SETS holds `spliced/truth.jsonl` and `spliced/raw` (clean articles, and compilations), `pages/truth.jsonl` and
`pages/dump` (pages with the article marked, for real page furniture), `neardup/raw` and `neardup/pairs.jsonl` (single
articles with captions, links and adverts in them, and copies of them: nothing to split; one of each, without the lines
under its last paragraph, is a clean article too). From the clean articles alone, texts are made in which the end is
known: with other stories under them (with and without markers, of the same and of other topics), with lists of
headlines, with page furniture, and, as counterexamples, with subheadings, link lines, adverts and boxes inside. Markers
are known closing lines in half of the cases and random words in the other half, so that the models lean on form. Each
figure printed is cross-validated over articles: hit is the share of texts cut at the right place, early the share cut
before it, which is text lost. Needs numpy and scikit-learn; the models need neither.
"""

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import py3langid
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.training.made_texts import Clean, Made, Maker
from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.read import read_records
from cleaners.read.config import ReadConfig
from cleaners.records import Fate
from cleaners.strip.config import StripConfig
from cleaners.strip.ends.features import FEATURES, end_features
from cleaners.strip.split import PART_FEATURES, part_features
from cleaners.strip.topic import introduced_in, topics_of
from cleaners.text import lines_of

FOLDS = 5
# So often every kind of text is made of every article, each time with other matter.
ROUNDS = 2
ONLY_AGAINST = {"seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "title_after", "lead_after",
                "known_names", "cross", "cross_least", "rare_shared", "rare_share", "first_after", "resumed", "resumes",
                "head_quote", "briefs_before", "runs_before"}  # fmt: skip
ONLY_FOR = {"onward", "own_mean", "own_least", "before_stopped", "words_before"}
MODELS = Path(__file__).parents[2] / "cleaners" / "strip" / "ends" / "models.json"


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
    model = HistGradientBoostingClassifier(max_iter=300, max_depth=4, learning_rate=0.08, l2_regularization=5.0,
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


def train_end(maker: Maker, compilations: list[tuple[str, str]]) -> dict[str, dict[str, object]]:
    """Train the two models of the article's end and print what they find and lose."""
    x, y, prose, folds, kinds, documents = [], [], [], [], [], []
    texts = [made for _ in range(ROUNDS) for made in maker.texts()]
    texts += [Made("compilation", fold_of(text), title, text, None, "en") for title, text in compilations]
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
    print(f"{'kind':24}{'texts':>6}   hit/early at 0.3, 0.5, 0.8, 0.9, 0.95, 0.97")
    for kind in sorted(set(kinds)):
        members = [r for r in by_document.values() if kinds[r[0]] == kind]
        cells = []
        for threshold in (0.3, 0.5, 0.8, 0.9, 0.95, 0.97):
            fired = [next((r for r in member if scores[r] >= threshold), None) for member in members]
            hit = sum(r is not None and labels[r] == 1 for r in fired) / len(members)
            early = sum(r is not None and labels[r] == 0 for r in fired) / len(members)
            cells.append(f"{hit:.3f}/{early:.3f}")
        print(f"{kind:24}{len(members):6}   {'  '.join(cells)}")
    return {
        name: trees_json(boosted(data[is_prose == form], labels[is_prose == form], form))
        for name, form in (("headed", False), ("prose", True))
    }


def single_articles(copies: Path) -> Iterator[tuple[str | None, str, str]]:
    """Yield title, text and name of the single articles of a folder; copies share its first six letters."""
    for path in sorted(copies.iterdir()):
        with path.open("rb") as stream:
            for record in read_records(stream, source=path.name, config=ReadConfig()):
                article = record if isinstance(record, Fate) else extract(record, config=ExtractConfig())
                if not isinstance(article, Fate):
                    yield article.title, article.text, path.stem


def one_of_each(sets: Path) -> Iterator[Clean]:
    """Yield one single article of each group of copies, up to its last paragraph, and none that is made of others."""
    mixed = {row[side] for row in rows(sets / "pairs.jsonl") if not row["dup"] for side in ("a", "b")}
    groups = set()
    for title, text, name in single_articles(sets / "raw"):
        group = name[:6]
        first = group not in groups
        groups.add(group)
        ends = [line.end for line in lines_of(text) if line.prose]
        if first and name not in mixed and title and len(ends) > 3:
            yield Clean(title, paragraphs(text[: ends[-1]]), fold_of(text), "en", False)


def train_part(
    maker: Maker, compilations: list[tuple[str, str, set[str]]], copies: list[tuple[str | None, str, str]]
) -> dict[str, object]:
    """Train the model that tells the headline of a further article from captions, links and subheadings."""
    x, y, folds, sources = [], [], [], []
    config = StripConfig()
    texts = [(title, text, heads, fold_of(text), "compilations") for title, text, heads in compilations]
    texts += [(title, text, set(), fold_of(name[:6]), "single articles") for title, text, name in copies]
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
    known = {text[:200] for text in singles}
    singly = one_of_each(options.sets / "neardup")
    articles += [article for article in singly if "\n\n".join(article.lines)[:200] not in known]
    compilations = []
    for row in {row["truth"]: row for row in truth if row["kind"] == "compilation"}.values():
        lines = paragraphs((options.sets / "spliced" / "raw" / f"{row['id']}.txt").read_text("utf-8"))
        body = {squeezed(line) for line in paragraphs(row["truth"])}
        heads = {squeezed(line) for line in lines[1:] if squeezed(line) not in body}
        compilations.append((lines[0], "\n\n".join(lines[1:]), heads))
    maker = Maker(articles, tails(options.sets / "pages"), options.seed)
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
