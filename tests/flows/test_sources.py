"""The raw folder is listed in one order and dealt out within limits."""

from pathlib import Path

import pytest

from flows.sources import Source, deal_batches, list_sources, share_out


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
