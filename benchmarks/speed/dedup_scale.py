"""Measure time and memory of the dedup stage for growing corpora.

    python -m benchmarks.speed.dedup_scale [SIZE ...]    by default 10000 100000 1000000

Every corpus is generated and deduplicated in a process of its own, so that its peak memory is its own. Besides news of
about 150 words with 20 % copies there are the two worst cases: near-copies of one article, and reports of one form,
both with the second largest size. Prints seconds by the clock and of the processor; other work on the machine disturbs
the latter less.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import polars as pl

from benchmarks import made_corpus
from cleaners.dedup import DedupConfig, deduplicate

CASES: dict[str, Callable[[int], pl.DataFrame]] = {
    "news": lambda count: made_corpus.generate(count, words=150),
    "copies of one article": lambda count: made_corpus.copies_of_one(count, words=150),
    "reports of one form": made_corpus.reports_of_one_form,
}


def measure(case: str, count: int) -> None:
    """Deduplicate one generated corpus and print one line."""
    articles = CASES[case](count)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    found = deduplicate(articles, config=DedupConfig())
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kept = (found.clusters["id"] == found.clusters["kept_id"]).sum()
    print(
        f"{case:24}{count:>10,}{wall:>10.1f}{cpu:>10.1f}{count / wall:>10,.0f}"
        f"{after.ru_maxrss / 2**20:>9.2f}{before.ru_maxrss / 2**20:>9.2f}{found.pairs.height:>12,}{kept:>10,}",
        flush=True,
    )


def main() -> None:
    """Measure every case in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--one", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = options.sizes
    if options.one:
        measure(options.one, sizes[0])
        return
    print(
        f"{'corpus':24}{'articles':>10}{'clock s':>10}{'cpu s':>10}{'a second':>10}{'peak GB':>9}{'(texts)':>9}"
        f"{'pairs':>12}{'kept':>10}",
        flush=True,
    )
    worst = sorted(sizes)[-2:][0]
    for case, count in [("news", n) for n in sizes] + [(c, worst) for c in CASES if c != "news"]:
        subprocess.run([sys.executable, "-m", __spec__.name, "--one", case, str(count)], check=True)


if __name__ == "__main__":
    main()
