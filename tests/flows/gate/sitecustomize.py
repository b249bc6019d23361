"""Has workers wait with some of their work until files in the folder GATE exist; Python imports this on its path."""

import os
import time
from pathlib import Path
from typing import Any

from flows.jobs import extracted_parts, sharded_duplicates

_extract_batch, _weigh_pairs = extracted_parts.extract_batch, sharded_duplicates.weigh_pairs


def extract_batch(job: Any) -> Any:
    """Extract a batch once its gate is open."""
    _wait("extract")
    return _extract_batch(job)


def weigh_pairs(shards: Any, number: int) -> Any:
    """Weigh the pairs of a shard once their gate is open."""
    _wait("weigh")
    return _weigh_pairs(shards, number)


def _wait(gate: str) -> None:
    opened = Path(os.environ["GATE"], gate)
    while not opened.exists():
        opened.with_name(f"{gate} {os.getpid()} waits").touch()
        time.sleep(0.1)


extracted_parts.extract_batch = extract_batch
sharded_duplicates.weigh_pairs = weigh_pairs
