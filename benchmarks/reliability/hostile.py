"""Files that are made to harm their reader, and mutations of good files."""

import bz2
import gzip
import io
import os
import random
import shutil
import stat
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from benchmarks.reliability.place import SAMPLE, Outcome, Place, run, write_stories
from flows.folders.files import discard

TOGETHER = 1_000  # mutated files in one run


def hostile() -> dict[str, bytes | Callable[[Path], None]]:
    """Return files that are made to harm their reader, by name: their bytes, or a function that makes the file."""
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
    """Run over stories among which every hostile kind of file stands."""
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
        outcome.note(name, right=not told.filter(source=f"hostile/{name}").is_empty())
    stories = fates.filter(~pl.col("source").str.starts_with("hostile/")).select("source", "record", "id", "fate")
    outcome.note(
        "the stories among them", right=set(stories.rows()) == {row[:4] for row in place.tables["audit/fates"]}
    )


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return a content with some bytes changed, cut out, doubled, or inserted from elsewhere."""
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
    """Mutate the files of the sample; each run reads a thousand."""
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
            (raw / names[-1]).write_bytes(mutate(content, chance))
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
