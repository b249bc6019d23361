"""The record of a run that all of its tasks are given, wherever they work."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.folders.addresses import Folder
from flows.settings import Settings


def name_of_run(started: datetime, flow_run: str = "") -> str:
    """Return the name of a run and of its snapshot, by which runs are in the order in which they began.

    It ends with the last digits of the flow run's id; the first ones tell the time, and runs of a minute share them.
    """
    return f"{started:%Y%m%dT%H%M%S.%f}-{flow_run[-8:]}"


@dataclass(frozen=True, slots=True)
class CorpusRun:
    """What every task of a run must know: its name, its folders and its settings.

    Of a corpus at an address, `clean` is the work folder.
    """

    run_id: str
    raw: Folder
    clean: Path
    store: Path
    settings: Settings

    @property
    def staging(self) -> Path:
        """Where its stages leave to each other what is not kept; no other run's, which a task might outlive."""
        return self.clean / ".staging" / self.run_id / "parts"

    @property
    def snapshot(self) -> Path:
        """Where its snapshot is built."""
        return self.clean / ".staging" / self.run_id / "snapshot"
