"""Writing, replacing and removing files and folders of ours."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes the file once it is written; readers see the old file until then.

    Each writer has its own path, which is removed if it fails. For a task may run twice at once, if a Dask worker was
    wrongly taken for dead, and two commands may copy one snapshot into the same work folder.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Remove whatever is there, if anything is: a file, a link (not its target), or a folder with its content."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder unless a folder or a link to one is there; remove anything else first."""
    if not path.is_dir():
        discard(path)
        path.mkdir(parents=True)


def replace_file(path: Path, text: str) -> None:
    """Replace a file's content by a text, durably and in one step."""
    with written_whole(path) as unfinished, unfinished.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
