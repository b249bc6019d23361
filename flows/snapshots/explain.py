"""What `winnow explain` shows of a record: its fate, what each rule cut, and what it duplicates."""

import difflib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cleaners.dedup import explain_pair
from flows.errors import UsageError
from flows.snapshots.published import snapshot_settings
from flows.snapshots.records import extracted_text, scan, shortened, stretches
from flows.terminal_text import counted, visible

EXCERPT = 160  # characters shown at most of a removed span; audit/removals has all of it
WORDS = 30  # words shown at most of a shared or differing stretch
MARKS = {"both": ("", "", "dim"), "left": ("[-", "-]", "red"), "right": ("{+", "+}", "green")}
# The colours of the report, as far as a terminal has them.
COLOURS = {
    "furniture": "white on blue",
    "repeated": "black on cyan",
    "appended": "white on red",
    "promo": "white on magenta",
    "ad": "black on bright_magenta",
    "caption": "black on green",
    "credit": "black on bright_green",
    "too_short": "black on bright_red",
    "failed": "black on bright_red",
    "unsure": "black on yellow",
}


def find_records(snapshot: Path, target: str) -> list[dict[str, Any]]:
    """Return the fates of the records that an id or a source names; raise UsageError if there are none."""
    fates = scan(snapshot, "audit/fates")
    named = fates.filter((pl.col("id") == target) | (pl.col("source") == target.removeprefix("./")))
    records = named.sort("source", "record").collect().to_dicts()
    if not records:
        sources = fates.select(pl.col("source").unique().sort()).collect()["source"].to_list()
        below = [source for source in sources if source.startswith(f"{target.removeprefix('./').rstrip('/')}/")]
        if below:
            raise UsageError(
                visible(f"{target} is a folder of {counted(len(below), 'file')}: name one of them, as {below[0]}")
            )
        close = difflib.get_close_matches(target, sources, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise UsageError(visible(f"no id or source {target!r} in {snapshot}{hint}"))
    return records


def explain_record(snapshot: Path, fate: dict[str, Any]) -> dict[str, Any]:
    """Return what the published tables say about a record.

    The keys are those of its fate, `article`, `removals`, `extracted` (its text before cuts), `copies` (duplicates of
    it), and for a duplicate `kept` and `compared`. Raises UsageError if the snapshot is damaged, or if
    this version does not know its settings.
    """
    article = _article(snapshot, fate["id"])
    removals = scan(snapshot, "audit/removals").filter(pl.col("id") == fate["id"]).sort("start", "end").drop("id")
    copies = scan(snapshot, "duplicates").filter(pl.col("kept_id") == fate["id"]).sort("source", "record")
    claims = removals.collect().to_dicts()
    record = {**fate, "article": article, "removals": claims, "kept": None, "compared": None}
    record["extracted"] = extracted_text(article["text"] if article else "", claims)
    record["copies"] = copies.select("id", "source", "record", "verdict", "jaccard", "containment").collect().to_dicts()
    if article is not None and fate["fate"] == "duplicate":
        kept = _article(snapshot, article["kept_id"])
        if kept is None:  # the snapshot was checked before it was published, so somebody has changed its files
            raise UsageError(f"{snapshot} holds no article {article['kept_id']}: the snapshot is damaged")
        config = snapshot_settings(snapshot).dedup
        record["kept"] = {name: kept[name] for name in ("id", "source", "record", "title")}
        record["compared"] = asdict(explain_pair(article["text"], kept["text"], config=config))
    return record


def show_record(record: dict[str, Any]) -> RenderableType:
    """Return a page for the terminal about a record, given what `explain_record` returns."""
    article = record["article"]
    parts: list[RenderableType] = [_text(f"{record['source']} record {record['record']}", "bold")]
    parts.append(_text(f"id {record['id']}   fate {record['fate']}"))
    if article is not None and article["title"]:
        parts.append(_text(f"title {article['title']}"))
    if article is not None:
        parts.append(_text(f"{article['words']} words kept, in a cluster of {article['cluster_size']}"))
        if article["confidence"] is not None:  # an earlier version published none
            parts.append(_text(f"confidence {article['confidence']:.2f}"))
    if record["message"]:
        parts.append(_text(record["message"]))
    parts.append(_removals(record["removals"]))
    if record["removals"]:
        parts += [_before(record["extracted"], record["removals"]), *_after(article)]
    if record["compared"]:
        parts.append(_duplicate(article, record["kept"], record["compared"]))
    elif article is not None:
        parts.append(_copies(record["copies"]))
    return Group(*parts, Text())


def _text(text: str, style: str = "") -> Text:
    """Return a line of a page in which nothing from a raw file can move the cursor or reorder letters."""
    return Text(visible(" ".join(text.splitlines())), style=style)


def _before(text: str, claims: list[dict[str, Any]]) -> Text:
    """Return a text as it was extracted, with cuts and suspicions in the colours of their reasons."""
    shown = Text("Before: [-cut-], [?suspected and left in?]; ", style="bold")
    reasons = sorted({claim["reason"] for claim in claims} & COLOURS.keys())
    shown.append_text(Text(" ").join(Text(f" {reason} ", style=COLOURS[reason]) for reason in reasons)).append("\n")
    for part, owner in stretches(text, claims):
        reason = claims[owner]["reason"] if owner >= 0 else "edge"
        if reason not in COLOURS:  # an edge is white space
            shown.append(visible(part), "not bold")
            continue
        opening, closing = ("[?", "?]") if reason == "unsure" else ("[-", "-]")
        shown.append(f"{opening}{visible(part)}{closing}", f"not bold {COLOURS[reason]}")
    return shown


def _after(article: dict[str, Any] | None) -> list[Text]:
    if article is None:
        return [Text("After: nothing is published of it.", style="bold")]
    return [Text("After:", style="bold"), Text(visible(article["text"]))]


def _removals(rows: list[dict[str, Any]]) -> RenderableType:
    if not rows:
        return Text("Nothing was cut.")
    table = Table("start", "end", "reason", "rule", "score", "text", title="Claimed spans", title_justify="left")
    for row in rows:
        text = " ".join(row["text"].split())
        reason = f"{row['reason']} (not cut)" if row["reason"] == "unsure" else row["reason"]
        table.add_row(
            str(row["start"]),
            str(row["end"]),
            reason,
            row["rule"],
            f"{row['score']:.2f}",
            _text(shortened(text, EXCERPT)),
        )
    return table


def _duplicate(article: dict[str, Any], kept: dict[str, Any], compared: dict[str, Any]) -> RenderableType:
    figures = ", ".join(
        f"{name} {article[name]:.3f}" for name in ("jaccard", "containment", "ratio") if article[name] is not None
    )
    return Group(
        _text(f"Duplicate ({article['verdict']}) of {kept['source']} record {kept['record']}, id {kept['id']}"),
        _text(f"  {kept['title'] or '(no headline)'}"),
        _text(f"  {figures}; {article['keep_reason']}"),
        _text(f"  these two alone, every shingle counted in full: {_alone(compared)}"),
        Text("Word by word: shared words, [-only here-], {+only in the kept one+}", style="bold"),
        compared_words((segment["where"], segment["text"]) for segment in compared["segments"]),
    )


def _alone(compared: dict[str, Any]) -> str:
    overlap, facts = compared["overlap"], compared["facts"]
    return (
        f"{compared['verdict']}, jaccard {overlap['jaccard']:.3f}, containment {overlap['containment_left']:.3f} and "
        f"of the kept one {overlap['containment_right']:.3f}, ratio {compared['ratio']:.3f}, facts "
        f"{facts['agreeing']} alike and {facts['conflicting']} in conflict"
    )


def compared_words(segments: Iterable[tuple[str, str]]) -> Text:
    """Return two texts word by word; each segment says where it stands (both, left, right), and its text."""
    text = Text()
    for where, segment in segments:
        words = segment.split()
        shown = " ".join(words)
        if len(words) > WORDS:
            shown = f"{' '.join(words[: WORDS // 2])} … {' '.join(words[-WORDS // 2 :])}"
        before, after, style = MARKS[where]
        text.append(f"{before}{visible(shown)}{after} ", style)
    return text


def _copies(rows: list[dict[str, Any]]) -> RenderableType:
    if not rows:
        return Text("No duplicate of it was found.")
    table = Table("source", "record", "verdict", "jaccard", "containment", title="Duplicates of it, not kept")
    for row in rows:
        figures = (f"{row[name]:.3f}" for name in ("jaccard", "containment"))
        table.add_row(_text(row["source"]), str(row["record"]), row["verdict"], *figures)
    return table


def _article(snapshot: Path, identity: str) -> dict[str, Any] | None:
    for table in ("articles", "duplicates"):
        rows = scan(snapshot, table).filter(pl.col("id") == identity).collect().to_dicts()
        if rows:
            return rows[0]
    return None
