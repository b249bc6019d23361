"""The items that people are asked to judge: a sample of a snapshot, stratified by rule and by verdict.

The report's page and `winnow review --sample` ask about the same items.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from cleaners.dedup import DedupConfig
from flows.snapshots.records import EXAMPLE, Row, example_of, head_of, pair_of, scan, shortened

# How many items of each stratum the page asks about. A stratum is a rule that cuts or suspects, a verdict on pairs, or
# everything that was kept.
ASKED = {"cut": 3, "unsure": 3, "merge": 5, "apart": 5, "left in": 30}
MERGED = ("exact", "near", "contained", "version")
QUESTIONS = {
    "cut": "Is it right that the marked text was cut? ({reason}, {rule}, score {score:.2f})",
    "unsure": "Is it right that the marked text was left in? (suspected by {rule}, score {score:.2f})",
    "merge": "Is it right that these two count as one, and the left one was dropped?",
    "apart": "Is it right that these two stay apart?",
    "left in": "Is the marked text a part of the article?",
}
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # odd, with bits of no pattern: spreads small numbers over 64 bits


def read_candidates(snapshot: Path) -> dict[str, pl.DataFrame]:
    """Return all items to ask about, by kind: what names each item, its figures, and its `stratum`.

    White space that other cuts left over and exact copies are not asked about.
    """
    claims = (
        scan(snapshot, "audit/removals")
        .filter(pl.col("reason") != "edge")
        .select("id", "start", "end", "reason", "rule", "score", stratum=pl.format("{}: {}", "reason", "rule"))
        .collect()
    )
    merges = scan(snapshot, "duplicates").select(
        *("verdict", "jaccard", "containment", "ratio", "keep_reason"), left="id", right="kept_id", stratum="verdict"
    )
    pairs = scan(snapshot, "audit/pairs").filter(~pl.col("verdict").is_in(MERGED))
    apart = pairs.select(
        *("left", "right", "verdict", "jaccard", "ratio", "conflict", "quoted"),
        containment=pl.max_horizontal("containment_left", "containment_right"),
        stratum="verdict",
    )
    return {
        "cut": claims.filter(pl.col("reason") != "unsure"),
        "unsure": claims.filter(pl.col("reason") == "unsure"),
        "merge": merges.filter(pl.col("verdict") != "exact").collect(),
        "apart": apart.collect(),
        "left in": scan(snapshot, "articles").select("id", stratum=pl.lit("kept")).collect(),
    }


def count_strata(candidates: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, int]]:
    """Return the number of items in each stratum of each kind."""
    return {
        kind: dict(frame.group_by("stratum").len().sort("stratum").iter_rows()) for kind, frame in candidates.items()
    }


def draw(candidates: Mapping[str, pl.DataFrame], *, most: int | None = None, seed: int = 0) -> list[Row]:
    """Draw items of each stratum: `most` in all, or as many as the page asks about; equal seeds draw equal samples.

    A larger `most` fills the strata evenly, and its sample contains those of a smaller one.
    """
    drawn = []
    for kind, frame in candidates.items():
        position = pl.int_range(pl.len()).over("stratum")
        rows = frame.with_columns(order=_shuffled(frame, seed)).sort("stratum", "order")
        ranked = rows.with_columns(kind=pl.lit(kind), turn=(position + 0.5) / ASKED[kind])
        drawn += ranked.filter(pl.col("turn") < 1 if most is None else position < most).to_dicts()
    chosen = drawn if most is None else sorted(drawn, key=lambda row: row["turn"])[:most]
    places = {kind: place for place, kind in enumerate(ASKED)}
    chosen = sorted(chosen, key=lambda row: (places[row["kind"]], row["stratum"], row["order"]))
    return [{name: value for name, value in row.items() if name not in ("order", "turn")} for row in chosen]


def _shuffled(frame: pl.DataFrame, seed: int) -> pl.Series:
    """Return a number for each row that sorts rows without a pattern; it is made from the ids, which are hashes."""
    first, second = ("left", "right") if "left" in frame.columns else ("id", "start")
    key = _number(frame[first]) ^ np.frombuffer(hashlib.blake2b(b"%d" % seed, digest_size=8).digest(), np.uint64)
    if second in frame.columns:
        other = _number(frame[second]) if second == "right" else frame[second].to_numpy().astype(np.uint64)
        key = key ^ (other * _SPREAD)
    return pl.Series("order", key, dtype=pl.UInt64)


def _number(ids: pl.Series) -> Any:
    return ids.str.to_integer(base=16, dtype=pl.UInt64).to_numpy()


def ids_of(rows: Iterable[Row]) -> set[str]:
    """Return the ids of all records that the rows name."""
    return {row[name] for row in rows for name in ("id", "left", "right") if name in row}


def items_of(drawn: Iterable[Row], shown: Mapping[str, Row], config: DedupConfig) -> list[Row]:
    """Return the items to judge for the rows drawn; `shown` has the records of `ids_of`.

    `seen` is a fingerprint of what is judged, so that a verdict that no longer fits is recognised.
    """
    items = (_item(row, shown, config) for row in drawn)
    return [{**item, "question": QUESTIONS[item["kind"]].format_map(item)} for item in items]


def _item(row: Row, shown: Mapping[str, Row], config: DedupConfig) -> Row:
    asked = {"kind": row["kind"], "stratum": row["stratum"]}
    if "left" in row:
        told = {name: value for name, value in row.items() if name not in asked}
        left, right = (shown[row[side]]["content_sha256"] for side in ("left", "right"))
        return {**asked, **pair_of(told, shown, config), "seen": seen_pair(left, right)}
    record = shown[row["id"]]
    if "start" in row:
        text = record["extracted"][row["start"] : row["end"]]
        return {**asked, **example_of(row, shown, around=EXAMPLE, most=4 * EXAMPLE), "seen": seen_text(text)}
    return {**asked, **_left_in(record)}


def seen_text(text: str) -> str:
    """Return the fingerprint of a text that was judged."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def seen_pair(left: str, right: str) -> str:
    """Return the fingerprint of two articles that were judged, given their `content_sha256`."""
    return seen_text(f"{left} {right}")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a published text."""
    return [line for line in text.split("\n") if line.strip()]


def _left_in(row: Row) -> Row:
    """Return one paragraph of a published text with its neighbours; the id decides which one."""
    lines = paragraphs(row["text"])
    at = int(row["id"], 16) % len(lines)
    around = [shortened(line, EXAMPLE) for line in (*lines[at - 1 : at], lines[at], *lines[at + 1 : at + 2])]
    middle = min(at, 1)
    return {
        **head_of(row),
        "before": "\n".join(around[:middle]) + "\n" * middle,
        "text": around[middle],
        "after": "".join(f"\n{line}" for line in around[middle + 1 :]),
        "seen": seen_text(lines[at]),
    }
