"""A corpus to be hurt, and the outcomes of hurting it."""

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

    `right` says what had to come of it: of some faults a refusal that names the reason, as well as the same corpus.
    """

    fault: str
    right: str
    tried: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str, *, right: bool, refused: bool = False) -> None:
        """Count one try; of those that came out right, some as a refusal."""
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
    """Write one file a text."""
    raw.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts, first):
        (raw / f"{number:05d}.txt").write_text(f"Report number {number}\n\n{text}")


def run(raw: Path, clean: Path, **settings: Any) -> dict[str, Any]:
    """Run the flow in this process; Ctrl-C is no outcome of it."""
    try:
        manifest: dict[str, Any] = clean_corpus(raw=raw, clean=clean, settings=Settings.model_validate(settings))
    except CancelledRun as error:
        raise KeyboardInterrupt from error
    return manifest


def tables_of(clean: Path) -> Tables:
    """Read all published tables without what may depend on history."""
    snapshot = (clean / "current").resolve()
    read = {name: pl.read_parquet(snapshot / name / "*.parquet") for name in TABLES}
    return {name: frame.drop("cluster_id", strict=False).rows() for name, frame in read.items()}


class Place:
    """A raw folder of stories and the corpus that a run made of it, to be hurt."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.clean = folder / "raw", folder / "clean"
        self._whole = folder / "whole"
        write_stories(self.raw, generate(STORIES, words=WORDS)["text"].to_list())
        shutil.copytree(SAMPLE, self.raw / "sample")
        time.sleep(2.1)  # files just written would be read again by every run
        run(self.raw, self._whole)
        self.tables = tables_of(self._whole)
        self.restore()

    def restore(self) -> None:
        """Have the clean folder as the run left it."""
        discard(self.clean)
        shutil.copytree(self._whole, self.clean, symlinks=True)

    def is_whole(self) -> bool:
        """Say whether what is published is what the run made of the raw folder."""
        return tables_of(self.clean) == self.tables

    def mends(self) -> bool:
        """Say whether another run publishes the same."""
        run(self.raw, self.clean)
        return self.is_whole()

    def command(self, *arguments: str) -> list[str]:
        """Return the command of a run of its own."""
        return [WINNOW, "run", "--raw", str(self.raw), "--clean", str(self.clean), *arguments]


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start a run in a group of its own."""
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
