"""Parquet: each row is a record; a few hundred rows are in memory at a time."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from cleaners.read.config import ReadConfig
from cleaners.read.decompress import UnreadableError
from cleaners.read.rows import document, too_large, wanted_columns
from cleaners.records import Fate, RawDocument

# Rows that are read at once: with articles of 10 kB they take 3 MB.
_ROWS = 256


def read_parquet(stream: BinaryIO, *, source: str, config: ReadConfig) -> Iterator[RawDocument | Fate]:
    """Read one record from each row.

    Reading Parquet means jumping about in the file, so a file that is compressed as a whole is unpacked in memory, up
    to the size limit of a record.
    """
    if not stream.seekable():
        content = stream.read(config.max_bytes + 1)
        if len(content) > config.max_bytes:
            yield too_large(source, 0, config)
            return
        stream = io.BytesIO(content)
    record = 0
    try:
        table = pl.scan_parquet(stream)
        names = list(table.collect_schema())
        columns = wanted_columns(names, config) or names[:1]
        for batch in table.select(columns).collect_batches(chunk_size=_ROWS, maintain_order=True):
            for row in batch.iter_rows(named=True):
                yield document(row, source=source, record=record, config=config)
                record += 1
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        # The first error names what is wrong; the second is polars' answer to a fault that it did not foresee.
        reason = (str(error).splitlines() or ["polars gave up"])[0]
        raise UnreadableError(f"not a valid Parquet file: {reason}") from error
