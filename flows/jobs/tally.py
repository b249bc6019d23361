"""What a worker tells the flow of its work."""

import resource
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What a task did: the stripped parts it names, its counts, and the most memory its worker has had, in bytes."""

    parts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0

    def add(self, other: "Tally") -> None:
        """Count another's work as well."""
        self.parts.extend(other.parts)
        self.counts.update(other.counts)
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)


def peak_bytes() -> int:
    """Return the highest resident memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
