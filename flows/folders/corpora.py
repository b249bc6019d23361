"""The place where a corpus is published: a folder of this machine, or an address with a work folder on this machine.

The work folder of an address is a clean folder, and a run finds it as the run before has left it. A run first copies
into it what was published at the address meanwhile. It copies its own snapshot to the address before that becomes
current there.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.errors import UsageError
from flows.folders.addresses import Address, Folder, folder_named, work_folder
from flows.folders.clean_folder import MANIFEST, SNAPSHOTS, check_current, claim_clean_folder, prune, publish, switch
from flows.folders.files import discard
from flows.folders.leases import Lease, OvertakenError, check_free, hold_lease
from flows.folders.objects import (
    ChangedError,
    Mark,
    Object,
    ObjectError,
    delete_objects,
    download,
    list_objects,
    naming_address,
    read_object,
    upload,
    write_object,
)
from flows.settings import Settings, settings_file, settings_of_run

POINTER = "current.json"
RULINGS = ("takedowns", "exemptions")  # the settings that name files of rulings, which may lie in the clean folder


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus that a run publishes: `where` readers find it, and the `folder` of this machine in which the run works.

    At an address, `lease` is the lock that the run holds, and `before` is the mark of the pointer that it found.
    """

    where: Folder
    folder: Path
    lease: Lease | None = None
    before: Mark | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What is published at an address: the snapshot that the pointer names, the pointer's mark, and all snapshots.

    `snapshots` has the objects of each snapshot by their names.
    """

    current: str | None
    mark: Mark | None
    snapshots: dict[str, dict[str, Object]]


@contextmanager
def claim_corpus(clean: Folder, settings: Settings, run: str) -> Iterator[Corpus]:
    """Hold a corpus for one run; from an address, first copy the current snapshot into the work folder.

    Raises UsageError if the folder or the address cannot be used, and TakenError if another run holds it.
    """
    if isinstance(clean, Path):
        with claim_clean_folder(clean, run):
            check_current(clean)
            yield Corpus(clean, clean)
        return
    folder = work_folder(clean, settings.run.work)
    with claim_clean_folder(folder, run), hold_lease(clean, run, folder) as lease:
        with naming_address(clean):
            found = _find(clean)
            _bring(clean, found, folder, [found.current])
            _bring_rulings(clean, settings, folder)
        current = folder / "current"
        if found.current is None or not current.is_symlink():
            discard(current)
        if found.current is not None and current.resolve().name != found.current:
            switch(folder, found.current)
        for path in (folder / SNAPSHOTS).iterdir():
            if path.name not in found.snapshots:
                discard(path)
        yield Corpus(clean, folder, lease, found.mark)


def check_corpus(clean: Folder, settings: Settings) -> None:
    """Raise what `claim_corpus` would raise now, except errors that only the snapshots at an address show."""
    folder = clean if isinstance(clean, Path) else work_folder(clean, settings.run.work)
    with claim_clean_folder(folder, "a run that begins"):
        if isinstance(clean, Address):
            check_free(clean, folder)
        else:
            check_current(folder)


def published_run(clean: Path) -> str | None:
    """Return the name of the current snapshot, or None if there is none.

    Raises UsageError or StoreError if an address does not say.
    """
    where = folder_named("clean", clean)
    if isinstance(where, Path):
        current = (where / "current").resolve()
        return current.name if current.is_dir() else None
    with naming_address(where):
        pointer = read_object(where, POINTER)
    return pointer and _named(where, pointer[0])


def publish_corpus(corpus: Corpus, staged: Path, run: str) -> Path:
    """Publish a staged snapshot and return its final folder; for an address, that is a copy in the work folder.

    Raises OvertakenError if another run has published at the address since this one began.
    """
    if corpus.lease is not None:
        address = corpus.lease.address
        target = address / SNAPSHOTS / run
        files = {path.relative_to(staged).as_posix(): path for path in sorted(staged.rglob("*")) if path.is_file()}
        with naming_address(address):
            upload(target, {name: path for name, path in files.items() if name != MANIFEST})
            upload(target, {MANIFEST: files[MANIFEST]})  # last, since a snapshot with a manifest counts as whole
            try:
                _point(corpus.lease, corpus.before, run)
            except OvertakenError:
                with suppress(ObjectError):
                    _remove(target, files)
                raise
    return publish(staged, corpus.folder, run)


def switch_corpus(corpus: Corpus, run: str) -> None:
    """Make a kept snapshot the current one."""
    if corpus.lease is not None:
        with naming_address(corpus.lease.address):
            _point(corpus.lease, corpus.before, run)
    switch(corpus.folder, run)


def bring_snapshots(corpus: Corpus, runs: Sequence[str] | None = None) -> None:
    """Copy some kept snapshots, or all of them, completely into the folder of a corpus."""
    if corpus.lease is not None:
        with naming_address(corpus.lease.address):
            found = _find(corpus.lease.address)
            _bring(corpus.lease.address, found, corpus.folder, list(found.snapshots) if runs is None else runs)


def prune_corpus(corpus: Corpus, keep: int) -> list[str]:
    """Remove the oldest snapshots beyond `keep`, but never the current one; return the names of the removed ones.

    At an address, this also removes snapshots whose copying broke off.
    """
    removed = prune(corpus.folder, keep)
    if corpus.lease is None:
        return removed
    with naming_address(corpus.lease.address):
        found = _find(corpus.lease.address)
    others = sorted(run for run in found.snapshots if run != found.current)
    older = [run for run in others if MANIFEST in found.snapshots[run]]
    surplus = older[: max(0, len(older) - (keep - 1))]
    surplus += [run for run in others if MANIFEST not in found.snapshots[run]]
    _remove_found(corpus.lease, found, surplus)
    return surplus


def remove_copies(corpus: Corpus, runs: Iterable[str]) -> None:
    """Remove what an address holds of some snapshots; do nothing for a corpus in a folder."""
    if corpus.lease is not None:
        with naming_address(corpus.lease.address):
            found = _find(corpus.lease.address)
        _remove_found(corpus.lease, found, runs)


@contextmanager
def at_hand(clean: Path, settings: Settings | None = None, *, everything: bool = False) -> Iterator[Path]:
    """Give a folder with what is published: the clean folder itself or, for an address, its work folder.

    What the work folder lacks is first copied from the address: the current snapshot, or `everything` that is kept.
    With settings, the files of rulings are copied too, and written back if the body has changed them.
    """
    address = folder_named("clean", clean)
    if isinstance(address, Path):
        yield clean
        return
    used = settings or settings_of_run(settings_file(None))
    work = work_folder(address, used.run.work)
    with naming_address(address), TemporaryDirectory(prefix="winnow-") as name:
        found = _find(address)
        if found.current is None and settings is None:
            raise UsageError(f"nothing is published at {address} yet: run `winnow run` first")
        _bring(address, found, work, found.snapshots if everything else [found.current])
        view = Path(name)
        (view / SNAPSHOTS).mkdir()
        for run in found.snapshots:
            (view / SNAPSHOTS / run).symlink_to(work / SNAPSHOTS / run)
        if found.current is not None:
            (view / "current").symlink_to(view / SNAPSHOTS / found.current)
        if (work / ".store").is_dir():
            (view / ".store").symlink_to(work / ".store")
        marks = _bring_rulings(address, settings, view) if settings else {}
        before = {path: _content(view / path) for path in marks}
        try:
            yield view
        except UsageError as error:
            raise type(error)(str(error).replace(name, str(address))) from None
        for path, mark in marks.items():
            if (content := _content(view / path)) not in (None, before[path]):
                _hand_back(address, path, content, mark)


def path_to_show(path: Path, folder: Path, clean: Path) -> str:
    """Return the place of a file that people know, for a file in a folder that `at_hand` has given."""
    return str(path) if folder == clean else str(path).replace(str(folder), str(folder_named("clean", clean)))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _hand_back(address: Address, name: str, content: bytes, mark: Mark | None) -> None:
    try:
        write_object(address, name, content, mark)
    except ChangedError:
        raise UsageError(f"{address / name} was changed by somebody else at this moment: try again") from None


def _find(address: Address) -> _Found:
    """Return what is published at an address; raise UsageError if the pointer names no whole snapshot."""
    pointer = read_object(address, POINTER)
    snapshots: dict[str, dict[str, Object]] = defaultdict(dict)
    for one in list_objects(address / SNAPSHOTS):
        run, _, name = one.name.partition("/")
        if name and one.size:  # some tools mark a folder by an empty object
            snapshots[run][name] = one
    if pointer is None:
        return _Found(None, None, snapshots)
    current = _named(address, pointer[0])
    if MANIFEST not in snapshots.get(current, {}):
        raise UsageError(
            f"{address / POINTER} names the snapshot {current}, which is not there: write another into it, as "
            f"{', '.join(sorted(snapshots)) or 'none is left'}, or remove it; then nothing counts as published before"
        )
    return _Found(current, pointer[1], snapshots)


def _named(address: Address, pointer: bytes) -> str:
    try:
        return str(json.loads(pointer)["run_id"])
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{address / POINTER} names no snapshot ({error}): no run has written it") from None


def _bring(address: Address, found: _Found, folder: Path, whole: Iterable[str | None]) -> None:
    """Copy what a folder lacks of the snapshots in `whole`, and the manifests of the others, which tell the history."""
    wanted = []
    for run, objects in found.snapshots.items():
        for name, one in objects.items():
            path = folder / SNAPSHOTS / run / name
            if run not in whole and name != MANIFEST:
                continue
            if not path.is_file() or path.stat().st_size != one.size:
                if path.is_dir():
                    discard(path)  # not for a file: another command may be replacing it at this moment
                wanted.append(one)
    download(address / SNAPSHOTS, wanted, folder / SNAPSHOTS)


def _bring_rulings(address: Address, settings: Settings, folder: Path) -> dict[str, Mark | None]:
    """Copy the files of rulings from an address; return the mark of each by name, None for one that is not there."""
    marks: dict[str, Mark | None] = {}
    for setting in RULINGS:
        name: str = getattr(settings.publish, setting)
        if Path(name).is_absolute():
            continue
        found = read_object(address, name)
        path = folder / name
        discard(path)
        if found is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found[0])
        marks[name] = found and found[1]
    return marks


def _point(lease: Lease, before: Mark | None, run: str) -> None:
    """Make the pointer of an address name a snapshot; raise OvertakenError if another run has changed the pointer."""
    lease.check()
    content = json.dumps({"run_id": run, "snapshot": f"{SNAPSHOTS}/{run}"}).encode() + b"\n"
    try:
        write_object(lease.address, POINTER, content, before)
    except ObjectError as error:
        # The answer may have been lost on its way. A request that was not refused may even be carried out later, so the
        # snapshot must stay.
        found = read_object(lease.address, POINTER)
        current = found and _named(lease.address, found[0])
        if current == run:
            return
        if isinstance(error, ChangedError):
            raise OvertakenError(
                f"another run has published {current} at {lease.address} since this one began: nothing is published"
            ) from None
        raise


def _remove_found(lease: Lease, found: _Found, runs: Iterable[str]) -> None:
    """Remove snapshots at an address; raise OvertakenError if another run may be writing one of them."""
    with naming_address(lease.address):
        for run in runs:
            lease.check_time()
            _remove(lease.address / SNAPSHOTS / run, found.snapshots.get(run, ()))


def _remove(snapshot: Address, names: Iterable[str]) -> None:
    names = list(names)
    delete_objects(snapshot, [name for name in names if name == MANIFEST])  # first, so that the rest is not whole
    delete_objects(snapshot, [name for name in names if name != MANIFEST])
