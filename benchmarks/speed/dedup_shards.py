"""Measure time and memory of the dedup stage with all articles in one shard, and in several.

    python -m benchmarks.speed.dedup_shards [ARTICLES] [SHARDS ...]    by default 200000, in 1 and in 8

Generated articles of about 300 words, a fifth of them copies, are written like parts of the store. Each step works on
each shard in a process of its own, one after the other, so its peak memory is its own. For a step with several shards,
the seconds are summed up, and the peak is the highest.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.made_corpus import generate
from cleaners.dedup import fingerprint
from flows.jobs.near_duplicates import find_duplicates
from flows.jobs.sharded_duplicates import STEPS, Shards, line_up_articles
from flows.jobs.staging import DECIDED, DEDUP_AUDIT, TAKEN_DOWN
from flows.settings import Settings
from flows.tables import CLEANED, write_frame

WORDS = 300
PART = 500
MADE = 50_000  # articles generated at a time


@dataclass(slots=True)
class Cost:
    """The cost of some work: seconds by the clock and of the processor, and the peak memory in bytes."""

    clock: float = 0.0
    processor: float = 0.0
    peak: int = 0

    def add(self, other: "Cost") -> None:
        """Add the cost of work that was done after this."""
        self.clock += other.clock
        self.processor += other.processor
        self.peak = max(self.peak, other.peak)


def write_parts(folder: Path, count: int) -> None:
    """Write articles and their fingerprints in parts."""
    settings = Settings()
    made = pl.concat([generate(min(MADE, count - at), words=WORDS, seed=at) for at in range(0, count, MADE)])
    for at, part in enumerate(made.iter_slices(PART)):
        ids = pl.Series([f"{at * PART + i:016x}" for i in range(part.height)])
        named = part.with_columns(id=ids, source=ids, record=0, missing=False)
        null = [pl.lit(None, kind).alias(name) for name, kind in CLEANED.items() if name not in named.columns]
        whole = named.with_columns(null).select(pl.col(name).cast(kind) for name, kind in CLEANED.items())
        write_frame(whole, folder / "cleaned" / f"{at:06d}.parquet")
        prints = whole.select("id").hstack(fingerprint(whole["text"], config=settings.dedup))
        write_frame(prints, folder / "fingerprints" / f"{at:06d}.parquet")


def cost_of(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Do some work in a process of its own; return its cost."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("forkserver")) as alone:
        return alone.submit(_cost_of, work, *arguments).result()


def _cost_of(work: Callable[..., Any], *arguments: Any) -> Cost:
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work(*arguments)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, spent, after.ru_maxrss * 1024)


def measure(folder: Path, count: int) -> str:
    """Find the duplicates among the parts of a folder in `count` shards; return a hash of the result."""
    staging, settings, total = folder / f"in {count}", Settings(), Cost()
    write_frame(pl.DataFrame(schema={"id": pl.String}), staging / TAKEN_DOWN)

    def tell(what: str, *costs: Cost) -> None:
        step = Cost()
        for cost in costs:
            step.add(cost)
        total.add(step)
        _tell(count, what, step)

    if count == 1:
        tell("all steps", cost_of(find_duplicates, [folder], folder, staging, settings, []))
    else:
        shards = Shards(folder, staging, count, settings)
        tell("line up articles", cost_of(line_up_articles, shards, [folder], []))
        for step in STEPS:
            tell(step.what, *(cost_of(step.work, shards, number) for number in range(count if step.sharded else 1)))
        _tell(count, "all steps", total)
    files = (staging / name for name in (*(f"{table}.parquet" for table in DEDUP_AUDIT), DECIDED))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _tell(count: int, what: str, cost: Cost) -> None:
    print(f"{count:6}  {what:24}{cost.clock:>9.1f}{cost.processor:>9.1f}{cost.peak / 1e9:>9.2f}", flush=True)


def main() -> None:
    """Measure the stage with each number of shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=200_000)
    parser.add_argument("shards", type=int, nargs="*", default=[1, 8])
    options = parser.parse_args()
    multiprocessing.set_forkserver_preload(["flows.running.preloaded"])  # as the workers of a run have it
    with tempfile.TemporaryDirectory() as name:
        cost_of(write_parts, Path(name), options.articles)
        print(f"{'shards':6}  {'step':24}{'clock s':>9}{'cpu s':>9}{'peak GB':>9}", flush=True)
        found = {measure(Path(name), count) for count in options.shards}
    print("the same bytes" if len(found) == 1 else "NOT the same bytes")


if __name__ == "__main__":
    main()
