"""What stands in the clean folder and should not: what is ours is mended, what is not is refused in one line."""

import re
import shutil
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pytest

from flows.errors import UsageError
from flows.folders.clean_folder import claim_clean_folder
from flows.folders.corpora import claim_corpus
from flows.folders.files import discard
from flows.settings import Settings
from flows.snapshots.published import DamagedSnapshotError
from tests.flows.conftest import SAMPLE, Published, publish
from tests.flows.test_incremental import tables


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory, prefect_environment: dict[str, str]) -> Published:
    """A run over a few articles; not to be written to."""
    folder = tmp_path_factory.mktemp("wires")
    shutil.copytree(SAMPLE / "wire", folder / "raw")
    return publish(folder / "raw", folder / "clean")


@pytest.fixture
def own(wires: Published, tmp_path: Path) -> Published:
    """A copy of that run, to damage."""
    shutil.copytree(wires.clean, tmp_path / "clean", symlinks=True)
    return Published(wires.raw, tmp_path / "clean", wires.manifest)


def as_folder(path: Path) -> None:
    """Have a folder stand there that is not empty."""
    discard(path)
    (path / "inside").mkdir(parents=True)
    (path / "inside" / "file").write_text("x")


def as_file(path: Path) -> None:
    """Have a file stand there."""
    discard(path)
    path.write_text("x")


def as_dangling_link(path: Path) -> None:
    """Have a link to nothing stand there."""
    discard(path)
    path.symlink_to("nowhere")


KINDS: tuple[Callable[[Path], None], ...] = (as_folder, as_file, as_dangling_link, discard)


@pytest.mark.parametrize("first", [0, 3])
def test_whatever_stands_in_the_store_is_mended(own: Published, first: int) -> None:
    """Every second file of the store is replaced by something else, in turn; the next run publishes the same tables."""
    files = [path for path in sorted((own.clean / ".store").rglob("*")) if path.is_file()]
    for path, damage in zip(files[first % 2 :: 2], islice(cycle(KINDS), first, None), strict=False):
        damage(path)
        damage(path.with_name(f"{path.name}.stray"))
    assert tables(publish(own.raw, own.clean)) == tables(own)


@pytest.mark.parametrize(
    ("place", "damage"),
    [
        (".store", as_file),
        (".store/*", as_dangling_link),
        (".store/*/files", as_file),
        (".store/*/stripped", as_dangling_link),
        (".store/*/stripped/*/cleaned", as_file),
        (".staging", as_dangling_link),
    ],
)
def test_folder_of_the_store_that_is_none_is_made_anew(
    own: Published, place: str, damage: Callable[[Path], None]
) -> None:
    """A file or a dangling link where the store or staging has a folder costs time only."""
    for path in list(own.clean.glob(place)) or [own.clean / place]:
        damage(path)
    assert tables(publish(own.raw, own.clean)) == tables(own)


def test_place_of_the_new_link_is_cleared(own: Published) -> None:
    """A folder where the new link is made is removed before the run needs the place."""
    as_folder(own.clean / ".current.new")
    with claim_clean_folder(own.clean, "this run"):
        assert not (own.clean / ".current.new").exists()


@pytest.mark.parametrize(
    ("place", "damage", "message"),
    [
        (".lock", as_folder, ".lock: Is a directory"),
        ("snapshots", as_file, "snapshots: File exists"),
        ("current", as_folder, "current is no link to a snapshot"),
        ("current", as_file, "current is no link to a snapshot"),
        ("current", as_dangling_link, "is damaged (it has no manifest.json)"),
        ("current/manifest.json", discard, "is damaged (it has no manifest.json)"),
    ],
)
def test_what_is_not_ours_is_refused(own: Published, place: str, damage: Callable[[Path], None], message: str) -> None:
    """What a run did not make, and what is published, is never removed: the message names it, in one line."""
    damage(own.clean / place)
    claimed = claim_corpus(own.clean, Settings(), "this run")
    with pytest.raises(UsageError, match=re.escape(message)) as refused, claimed:
        pass
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["articles", "schema.json"])
def test_damaged_snapshot_is_told(own: Published, place: str) -> None:
    """A published snapshot that cannot be read fails the run that would carry it on, by its name, and stays."""
    before = own.current.resolve()
    as_file(own.current / place)
    (own.clean.parent / "raw").mkdir()
    with pytest.raises(DamagedSnapshotError, match=f"the snapshot {before} is damaged"):
        publish(own.clean.parent / "raw", own.clean)
    assert own.current.resolve() == before
