"""The kept snapshots: which ones there are, what each holds, and the way back to one."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.errors import UsageError
from flows.folders.addresses import folder_named
from flows.folders.clean_folder import MANIFEST, SNAPSHOTS, current_snapshot, published_snapshot
from flows.folders.corpora import POINTER, bring_snapshots, claim_corpus, switch_corpus
from flows.rulings import Ruling, read_rulings
from flows.settings import Settings
from flows.snapshots.published import DamagedSnapshotError, check_readable, naming_damage, read_manifest
from flows.snapshots.taken_text import held_in, ids_in_snapshots, ids_in_store
from flows.terminal_text import counted


def kept_snapshots(clean: Path) -> list[Path]:
    """Return the folders of the kept snapshots, the oldest first."""
    folder = clean / SNAPSHOTS
    # Run ids begin with the time of the run, so sorting by name sorts by time.
    return sorted(path for path in folder.glob("*") if (path / MANIFEST).is_file())


def find_kept(clean: Path, run: str) -> Path:
    """Return the folder of the snapshot that a run id, its beginning or `current` names.

    Raises UsageError if it names none or several.
    """
    if run == "current":
        return current_snapshot(clean)
    named = [path for path in kept_snapshots(clean) if path.name.startswith(run)]
    exact = [path for path in named if path.name == run]
    if len(exact or named) != 1:
        kept = ", ".join(path.name for path in (named or kept_snapshots(clean))) or "none"
        raise UsageError(f"{run!r} names {'several' if named else 'no'} kept snapshots of {clean}; there are {kept}")
    return (exact or named)[0]


def snapshot_before(clean: Path, snapshot: Path) -> Path:
    """Return the newest kept snapshot that is older than this one; raise UsageError if there is none."""
    older = [path for path in kept_snapshots(clean) if path.name < snapshot.name]
    if not older:
        raise UsageError(f"no snapshot older than {snapshot.name} is kept in {clean} (publish.keep_snapshots)")
    return older[-1]


def describe_kept(clean: Path) -> list[dict[str, Any]]:
    """Return what `winnow snapshots` lists, the newest first; if `current` is gone, none is marked as current.

    Raises UsageError if no snapshot is kept.
    """
    kept = kept_snapshots(clean)
    current = published_snapshot(clean) if kept else current_snapshot(clean)
    rows = []
    for path in reversed(kept):
        manifest = read_manifest(path)
        counts = manifest["counts"]
        rows.append(
            {
                "run": path.name,
                "ended": manifest["ended"],
                "articles": counts["articles"],
                "duplicates": counts["duplicates"],
                "settings": manifest["settings_fingerprint"],
                "current": current is not None and path.name == current.name,
            }
        )
    return rows


def roll_back(clean: Path, run: str | None, settings: Settings) -> tuple[str, str, str]:
    """Make a kept snapshot current, by default the one before; return the place of `current`, its old and new target.

    Raises UsageError if that snapshot is current already, cannot be read or holds what was taken down since, and
    TakenError while a run works.
    """
    where = folder_named("clean", clean)
    if isinstance(where, Path):
        current_snapshot(where)  # raises if nothing is published, before claiming makes the folder
    with claim_corpus(where, settings, "winnow rollback") as corpus:
        before = current_snapshot(corpus.folder)
        target = find_kept(corpus.folder, run) if run else snapshot_before(corpus.folder, before)
        if target.name == before.name:
            raise UsageError(f"{target.name} is already current")
        bring_snapshots(corpus, [target.name])
        check_readable(target)
        _check_taken_down(corpus.folder, target, read_rulings(corpus.folder, settings, "takedowns"))
        switch_corpus(corpus, target.name)
    return str(clean / "current" if isinstance(where, Path) else where / POINTER), before.name, target.name


def _check_taken_down(clean: Path, snapshot: Path, rulings: Sequence[Ruling]) -> None:
    """Raise UsageError if a snapshot holds text of articles that were taken down since."""
    if not rulings:
        return
    ids = ids_in_snapshots([snapshot], rulings).union(*ids_in_store(clean, rulings).values())
    current = current_snapshot(clean)
    with suppress(DamagedSnapshotError), naming_damage(current):  # a damaged one may be the cause of the rollback
        ids |= ids_in_snapshots([current], rulings)
    if held := held_in(snapshot, ids):
        raise UsageError(
            f"{snapshot.name} holds {counted(held, 'record')} taken down since: undo that first (winnow takedown "
            "--undo), or choose another snapshot"
        )


def lines_of_kept(rows: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return the cells of the table of kept snapshots."""
    return [
        (
            row["run"],
            row["ended"][:19].replace("T", " "),
            f"{row['articles']:,}",
            f"{row['duplicates']:,}",
            "current" if row["current"] else "",
        )
        for row in rows
    ]
