"""The two folders of a run: what may be named as one, and how what is in ours is replaced and removed."""

import os
import shutil
from pathlib import Path

from flows.errors import UsageError


def local_folders(raw: Path, clean: Path) -> tuple[Path, Path]:
    """Return both as absolute paths.

    Raises UsageError where one is an address, as of an object store; made absolute it would look like a folder.
    """
    for option, folder in (("raw", raw), ("clean", clean)):
        scheme, colon, rest = str(folder).partition(":/")
        if colon and len(scheme) > 1 and scheme.replace("+", "").isalnum():
            raise UsageError(
                f"the {option} folder {scheme}://{rest.lstrip('/')} is an address: {option} must be a folder of this "
                "machine, or one that is mounted on it"
            )
    return raw.absolute(), clean.absolute()


def check_folders(raw: Path, clean: Path) -> None:
    """Raise UsageError unless `raw` is a folder that can be listed and `clean` does not lie in it."""
    if not raw.is_dir():
        raise UsageError(f"the raw folder {raw} {'is not a folder' if raw.exists() else 'does not exist'}")
    if not os.access(raw, os.R_OK | os.X_OK):
        raise UsageError(f"the raw folder {raw} cannot be listed: permission denied")
    if clean.resolve().is_relative_to(raw.resolve()):
        raise UsageError(f"the clean folder {clean} lies in the raw folder {raw}, and would be read as news")


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
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
