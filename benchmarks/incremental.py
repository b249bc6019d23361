"""What a second run costs when 1 % of the files are new, beside the first run over all the others.

usage: python -m benchmarks.incremental [ARTICLES]    by default 100000

Have a Prefect server configured, so that its start is in neither run.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.dedup_corpus import generate
from flows.corpus import clean_corpus

NEW = 0.01
WORDS = 600
PARAGRAPH = 5  # sentences


def write_files(texts: list[str], folder: Path, start: int) -> None:
    """Write one file a text, over a hundred folders."""
    for number, text in enumerate(texts, start):
        path = folder / f"{number % 100:02d}" / f"{number:07d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = text.split(". ")
        paragraphs = [". ".join(sentences[at : at + PARAGRAPH]) for at in range(0, len(sentences), PARAGRAPH)]
        path.write_text(f"Report number {number}\n\n" + ".\n\n".join(paragraphs), encoding="utf-8")


def timed_run(raw: Path, clean: Path) -> tuple[float, dict[str, Any]]:
    """Run the flow; return its seconds and its manifest."""
    start = time.perf_counter()
    manifest = clean_corpus(raw=raw, clean=clean)
    return time.perf_counter() - start, manifest


def main(articles: int) -> None:
    """Print the seconds of both runs, by stage, and their ratio."""
    texts = generate(articles, words=WORDS)["text"].to_list()
    new = max(1, round(articles * NEW))
    with tempfile.TemporaryDirectory() as folder:
        raw, clean = Path(folder, "raw"), Path(folder, "clean")
        write_files(texts[:-new], raw, 0)
        first, before = timed_run(raw, clean)
        write_files(texts[-new:], raw, articles - new)
        second, after = timed_run(raw, clean)
    print(f"{articles - new:,} files: {first:.1f} s {before['seconds']}")
    print(f"{new:,} new files: {second:.1f} s {after['seconds']}")
    print(f"stripped again: {after['counts']['stripped_new']:,}; ratio {second / first:.3f}")
    print(f"peak of a worker: {after['worker_peak_bytes'] / 1e6:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
