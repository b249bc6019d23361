"""Compare the speed of `cleaners.extract` on HTML pages with bare trafilatura's, two processes each.

    python -m benchmarks.speed.pages PAGES [--rounds 3]

PAGES is a folder of `.html` or `.html.gz` files. The two take turns on the same pages with warm processes, and the
ratio of their best rounds is printed.
"""

import argparse
import gzip
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import trafilatura

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import RawDocument

CONFIG = ExtractConfig()
PROCESSES = 2
CHUNK = 10


def bare(page: bytes) -> int:
    """Extract a page with trafilatura's defaults."""
    return len(trafilatura.extract(page) or "")


def ours(page: bytes) -> int:
    """Extract a page as a run does, including metadata and language."""
    found = extract(RawDocument("page.html", 0, page, "html"), config=CONFIG)
    return len(getattr(found, "text", ""))


def seconds(pool: ProcessPoolExecutor, work: Callable[[bytes], int], pages: list[bytes]) -> float:
    """Return the seconds of one round over all pages."""
    start = time.perf_counter()
    for _ in pool.map(work, pages, chunksize=CHUNK):
        pass
    return time.perf_counter() - start


def main() -> None:
    """Read the arguments, time both, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = sorted(path for path in options.pages.rglob("*") if path.name.endswith((".html", ".html.gz", ".htm")))
    pages = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    with ProcessPoolExecutor(PROCESSES) as pool:
        for work in (bare, ours):
            seconds(pool, work, pages[: 4 * CHUNK])
        rounds = [(seconds(pool, bare, pages), seconds(pool, ours, pages)) for _ in range(options.rounds)]
    theirs, mine = min(bare for bare, _ in rounds), min(ours for _, ours in rounds)
    print(f"{len(pages)} pages, {PROCESSES} processes")
    print(f"bare trafilatura  {len(pages) / theirs:7.1f} pages/s")
    print(f"cleaners.extract  {len(pages) / mine:7.1f} pages/s")
    print(f"ratio             {theirs / mine:7.2f}")


if __name__ == "__main__":
    main()
