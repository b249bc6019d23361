"""Measure each rule of the strip stage against articles that people marked.

    python -m benchmarks.quality.rules TRUTH CURRENT

TRUTH is a JSON Lines file with `id` (the file's name without suffixes) and `truth` (the article's text); CURRENT is the
published snapshot of a run over these files. Prints for each rule the number of spans it cut, the number of words, and
its precision: the share of these words that are not the article's. The words of the extracted text are aligned with
the marked ones (longest common subsequence); aligned runs of fewer than three words count as chance.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path, PurePosixPath

import polars as pl
from rapidfuzz.distance import LCSseq

WORDS = re.compile(r"\w+")
LEAST_RUN = 3
Cut = tuple[int, int, str, str]


def whole(kept: str, cuts: list[Cut]) -> str:
    """Restore the extracted text: what was kept, with the cuts in their places."""
    parts: list[str] = []
    position = taken = 0
    for start, end, _, text in cuts:
        parts += [kept[taken : taken + start - position], text]
        taken += start - position
        position = end
    return "".join([*parts, kept[taken:]])


def own_words(text: str, truth: str) -> list[tuple[int, bool]]:
    """Return, for each word of a text, its offset and whether it is the article's."""
    found = [(match.start(), match.group()) for match in WORDS.finditer(text)]
    own = [False] * len(found)
    for step in LCSseq.opcodes([word for _, word in found], WORDS.findall(truth)):
        if step.tag == "equal" and step.src_end - step.src_start >= LEAST_RUN:
            own[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
    return [(start, is_own) for (start, _), is_own in zip(found, own, strict=True)]


def main() -> None:
    """Read the arguments, align, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("current", type=Path)
    options = parser.parse_args()
    truths = {row["id"]: row["truth"] for row in map(json.loads, options.truth.read_text("utf-8").splitlines())}
    columns = ["id", "source", "text"]
    articles = pl.concat(
        [pl.read_parquet(options.current / name, columns=columns) for name in ("articles", "duplicates")]
    )
    removals = pl.read_parquet(options.current / "audit" / "removals").filter(pl.col("reason") != "unsure")
    cuts: dict[str, list[Cut]] = {}
    for row in removals.sort("id", "start").iter_rows(named=True):
        cuts.setdefault(row["id"], []).append((row["start"], row["end"], row["rule"], row["text"]))
    spans, words, wrong = Counter[str](), Counter[str](), Counter[str]()
    for article, source, kept in articles.rows():
        truth = truths.get(PurePosixPath(source).name.split(".")[0])
        if truth is None or article not in cuts:
            continue
        marked = own_words(whole(kept, cuts[article]), truth)
        for start, end, rule, _ in cuts[article]:
            inside = [own for place, own in marked if start <= place < end]
            spans[rule] += 1
            words[rule] += len(inside)
            wrong[rule] += sum(inside)
    print(f"{'rule':20} {'spans':>6} {'words':>8} {'precision':>9}")
    for rule, count in spans.most_common():
        precision = 1 - wrong[rule] / words[rule] if words[rule] else 1.0
        print(f"{rule:20} {count:6} {words[rule]:8} {precision:9.4f}")


if __name__ == "__main__":
    main()
