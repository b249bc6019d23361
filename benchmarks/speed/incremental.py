"""Compare a second run, for which 1 % of the files are new, with the first run over all the others.

    python -m benchmarks.speed.incremental [ARTICLES]    by default 100000

Configure a Prefect server, so that its start counts for neither run. Each run has a process of its own, as scheduled
runs have; importing Prefect counts for neither.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import generate

NEW = 0.01
WORDS = 600
PARAGRAPH = 5  # sentences
# Seconds. The next run reads files again that were changed less than this before a run; real files are seldom so new.
SETTLE = 3


def write_files(texts: list[str], folder: Path, start: int) -> None:
    """Write each text as a file, in a hundred folders; `start` is the number of the first."""
    for number, text in enumerate(texts, start):
        path = folder / f"{number % 100:02d}" / f"{number:07d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = text.split(". ")
        paragraphs = [". ".join(sentences[at : at + PARAGRAPH]) for at in range(0, len(sentences), PARAGRAPH)]
        path.write_text(f"Report number {number}\n\n" + ".\n\n".join(paragraphs), encoding="utf-8")
    time.sleep(SETTLE)


def timed_run(raw: Path, clean: Path) -> tuple[float, float, dict[str, Any]]:
    """Run the flow in a process of its own; return its seconds by the clock and of all processes, and its manifest."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        return alone.submit(_timed_run, raw, clean).result()


def _timed_run(raw: Path, clean: Path) -> tuple[float, float, dict[str, Any]]:
    # Imported here, so that this is not timed and worker processes do not do it.
    from flows.corpus import clean_corpus

    start, spent = time.perf_counter(), processor_seconds()
    manifest = clean_corpus(raw=raw, clean=clean)
    return time.perf_counter() - start, processor_seconds() - spent, manifest


def processor_seconds() -> float:
    """Return the processor time of this process, its children, and all of theirs that have ended; Linux only."""
    own = Path("/proc/self/task")
    children = [child for thread in own.iterdir() for child in (thread / "children").read_text().split()]
    ticks = 0
    for process in ("self", *children):
        # After the name, which may hold spaces, fields 12 to 15: user and kernel mode, then the same of ended children.
        fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the seconds of both runs, by the clock, by stage and of the processor, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=100_000)
    articles = parser.parse_args().articles
    texts = generate(articles, words=WORDS)["text"].to_list()
    new = max(1, round(articles * NEW))
    with tempfile.TemporaryDirectory() as folder:
        raw, clean = Path(folder, "raw"), Path(folder, "clean")
        write_files(texts[:-new], raw, 0)
        first, first_cpu, before = timed_run(raw, clean)
        write_files(texts[-new:], raw, articles - new)
        second, second_cpu, after = timed_run(raw, clean)
    print(f"{articles - new:,} files: {first:.1f} s, of the processor {first_cpu:.1f} {before['seconds']}")
    print(f"{new:,} new files: {second:.1f} s, of the processor {second_cpu:.1f} {after['seconds']}")
    print(f"stripped again: {after['counts']['stripped_new']:,}")
    print(f"ratio {second / first:.3f}, of the processor {second_cpu / first_cpu:.3f}")
    print(f"peak of a worker: {before['worker_peak_bytes'] / 1e6:.0f} and {after['worker_peak_bytes'] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
