"""What was measured on pairs of texts, in a form that may be kept: for equal texts it need not be measured again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cleaners.dedup.overlaps import Counted
from cleaners.dedup.words import I64, U64

JUDGED_SCHEMA: dict[str, type[pl.DataType]] = {
    "shared": pl.Int64,
    "standing": pl.UInt8,
    "ratio": pl.Float64,
    "conflict": pl.Float64,
    "quoted": pl.Float64,
    "verdict": pl.String,
}
PLACE_SCHEMA: dict[str, type[pl.DataType]] = {
    "first_start": pl.UInt32,
    "first_end": pl.UInt32,
    "second_start": pl.UInt32,
    "second_end": pl.UInt32,
    "words": pl.UInt32,
}
SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "watched": {"shingle": pl.UInt64},
    "texts": {"text_key": pl.String, "shingles": pl.Int64, "watched": pl.List(pl.Int64)},
    "pairs": {"first": pl.Int64, "second": pl.Int64, **JUDGED_SCHEMA},
    "passages": {"pair": pl.Int64, **PLACE_SCHEMA},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Four tables, as `SCHEMAS` has them; all but what follows from the weights of shingles, which change.

    `texts` names texts by their keys, with the places in `watched` of the watched shingles they have. `pairs` and
    `passages` name texts and pairs by their rows; pairs are in the order of (first, second). What was judged holds for
    the `standing` it was judged by.
    """

    watched: pl.DataFrame
    texts: pl.DataFrame
    pairs: pl.DataFrame
    passages: pl.DataFrame


NOTHING = Measured(*(pl.DataFrame(schema=schema) for schema in SCHEMAS.values()))


def find_measured(measured: Measured, text_keys: pl.Series, left: I64, right: I64) -> tuple[I64, I64]:
    """Return for each text and for each pair of texts its row in what was measured, or -1."""
    known = measured.texts.select("text_key", at=pl.int_range(pl.len()))
    texts = text_keys.to_frame("text_key").join(known, on="text_key", how="left", maintain_order="left")
    of_text = texts["at"].fill_null(-1).to_numpy()
    if not measured.pairs.height:
        return of_text, np.full(len(left), -1)
    codes = _codes(measured.pairs["first"].to_numpy(), measured.pairs["second"].to_numpy(), known.height)
    wanted = _codes(of_text[left], of_text[right], known.height)
    wanted[(of_text[left] < 0) | (of_text[right] < 0)] = -1
    at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return of_text, np.where(codes[at] == wanted, at, -1)


def _codes(first: I64, second: I64, texts: int) -> I64:
    return first * texts + second


def counted_texts(measured: Measured, rows: I64) -> list[Counted]:
    """Return what was counted in some of the texts measured."""
    texts = measured.texts[rows]
    ends = np.cumsum(texts["watched"].list.len().to_numpy())
    places = np.split(texts["watched"].explode().drop_nulls().to_numpy(), ends)[:-1]
    return [Counted(size, own) for size, own in zip(texts["shingles"].to_list(), places, strict=True)]


def keep_measured(
    watched: U64,
    text_keys: pl.Series,
    counted: Sequence[Counted],
    pairs: pl.DataFrame,
    passages: pl.DataFrame,
) -> Measured:
    """Put together what is to be kept: texts with what was counted in them, pairs of their rows, and their passages."""
    places = pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(counted)), [len(c.watched) for c in counted]),
            "watched": np.concatenate([np.empty(0, np.int64), *(c.watched for c in counted)]),
        }
    )
    lists = places.group_by("row").agg("watched")
    texts = pl.DataFrame(
        {"text_key": text_keys, "shingles": pl.Series([c.shingles for c in counted], dtype=pl.Int64)}
    ).with_row_index("row")
    texts = texts.with_columns(pl.col("row").cast(pl.Int64)).join(lists, on="row", how="left", maintain_order="left")
    tables = {
        "watched": pl.DataFrame({"shingle": pl.Series(watched, dtype=pl.UInt64)}),
        "texts": texts.with_columns(pl.col("watched").fill_null([])),
        "pairs": pairs,
        "passages": passages,
    }
    return Measured(*(tables[name].select(pl.col(c).cast(t) for c, t in SCHEMAS[name].items()) for name in SCHEMAS))
