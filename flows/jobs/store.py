"""The store of finished work: a cache in the clean folder, keyed by content and by everything that shapes the result.

Parts are Parquet files named by the hash of their bytes, so damage is noticed and the work is done again. The store may
be deleted at any time, which only costs time.
"""

import hashlib
import io
import json
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

from cleaners.dedup import FINGERPRINT_SETTINGS
from flows.folders.files import discard, make_folder, written_whole
from flows.folders.sources import Source
from flows.jobs.tally import Tally
from flows.settings import Settings
from flows.tables import COUNTS, CURRENT, FILES, SEEN, write_frame

PARTS = ("files", "seen", "extracted", "refused")  # folders of parts; each stripped part has a folder of its own
MARK = "run"  # a file beside the store: the mark of the run that works in it
DIGEST_BYTES = 16
READ_BYTES = 1 << 20
# Nanoseconds. If a file was touched less than this before the folder was listed, the next run reads it again, since a
# second change within one tick of the file system's clock would not show.
SETTLED = 2_000_000_000
STAMP = ("source", "size", "modified", "changed")
# The packages that, besides our own code, decide how bytes become cleaned text and fingerprints.
SHAPING_PACKAGES = (
    "trafilatura",
    "htmldate",
    "lxml",
    "ftfy",
    "charset-normalizer",
    "py3langid",
    "wordfreq",
    "fastwarc",
    "polars",
    "numpy",
    "datasketch",
    "rapidfuzz",
)


def open_store(clean: Path, settings: Settings) -> Path:
    """Return the folder of the store for these settings, this code and these packages.

    Removes stores that anything else has shaped, since their parts cannot be mixed with new ones.
    """
    store = clean / ".store" / store_fingerprint(settings)
    make_folder(store.parent)
    for other in store.parent.iterdir():
        if other != store and other.name != MARK:
            discard(other)
    for folder in (store, *(store / table for table in (*PARTS, "stripped"))):
        make_folder(folder)
    return store


def mend_store(store: Path) -> int:
    """Remove damaged parts and everything made together with them; return how many files must be done again.

    A part of `files` names the parts that its batch wrote. It stays only if all of them are sound, and they stay only
    with it. Anything else is removed too: what a killed run left, or a folder where a file should be.
    """
    for table in PARTS:
        _clear(store / table)
    for folder in _folders_in(store / "stripped"):
        for tables in _folders_in(folder):
            _clear(tables)
    sound = {part.stem for table in ("extracted", "refused") for part in sound_parts(store / table)}
    files = read_files(sound_parts(store / "files"))
    named = files.select("batch", "parts").explode("parts").drop_nulls().unique()
    lost = files.join(named.filter(~pl.col("parts").is_in(list(sound))), on="batch", how="semi")
    for batch in lost["batch"].unique():
        Path(batch).unlink()
    standing = set(named.join(lost, on="batch", how="anti")["parts"])
    for table in ("extracted", "refused"):
        for part in (store / table).glob("*.parquet"):
            if part.stem not in standing:
                part.unlink()
    return lost.height


def _clear(folder: Path) -> None:
    """Remove everything but parts from a folder of parts."""
    for path in folder.iterdir():
        if path.suffix != ".parquet" or path.name.startswith(".") or not path.is_file():
            discard(path)


def _folders_in(folder: Path) -> list[Path]:
    """Return the folders in a folder, and remove everything else from it."""
    found = []
    for path in folder.iterdir():
        if path.is_dir():
            found.append(path)
        else:
            discard(path)
    return found


def read_files(batches: list[Path]) -> pl.DataFrame:
    """Return the rows of some parts of `files`; `batch` is the path of the part."""
    if not batches:
        return pl.DataFrame(schema=FILES | {"batch": pl.String()})
    return pl.scan_parquet(batches, include_file_paths="batch").collect()


def known_sources(store: Path, sources: Sequence[Source]) -> pl.DataFrame:
    """Return the sources that were not touched since the store read them, with their keys and counts.

    The size and both times of a file must be unchanged. A program can set back the time of the content, but not that of
    the inode.
    """
    seen = pl.concat([pl.DataFrame(schema=SEEN), *map(pl.read_parquet, sound_parts(store / "seen"))])
    files = read_files(sorted((store / "files").glob("*.parquet"))).select("file", "records", "split_off")
    untouched = _stamps(sources).join(seen, on=list(STAMP))
    return untouched.join(files.unique("file"), on="file").select(list(CURRENT)).sort("source")


def stage_known(known: pl.DataFrame, sources: Sequence[Source], staging: Path) -> Tally:
    """Stage what `known_sources` returned, as batches stage the files that they read; return its counts."""
    write_frame(known, staging / "current" / "known.parquet")
    untouched = set(known["source"])
    size = sum(source.size for source in sources if source.name in untouched)
    counts = {"files": known.height, "bytes": size, "files_new": 0}
    return Tally(counts=Counter(counts | {name: int(known[name].sum()) for name in COUNTS}))


def remember_sources(store: Path, sources: Sequence[Source], staging: Path, listed: int) -> None:
    """Note the keys of the current files, so that the next run need not read those that stay untouched.

    `listed` is the time at which the folder was listed, in nanoseconds.
    """
    current = pl.scan_parquet(staging / "current" / "*.parquet", schema=CURRENT).select("source", "file").collect()
    settled = _stamps(sources).filter(pl.col("changed") < listed - SETTLED)
    known = settled.join(current.drop_nulls(), on="source").select(list(SEEN)).sort("source")
    name = write_part(known, store / "seen")
    for part in (store / "seen").glob("*.parquet"):
        if part.stem != name:
            part.unlink()


def _stamps(sources: Sequence[Source]) -> pl.DataFrame:
    rows = [(source.name, source.size, source.modified, source.changed) for source in sources]
    return pl.DataFrame(rows, schema={name: SEEN[name] for name in STAMP}, orient="row")


def prune_store(store: Path, files: pl.Series, stripped: set[str]) -> None:
    """Remove what the run did not use: batches without any of these files, and stripped parts that are not named."""
    batches = list((store / "files").glob("*.parquet"))
    used = set(read_files(batches).join(files.to_frame(), on="file", how="semi")["batch"])
    for batch in batches:
        if str(batch) not in used:
            batch.unlink()
    for folder in (store / "stripped").iterdir():
        if folder.name not in stripped:
            discard(folder)


def store_fingerprint(settings: Settings) -> str:
    """Return the name of the store for these settings, this code and these packages."""
    shaping = {
        "settings": settings.model_dump(mode="json", include={"read", "extract", "strip"}),
        "fingerprints": settings.dedup.model_dump(mode="json", include=set(FINGERPRINT_SETTINGS)),
        "min_words": settings.publish.min_words,
        "page_seconds": settings.run.page_seconds,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in SHAPING_PACKAGES},
        "code": _code_digest(),
    }
    return hashlib.blake2b(json.dumps(shaping, sort_keys=True).encode(), digest_size=DIGEST_BYTES).hexdigest()


def _code_digest() -> str:
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for package in ("cleaners", "flows"):
        for name, content in sorted(_code_files(files(package), package)):
            digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def _code_files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _code_files(entry, name)
        elif entry.name.endswith((".py", ".json", ".toml")):
            yield name, entry.read_bytes()


def key_file(source: Source) -> str:
    """Return the key of a raw file, a hash of its name and its bytes; raise OSError if it cannot be read."""
    digest = hashlib.blake2b(source.name.encode() + b"\0", digest_size=DIGEST_BYTES)
    with Path(source.path).open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def write_part(frame: pl.DataFrame, folder: Path) -> str:
    """Write a frame as a part; return its name, which is the hash of its bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    content = buffer.getbuffer()
    name = hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / f"{name}.parquet") as unfinished:
        unfinished.write_bytes(content)
    return name


def is_sound(part: Path) -> bool:
    """Tell whether a part exists and still has the bytes that were written."""
    return part.is_file() and _digest(part) == part.stem


def sound_parts(folder: Path) -> list[Path]:
    """Return the sound parts of a folder, sorted by name, and remove the others."""
    sound = []
    for part in sorted(folder.glob("*.parquet")):
        if is_sound(part):
            sound.append(part)
        else:
            part.unlink()
    return sound


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
