"""Make the other texts from which the models learn out of marked pages.

    python -m benchmarks.training.derive DATA [--seed 1]

DATA holds `pages/html` and `pages/truth.jsonl`, and perhaps `world` of the same form. Each of these is made unless it
exists: `pages/dump` and `world/dump` (all visible text of each page, as a careless scraper leaves it), `scraped` (what
trafilatura takes for the text of a page, which is more than the text), `neardup` and `whole` (the marked articles by
themselves) and `spliced` (articles with other stories, lists of headlines or page furniture below them, and
compilations of articles on one event). For the general web (wcxb) only dumps are made, since its pages are guides and
shops.

A dump is made for each page without one. Each folder is made as a whole, under the name `FOLDER.part` until it is
complete. To make a folder again after more pages were fetched, remove it first.
"""

import argparse
import gzip
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import trafilatura

from benchmarks.training.articles import tails
from benchmarks.training.data import page_folders, paragraphs, rows, write_rows
from benchmarks.training.made_texts import Clean, Maker
from cleaners.encoding import decode
from cleaners.extract.page.blocks import split_blocks

GENERAL = frozenset({"wcxb"})
LEAST_CHARS = 400
# Twelve texts are made from each article, and one in THINNING is used.
THINNING = 6
GLUED = frozenset({"clean", "bare", "feed", "headlines", "furniture"})
# Two articles with this likeness of their words tell of one event; from COPY on they are copies.
ONE_EVENT, COPY = 0.3, 0.8
Row = dict[str, Any]


def visible_text(html: str) -> str:
    """Return the title and all visible text of a page, one line for each block; a blank page gives an empty text."""
    try:
        tree = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    except lxml.etree.ParserError:
        return ""
    body = tree.find("body")
    blocks = split_blocks(body)[0] if body is not None else []
    title = " ".join((tree.findtext(".//title") or "").split())
    return "\n".join([title, "", *(block.text for block in blocks)])


def read_html(pages: Path, row: Row) -> str:
    """Return the HTML of a page."""
    path = pages / "html" / f"{row['id']}.html.gz"
    return decode(gzip.decompress(path.read_bytes()), form="html") or ""


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """Give another path to write to, which becomes the file or folder once everything is written."""
    part = path.with_name(f"{path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    yield part
    part.rename(path)


def make_dumps(pages: Path) -> str:
    """Write the visible text of each page of a folder that has no dump yet; say for how many."""
    folder, found = pages / "dump", list(rows(pages / "truth.jsonl"))
    folder.mkdir(exist_ok=True)
    missing = [
        row for row in found if not any((folder / f"{row['id']}.txt{ending}").exists() for ending in ("", ".gz"))
    ]
    for row in missing:
        text = visible_text(read_html(pages, row))
        with made_whole(folder / f"{row['id']}.txt.gz") as part:
            part.write_bytes(gzip.compress(text.encode(errors="replace"), mtime=0))
    return f"{len(missing):,} of {len(found):,} pages"


def make_scraped(folder: Path, data: Path, news: list[Row]) -> str:
    """Write what a plain scraper takes for the text of each page that has a title; say what was written."""
    found = []
    for row in news:
        text = trafilatura.extract(read_html(data / "pages", row), favor_recall=True, include_comments=False)
        if row["title"] and text:
            found.append({"id": row["id"], "title": row["title"], "url": row["url"], "text": text})
    write_rows(folder / "blank.jsonl.gz", found)
    return f"{len(found):,} texts"


def make_single(folder: Path, news: list[Row]) -> str:
    """Write each article by itself, headline first; say what was written."""
    (folder / "raw").mkdir(parents=True)
    for number, row in enumerate(news):
        text = "\n\n".join([row["title"], row["truth"]] if row["title"] else [row["truth"]])
        (folder / "raw" / f"a{number:05d}.txt").write_text(text, encoding="utf-8")
    write_rows(folder / "pairs.jsonl", [])
    return f"{len(news):,} articles"


def make_whole(folder: Path, news: list[Row]) -> str:
    """Write each article as it stands, with all of it for the truth; say what was written."""
    (folder / "raw").mkdir(parents=True)
    for row in news:
        text = f"{row['title']}\n\n{row['truth']}".strip()
        (folder / "raw" / f"{row['id']}.txt").write_text(text, encoding="utf-8")
    write_rows(folder / "truth.jsonl", [{"id": r["id"], "kind": "clean", "truth": r["truth"]} for r in news])
    return f"{len(news):,} articles"


def make_spliced(folder: Path, data: Path, news: list[Row], seed: int) -> str:
    """Write articles with other matter below them, and compilations; say what was written."""
    titled = [row for row in news if row["title"]]
    hosts = [Clean(row["title"], paragraphs(row["truth"]), 0, "en", True) for row in titled]
    maker = Maker(hosts, tails(data / "pages"), seed)
    chance = random.Random(seed)
    made = []
    for text in maker.texts():
        kind = text.kind.partition(",")[0]
        if kind in GLUED and text.title and chance.random() < 1 / THINNING:
            made.append((kind, text.title, text.text, text.text[: text.end].strip()))
    compilations = list(_compilations(maker, titled))
    (folder / "raw").mkdir(parents=True)
    truth = []
    for number, (kind, title, whole, kept) in enumerate([*made, *compilations]):
        (folder / "raw" / f"s{number:05d}.txt").write_text(f"{title}\n\n{whole}", encoding="utf-8")
        truth.append({"id": f"s{number:05d}", "kind": kind, "title": title, "truth": kept})
    write_rows(folder / "truth.jsonl", truth)
    return f"{len(truth):,} texts, {len(compilations)} compilations among them"


def _compilations(maker: Maker, titled: list[Row]) -> Iterator[tuple[str, str, str, str]]:
    """Yield pairs of articles from two sites on one event; an article is in one pair at most."""
    taken: set[int] = set()
    for one, other in combinations(range(len(titled)), 2):
        first, second = titled[one], titled[other]
        sites = {urlsplit(row["url"]).hostname or row["url"] for row in (first, second)}
        if len(sites) == 2 and taken.isdisjoint((one, other)) and ONE_EVENT <= maker.likeness(one, other) < COPY:
            taken |= {one, other}
            text = f"{first['truth']}\n\n{second['title']}\n\n{second['truth']}"
            yield "compilation", first["title"], text, f"{first['truth']}\n\n{second['truth']}"


def derive(data: Path, seed: int) -> None:
    """Make what does not exist yet, and say what was made."""
    pages = list(rows(data / "pages" / "truth.jsonl"))
    news = [row for row in pages if row["set"] not in GENERAL and len(row["truth"]) >= LEAST_CHARS]
    for folder in page_folders(data):
        print(f"{folder.name}/dump: {make_dumps(folder)}", flush=True)
    makers: dict[str, Callable[[Path], str]] = {
        "scraped": lambda folder: make_scraped(folder, data, news),
        "neardup": lambda folder: make_single(folder, news),
        "whole": lambda folder: make_whole(folder, news),
        "spliced": lambda folder: make_spliced(folder, data, news, seed),
    }
    for name, make in makers.items():
        if not (data / name).exists():
            with made_whole(data / name) as folder:
                made = make(folder)
            print(f"{name}: {made}", flush=True)


def main() -> None:
    """Read the arguments and make the texts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    derive(options.data, options.seed)


if __name__ == "__main__":
    main()
