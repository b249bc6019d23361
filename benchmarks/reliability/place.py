"""A corpus to disturb, and the outcomes of doing so."""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.made_corpus import generate
from flows.corpus import clean_corpus
from flows.folders.files import discard
from flows.settings import Settings
from flows.tables import TABLES

# isort: split
from prefect.exceptions import CancelledRun

SAMPLE = Path(__file__).parents[2] / "raw"
WINNOW = str(Path(sys.executable).with_name("winnow"))
STORIES = 60
WORDS = 120
Tables = dict[str, list[tuple[object, ...]]]


@dataclass
class Outcome:
    """How often a fault was tried, how often the run refused to publish, and what went wrong.

    `right` says in words which outcome is right: for some faults also a refusal that names the reason.
    """

    fault: str
    right: str
    tried: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str, *, right: bool, refused: bool = False) -> None:
        """Count one try; a right outcome may be a refusal."""
        self.tried += 1
        self.refused += right and refused
        if not self.tried % 5:
            print(f"  {self.fault}: {self.tried}", file=sys.stderr, flush=True)
        if not right:
            self.wrong.append(what)
            print(f"  wrong: {self.fault}: {what}", file=sys.stderr, flush=True)

    def row(self) -> str:
        """Return the outcome as a row of the table."""
        right = self.tried - len(self.wrong)
        return f"| {self.fault} | {self.tried:,} | {right:,} | {self.refused:,} | {self.right} |"


def write_stories(raw: Path, texts: list[str], first: int = 0) -> None:
    """Write each text as a file; `first` is the number of the first."""
    raw.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts, first):
        (raw / f"{number:05d}.txt").write_text(f"Report number {number}\n\n{text}")


def run(raw: Path, clean: Path, **settings: Any) -> dict[str, Any]:
    """Run the flow in this process; raise KeyboardInterrupt if Ctrl-C has ended it."""
    try:
        manifest: dict[str, Any] = clean_corpus(raw=raw, clean=clean, settings=Settings.model_validate(settings))
    except CancelledRun as error:
        raise KeyboardInterrupt from error
    return manifest


def tables_of(clean: Path) -> Tables:
    """Read all published tables without the columns that may depend on history."""
    snapshot = (clean / "current").resolve()
    read = {name: pl.read_parquet(snapshot / name / "*.parquet") for name in TABLES}
    return {name: frame.drop("cluster_id", strict=False).rows() for name, frame in read.items()}


class Place:
    """A raw folder of stories, and the corpus that a run made from it, to be disturbed."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.clean = folder / "raw", folder / "clean"
        self._whole = folder / "whole"
        write_stories(self.raw, generate(STORIES, words=WORDS)["text"].to_list())
        shutil.copytree(SAMPLE, self.raw / "sample")
        time.sleep(2.1)  # until then, runs would read the new files again
        run(self.raw, self._whole)
        self.tables = tables_of(self._whole)
        self.restore()

    def restore(self) -> None:
        """Bring the clean folder back to the state in which the run left it."""
        discard(self.clean)
        shutil.copytree(self._whole, self.clean, symlinks=True)

    def is_whole(self) -> bool:
        """Say whether the published tables are those that the run made of the raw folder."""
        return tables_of(self.clean) == self.tables

    def mends(self) -> bool:
        """Say whether another run publishes the same."""
        run(self.raw, self.clean)
        return self.is_whole()

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a run in another process."""
        return [WINNOW, "run", "--raw", str(self.raw), "--clean", str(self.clean), *arguments]


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start a run in a process group of its own."""
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
