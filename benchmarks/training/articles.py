"""The articles from which the models of the article's end and of further headlines learn.

A data folder holds `spliced/truth.jsonl` and `spliced/raw` (clean articles, and compilations), `pages/truth.jsonl` and
`pages/dump` (pages with the article marked, for real page furniture), `neardup/raw` and `neardup/pairs.jsonl` (single
articles with captions, links and adverts in them, and copies of them; one of each group, without the lines below its
last paragraph, is a clean article too).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import py3langid.langid

from benchmarks.training.data import articles_in, paragraphs, rows, text_of
from benchmarks.training.made_texts import Clean
from cleaners.text import lines_of


@dataclass(frozen=True)
class Compilation:
    """Several articles in one text: the headline of the first, the rest, and the headlines in the rest."""

    title: str
    text: str
    heads: frozenset[str]


def single_spaced(line: str) -> str:
    """Return a line with single spaces between words, for comparing."""
    return re.sub(r"\s+", " ", line).strip()


def fold_of(text: str, folds: int) -> int:
    """Return the fold of an article, which its first words decide."""
    return int(hashlib.md5(text[:200].encode()).hexdigest(), 16) % folds


def tails(pages: Path) -> list[list[str]]:
    """Return what stands below the article on real pages: the lines after the last line of the marked body."""
    found = []
    for row in rows(pages / "truth.jsonl"):
        body = {single_spaced(line) for line in paragraphs(row["truth"])}
        lines = paragraphs(text_of(pages / "dump" / f"{row['id']}.txt"))
        last = max((i for i, line in enumerate(lines) if single_spaced(line) in body), default=None)
        if last is not None and last + 3 <= len(lines):
            found.append(lines[last + 1 :])
    return found


def single_articles(copies: Path) -> Iterator[tuple[str | None, str, str]]:
    """Yield title, text and name of the single articles of a folder; copies share its first six letters."""
    for path in sorted(copies.iterdir()):
        for article in articles_in(path):
            yield article.title, article.text, path.stem


def one_of_each(sets: Path, folds: int) -> Iterator[Clean]:
    """Yield one article of each group of copies, up to its last paragraph, but none that is made from others."""
    mixed = {row[side] for row in rows(sets / "pairs.jsonl") if not row["dup"] for side in ("a", "b")}
    groups = set()
    for title, text, name in single_articles(sets / "raw"):
        group = name[:6]
        first = group not in groups
        groups.add(group)
        ends = [line.end for line in lines_of(text) if line.prose]
        if first and name not in mixed and title and len(ends) > 3:
            yield Clean(title, paragraphs(text[: ends[-1]]), fold_of(text, folds), "en", False)


def read_articles(data: Path, folds: int) -> tuple[list[Clean], list[Compilation]]:
    """Return the clean articles and the compilations of a data folder."""
    truth = list(rows(data / "spliced" / "truth.jsonl"))
    singles = {row["truth"]: row for row in truth if row["kind"] != "compilation" and len(row["truth"]) > 400}
    articles = [
        Clean(row["title"], paragraphs(text), fold_of(text, folds), "en", True)
        for text, row in singles.items()
        if row["title"]
    ]
    for row in rows(data / "pages" / "truth.jsonl"):
        if len(row["truth"]) > 400:
            language = py3langid.langid.classify(row["truth"])[0]
            lines = paragraphs(row["truth"])
            articles.append(Clean(row["title"], lines, fold_of(row["truth"], folds), language, False))
    known = {text[:200] for text in singles}
    singly = one_of_each(data / "neardup", folds)
    articles += [article for article in singly if "\n\n".join(article.lines)[:200] not in known]
    compilations = []
    for row in {row["truth"]: row for row in truth if row["kind"] == "compilation"}.values():
        lines = paragraphs(text_of(data / "spliced" / "raw" / f"{row['id']}.txt"))
        body = {single_spaced(line) for line in paragraphs(row["truth"])}
        heads = frozenset(line for line in map(single_spaced, lines[1:]) if line not in body)
        compilations.append(Compilation(lines[0], "\n\n".join(lines[1:]), heads))
    return articles, compilations
