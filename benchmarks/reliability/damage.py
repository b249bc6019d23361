"""Damaged stores and snapshots, two runs at once, clocks set back, files that cannot be read."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from benchmarks.reliability.place import Outcome, Place, run, start, tables_of
from flows.commands.usage import TAKEN
from flows.errors import UsageError
from flows.folders.files import discard


def _cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(max(1, path.stat().st_size))])


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes() or b"x")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _remove(path: Path, _chance: random.Random) -> None:
    discard(path)


def _as_folder(path: Path, _chance: random.Random) -> None:
    discard(path)
    (path / "inside").mkdir(parents=True)


def _as_file(path: Path, _chance: random.Random) -> None:
    discard(path)
    path.write_bytes(b"x")


def _as_link(path: Path, _chance: random.Random) -> None:
    discard(path)
    path.symlink_to("nowhere")


WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "cut off": _cut,
    "a bit flipped": _flip,
    "removed": _remove,
    "a folder in its place": _as_folder,
    "a file in its place": _as_file,
    "a dangling link in its place": _as_link,
}


def damages(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Damage a part of the store, again and again."""
    store = Outcome(
        "a file or folder of the store or of staging cut off, flipped, removed, or something else in its place",
        "mended: the next run publishes the same",
    )
    yield store
    for _ in range(count):
        place.restore()
        (place.clean / ".staging" / "old").mkdir(parents=True)
        paths = sorted([*(place.clean / ".store").rglob("*"), *place.clean.glob(".st*"), place.clean / ".current.new"])
        path = chance.choice(paths)
        ways = list(WAYS) if path.is_file() else list(WAYS)[2:]
        way = chance.choice(ways)
        WAYS[way](path, chance)
        try:
            right = place.mends()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            right, way = False, f"{way}: {type(error).__name__}: {error}"
        store.note(f"{path.relative_to(place.clean)} {way}", right=right)


def snapshots_damaged(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Damage a file of the snapshot from which all articles are carried on, since their raw files are gone."""
    snapshot = Outcome(
        "a file of the published snapshot damaged in one of these ways, all raw files gone",
        "published as without the damage, or refused by the snapshot's name, which stays current",
    )
    yield snapshot
    empty = place.raw.with_name("empty")
    empty.mkdir(exist_ok=True)
    run(empty, place.clean)
    undamaged = tables_of(place.clean)
    for _ in range(count):
        place.restore()
        before = (place.clean / "current").resolve()
        path = chance.choice(sorted(path for path in before.rglob("*") if path.is_file()))
        way = chance.choice(list(WAYS))
        WAYS[way](path, chance)
        refused = False
        try:
            run(empty, place.clean)
            right = tables_of(place.clean) == undamaged
        except UsageError as error:
            refused = True
            right = (place.clean / "current").resolve() == before and str(before) in str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            right, way = False, f"{way}: {type(error).__name__}: {str(error)[:300]}"
        snapshot.note(f"{path.relative_to(before)} {way}", right=right, refused=refused)


def pairs(place: Place, count: int) -> Iterator[Outcome]:
    """Start two runs at the same time."""
    outcome = Outcome("two runs at once", "one publishes, the other is refused in one line, or comes after it")
    yield outcome
    for _ in range(count):
        place.restore()
        two = [start(place.command("--quiet")) for _ in range(2)]
        said = [(process.communicate()[1], process.returncode) for process in two]
        refused = [words for words, status in said if status == TAKEN]
        right = len(refused) < 2 and all(status in (0, TAKEN) for _, status in said) and all(map(_is_told, refused))
        outcome.note(str(said), right=right and place.is_whole(), refused=bool(refused))


def _is_told(words: str) -> bool:
    return words.count("\n") == 1 and "another run is publishing into" in words


def clock_set_back(place: Place) -> Iterator[Outcome]:
    """Publish after a snapshot whose name is from the future."""
    clock = Outcome("the clock set back: the published snapshot is from the future", "a new one is published and stays")
    yield clock
    for keep in (1, 2, 3):
        place.restore()
        before = (place.clean / "current").resolve()
        later = before.rename(before.with_name("20990101T000000.000000-future"))
        (place.clean / "current").unlink()
        (place.clean / "current").symlink_to(Path("snapshots", later.name))
        manifest = run(place.raw, place.clean, publish={"keep_snapshots": keep})
        after = (place.clean / "current").resolve()
        clock.note(f"keep {keep}", right=after.name == manifest["run_id"] and after.is_dir() and place.is_whole())


def permission_lost(place: Place, chance: random.Random) -> Iterator[Outcome]:
    """Forbid the reading of files for one run."""
    lost = Outcome("permission to read a raw file lost for a night", "its article is carried on, the reason told")
    yield lost
    for path in chance.sample(sorted(place.raw.glob("*.txt")), 3):
        place.restore()
        path.chmod(0)
        drop = [] if os.getuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        night = start([*drop, *place.command("--quiet")])
        complaint = night.communicate()[1]
        path.chmod(0o644)
        fates = pl.read_parquet((place.clean / "current").resolve() / "audit/fates/*.parquet").filter(source=path.name)
        message = str(fates["message"][0])
        right = night.returncode == 0 and "could not be read (permission denied); carried on" in message
        lost.note(f"{night.returncode} {complaint} {fates.rows()}", right=right and place.mends())
