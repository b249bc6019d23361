"""Files that are whole whenever they are seen, however many write them at once."""

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
