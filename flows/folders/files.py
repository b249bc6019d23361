"""Files and folders of ours: written whole, replaced and removed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes the file once it is written; what was there is seen until then.

    Each writer has a file of its own, which is removed where it fails: a task may run twice at once, where a Dask
    worker was only taken for dead, and two commands may copy one snapshot into the same work folder.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Remove whatever stands there, if anything does: a file, a link itself, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Have a folder, or a link to one, stand there; whatever else does is removed."""
    if not path.is_dir():
        discard(path)
        path.mkdir(parents=True)


def replace_file(path: Path, text: str) -> None:
    """Have a file hold a text, in one step and durably."""
    with written_whole(path) as unfinished, unfinished.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
