"""The articles that are never published again: found before the dedup stage, so that their copies are judged alone."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.errors import UsageError
from flows.rulings import KEYS, Ruling, published_records, rule_matches
from flows.snapshot import MISSING, TAKEN_DOWN, table_parts
from flows.stripped_parts import COUNTED
from flows.tables import EXTRACTED, FATE, write_frame
from flows.tally import Tally, peak_bytes


def take_down(folders: Sequence[Path], staging: Path, store: Path, rulings: Sequence[Ruling]) -> Tally:
    """Stage the fates of the articles that are taken down; what was counted of them is taken off again."""
    taken = pl.DataFrame(schema=FATE | {"missing": pl.Boolean()})
    counts: Counter[str] = Counter()
    if rulings:
        records = pl.concat([_extracted(staging, store), _carried(staging)])
        found = records.join(rule_matches(records, rulings), on="id")
        told = {"fate": pl.lit("taken_down"), "message": pl.format("taken down: {}", "reason")}
        taken = found.with_columns(**told, kept_id=pl.lit(None, pl.String)).select(taken.columns)
        if parts := table_parts(folders, "evidence"):
            sums = (
                pl.scan_parquet(parts).join(taken.lazy(), on="id", how="semi").select(pl.col(COUNTED).sum()).collect()
            )
            counts.update({name: -count for name, count in sums.row(0, named=True).items()})
    write_frame(taken, staging / TAKEN_DOWN)
    return Tally(counts=counts, peak_bytes=peak_bytes())


def _extracted(staging: Path, store: Path) -> pl.DataFrame:
    """Return the articles of the current files, whether or not they were long enough to be published."""
    files = pl.scan_parquet(staging / "files.parquet")
    articles = pl.scan_parquet(store / "extracted" / "*.parquet", schema=EXTRACTED)
    current = articles.join(files, on="file", how="semi").select(*KEYS, missing=pl.lit(False))
    return current.collect()


def _carried(staging: Path) -> pl.DataFrame:
    parts = table_parts([staging / MISSING], "cleaned")
    return pl.scan_parquet(parts).select(*KEYS, missing=pl.lit(True)).collect()


def check_taken_down(snapshot: Path, rulings: Sequence[Ruling]) -> None:
    """Raise UsageError where a snapshot holds articles that were taken down since."""
    found = rule_matches(published_records(snapshot), rulings) if rulings else None
    if found is not None and found.height:
        raise UsageError(
            f"{snapshot.name} holds {found.height} records that were taken down since, as {found['reason'][0]}: undo "
            "that first (winnow takedown --undo), or choose another snapshot"
        )
