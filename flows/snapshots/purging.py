"""The removal of everything in a clean folder that still holds text of articles that were taken down.

A snapshot is never changed, so one that holds such text is removed as a whole. The current one is never removed; a run
must replace it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.errors import UsageError
from flows.folders.addresses import folder_named
from flows.folders.clean_folder import REPORT, current_snapshot, published_snapshot
from flows.folders.corpora import bring_snapshots, claim_corpus, remove_copies
from flows.folders.files import discard
from flows.rulings import Ruling, read_rulings
from flows.settings import Settings
from flows.snapshots.kept import kept_snapshots
from flows.snapshots.published import naming_damage
from flows.snapshots.taken_text import held_in, ids_in_snapshots, ids_in_store


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that holds text of `records` articles that were taken down; `why_not` says why it cannot be removed."""

    what: Literal["snapshot", "part of the store", "report"]
    path: Path
    records: int
    why_not: str = ""


def find_holders(clean: Path, rulings: Sequence[Ruling]) -> list[Holder]:
    """Return what holds text of what was taken down: snapshots, the report beside them, and parts of the store."""
    current = published_snapshot(clean)
    stored = ids_in_store(clean, rulings)
    found = [Holder("part of the store", part, len(held)) for part, held in stored.items()]
    ids = set().union(*stored.values())
    whole = []
    for snapshot in kept_snapshots(clean):
        try:
            with naming_damage(snapshot):
                ids |= ids_in_snapshots([snapshot], rulings)
            whole.append(snapshot)
        except UsageError as error:
            found.append(Holder("snapshot", snapshot, 0, f"what it holds cannot be told: {error}"))
    for snapshot in whole:
        if held := held_in(snapshot, ids):
            why_not = "it is the current one: the next run publishes one without them" if snapshot == current else ""
            found.append(Holder("snapshot", snapshot, held, why_not))
    report = clean / REPORT  # where `winnow report` writes by default
    page = report.read_text(encoding="utf-8", errors="replace") if report.is_file() else ""
    if shown := sum(name in page for name in ids):
        found.append(Holder("report", report, shown))
    return found


def purge(clean: Path, settings: Settings) -> tuple[list[Holder], list[Holder]]:
    """Remove what holds text of what was taken down; return what was removed, and what was not, with the reasons.

    The next run reads the files of removed parts of the store again, if they still exist. Raises TakenError while a run
    works, and UsageError if there is no such folder.
    """
    where = folder_named("clean", clean)
    if isinstance(where, Path) and not where.is_dir():
        current_snapshot(where)  # raises if nothing is published, before claiming makes the folder
    with claim_corpus(where, settings, "winnow takedown --purge") as corpus:
        bring_snapshots(corpus)
        holders = find_holders(corpus.folder, read_rulings(corpus.folder, settings, "takedowns"))
        removed = [holder for holder in holders if not holder.why_not]
        try:
            for holder in removed:
                # The next holder of the lock clears staging, even if the removal breaks off.
                _remove(holder, corpus.folder / ".staging")
            discard(corpus.folder / ".staging")
        except OSError as error:
            raise UsageError(f"cannot remove {error.filename}: {error.strerror}") from error
        remove_copies(corpus, [holder.path.name for holder in removed if holder.what == "snapshot"])
    return removed, [holder for holder in holders if holder.why_not]


def _remove(holder: Holder, aside: Path) -> None:
    if holder.what == "snapshot":
        aside.mkdir(exist_ok=True)
        holder.path.rename(aside / holder.path.name)  # so that readers find it whole or not at all
        return
    if holder.what == "part of the store":
        for stripped in holder.path.parents[1].glob(f"stripped/{holder.path.stem}-*"):
            discard(stripped)
    discard(holder.path)
