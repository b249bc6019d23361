"""The two folders of a run, either of which may be an address."""

import os
from pathlib import Path

from flows.errors import UsageError
from flows.folders.addresses import Address, Folder, folder_named
from flows.folders.objects import holds_objects, naming_address


def named_folders(raw: Path, clean: Path) -> tuple[Folder, Folder]:
    """Return both folders as absolute paths or addresses; raise UsageError for an address of an unknown kind."""
    return folder_named("raw", raw), folder_named("clean", clean)


def check_folders(raw: Folder, clean: Folder) -> None:
    """Raise UsageError unless `raw` can be listed and `clean` is outside it; an address must answer."""
    for address in (raw, clean):
        if isinstance(address, Address):
            with naming_address(address):
                holds_objects(address)
    if isinstance(raw, Path):
        if not raw.is_dir():
            raise UsageError(f"the raw folder {raw} {'is not a folder' if raw.exists() else 'does not exist'}")
        if not os.access(raw, os.R_OK | os.X_OK):
            raise UsageError(f"the raw folder {raw} cannot be listed: permission denied")
    if _is_in(clean, raw):
        raise UsageError(f"the clean folder {clean} lies in the raw folder {raw}, and would be read as news")


def _is_in(folder: Folder, other: Folder) -> bool:
    if isinstance(folder, Path) and isinstance(other, Path):
        return folder.resolve().is_relative_to(other.resolve())
    return isinstance(folder, Address) and isinstance(other, Address) and folder.is_in(other)
