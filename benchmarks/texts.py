"""Measure how many articles of plain text are read and stripped in a second, on two processes.

    python -m benchmarks.texts TEXTS [--rounds 3]

TEXTS is a folder of text files. Each is read, extracted, split, keyed, judged by all finders and cut, as in a run but
without counts of lines per site; nothing is written. The best round counts, as wall time and as processor time.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cleaners.config import Config
from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, RawDocument
from cleaners.strip import cut, find_claims, line_keys, split

CONFIG = Config()
PROCESSES = 2
CHUNK = 32


def clean(path: Path) -> tuple[int, int, float]:
    """Return how many articles a file gave, the characters kept, and the seconds of processor time it took."""
    start = time.process_time()
    articles = kept = 0
    with path.open("rb") as stream:
        for record in read_records(stream, source=path.name, config=CONFIG.read):
            found = extract(record, config=CONFIG.extract) if isinstance(record, RawDocument) else record
            for article in split(found, config=CONFIG.strip) if isinstance(found, Article) else ():
                line_keys(article)
                kept += len(cut(article.text, find_claims(article, config=CONFIG.strip)).text)
                articles += 1
    return articles, kept, time.process_time() - start


def main() -> None:
    """Read the arguments, time the rounds, print the throughput."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = sorted(path for path in options.texts.rglob("*.txt") if path.is_file())
    rounds = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(clean, files[: 4 * CHUNK], chunksize=CHUNK))
        for _ in range(options.rounds):
            start = time.perf_counter()
            found = list(pool.map(clean, files, chunksize=CHUNK))
            rounds.append((time.perf_counter() - start, sum(cpu for _, _, cpu in found)))
    wall, cpu = (min(times) for times in zip(*rounds, strict=True))
    articles = sum(count for count, _, _ in found)
    size = sum(path.stat().st_size for path in files)
    print(f"{articles} articles of {size / articles / 1000:.1f} kB, {PROCESSES} processes")
    print(f"{articles / wall:7.0f} articles/s")
    print(f"{1000 * cpu / articles:7.2f} ms of processor time an article")


if __name__ == "__main__":
    main()
