"""What a worker reports to the flow about its work."""

import resource
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What a task did: the stripped parts that it names, its counts, and the peak memory of its worker in bytes."""

    parts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0

    def add(self, other: "Tally") -> None:
        """Add the work of another task."""
        self.parts.extend(other.parts)
        self.counts.update(other.counts)
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)


def peak_bytes() -> int:
    """Return the peak resident memory of this process in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
