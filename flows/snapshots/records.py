"""Records in the form in which people see them: the extracted text, claims in context, pairs word by word."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.dedup import DedupConfig, explain_pair
from flows.tables import TABLES

Row = dict[str, Any]

EXAMPLE, AROUND = 400, 80  # characters of a cut in an example, and of the article on either side
STRETCH = 1_200  # characters of one stretch of a long text
TITLE = 300  # characters of a title
COMPARED = 20_000  # characters of a text that are compared; only the first 3,000 words are compared word by word


def scan(snapshot: Path, table: str) -> pl.LazyFrame:
    """Return a published table as a lazy frame; columns that an earlier version did not write are null.

    Raises FileNotFoundError for a table without files: no run writes one, and polars would take it for an empty one.
    """
    parts, schema = snapshot / table / "*.parquet", TABLES[table]
    if not any((snapshot / table).glob("*.parquet")):
        raise FileNotFoundError(f"{table}/ has no files")
    return pl.scan_parquet(parts, schema=schema, missing_columns="insert", extra_columns="ignore")


def read_records(snapshot: Path, ids: Iterable[str]) -> dict[str, Row]:
    """Read records by id, with their claims and their text as it was extracted (`extracted`)."""
    wanted = pl.LazyFrame({"id": sorted(ids)}, schema={"id": pl.String})
    columns = ["id", "source", "record", "site", "title", "url", "published", "words", "confidence", "text"]
    columns.append("content_sha256")
    fates = scan(snapshot, "audit/fates").join(wanted, on="id", how="semi").collect(engine="streaming")
    none: Row = dict.fromkeys(columns) | {"words": 0, "text": ""}
    found = {row["id"]: none | row for row in fates.iter_rows(named=True)}
    for table in ("articles", "duplicates"):
        rows = scan(snapshot, table).select(columns).join(wanted, on="id", how="semi").collect(engine="streaming")
        for row in rows.iter_rows(named=True):
            found[row["id"]] |= row
    for row in found.values():
        row["claims"] = []
    removals = scan(snapshot, "audit/removals").join(wanted, on="id", how="semi").collect(engine="streaming")
    for claim in removals.sort("id", "start", "end", "rule").iter_rows(named=True):
        found[claim["id"]]["claims"].append(claim)
    for row in found.values():
        row["extracted"] = extracted_text(row["text"], row["claims"])
    return found


def extracted_text(kept: str, claims: Iterable[Row]) -> str:
    """Restore the extracted text of an article: what was kept, with the cut spans in their places."""
    pieces: list[str] = []
    position = used = 0
    for claim in sorted((claim for claim in claims if claim["reason"] != "unsure"), key=lambda each: each["start"]):
        gap = claim["start"] - position
        pieces += (kept[used : used + gap], claim["text"])
        used += gap
        position = claim["end"]
    return "".join(pieces) + kept[used:]


def stretches(text: str, claims: list[Row]) -> list[tuple[str, int]]:
    """Split a text into stretches, each with the index of its claim, or -1; a cut takes precedence over a suspicion."""
    cuts = sorted((claim["start"], at) for at, claim in enumerate(claims) if claim["reason"] != "unsure")
    suspicions = [at for at, claim in enumerate(claims) if claim["reason"] == "unsure"]
    starts = [start for start, _ in cuts]
    ends = {0, len(text)} | {claim[side] for claim in claims for side in ("start", "end")}
    found: list[tuple[str, int]] = []
    for start, end in pairwise(sorted(ends)):
        before = bisect_right(starts, start)  # cuts do not overlap, so only the last one that began can cover it
        covering = [at for _, at in cuts[max(0, before - 1) : before]] + suspicions
        owner = next((at for at in covering if claims[at]["start"] <= start and end <= claims[at]["end"]), -1)
        if found and found[-1][1] == owner:
            found[-1] = (found[-1][0] + text[start:end], owner)
        else:
            found.append((text[start:end], owner))
    return found


def shortened(text: str, most: int) -> str:
    """Leave out the middle of a text that has more than `most` characters, and say how much that is."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} [… {len(text) - 2 * half:,} characters …] {text[-half:]}"


def head_of(row: Row) -> Row:
    """Return what names a record: its source, its headline and what became of it."""
    names = ("id", "source", "record", "site", "title", "fate", "words")
    published = row["published"].isoformat() if row["published"] else None
    title = row["title"] and shortened(row["title"], TITLE)
    return {**{name: row[name] for name in names}, "published": published, "title": title}


def example_of(claim: Row, shown: Mapping[str, Row], around: int = AROUND, most: int = EXAMPLE) -> Row:
    """Return a claim with some of the text on either side."""
    row = shown[claim["id"]]
    text, start, end = row["extracted"], claim["start"], claim["end"]
    facts = {name: claim[name] for name in ("reason", "rule", "score", "start", "end")}
    return {
        **head_of(row),
        **facts,
        "before": ("…" if start > around else "") + text[max(0, start - around) : start],
        "text": shortened(text[start:end], most),
        "after": text[end : end + around] + ("…" if len(text) > end + around else ""),
    }


def pair_of(row: Row, shown: Mapping[str, Row], config: DedupConfig) -> Row:
    """Return two records compared word by word, with the figures of their pair."""
    left, right = shown[row["left"]], shown[row["right"]]
    compared = explain_pair(left["text"][:COMPARED], right["text"][:COMPARED], config=config)
    facts = {name: value for name, value in row.items() if name not in ("left", "right")}
    parts = [[segment.where, shortened(segment.text, STRETCH)] for segment in compared.segments]
    return {**facts, "left": head_of(left), "right": head_of(right), "parts": parts}
