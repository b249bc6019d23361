"""Measure how many articles of plain text two processes read and strip in a second.

    python -m benchmarks.speed.texts TEXTS [--rounds 3]

TEXTS is a folder of text files. Each is read, extracted, split, keyed, judged by all finders and cut, as in a run, but
without the line counts of sites; nothing is written. Prints the best round by the clock and by the processor.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cleaners.config import Config
from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, RawDocument
from cleaners.strip import cut, find_all_claims, line_keys, split

CONFIG = Config()
PROCESSES = 2
BATCH = 60


def clean(paths: list[Path]) -> tuple[int, int, float]:
    """Clean some files; return the number of articles, the characters kept, and the seconds of processor time."""
    start = time.process_time()
    articles: list[Article] = []
    for path in paths:
        with path.open("rb") as stream:
            for record in read_records(stream, source=path.name, config=CONFIG.read):
                found = extract(record, config=CONFIG.extract) if isinstance(record, RawDocument) else record
                articles += split(found, config=CONFIG.strip) if isinstance(found, Article) else ()
    for article in articles:
        line_keys(article)
    nothing = [frozenset[int]()] * len(articles)
    claims = find_all_claims(articles, config=CONFIG.strip, site_lines=[None] * len(articles), elsewhere=nothing)
    kept = sum(len(cut(article.text, found).text) for article, found in zip(articles, claims, strict=True))
    return len(articles), kept, time.process_time() - start


def main() -> None:
    """Read the arguments, time the rounds, print the throughput."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = sorted(path for path in options.texts.rglob("*.txt") if path.is_file())
    batches = [files[at : at + BATCH] for at in range(0, len(files), BATCH)]
    rounds = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(clean, batches[: 2 * PROCESSES]))
        for _ in range(options.rounds):
            start = time.perf_counter()
            found = list(pool.map(clean, batches))
            rounds.append((time.perf_counter() - start, sum(cpu for _, _, cpu in found)))
    wall, cpu = (min(times) for times in zip(*rounds, strict=True))
    articles = sum(count for count, _, _ in found)
    size = sum(path.stat().st_size for path in files)
    print(f"{articles} articles of {size / articles / 1000:.1f} kB, {PROCESSES} processes")
    print(f"{articles / wall:7.0f} articles/s")
    print(f"{1000 * cpu / articles:7.2f} ms of processor time an article")


if __name__ == "__main__":
    main()
