"""The raw folder is listed in one order and dealt out within limits."""

import os
from pathlib import Path

import pytest

from flows.folders.sources import Source, deal_batches, list_sources, share_out


def test_subfolders_are_walked_and_hidden_files_skipped(tmp_path: Path) -> None:
    """Files of subfolders are listed by their path; hidden files and folders are not."""
    for name in ("b.txt", "a/x.txt", "a/.hidden.txt", ".git/y.txt", "a/b/c/z.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert [source.name for source in list_sources(tmp_path)] == ["a/b/c/z.html", "a/x.txt", "b.txt"]


def test_name_that_is_not_utf8_is_escaped(tmp_path: Path) -> None:
    """A file name with bytes outside UTF-8 gets a name that any table can hold."""
    Path(str(tmp_path).encode().decode() + "/caf\udce9.txt").write_text("x")
    assert [source.name for source in list_sources(tmp_path)] == ["caf\\xe9.txt"]


def test_names_differ_where_files_do(tmp_path: Path) -> None:
    """A byte outside UTF-8 and a name spelled as it is escaped are two names."""
    for name in (b"caf\xe9.txt", rb"caf\xe9.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert [source.name for source in list_sources(tmp_path)] == ["caf\\\\xe9.txt", "caf\\xe9.txt"]


def test_batches_respect_files_and_bytes() -> None:
    """No batch has more files or bytes than allowed, but a larger file stands alone."""
    sources = [Source(str(n), str(n), size) for n, size in enumerate([4, 4, 4, 50, 1, 1, 1, 1])]
    batches = deal_batches(sources, files=3, size=10)
    assert [[source.size for source in batch] for batch in batches] == [[4, 4], [4], [50], [1, 1, 1], [1]]


@pytest.mark.parametrize(("count", "share"), [(0, 32), (100, 32), (800, 100), (100_000, 500)])
def test_small_corpora_are_shared_out_among_workers(count: int, share: int) -> None:
    """Each of two workers gets four tasks, but for tasks that would be too small or too large."""
    assert share_out(count, workers=2, least=32, most=500) == share


def test_dangling_link_is_listed(tmp_path: Path) -> None:
    """A link to nothing is listed, so that its fate can say what became of it."""
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    assert [(source.name, source.size) for source in list_sources(tmp_path)] == [("gone.txt", 0)]


def test_link_to_a_folder_is_listed_itself(tmp_path: Path) -> None:
    """A link to a folder is not followed, which could go in circles, and not passed over either."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    assert [(source.name, source.size) for source in list_sources(tmp_path)] == [("a/x.txt", 1), ("b", 0)]


def test_folder_that_cannot_be_listed_is_listed_itself(tmp_path: Path) -> None:
    """A folder that cannot be listed, here for the length of its path, is not passed over."""
    name = "n" * 200
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(os.pathconf(tmp_path, "PC_PATH_MAX") // len(name) + 1):
        os.mkdir(name, dir_fd=folder)
        below = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    assert [set(source.name.split("/")) for source in list_sources(tmp_path)] == [{name}]
