"""Measure a run stage by stage, on one machine and on a Dask cluster, and the bytes that its tasks exchange.

    python -m benchmarks.speed.scale_out [ARTICLES]    by default 10000, of 600 words

Prints the seconds of each stage by the clock and of all processes' processors, then the bytes that each kind of task
gets and gives back, and at last whether both runs have published the same bytes. Needs the extra `dask`. Configure a
Prefect server, so that its start counts for neither run. Linux only.
"""

import argparse
import multiprocessing
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.made_corpus import generate
from benchmarks.speed.incremental import WORDS, write_files

Costs = tuple[dict[str, float], dict[str, float], dict[str, list[tuple[int, int]]]]


def tree_seconds() -> float:
    """Return the processor time of this process and all its descendants, including those that have ended."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may hold spaces: field 2 is the parent, 12 to 15 are its time and ended children's.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[one] for one in ours) / os.sysconf("SC_CLK_TCK")


def _pickled(value: Any) -> int:
    """Return the number of bytes in which Dask sends a value."""
    from distributed.protocol.pickle import dumps

    content: bytes = dumps(value)  # type: ignore[no-untyped-call]
    return len(content)


def run(raw: Path, clean: Path, runner: str) -> Costs:
    """Run the flow; return by stage the seconds of the clock and of processors, and by task the bytes both ways."""
    from distributed import Client

    from flows.corpus import clean_corpus
    from flows.settings import Settings
    from flows.stages.tasks import Account

    spent: dict[str, float] = {}
    sent: dict[str, list[tuple[int, int]]] = defaultdict(list)
    timed, submit = Account.timed, Client.submit

    @contextmanager
    def measured(self: Account, stage: str) -> Iterator[None]:
        before = tree_seconds()
        with timed(self, stage):
            yield
        spent[stage] = tree_seconds() - before

    def weighed(self: Client, work: Any, *args: Any, **kwargs: Any) -> Any:
        future = submit(self, work, *args, **kwargs)
        size = _pickled((work, args, kwargs))
        future.add_done_callback(  # type: ignore[no-untyped-call]
            lambda done: sent[kwargs["task"].name].append((size, _pickled(done.result())))
        )
        return future

    Account.timed = measured  # type: ignore[method-assign]
    Client.submit = weighed  # type: ignore[method-assign, assignment]
    manifest = clean_corpus(raw=raw, clean=clean, settings=Settings.model_validate({"run": {"runner": runner}}))
    return manifest["seconds"], spent, dict(sent)


def tables(clean: Path) -> dict[str, bytes]:
    """Return the bytes of each published Parquet file."""
    snapshot = (clean / "current").resolve()
    return {str(path.relative_to(snapshot)): path.read_bytes() for path in snapshot.rglob("*.parquet")}


def main() -> None:
    """Run over one corpus in both ways, each in a process of its own, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, nargs="?", default=10_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        write_files(generate(count, words=WORDS)["text"].to_list(), raw, 0)
        costs: dict[str, Costs] = {}
        for runner in ("local", "dask"):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
                costs[runner] = alone.submit(run, raw, Path(folder, runner), runner).result()
        print(
            f"{count} articles\n{'stage':<14}{'local: clock':>14}{'processor':>12}{'dask: clock':>14}{'processor':>12}"
        )
        for stage in costs["local"][1]:
            row = [costs[runner][kind][stage] for runner in costs for kind in (0, 1)]
            print(f"{stage:<14}{row[0]:>14.1f}{row[1]:>12.1f}{row[2]:>14.1f}{row[3]:>12.1f}")
        print(f"\n{'task':<18}{'tasks':>8}{'bytes sent, most':>18}{'all':>12}{'bytes back, most':>18}{'all':>12}")
        for task, sizes in costs["dask"][2].items():
            there, back = zip(*sizes, strict=True)
            print(f"{task:<18}{len(sizes):>8}{max(there):>18,}{sum(there):>12,}{max(back):>18,}{sum(back):>12,}")
        same = tables(Path(folder, "local")) == tables(Path(folder, "dask"))
        print(f"\nthe same bytes: {'yes' if same else 'NO'}")


if __name__ == "__main__":
    main()
