"""Many nights of a corpus that changes a little every night."""

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.made_corpus import generate
from benchmarks.reliability.place import WORDS, Outcome, run, tables_of, write_stories
from flows.folders.files import discard

CHURN = 0.01
CORPUS = 300  # articles of the corpus that changes night by night


def nights(folder: Path, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Change 1 % of a corpus every night: a third goes, a third comes, a third is rewritten.

    After each night, a run without a store makes the same corpus for comparison.
    """
    raw, clean, whole = (folder / "nights" / name for name in ("raw", "clean", "whole"))
    texts = generate(CORPUS + 3 * count, words=WORDS)["text"].to_list()
    write_stories(raw, texts[:CORPUS])
    outcome = Outcome(
        f"nights with 1 % of {CORPUS} articles changed", "the same as one run over all of it, with less work"
    )
    yield outcome
    print("night | seconds | files of .store | MB of .store | MB of memory | handles | threads", file=sys.stderr)
    following = CORPUS
    for night in range(count + 1):
        start = time.perf_counter()
        run(raw, clean, publish={"missing": "drop"})
        spent = time.perf_counter() - start
        if night in (0, 1, 2) or night % 10 == 0 or night == count:
            held = [path for path in (clean / ".store").rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in held) / 1e6
            memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
            handles, threads = (len(list(Path("/proc/self", name).iterdir())) for name in ("fd", "task"))
            figures = f"{spent:.1f} | {len(held)} | {size:.2f} | {memory:.0f} | {handles} | {threads}"
            print(f"{night} | {figures}", file=sys.stderr, flush=True)
        if night:
            discard(whole)
            run(raw, whole, publish={"missing": "drop"})
            outcome.note(f"night {night}", right=tables_of(clean) == tables_of(whole))
        if night < count:
            for number in range(max(1, round(CORPUS * CHURN) // 3)):
                gone, rewritten = chance.sample(sorted(raw.iterdir()), 2)
                gone.unlink()
                write_stories(raw, [texts[following]], following)
                rewritten.write_text(f"Report again {number}\n\n{texts[following + 1]}")
                following += 2
