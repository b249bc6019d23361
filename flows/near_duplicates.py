"""The dedup stage over the cleaned parts, done in one worker process."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaners.dedup import NOTHING, Measured, deduplicate, fingerprint
from cleaners.dedup.history import carry_cluster_ids
from cleaners.dedup.threads import in_threads
from flows.settings import Settings
from flows.snapshot import DECIDED, DEDUP_AUDIT, previous_clusters, table_parts
from flows.store import DIGEST_BYTES, sound_parts, write_part
from flows.tables import CLEANED, write_frame
from flows.tally import Tally, peak_bytes

COLUMNS = ("id", "title", "author", "url", "site", "published", "words", "source")
PLACE = ("source", "record", "missing")
MEASURED = tuple(field.name for field in fields(Measured))


def find_duplicates(folders: Sequence[Path], clean: Path, staging: Path, store: Path, settings: Settings) -> Tally:
    """Find the near-duplicates among the cleaned articles of some folders.

    Writes what is decided on each article, pairs, passages and what was capped to staging, and what was measured on
    pairs to the store. A cluster that has a member of the previous snapshot carries its `cluster_id` on.
    """
    parts = table_parts(folders, "cleaned")
    articles = pl.DataFrame(schema={name: CLEANED[name] for name in (*COLUMNS, *PLACE)} | {"part": pl.String()})
    fingerprints = fingerprint(pl.Series(dtype=pl.String), config=settings.dedup)
    if parts:  # all at once: one by one it takes four times as long
        articles = pl.scan_parquet(parts, include_file_paths="part").select(articles.columns).collect()
        fingerprints = pl.read_parquet(table_parts(folders, "fingerprints")).drop("id")
    heights = dict(articles.group_by("part").len().iter_rows())
    found = deduplicate(
        articles.select(COLUMNS),
        config=settings.dedup,
        fingerprints=fingerprints,
        read=_texts_of(parts, [heights.get(str(part), 0) for part in parts]),
        measured=recall_measured(store, settings),
    )
    for name in DEDUP_AUDIT:
        write_frame(getattr(found, name), staging / f"{name}.parquet")
    clusters = carry_cluster_ids(found.clusters, previous_clusters(clean))
    decided = articles.select("id", *PLACE, "part").join(clusters, on="id", maintain_order="left")
    write_frame(decided.sort("source", "record"), staging / DECIDED)
    store_measured(found.measured, store, settings)
    return Tally(counts=Counter(pairs=found.pairs.height), peak_bytes=peak_bytes())


def _texts_of(parts: Sequence[Path], heights: Sequence[int]) -> Callable[[npt.NDArray[np.int64]], pl.Series]:
    """Return what reads the texts of rows, counted over all parts; a part is read if one of its rows is wanted."""
    starts = np.array([0, *accumulate(heights)], np.int64)

    def read(rows: npt.NDArray[np.int64]) -> pl.Series:
        order = np.argsort(rows)
        ends = np.searchsorted(rows[order], starts)

        def read_part(number: int) -> pl.Series:
            own = rows[order[ends[number] : ends[number + 1]]] - starts[number]
            return pl.read_parquet(parts[number], columns=["text"])["text"].gather(own)

        texts = in_threads(read_part, np.flatnonzero(np.diff(ends)).tolist())
        return pl.concat([pl.Series(dtype=pl.String), *texts]).gather(np.argsort(order))

    return read


def recall_measured(store: Path, settings: Settings) -> Measured:
    """Return what an earlier run with the same settings measured, or nothing where any of it is missing or damaged."""
    for folder in (store / "measured").glob(f"{_settings_digest(settings)}-*"):
        parts = [part for name in MEASURED for part in sound_parts(folder / name)]
        if folder.name == _folder_name(settings, [part.stem for part in parts]):
            return Measured(*map(pl.read_parquet, parts))
    return NOTHING


def store_measured(measured: Measured, store: Path, settings: Settings) -> None:
    """Write what was measured in place of what is stored; its folder is named by its parts, so that none is amiss."""
    folder = store / "measured"
    shutil.rmtree(folder, ignore_errors=True)
    names = [write_part(getattr(measured, name), folder / ".new" / name) for name in MEASURED]
    (folder / ".new").rename(folder / _folder_name(settings, names))


def _settings_digest(settings: Settings) -> str:
    return hashlib.blake2b(settings.dedup.model_dump_json().encode(), digest_size=DIGEST_BYTES).hexdigest()


def _folder_name(settings: Settings, parts: Sequence[str]) -> str:
    digest = hashlib.blake2b("".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()
    return f"{_settings_digest(settings)}-{digest}"
