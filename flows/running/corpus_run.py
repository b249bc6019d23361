"""The record of a run that all its tasks get, wherever they work."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.folders.addresses import Folder
from flows.settings import Settings


def name_of_run(started: datetime, flow_run: str = "") -> str:
    """Return the name of a run and of its snapshot; names sort by the time at which runs began.

    The name ends with the last digits of the flow run's id, since the first digits tell the time, and runs of the same
    minute share them.
    """
    return f"{started:%Y%m%dT%H%M%S.%f}-{flow_run[-8:]}"


@dataclass(frozen=True, slots=True)
class CorpusRun:
    """What every task of a run must know: the run's name, its folders and its settings.

    If the corpus is at an address, `clean` is the work folder.
    """

    run_id: str
    raw: Folder
    clean: Path
    store: Path
    settings: Settings

    @property
    def staging(self) -> Path:
        """The folder in which stages hand on what is not kept; each run has its own, since a task may outlive a run."""
        return self.clean / ".staging" / self.run_id / "parts"

    @property
    def snapshot(self) -> Path:
        """The folder in which the snapshot is built."""
        return self.clean / ".staging" / self.run_id / "snapshot"
