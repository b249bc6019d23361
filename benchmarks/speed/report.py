"""Measure time, memory and size of the report of a generated snapshot.

    python -m benchmarks.speed.report FOLDER [ARTICLES]    by default 40000

The articles are generated, a fifth of them copies, with two cuts and a suspicion each; the pairs are those that the
dedup stage finds. FOLDER then holds the snapshot and `report.html`, to open in a browser. With Chromium, the seconds
until the page has loaded are measured too.
"""

import argparse
import random
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.made_corpus import generate
from cleaners.dedup import DedupConfig, deduplicate
from flows.jobs.written_tables import KEPT_OR_NOT, write_manifest
from flows.report.page import write_report
from flows.settings import Settings, settings_fingerprint
from flows.tables import REMOVAL, TABLES, frame_of, write_table
from tests.flows.browser import CHROMIUM, browser

ROWS = 50_000  # in a file, as by default
CUTS = (("promo", "link_line"), ("ad", "ad_line"), ("credit", "reporter_credit"), ("unsure", "topic_break"))
RUN = "20260101T000000.000000-made"


def make_snapshot(snapshot: Path, count: int) -> None:
    """Write the tables and the manifest of a snapshot of generated articles."""
    random.seed(7)
    articles = generate(count, words=400).with_columns(
        title=pl.col("text").str.slice(0, 60),
        site=pl.format("site{}.example", pl.int_range(pl.len()) % 300),
        published=pl.lit(date(2026, 1, 1)) + pl.duration(days=pl.int_range(pl.len()) % 60),
    )
    found = deduplicate(articles, config=DedupConfig())
    removals: list[dict[str, Any]] = []
    for name, text in articles.select("id", "text").iter_rows():
        shift = 0
        for at in sorted(random.sample(range(len(text) - 100), 3)):
            reason, rule = random.choice(CUTS)
            span = text[at : at + 60] if reason == "unsure" else "Read more: what the harbour council said on Tuesday\n"
            start = at + shift
            claim = {"reason": reason, "rule": rule, "score": round(random.uniform(0.3, 1), 4), "text": span}
            removals.append({"id": name, "start": start, "end": start + len(span), **claim})
            shift += 0 if reason == "unsure" else len(span)
    empty = {"url", "author", "language", "filled_from", "source_id"}
    made = articles.join(found.clusters, on="id").with_columns(
        *(pl.lit(None, pl.String).alias(column) for column in empty),
        record=pl.lit(0),
        missing=pl.lit(False),
        content_sha256=pl.lit("0" * 64),
        confidence=(pl.int_range(pl.len()) % 1000) / 1000,
    )
    for table, condition in KEPT_OR_NOT.items():
        write_table([made.filter(condition)], snapshot / table, TABLES[table], rows=ROWS)
    fates = made.select(
        "source",
        "record",
        "id",
        "kept_id",
        fate=pl.when(KEPT_OR_NOT["articles"]).then(pl.lit("kept")).otherwise(pl.lit("duplicate")),
        message=pl.lit(None, pl.String),
    )
    write_table([frame_of(removals, REMOVAL)], snapshot / "audit/removals", REMOVAL, rows=ROWS)
    write_table([found.pairs], snapshot / "audit/pairs", TABLES["audit/pairs"], rows=ROWS)
    write_table([fates], snapshot / "audit/fates", TABLES["audit/fates"], rows=ROWS)
    kept = made.filter(KEPT_OR_NOT["articles"]).height
    counts = {"records": count, "articles": kept, "duplicates": count - kept}
    now = datetime.now(UTC)
    settings = Settings()
    manifest = {
        "run_id": RUN,
        "started": now.isoformat(),
        "ended": now.isoformat(),
        "versions": {"winnow-news": "made"},
        "settings": settings.model_dump(mode="json"),
        "settings_fingerprint": settings_fingerprint(settings),
        "counts": counts | {"fate kept": kept, "fate duplicate": count - kept},
        "warnings": [],
    }
    write_manifest(snapshot, manifest)


def main() -> None:
    """Make the snapshot unless it exists, write its report, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("articles", type=int, nargs="?", default=40_000)
    options = parser.parse_args()
    folder, count = options.folder, options.articles
    snapshot = folder / "snapshots" / f"{RUN}-{count}"
    if not (snapshot / "manifest.json").is_file():
        # In a process of its own, so that its memory does not count as the report's.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            alone.submit(make_snapshot, snapshot, count).result()
    file = folder / "report.html"
    wall, cpu = time.perf_counter(), time.process_time()
    write_report(snapshot, file, snapshot.parent)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{count:,} articles: {wall:.1f} s, {cpu:.1f} s of processor, peak {peak:.2f} GB, {file.stat().st_size:,} bytes"
    )
    if CHROMIUM:
        with tempfile.TemporaryDirectory() as place, browser(Path(place)) as page:
            opened = [page.open(file.absolute(), width=width) for width in (1280, 390)]
        print(f"opened in {opened[0]:.2f} s at 1280 px, {opened[1]:.2f} s at 390 px; complaints: {page.complaints}")


if __name__ == "__main__":
    main()
