"""The joining of batches in the store: every night adds one, and most are small.

Without it, a year of nights would leave thousands of files, and keep what has changed or gone since for good.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.folders.files import discard
from flows.jobs.store import read_files, write_part
from flows.jobs.stripped_parts import STRIPPED, store_tables, stored_tables, stripped_folder
from flows.tables import EXTRACTED, FILES, REFUSED, frame_of

# This many batches of about the same size are joined; sizes within a factor of this number count as the same. So each
# record is written again once for each such factor below a full part, and each size keeps fewer batches than this.
FANOUT = 8

Stripped = dict[str, pl.DataFrame]


def compact_store(store: Path, files: pl.Series, rows: int) -> int:
    """Join small batches, and rewrite those of which less than half is still current; return how many were replaced.

    `files` are the keys of the current files, `rows` is the number of articles in a full part. If the process is killed
    meanwhile, the batch that it was at is missing from the store, and the next run does its files again.
    """
    known = read_files(list((store / "files").glob("*.parquet")))
    size = (pl.col("records") + pl.col("split_off")).sum().alias("size")
    current = known.join(files.to_frame("file"), on="file", how="semi", maintain_order="left")
    sizes = current.group_by("batch").agg(size).join(known.group_by("batch").agg(size.alias("all")), on="batch")
    step = pl.col("size").clip(1).log(FANOUT).floor()
    small = pl.col("size") < rows
    crowded = small & (pl.len().over(small, step) >= FANOUT)
    chosen = sizes.filter(crowded | (2 * pl.col("size") < pl.col("all"))).sort("size", "batch")
    for group in _groups(chosen, rows):
        _join(store, current.filter(pl.col("batch").is_in(group)), rows)
    return chosen.height


def _groups(chosen: pl.DataFrame, rows: int) -> Iterator[list[str]]:
    """Yield groups of batches that fill a part; not more, since each file of a batch names all parts of the batch."""
    group: list[str] = []
    held = 0
    for batch, size in chosen.select("batch", "size").iter_rows():
        group.append(batch)
        held += size
        if held >= rows:
            yield group
            group, held = [], 0
    if group:
        yield group


def _join(store: Path, current: pl.DataFrame, rows: int) -> None:
    """Write the current files of some batches as one batch, and remove these batches."""
    files = current.select("file")
    old = current["parts"].explode().drop_nulls().unique(maintain_order=True).to_list()
    refused = [path for part in old if (path := store / "refused" / f"{part}.parquet").exists()]
    new = [_write(store, extracted, tables) for extracted, tables in _full_parts(store, old, files, rows)]
    if refused:
        left = pl.concat(map(pl.read_parquet, refused)).join(files, on="file", how="semi", maintain_order="left")
        if left.height:
            new.append(write_part(left.select(list(REFUSED)), store / "refused"))
    rows_of_files = current.select("file", "records", "split_off").rows(named=True)
    joined = frame_of([{**row, "parts": new} for row in rows_of_files], FILES)
    # The old batches go first, since a file in two batches would count twice.
    for batch in current["batch"].unique():
        Path(batch).unlink()
    write_part(joined, store / "files")
    for part in set(old) - set(new):
        for table in ("extracted", "refused"):
            discard(store / table / f"{part}.parquet")
        for folder in (store / "stripped").glob(f"{part}-*"):
            discard(folder)


def _full_parts(
    store: Path, parts: list[str], files: pl.DataFrame, rows: int
) -> Iterator[tuple[pl.DataFrame, Stripped]]:
    """Yield the current articles of some parts, `rows` at a time, with the tables of their stripped parts."""
    articles = pl.DataFrame(schema=EXTRACTED)
    stripped: Stripped = {}
    for part in parts:
        path = store / "extracted" / f"{part}.parquet"
        if not path.exists():
            continue
        own = pl.read_parquet(path).join(files, on="file", how="semi", maintain_order="left")
        articles = pl.concat([articles, own])
        held = [tables for tables in (stripped, stored_tables(store, part)) if tables]
        stripped = {name: pl.concat(tables[name] for tables in held) for name in STRIPPED} if held else {}
        while articles.height >= rows:
            yield articles[:rows], stripped
            articles = articles[rows:]
            left = articles.select("id")
            stripped = {name: table.join(left, on="id", how="semi") for name, table in stripped.items()}
    if articles.height:
        yield articles, stripped


def _write(store: Path, articles: pl.DataFrame, stripped: Stripped) -> str:
    """Write a part and, if known for all its articles, the tables of its stripped part; return its name."""
    name = write_part(articles, store / "extracted")
    places = articles.select("id").with_row_index("place")
    tables = {
        table: content.join(places, on="id", maintain_order="left").sort("place", maintain_order=True).drop("place")
        for table, content in stripped.items()
    }
    if tables and tables["evidence"]["id"].equals(articles["id"]):
        store_tables(tables, stripped_folder(store, name, tables["evidence"]["evidence"]))
    return name
