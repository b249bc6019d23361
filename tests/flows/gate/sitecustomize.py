"""Has workers wait with each batch until the file GATE exists; Python imports this where it is on its path."""

import os
import time
from pathlib import Path
from typing import Any

from flows.jobs import extracted_parts

_extract_batch = extracted_parts.extract_batch


def extract_batch(job: Any) -> Any:
    """Extract a batch once the gate is open."""
    while not Path(os.environ["GATE"]).exists():
        time.sleep(0.1)
    return _extract_batch(job)


extracted_parts.extract_batch = extract_batch
