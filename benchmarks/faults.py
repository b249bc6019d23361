"""Do to a run whatever may happen to it in years of nights, and show what became of the corpus.

    python -m benchmarks.faults [--only NAME ...] [--kills 50] [--workers-killed 20] [--disks 20] [--damages 100]
                                [--pairs 5] [--nights 100] [--mutations 10000] [--seed 0]

Prints the table of docs/explanation/reliability.md: each fault, how often it was tried, how often the outcome was
right, and what right means. The exit status is 1 if any outcome was wrong; Ctrl-C ends it with the table of what was
done. Runs against the Prefect server that is configured, or starts one. Linux only; a full and a read-only disk need
the right to mount, and are tried 0 times without it.
"""

import argparse
import bz2
import gzip
import io
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")

import polars as pl

from benchmarks.made_corpus import generate
from flows import orchestrator

# isort: split
from prefect.exceptions import TerminationSignal

from flows.corpus import clean_corpus
from flows.errors import UsageError
from flows.failures import DiskFullError
from flows.folders import discard
from flows.settings import Settings
from flows.snapshot import DamagedSnapshotError
from flows.tables import TABLES

SAMPLE = Path(__file__).parents[1] / "raw"
WINNOW = str(Path(sys.executable).with_name("winnow"))
STORIES = 60
WORDS = 120
CHURN = 0.01
CORPUS = 300  # articles of the corpus that changes night by night
TOGETHER = 1_000  # mutated files in one run
LONGEST_RUN = 20.0  # seconds within which a run is killed
Tables = dict[str, list[tuple[object, ...]]]


@dataclass
class Outcome:
    """How often a fault was tried, and what went wrong; `right` says what had to come of it."""

    fault: str
    right: str
    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str, *, right: bool) -> None:
        """Count one try."""
        self.tried += 1
        if not self.tried % 5:
            print(f"  {self.fault}: {self.tried}", file=sys.stderr, flush=True)
        if not right:
            self.wrong.append(what)
            print(f"  wrong: {self.fault}: {what}", file=sys.stderr, flush=True)

    def row(self) -> str:
        """Return the outcome as a row of the table."""
        return f"| {self.fault} | {self.tried:,} | {self.tried - len(self.wrong):,} | {self.right} |"


def write_stories(raw: Path, texts: list[str], first: int = 0) -> None:
    """Write one file a text."""
    raw.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts, first):
        (raw / f"{number:05d}.txt").write_text(f"Report number {number}\n\n{text}")


def run(raw: Path, clean: Path, **settings: Any) -> dict[str, Any]:
    """Run the flow in this process."""
    manifest: dict[str, Any] = clean_corpus(raw=raw, clean=clean, settings=Settings.model_validate(settings))
    return manifest


def tables_of(clean: Path) -> Tables:
    """Read all published tables without what may depend on history."""
    snapshot = (clean / "current").resolve()
    read = {name: pl.read_parquet(snapshot / name / "*.parquet") for name in TABLES}
    return {name: frame.drop("cluster_id", strict=False).rows() for name, frame in read.items()}


class Place:
    """A raw folder of stories and the corpus that a run made of it, to be hurt."""

    def __init__(self, folder: Path, stories: int = STORIES) -> None:
        self.raw, self.clean = folder / "raw", folder / "clean"
        self._whole = folder / "whole"
        write_stories(self.raw, generate(stories, words=WORDS)["text"].to_list())
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

    def mends(self, **settings: Any) -> bool:
        """Say whether another run publishes the same."""
        run(self.raw, self.clean, **settings)
        return self.is_whole()

    def command(self, *arguments: str) -> list[str]:
        """Return the command of a run of its own."""
        return [WINNOW, "run", "--raw", str(self.raw), "--clean", str(self.clean), *arguments]


def started(command: list[str]) -> subprocess.Popen[str]:
    """Start a run in a group of its own."""
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def kills(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill the whole group of a run that does everything anew."""
    outcome = Outcome(
        "`kill -9` of the whole run at a random moment", "the old snapshot stands; the next run is the same"
    )
    yield outcome
    for _ in range(count):
        place.restore()
        discard(place.clean / ".store")
        process = started(place.command())
        moment = chance.uniform(0, LONGEST_RUN)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        stood = place.is_whole()
        outcome.note(f"after {moment:.2f} s", right=stood and place.mends())


def _descendants(process: int) -> list[int]:
    children = [
        int(child)
        for thread in Path(f"/proc/{process}/task").glob("*/children")
        for child in thread.read_text().split()
    ]
    return [*children, *(below for child in children for below in _descendants(child))]


def workers_killed(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill one of the processes below a run, as the kernel does where memory ends."""
    outcome = Outcome("one worker killed at a random moment, as where memory ends", "as above, or published the same")
    yield outcome
    for _ in range(count):
        place.restore()
        discard(place.clean / ".store")
        process = started(place.command())
        deadline = time.monotonic() + 60
        while (
            process.poll() is None and time.monotonic() < deadline and not any(place.clean.glob(".store/*/*/*.parquet"))
        ):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 1))
        below = _descendants(process.pid) if process.poll() is None else []
        if below:
            os.kill(chance.choice(below), signal.SIGKILL)
        try:
            process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            outcome.note("it hung", right=False)
            continue
        stood = place.is_whole()
        outcome.note(f"status {process.returncode}", right=stood and place.mends())


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[bool]:
    """Mount a file system of so many bytes, if this user may."""
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    may = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield may
    finally:
        if may:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def disks(place: Place, count: int) -> Iterator[Outcome]:
    """Leave a run less and less room, from none to nearly enough."""
    outcome = Outcome("the disk of `clean/` full, at room from nothing to enough", "told in one line, or published")
    yield outcome
    needed = sum(path.lstat().st_size for path in place.clean.rglob("*") if path.is_file())
    for number in range(count):
        room = int(needed * 1.3 * number / count)
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder, "disk"), 2 * needed + 4_000_000) as may:
            if not may:
                break
            hurt = Path(folder, "disk", "clean")
            shutil.copytree(place.clean, hurt, symlinks=True)
            discard(hurt / ".store")
            ballast = Path(folder, "disk", "ballast")
            ballast.write_bytes(bytes(max(0, shutil.disk_usage(folder + "/disk").free - room)))
            what = "published"
            try:
                run(place.raw, hurt)
            except DiskFullError:
                what = "told"
            except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
                what = f"{type(error).__name__}: {error}"
            stood = tables_of(hurt) == place.tables
            ballast.unlink()
            run(place.raw, hurt)
            right = what in ("published", "told") and stood and tables_of(hurt) == place.tables
            outcome.note(f"room {room:,}: {what}", right=right)
    readonly = Outcome("`clean/` read-only", "refused in one line with status 2")
    yield readonly
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder, "disk"), 2 * needed + 4_000_000) as may:
        if may:
            hurt = Path(folder, "disk", "clean")
            shutil.copytree(place.clean, hurt, symlinks=True)
            subprocess.run(["mount", "-o", "remount,ro", str(hurt.parent)], check=True)
            told = started([WINNOW, "run", "--raw", str(place.raw), "--clean", str(hurt)])
            said = told.communicate()[1]
            readonly.note(said, right=(told.returncode, said.count("\n")) == (2, 1) and "Read-only file system" in said)


def _cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(max(1, path.stat().st_size))])


def _flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes() or b"x")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _remove(path: Path, _chance: random.Random) -> None:
    discard(path)


def _as_folder(path: Path, _chance: random.Random) -> None:
    discard(path)
    (path / "inside").mkdir(parents=True)


def _as_file(path: Path, _chance: random.Random) -> None:
    discard(path)
    path.write_bytes(b"x")


def _as_link(path: Path, _chance: random.Random) -> None:
    discard(path)
    path.symlink_to("nowhere")


WAYS: dict[str, Callable[[Path, random.Random], None]] = {
    "cut off": _cut,
    "a bit flipped": _flip,
    "removed": _remove,
    "a folder in its place": _as_folder,
    "a file in its place": _as_file,
    "a dangling link in its place": _as_link,
}


def damages(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Damage something of the store, and of the snapshot."""
    store = Outcome(
        "a file or folder of the store or of staging cut off, flipped, removed, or something else in its place",
        "mended: the next run publishes the same",
    )
    yield store
    for _ in range(count):
        place.restore()
        (place.clean / ".staging" / "old").mkdir(parents=True)
        paths = sorted([*(place.clean / ".store").rglob("*"), *place.clean.glob(".st*"), place.clean / ".current.new"])
        path = chance.choice(paths)
        ways = list(WAYS) if path.is_file() else list(WAYS)[2:]
        way = chance.choice(ways)
        WAYS[way](path, chance)
        try:
            right = place.mends()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            right, way = False, f"{way}: {type(error).__name__}: {error}"
        store.note(f"{path.relative_to(place.clean)} {way}", right=right)
    snapshot = Outcome(
        "a file of the published snapshot damaged in one of these ways, all raw files gone",
        "told by its name and left alone, or published as far as it was not needed",
    )
    yield snapshot
    empty = place.raw.with_name("empty")
    empty.mkdir(exist_ok=True)
    for _ in range(count // 4):
        place.restore()
        before = (place.clean / "current").resolve()
        path = chance.choice(sorted(path for path in before.rglob("*") if path.is_file()))
        way = chance.choice(list(WAYS))
        WAYS[way](path, chance)
        try:
            run(empty, place.clean)
            right = True
        except (DamagedSnapshotError, UsageError) as error:
            right = (place.clean / "current").resolve() == before and str(before) in str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            right, way = False, f"{way}: {type(error).__name__}: {str(error)[:300]}"
        snapshot.note(f"{path.relative_to(before)} {way}", right=right)


def pairs(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Start two runs at once."""
    outcome = Outcome("two runs at once", "one publishes, the other is refused in one line, or comes after it")
    yield outcome
    for _ in range(count):
        place.restore()
        two = [started(place.command("--quiet")) for _ in range(2)]
        said = [process.communicate()[1] for process in two]
        states = sorted(process.returncode for process in two)
        right = states[0] == 0 and (
            states[1] == 0 or any("another run" in words or "publish" in words for words in said)
        )
        outcome.note(f"{states} {said}", right=right and place.is_whole())
    clock = Outcome("the clock set back: the published snapshot is from the future", "a new one is published and stays")
    yield clock
    for keep in (1, 2, 3):
        place.restore()
        before = (place.clean / "current").resolve()
        later = before.rename(before.with_name("20990101T000000.000000-future"))
        (place.clean / "current").unlink()
        (place.clean / "current").symlink_to(Path("snapshots", later.name))
        manifest = run(place.raw, place.clean, publish={"keep_snapshots": keep})
        after = (place.clean / "current").resolve()
        clock.note(f"keep {keep}", right=after.name == manifest["run_id"] and after.is_dir() and place.is_whole())
    lost = Outcome("permission to read a raw file lost for a night", "its article is carried on, the reason told")
    yield lost
    for path in chance.sample(sorted(place.raw.glob("*.txt")), 3):
        place.restore()
        path.chmod(0)
        drop = [] if os.getuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        night = started([*drop, *place.command("--quiet")])
        said = night.communicate()[1]
        path.chmod(0o644)
        fates = pl.read_parquet((place.clean / "current").resolve() / "audit/fates/*.parquet").filter(source=path.name)
        message = str(fates["message"][0])
        right = night.returncode == 0 and "could not be read (permission denied); carried on" in message
        lost.note(f"{night.returncode} {said} {fates.rows()}", right=right and place.mends())


def nights(folder: Path, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Change 1 % of a corpus every night: a third goes, a third comes, a third is written anew."""
    raw, clean = folder / "nights/raw", folder / "nights/clean"
    texts = generate(CORPUS + 3 * count, words=WORDS)["text"].to_list()
    write_stories(raw, texts[:CORPUS])
    outcome = Outcome(
        f"nights with 1 % of {CORPUS} articles changed", "the same as one run over all of it, with less work"
    )
    yield outcome
    print("night | seconds | files of .store | MB of .store | MB of memory | handles | threads", file=sys.stderr)
    following = CORPUS
    for night in range(count + 1):
        start = time.perf_counter()
        run(raw, clean, publish={"missing": "drop"})
        spent = time.perf_counter() - start
        if night in (0, 1, 2) or night % 10 == 0 or night == count:
            held = [path for path in (clean / ".store").rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in held) / 1e6
            memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
            handles, threads = (len(list(Path("/proc/self", name).iterdir())) for name in ("fd", "task"))
            figures = f"{spent:.1f} | {len(held)} | {size:.2f} | {memory:.0f} | {handles} | {threads}"
            print(f"{night} | {figures}", file=sys.stderr, flush=True)
        if night < count:
            for number in range(max(1, round(CORPUS * CHURN) // 3)):
                paths = sorted(raw.iterdir())
                chance.choice(paths).unlink()
                write_stories(raw, [texts[following]], following)
                chance.choice(paths[1:]).write_text(f"Report again {number}\n\n{texts[following + 1]}")
                following += 2
        outcome.tried += night > 0
    run(raw, folder / "nights/whole", publish={"missing": "drop"})
    if tables_of(clean) != tables_of(folder / "nights/whole"):
        outcome.wrong.append("the last night differs from one run over everything")


def hostile() -> dict[str, bytes | Callable[[Path], None]]:
    """Return files that are meant to hurt their reader: by name their bytes, or what makes them."""
    page = b"<html><body><article>" + b"<p>The harbour is open again and the boats are out.</p>" * 5
    zipped, inner, tarred = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", bytes(50_000_000))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../outside.txt", "x " * 50)
        archive.writestr("inner.zip", inner.getvalue())
    with tarfile.open(fileobj=tarred, mode="w") as packed:
        entry = tarfile.TarInfo("/etc/passwd")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/shadow"
        packed.addfile(entry)
    table = io.BytesIO()
    pl.DataFrame({"text": ["The harbour is open again. " * 20] * 50}).write_parquet(table)
    parquet = table.getvalue()
    laughs = b'<!DOCTYPE r [<!ENTITY a "ha">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )

    def pipe(path: Path) -> None:
        os.mkfifo(path)

    def socketed(path: Path) -> None:
        os.mknod(path, 0o600 | stat.S_IFSOCK)

    def link(target: str) -> Callable[[Path], None]:
        return lambda path: path.symlink_to(target)

    return {
        "empty.txt": b"",
        "blank.txt": b" \n\t" * 1_000,
        "nul.txt": bytes(10_000),
        "random.txt": random.Random(1).randbytes(50_000),
        "mark only.txt": b"\xff\xfe",
        "half a letter.txt": "Häfen und Fähren. ".encode() * 20 + b"\xc3",
        "utf16 without mark.txt": ("The harbour is open again. " * 20).encode("utf-16-le"),
        "one line.txt": b"harbour " * 500_000,
        "many lines.txt": b"a\n" * 1_000_000,
        "initials.txt": b"A. B. C. " * 100_000,
        "combining.txt": ("a" + "\u0301" * 200_000).encode(),
        "controls.txt": bytes(range(1, 32)) * 300,
        "right to left.txt": ("\u202eharbour \u2066" * 5_000).encode(),
        "cut.txt.gz": gzip.compress(b"The harbour is open again. " * 500)[:60],
        "bomb.txt.gz": gzip.compress(bytes(100_000_000)),
        "bomb.txt.bz2": bz2.compress(bytes(100_000_000)),
        "bomb.zip": zipped.getvalue(),
        "links.tar": tarred.getvalue(),
        "deep.json": b'{"text": ' + b"[" * 500_000,
        "surrogate.json": b'{"text": "\\ud83d harbour", "title": "\\udc00"}',
        "number.json": b'{"text": ' + b"1" * 100_000 + b"}",
        "names.json": b"{" + b",".join(b'"k%d": {}' % n for n in range(100_000)) + b"}",
        "quote.csv": b'text\n"' + b"harbour, open\n" * 100_000,
        "columns.csv": b",".join(b"c%d" % n for n in range(50_000)) + b"\n",
        "rows.csv": b"text\n" + b",\n" * 200_000,
        "cut.parquet": parquet[: len(parquet) // 2],
        "flipped.parquet": parquet[:40] + b"\xff" * 40 + parquet[80:],
        "lengths.warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nHTTP/1.1 200 OK\r\n",
        "laughs.xml": laughs + b"]><rss><channel><item><title>&j;</title></item></channel></rss>",
        "nested.html": b"<html><body>" + b"<div>" * 100_000 + page,
        "never closed.html": page + b"<p><b><i>" * 50_000,
        "pipe.txt": pipe,
        "socket.txt": socketed,
        "device.txt": link("/dev/zero"),
        "kernel.txt": link("/proc/kmsg"),
        "memory.txt": link("/proc/self/mem"),
        "circle.txt": link("circle.txt"),
        "dangling.txt": link("nowhere"),
        "folder.txt": link(".."),
        "n\new line.txt": b"harbour",
        "x" * 251 + ".txt": b"harbour",
    }


def hostile_kinds(place: Place) -> Iterator[Outcome]:
    """Put every hostile kind among the stories."""
    outcome = Outcome("kinds of hostile files, links and names", "each has a fate of its own; the others are published")
    yield outcome
    raw = place.raw.with_name("hostile")
    shutil.copytree(place.raw, raw)
    folder = raw / "hostile"
    folder.mkdir()
    kinds = hostile()
    for name, made in kinds.items():
        path = folder / name
        if isinstance(made, bytes):
            path.write_bytes(made)
        else:
            made(path)
    start = time.perf_counter()
    run(raw, place.raw.with_name("hostile-clean"), read={"seconds": 20}, run={"page_seconds": 10})
    print(f"  hostile kinds: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    fates = pl.read_parquet((place.raw.with_name("hostile-clean") / "current").resolve() / "audit/fates/*.parquet")
    told = fates.filter(pl.col("source").str.starts_with("hostile/"))
    for name in kinds:
        source = "hostile/" + name.replace("\\", "\\\\")
        outcome.note(name, right=not told.filter(source=source).is_empty())
    own = fates.filter(~pl.col("source").str.starts_with("hostile/")).select("source", "record", "fate")
    if {row[:2] for row in own.rows()} != {row[:2] for row in place.tables["audit/fates"]}:
        outcome.wrong.append("the stories have other records")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with some of its bytes changed, cut out, doubled, or put in from elsewhere."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, length = chance.randrange(len(found) + 1), chance.choice((1, 1, 4, 16, 200))
        match chance.randrange(5):
            case 0:
                found[at : at + length] = chance.randbytes(length)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                found[at : at + 1] = chance.choice((b"\0", b'"', b"<", b"{", b"\n", b"\xff", b"&#0;", b"\\"))
            case _:
                other = chance.randrange(len(found) + 1)
                found[at:at] = found[other : other + length]
    return bytes(found)


def mutations(place: Place, count: int, chance: random.Random) -> Iterator[Outcome]:
    """Mutate the sample's files, a thousand to a run."""
    outcome = Outcome("mutations of the sample's files", "each costs its own records; the run publishes")
    yield outcome
    originals = [(path.name, path.read_bytes()) for path in sorted(SAMPLE.rglob("*")) if path.is_file()]
    for first in range(0, count, TOGETHER):
        raw = place.raw.with_name("mutated")
        discard(raw)
        write_stories(raw, ["The harbour at Nettle Point was closed on Friday after a crane fell across it. " * 3])
        names = []
        for number in range(first, min(count, first + TOGETHER)):
            name, content = chance.choice(originals)
            names.append(f"{number:05d}-{name}")
            (raw / names[-1]).write_bytes(mutated(content, chance))
        try:
            run(raw, place.raw.with_name("mutated-clean"), publish={"missing": "drop", "min_share": 0})
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            outcome.tried += len(names)
            outcome.wrong += [f"{type(error).__name__}: {error}"] * len(names)
            print(f"  wrong: run of mutations from {first}: {error}", file=sys.stderr)
            continue
        fates = pl.read_parquet((place.raw.with_name("mutated-clean") / "current").resolve() / "audit/fates/*.parquet")
        known = set(fates["source"])
        for name in names:
            outcome.note(name, right=name in known)
        failed = fates.filter(fate="failed")
        print(f"  mutations to {first + len(names):,}: {failed.height} failed", file=sys.stderr, flush=True)


def main() -> None:
    """Read the arguments, do what they name, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    counts = {"kills": 50, "workers-killed": 20, "disks": 20, "damages": 100, "pairs": 5}
    counts |= {"nights": 100, "mutations": 10_000}
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--only", nargs="+", choices=[*counts, "hostile"], default=[*counts, "hostile"])
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
            "pairs": lambda: pairs(place, options.pairs, chance),
            "nights": lambda: nights(Path(folder), options.nights, chance),
            "hostile": lambda: hostile_kinds(place),
            "mutations": lambda: mutations(place, options.mutations, chance),
        }
        with suppress(KeyboardInterrupt, TerminationSignal):  # what was done until then is shown
            for name in options.only:
                place.restore()
                outcomes.extend(parts[name]())  # each is given before it is tried
    print("| fault | tried | right | right means |\n|---|---|---|---|")
    print("\n".join(outcome.row() for outcome in outcomes))
    sys.exit(any(outcome.wrong for outcome in outcomes))


if __name__ == "__main__":
    main()
