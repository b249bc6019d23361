"""Fetch public sets of pages with marked articles into the folder from which the models learn.

    python -m benchmarks.training.fetch DATA [--only SET ...] [--archives FOLDER]

Needs the internet: each set is downloaded from its public home on GitHub at a fixed commit, about 150 MB in all, and
written as docs/reference/training-data.md describes: `pages` (andy424, fundus, newspaper3k, scrapinghub, wcxb) and
`world` (daniel). Then run `python -m benchmarks.training.derive DATA`. `--archives` keeps the downloads in a folder,
and reads those that are there. Pages of sets that are not fetched stay unchanged.

The texts belong to their publishers. The licences named here are those of the sets; none of them frees the articles.
"""

import argparse
import gzip
import http.client
import io
import json
import re
import tarfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import lxml.html

from benchmarks.training.data import publisher, rows, words_in, write_rows
from cleaners.encoding import decode

SECONDS = 120
Files = Mapping[str, bytes]


class Page(NamedTuple):
    """A page as it was fetched, with the article as somebody marked it."""

    id: str
    html: bytes
    truth: str
    url: str = ""
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A public set: its repository and commit, the paths needed from it, its licence, and what reads it."""

    repository: str
    commit: str
    needed: str
    licence: str
    folder: str
    read: Callable[[Files], Iterator[Page]]

    @property
    def address(self) -> str:
        """The URL from which the set is downloaded."""
        return f"https://github.com/{self.repository}/archive/{self.commit}.tar.gz"

    @property
    def archive(self) -> str:
        """The name under which the download is kept."""
        return f"{self.repository.replace('/', '+')}-{self.commit}.tar.gz"


def read_andy424(files: Files) -> Iterator[Page]:
    """Read 424 articles of 212 news sites: `articles.json`, an object by the page's name."""
    for name, row in json.loads(files["articles.json"]).items():
        html = files.get(f"html/{name}.html")
        if html:
            yield Page(name, html, row["articleBody"], row["url"], row["title"])


def read_scrapinghub(files: Files) -> Iterator[Page]:
    """Read the article extraction benchmark: `ground-truth.json`, an object by the page's name."""
    for name, row in json.loads(files["ground-truth.json"]).items():
        html = files.get(f"html/{name}.html.gz")
        if html:
            yield Page(name[:40], gzip.decompress(html), row["articleBody"], row["url"])


def read_wcxb(files: Files) -> Iterator[Page]:
    """Read the articles of the development part of WCXB: a JSON file for each page; skip other kinds of pages."""
    for path, content in files.items():
        if path.startswith("dev/ground-truth/"):
            row, name = json.loads(content), Path(path).stem
            html = files.get(f"dev/html/{name}.html.gz")
            if html and row["_internal"]["page_type"]["primary"] == "article":
                marked = row["ground_truth"]
                yield Page(
                    name,
                    gzip.decompress(html),
                    marked.get("main_content") or "",
                    row.get("url") or "",
                    marked.get("title") or "",
                )


def read_fundus(files: Files) -> Iterator[Page]:
    """Read the test pages of fundus: what each version of a publisher's parser finds on a page of its time."""
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        if not re.fullmatch(r"tests/resources/parser/test_data/\w+", folder) or not name.endswith(".json"):
            continue
        publisher = name.removesuffix(".json")
        dated = re.compile(rf"{re.escape(folder)}/{re.escape(publisher)}_\d{{4}}_\d\d_\d\d\.html\.gz")
        pages = sorted(path for path in files if dated.fullmatch(path))
        addresses = json.loads(files.get(f"{folder}/meta.info", b"{}"))
        versions = list(json.loads(content).values())
        # If a version has no page of its own, it is unclear which page belongs to which version.
        for page, version in zip(pages, versions, strict=True) if len(pages) == len(versions) else ():
            body = version.get("body")
            if body:
                parts = [
                    *body["summary"],
                    *(p for part in body["sections"] for p in part["headline"] + part["paragraphs"]),
                ]
                name = page.rpartition("/")[2]
                address = addresses.get(name, {}).get("url", "")
                label = f"{folder.rpartition('/')[2]}_{name.removesuffix('.html.gz')}"
                html = gzip.decompress(files[page])
                yield Page(label, html, "\n\n".join(parts), address, version.get("title") or "")


def read_newspaper3k(files: Files) -> Iterator[Page]:
    """Read the test pages of newspaper3k, two of each site; the site is all that the set says about them."""
    for path, content in files.items():
        name = Path(path).stem
        text = files.get(f"tests/data/text/{name}.txt")
        if path.startswith("tests/data/html/") and text and name[-1:].isdigit():
            yield Page(name, content, decode(text, form="text") or "", name[:-1])


def read_daniel(files: Files) -> Iterator[Page]:
    """Read DAnIEL as it was marked anew for WADDLE: Greek, English, Polish, Russian and Chinese news of 2011-12."""
    folder = "corpora/Corpus_daniel_v2.1"
    languages = {"Greek": "el", "English": "en", "Polish": "pl", "Russian": "ru", "Chinese": "zh"}
    for name, language in json.loads(files[f"{folder}/doc_lg.json"]).items():
        marked, html = files.get(f"{folder}/reference/{name}"), files.get(f"{folder}/html/{name}")
        if not marked or not html or language not in languages:
            continue
        lines = re.findall(r"<p>(.*?)(?:</p>|$)", marked.decode(errors="replace"), re.DOTALL | re.MULTILINE)
        if lines and _is_headline(lines[0], html):
            del lines[0]
        truth = "\n".join(line.strip() for line in lines if line.strip())
        yield Page(re.sub(r"[^0-9A-Za-z]+", "_", name), html, truth, language=languages[language])


def _is_headline(line: str, html: bytes) -> bool:
    """Say whether the page has the line as its title, or as a heading of the first rank."""
    text = decode(html, form="html")
    if not text or not text.strip():
        return False
    tree = lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    words = words_in(line.lower())
    titles = [words_in("".join(map(str, node.itertext())).lower()) for node in tree.iter("title", "h1")]
    return bool(words) and any(" ".join(words) in " ".join(title) for title in titles)


SOURCES = {
    "andy424": Source(
        repository="AndyTheFactory/article-extraction-dataset",
        commit="cf3e2959ffc4fde13e0714d2b6d50c2bd220ed3b",
        needed=r"articles\.json|html/.*",
        licence="Apache-2.0",
        folder="pages",
        read=read_andy424,
    ),
    "scrapinghub": Source(
        repository="scrapinghub/article-extraction-benchmark",
        commit="4a3bc979f76c0df73cb95fe272e2fc1b96f9f010",
        needed=r"ground-truth\.json|html/.*",
        licence="MIT",
        folder="pages",
        read=read_scrapinghub,
    ),
    "wcxb": Source(
        repository="Murrough-Foley/web-content-extraction-benchmark",
        commit="c039d5ee9f5a3a984a0e167e63aacd04e76e78a9",
        needed=r"dev/(?:ground-truth|html)/.*",
        licence="CC-BY-4.0",
        folder="pages",
        read=read_wcxb,
    ),
    "fundus": Source(
        repository="flairNLP/fundus",
        commit="18da6e53592f99cf0ac5770dc63d6ba99ba63ae8",
        needed=r"tests/resources/parser/test_data/.*",
        licence="MIT",
        folder="pages",
        read=read_fundus,
    ),
    "newspaper3k": Source(
        repository="codelucas/newspaper",
        commit="1618b547f31c2d1fd19ae3b6afd8f7542dd02074",
        needed=r"tests/data/(?:html|text)/.*",
        licence="MIT",
        folder="pages",
        read=read_newspaper3k,
    ),
    "daniel": Source(
        repository="rundimeco/waddle",
        commit="be875ce12ad9e23ef68ef7f3b0605db6d06bcdb1",
        needed=r"corpora/Corpus_daniel_v2\.1/.*",
        licence="GPL-3.0",
        folder="world",
        read=read_daniel,
    ),
}


def files_of(archive: bytes, needed: str) -> Files:
    """Return the needed files of a repository's archive by their paths in the repository.

    Raises OSError for an archive that is cut off, or for another file.
    """
    pattern = re.compile(needed)
    found = {}
    try:
        unpacked = gzip.decompress(archive)
    except (EOFError, zlib.error) as error:
        raise OSError(str(error)) from error
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as packed:
        for member in packed:
            path = member.name.partition("/")[2]
            if pattern.fullmatch(path) and (content := packed.extractfile(member)):
                found[path] = content.read()
    return dict(sorted(found.items()))


def archive_of(source: Source, archives: Path | None) -> bytes:
    """Return the archive of a set; download it unless the folder of archives has it."""
    kept = archives / source.archive if archives else None
    if kept and kept.is_file():
        return kept.read_bytes()
    with urllib.request.urlopen(source.address, timeout=SECONDS) as answer:
        content: bytes = answer.read()
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{kept.name}.part")
        part.write_bytes(content)
        part.rename(kept)
    return content


def write_pages(folder: Path, found: Mapping[str, list[Page]]) -> None:
    """Write the pages of some sets and their marked articles, replacing what the folder had of these sets."""
    truth = folder / "truth.jsonl"
    by_set: dict[str, list[dict[str, str]]] = {name: [] for name in SOURCES}
    for row in rows(truth) if truth.exists() else ():
        by_set.setdefault(row["set"].partition("-")[0], []).append(row)
    for name, pages in found.items():
        by_set[name] = []
        for page in pages:
            label = f"{name}-{page.id}"
            path = folder / "html" / f"{label}.html.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(page.html, mtime=0))
            group = f"{name}-{page.language}" if page.language else name
            by_set[name].append({"id": label, "set": group, "url": page.url, "title": page.title, "truth": page.truth})
    write_rows(truth, [row for of_set in by_set.values() for row in of_set])


def main() -> None:
    """Download, convert and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="+", action="extend", choices=SOURCES, metavar="SET", help=", ".join(SOURCES))
    parser.add_argument("--archives", type=Path, metavar="FOLDER", help="keep the downloads here, and use those kept")
    options = parser.parse_args()
    found: dict[str, dict[str, list[Page]]] = {}
    for name in dict.fromkeys(options.only or SOURCES):
        source = SOURCES[name]
        try:
            files = files_of(archive_of(source, options.archives), source.needed)
        except (OSError, http.client.HTTPException, tarfile.TarError) as error:
            kept = f"; if {options.archives / source.archive} is there, remove it" if options.archives else ""
            parser.exit(1, f"{source.address}: {error}{kept}\n")
        pages = [page for page in source.read(files) if page.truth.strip()]
        found.setdefault(source.folder, {})[name] = pages
        sites = len({publisher(page.url) for page in pages})
        print(f"{name}: {len(pages):,} pages of {sites:,} sites, {source.licence}, {source.repository}", flush=True)
    for folder, sets in found.items():
        write_pages(options.data / folder, sets)


if __name__ == "__main__":
    main()
