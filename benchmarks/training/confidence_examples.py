"""The examples for the models of confidence: articles as a run would publish them, their signs, and which are right.

Everything goes through the stages as in a run. An article is right if the wrong and missing words in what would be
published, found by aligning it with the truth, are at most 2 % of the truth's words. Pages are extracted by block
models that have not seen their publisher (made here, in four folds), because the model of the package was trained on
many of these pages and is too sure of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

import cleaners.extract.page.page as page_module
from benchmarks.training import pages
from benchmarks.training.data import articles_in, publisher, rows
from cleaners.confidence.model import signs_of
from cleaners.config import Config
from cleaners.read import is_whole
from cleaners.records import Article, SiteLines, count_words, find_words
from cleaners.strip import cut, find_all_claims, line_keys, opening_keys, split
from flows.jobs.stripped_parts import coarse

CONFIG = Config()
RIGHT = 0.02
PAGE_FOLDS = 4
PROCESSES, TOGETHER = 2, 64
WHOLE_KINDS = frozenset({"clean", "compilation"})
_SUFFIX = re.compile(r"(\.(html?|txt|gz))+$")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A published article: its signs, whether it is right, and its weight."""

    name: str
    group: str
    publisher: str
    language: str
    signs: dict[str, float]
    right: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What should come out of a file: the text, the set that it belongs to, and its publisher."""

    text: str
    group: str
    publisher: str


def articles_of(path: Path) -> list[Article]:
    """Read, extract and split a file."""
    found = list(articles_in(path))
    return [part for article in found for part in split(article, config=CONFIG.strip)] if is_whole(path.name) else found


def _use(model: HistGradientBoostingClassifier) -> None:
    """Make this process extract pages with another block model."""

    def predict(columns: Mapping[str, NDArray[np.float32]]) -> Floats:
        chances: Floats = model.predict_proba(np.column_stack(list(columns.values())))[:, 1]
        return chances

    vars(page_module)["predict"] = predict


def extract_all(files: Sequence[Path], model: HistGradientBoostingClassifier | None = None) -> list[Article]:
    """Extract files; pages with this block model or, without one, with the package's."""
    prepare: dict[str, Any] = {"initializer": _use, "initargs": (model,)} if model else {}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork"), **prepare) as pool:
        return [article for found in pool.map(articles_of, files, chunksize=8) for article in found]


def block_models(
    examples: Sequence[pages.Example], policy: frozenset[str]
) -> Iterator[tuple[HistGradientBoostingClassifier, list[int]]]:
    """Yield block models, each with the numbers of the pages whose publishers it did not see."""
    order = np.arange(len(examples))
    publishers = [example.publisher for example in examples]
    for train, test in GroupKFold(PAGE_FOLDS, shuffle=True, random_state=1).split(order, groups=publishers):
        yield pages.fit([examples[index] for index in train], policy), test.tolist()


def measure(articles: Sequence[Article], truths: dict[str, Truth], weight: Callable[[str], float]) -> list[Example]:
    """Strip the articles of a folder together, as one corpus, and compare what would be published with the truth."""
    keys = [(line_keys(article), opening_keys(article)) for article in articles]
    site_pages = Counter(article.site or "" for article in articles)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for article, (lines, _) in zip(articles, keys, strict=True):
        counts[article.site or ""].update(lines)
    sites = {
        site: SiteLines(coarse(number), {key: coarse(count) for key, count in counts[site].items() if count > 1})
        for site, number in site_pages.items()
    }
    openings = frozenset(opens[0] for _, opens in keys if opens)
    known = [
        (article, sites[article.site or ""], openings.intersection(opens[1:]))
        for article, (_, opens) in zip(articles, keys, strict=True)
    ]
    texts: dict[str, list[str]] = defaultdict(list)
    signs: dict[str, list[tuple[Article, dict[str, float]]]] = defaultdict(list)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        jobs = [known[at : at + TOGETHER] for at in range(0, len(known), TOGETHER)]
        for article, text, found in (row for rows in pool.map(strip_some, jobs) for row in rows):
            name = _SUFFIX.sub("", article.source)
            texts[name].append(text)
            signs[name].append((article, found))
    examples = []
    for name, truth in truths.items():
        if name in signs and count_words(truth.text):
            right = is_right(truth.text, "\n".join(texts[name]))
            examples += [
                Example(name, truth.group, truth.publisher, article.language or "none", found, right,
                        weight(truth.group) / len(signs[name]))
                for article, found in signs[name]
            ]  # fmt: skip
    return examples


def strip_some(
    jobs: Sequence[tuple[Article, SiteLines, frozenset[int]]],
) -> list[tuple[Article, str, dict[str, float]]]:
    """Strip articles; return each with its cleaned text and its signs."""
    articles, known, elsewhere = zip(*jobs, strict=True)
    claims = find_all_claims(articles, config=CONFIG.strip, site_lines=known, elsewhere=elsewhere)
    found = []
    for article, claimed in zip(articles, claims, strict=True):
        cleaned = cut(article.text, claimed)
        found.append((article, cleaned.text, signs_of(article, claimed, cleaned)))
    return found


def is_right(truth: str, text: str) -> bool:
    """Tell whether a text has few enough wrong and missing words."""
    numbers: dict[str, int] = {}
    wanted, found = ([numbers.setdefault(word, len(numbers)) for word in find_words(each)] for each in (truth, text))
    same = LCSseq.similarity(wanted, found)
    return bool(len(wanted) + len(found) - 2 * same <= RIGHT * len(wanted))


def page_examples(folders: Sequence[Path], policy: frozenset[str]) -> list[Example]:
    """Return the examples of all pages, each extracted by a block model that did not see its publisher."""
    jobs = [(folder, row) for folder in folders for row in rows(folder / "truth.jsonl")]
    with ProcessPoolExecutor(PROCESSES) as pool:
        pairs = zip(jobs, pool.map(pages.read_example, jobs, chunksize=8), strict=True)
        read = [(job, example) for job, example in pairs if example is not None]
    articles: list[Article] = []
    for model, unseen in block_models([example for _, example in read], policy):
        files = [read[index][0][0] / "html" / f"{read[index][0][1]['id']}.html.gz" for index in unseen]
        articles += extract_all(files, model)
    found: list[Example] = []
    for folder in folders:
        truths = {
            row["id"]: Truth(row["truth"], example.group, example.publisher)
            for (of, row), example in read
            if of == folder
        }
        here = [article for article in articles if _SUFFIX.sub("", article.source) in truths]
        found += measure(here, truths, lambda group: pages.POLICY_WEIGHT if group in policy else 1.0)
    # The other pages state their text beside the markup.
    return [example for example in found if "page_words" in example.signs]


def text_examples(folders: Sequence[Path], whole: Sequence[Path], glued: Sequence[Path]) -> list[Example]:
    """Return the examples of all texts."""
    publishers = {
        row["id"]: publisher(row.get("url")) or row["id"] for folder in folders for row in rows(folder / "truth.jsonl")
    }
    found: list[Example] = []
    for kind, folder in [
        *(("whole", folder) for folder in whole),
        *(("glued", folder) for folder in glued),
        *(("dump", folder) for folder in folders if (folder / "dump").is_dir()),
    ]:
        truths = {}
        for row in rows(folder / "truth.jsonl"):
            name = row["id"]
            group = "whole" if row.get("kind") in WHOLE_KINDS else kind
            # The layouts of one article share its name up to the dot.
            by = publishers.get(name) or publishers.get(name.rsplit(".", 1)[0]) or name
            truths[name] = Truth(row["truth"], group, by)
        files = sorted((folder / ("dump" if kind == "dump" else "raw")).glob("*.txt*"))
        found += measure(extract_all(files), truths, lambda _: 1.0)
    return found
