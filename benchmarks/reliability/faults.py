"""Do to runs what may happen to them in years of nights, and show what became of the corpus.

    python -m benchmarks.reliability.faults [--only NAME ...] [--kills 50] [--workers-killed 20] [--disks 20]
        [--damages 100] [--snapshots-damaged 25] [--pairs 5] [--nights 100] [--mutations 10000] [--seed 0]

Prints the table of docs/explanation/reliability.md: each fault, how often it was tried, how often the outcome was
right, how often that was a refusal, and what right means. The exit status is 1 if any outcome was wrong. Ctrl-C ends
the command with the table so far. Uses the configured Prefect server, or starts one. Linux only; a full and a read-only
disk need the right to mount, and are tried 0 times without it.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from flows.running import orchestrator

# isort: split
from prefect.exceptions import TerminationSignal

from benchmarks.reliability.damage import clock_set_back, damages, pairs, permission_lost, snapshots_damaged
from benchmarks.reliability.hostile import hostile_kinds, mutations
from benchmarks.reliability.interruptions import disks, kills, workers_killed
from benchmarks.reliability.nights import nights
from benchmarks.reliability.place import Outcome, Place


def main() -> None:
    """Read the arguments, do what they name, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    counts = {"kills": 50, "workers-killed": 20, "disks": 20, "damages": 100, "snapshots-damaged": 25, "pairs": 5}
    counts |= {"nights": 100, "mutations": 10_000}
    names = [*counts, "clock", "permission", "hostile"]
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    orchestrator.require_server_for_run()
    chance = random.Random(options.seed)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        parts: dict[str, Callable[[], Iterator[Outcome]]] = {
            "kills": lambda: kills(place, options.kills, chance),
            "workers-killed": lambda: workers_killed(place, options.workers_killed, chance),
            "disks": lambda: disks(place, options.disks),
            "damages": lambda: damages(place, options.damages, chance),
            "snapshots-damaged": lambda: snapshots_damaged(place, options.snapshots_damaged, chance),
            "pairs": lambda: pairs(place, options.pairs),
            "clock": lambda: clock_set_back(place),
            "permission": lambda: permission_lost(place, chance),
            "nights": lambda: nights(Path(folder), options.nights, chance),
            "hostile": lambda: hostile_kinds(place),
            "mutations": lambda: mutations(place, options.mutations, chance),
        }
        with suppress(KeyboardInterrupt, TerminationSignal):  # the outcomes so far are shown
            for name in options.only:
                place.restore()
                outcomes.extend(parts[name]())  # each outcome is yielded before it is tried
    print("| fault | tried | right | of these refused | right means |\n|---|---|---|---|---|")
    print("\n".join(outcome.row() for outcome in outcomes))
    sys.exit(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    main()
