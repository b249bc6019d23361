"""The texts from which the line model learns: with a label for each line, and pages mixed from several."""

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq

from benchmarks.training.data import page_folders, publisher, rows, text_of, words_in
from cleaners.extract.articles import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, RawDocument
from cleaners.strip.line_model.facts import LineFacts
from cleaners.text import Line, lines_of

Floats = npt.NDArray[np.float32]
Labelled = tuple[Line, np.float32]


@dataclass(slots=True)
class Example:
    """A text with its labels, 1 for a line of furniture; `page_set` names the set of a page in other languages."""

    name: str
    kind: str
    group: str
    title: str | None
    truth: str
    lines: Sequence[Line]
    labels: Floats
    page_set: str = ""
    facts: list[LineFacts] = field(default_factory=list)
    tables: list[Floats] = field(default_factory=list)
    outputs: Floats = field(default_factory=lambda: np.zeros((0, 3), dtype=np.float32))
    fold: int = 0


def read_examples(data: Path) -> Iterator[Example]:
    """Yield the labelled texts of a data folder."""
    sites: dict[str, Counter[str]] = {}
    pages = [(folder, row) for folder in page_folders(data) for row in rows(folder / "truth.jsonl")]
    for folder, row in pages:
        name, truth = row["id"], row["truth"]
        site = publisher(row["url"]) or name
        dump = text_of(folder / "dump" / f"{name}.txt")
        for line in set(dump.split("\n")):
            if len(line) >= 20:
                sites.setdefault(line.strip(), Counter())[site] += 1
        page = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        page_set = row["set"] if folder.name == "world" else ""
        yield from _example(name, "dump", site, _article(dump), truth, page_set)
        yield from _example(name, "html", site, _article(page), truth, page_set)
        yield from _example(name, "body", site, _article(truth, title=row["title"] or None), None, page_set)
    for row in rows(data / "spliced" / "truth.jsonl"):
        text = (data / "spliced" / "raw" / f"{row['id']}.txt").read_text("utf-8")
        # Furniture that was glued on comes from pages, and must not be on both sides of a fold.
        shared: Counter[str] = Counter()
        for line in text.split("\n"):
            shared.update(sites.get(line.strip(), ()))
        group = shared.most_common(1)[0][0] if shared else row["id"]
        yield from _example(row["id"], row["kind"], group, _article(text), row["truth"])
    # Real texts as a scraper left them, unlabelled: their long sentences are the article's; the rest teaches nothing.
    for row in rows(data / "scraped" / "blank.jsonl.gz"):
        site = publisher(row["url"]) or row["id"]
        yield from _example(row["id"], "scraped", site, _article(row["text"], title=row["title"]), None)
    # Every third suffices.
    for path in sorted((data / "neardup" / "raw").glob("a?????.txt"))[::3]:
        yield from _example(path.stem, "article", path.stem, _article(path.read_text("utf-8")), None)


def _article(content: str | bytes, title: str | None = None) -> Article | None:
    form: Literal["text", "html"] = "html" if isinstance(content, bytes) else "text"
    # Mojibake stays: the marked bodies have it too.
    config = ExtractConfig(repair_mojibake="none")
    article = extract(RawDocument("x", 0, content, form, title=title), config=config)
    return article if isinstance(article, Article) else None


def _example(
    name: str, kind: str, group: str, article: Article | None, truth: str | None, page_set: str = ""
) -> Iterator[Example]:
    """Yield the labelled example; if `truth` is None, every line stays."""
    if article is None:
        return
    lines = lines_of(article.text)
    if truth is None:
        truth, labels = article.text, np.zeros(len(lines), dtype=np.float32)
    else:
        labels = label_lines(lines, truth)
    yield Example(name, kind, group, article.title, truth, lines, labels, page_set)


def label_lines(lines: Sequence[Line], truth: str) -> Floats:
    """Return 1 for each line that is not in the truth, found by aligning the words of both in order."""
    words = [words_in(line.text) for line in lines]
    flat = [word for row in words for word in row]
    owner = [number for number, row in enumerate(words) for _ in row]
    aligned = Counter[int]()
    for step in LCSseq.opcodes(flat, words_in(truth)):
        if step.tag == "equal":
            aligned.update(owner[step.src_start : step.src_end])
    return np.array([aligned[number] < 0.6 * len(row) or not row for number, row in enumerate(words)], dtype=np.float32)


def mix_pages(examples: Sequence[Example], seed: int) -> list[Example]:
    """Return new pages: each body in the furniture of another page, with the headline of the body.

    Every other body is cut to its first lines and interrupted by lines of furniture, like short news; and a third of
    the pages get a wrong headline, or none.
    """
    random = np.random.default_rng(seed)
    dumps = [example for example in examples if example.kind == "dump" and (example.labels == 0).sum() >= 3]
    articles = [example for example in examples if example.kind in ("article", "clean")]
    cores = [*dumps, *(articles[number] for number in random.permutation(len(articles))[: len(dumps) // 2])]
    # Nothing may be on both sides of a fold.
    shells: dict[int, list[Example]] = {}
    for example in dumps:
        shells.setdefault(example.fold, []).append(example)
    mixed = []
    for number, core in enumerate(cores):
        fold = shells.get(core.fold, [])
        if not fold:
            continue
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
    """Insert a few runs of short lines of another page's furniture between the lines of a body."""
    short = [line for line, label in zip(other.lines, other.labels, strict=True) if label and len(line.text) < 90]
    if short:
        for _ in range(random.integers(0, 4)):
            place, start = random.integers(1, len(body) + 1), random.integers(len(short))
            run = short[start : start + random.integers(1, 5)]
            body[place:place] = [(line, np.float32(1)) for line in run]
    return body
