"""What `winnow explain` shows of one record: its fate, what was cut by which rule, and what it duplicates."""

import difflib
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cleaners.dedup import DedupConfig, Explanation, Segment, explain_pair
from flows.errors import UsageError

EXCERPT = 160  # characters of a removed span shown at most; the whole of it is in audit/removals
WORDS = 30  # words of one shared or differing stretch shown at most
MARKS = {"both": ("", "", "dim"), "left": ("[-", "-]", "red"), "right": ("{+", "+}", "green")}


def find_records(snapshot: Path, target: str) -> list[dict[str, Any]]:
    """Return the fates of the records that an id or a source names; raises UsageError where there are none."""
    fates = _scan(snapshot, "audit/fates")
    named = fates.filter((pl.col("id") == target) | (pl.col("source") == target.removeprefix("./")))
    records = named.sort("source", "record").collect().to_dicts()
    if not records:
        sources = fates.select(pl.col("source").unique()).collect()["source"].to_list()
        close = difflib.get_close_matches(target, sources, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(f"no id or source {target!r} in {snapshot}{hint}")
    return records


def explain_record(snapshot: Path, fate: dict[str, Any]) -> RenderableType:
    """Return a page for the terminal on one record, from the published tables alone."""
    article = _article(snapshot, fate["id"])
    parts: list[RenderableType] = [Text(f"{fate['source']} record {fate['record']}", style="bold")]
    parts.append(Text(f"id {fate['id']}   fate {fate['fate']}"))
    if article is not None and article["title"]:
        parts.append(Text(f"title {article['title']}"))
    if article is not None:
        parts.append(Text(f"{article['words']} words kept, in a cluster of {article['cluster_size']}"))
    if fate["message"]:
        parts.append(Text(fate["message"]))
    parts.append(_removals(snapshot, fate["id"]))
    if article is not None and fate["fate"] == "duplicate":
        parts.append(_duplicate(snapshot, article))
    elif article is not None:
        parts.append(_copies(snapshot, fate["id"]))
    return Group(*parts, Text())


def _removals(snapshot: Path, identity: str) -> RenderableType:
    rows = _scan(snapshot, "audit/removals").filter(pl.col("id") == identity).sort("start", "end").collect()
    if rows.is_empty():
        return Text("Nothing was cut.")
    table = Table("start", "end", "reason", "rule", "score", "text", title="Claimed spans", title_justify="left")
    for row in rows.iter_rows(named=True):
        text = " ".join(row["text"].split())
        shown = text if len(text) <= EXCERPT else f"{text[: EXCERPT // 2]} … {text[-EXCERPT // 2 :]}"
        reason = f"{row['reason']} (not cut)" if row["reason"] == "unsure" else row["reason"]
        table.add_row(str(row["start"]), str(row["end"]), reason, row["rule"], f"{row['score']:.2f}", Text(shown))
    return table


def _duplicate(snapshot: Path, article: dict[str, Any]) -> RenderableType:
    kept = _article(snapshot, article["kept_id"])
    if kept is None:  # the snapshot was checked before it was published, so its files were changed since
        raise UsageError(f"{snapshot} holds no article {article['kept_id']}: the snapshot is damaged")
    figures = ", ".join(
        f"{name} {article[name]:.3f}" for name in ("jaccard", "containment", "ratio") if article[name] is not None
    )
    compared = explain_pair(article["text"], kept["text"], config=DedupConfig())
    return Group(
        Text(f"Duplicate ({article['verdict']}) of {kept['source']} record {kept['record']}, id {kept['id']}"),
        Text(f"  {kept['title'] or '(no headline)'}"),
        Text(f"  {figures}; {article['keep_reason']}"),
        Text(f"  these two alone, every shingle counted in full: {_alone(compared)}"),
        Text("Word by word: shared words, [-only here-], {+only in the kept one+}", style="bold"),
        _compared(compared.segments),
    )


def _alone(compared: Explanation) -> str:
    overlap, facts = compared.overlap, compared.facts
    return (
        f"{compared.verdict}, jaccard {overlap.jaccard:.3f}, containment {overlap.containment_left:.3f} and of the "
        f"kept one {overlap.containment_right:.3f}, ratio {compared.ratio:.3f}, facts {facts.agreeing} alike and "
        f"{facts.conflicting} in conflict"
    )


def _compared(segments: tuple[Segment, ...]) -> Text:
    text = Text()
    for segment in segments:
        words = segment.text.split()
        shown = " ".join(words)
        if len(words) > WORDS:
            shown = f"{' '.join(words[: WORDS // 2])} … {' '.join(words[-WORDS // 2 :])}"
        before, after, style = MARKS[segment.where]
        text.append(f"{before}{shown}{after} ", style)
    return text


def _copies(snapshot: Path, identity: str) -> RenderableType:
    rows = _scan(snapshot, "duplicates").filter(pl.col("kept_id") == identity).sort("source", "record").collect()
    if rows.is_empty():
        return Text("No duplicate of it was found.")
    table = Table("source", "record", "verdict", "jaccard", "containment", title="Duplicates of it, not kept")
    for row in rows.iter_rows(named=True):
        figures = (f"{row[name]:.3f}" for name in ("jaccard", "containment"))
        table.add_row(Text(row["source"]), str(row["record"]), row["verdict"], *figures)
    return table


def _article(snapshot: Path, identity: str) -> dict[str, Any] | None:
    for table in ("articles", "duplicates"):
        rows = _scan(snapshot, table).filter(pl.col("id") == identity).collect().to_dicts()
        if rows:
            return rows[0]
    return None


def _scan(snapshot: Path, table: str) -> pl.LazyFrame:
    return pl.scan_parquet(snapshot / table / "*.parquet")
