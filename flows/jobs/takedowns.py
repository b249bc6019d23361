"""Articles that must never be published again; they leave before the dedup stage, so that copies are judged alone."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.jobs.staging import MISSING, TAKEN_DOWN, table_parts
from flows.jobs.stripped_parts import COUNTED
from flows.jobs.survey import current_records
from flows.jobs.tally import Tally, peak_bytes
from flows.rulings import KEYS, Ruling, rule_matches
from flows.tables import FATE, write_frame


def take_down(folders: Sequence[Path], staging: Path, store: Path, rulings: Sequence[Ruling]) -> Tally:
    """Stage the fates of the articles that are taken down; return negative counts for what was counted of them."""
    taken = pl.DataFrame(schema=FATE | {"missing": pl.Boolean()})
    counts: Counter[str] = Counter()
    if rulings:
        records = pl.concat([current_records(staging, store).with_columns(missing=pl.lit(False)), _carried(staging)])
        found = records.join(rule_matches(records, rulings), on="id")
        fate = {"fate": pl.lit("taken_down"), "message": pl.format("taken down: {}", "reason")}
        taken = found.with_columns(**fate, kept_id=pl.lit(None, pl.String)).select(taken.columns)
        if parts := table_parts(folders, "evidence"):
            sums = (
                pl.scan_parquet(parts).join(taken.lazy(), on="id", how="semi").select(pl.col(COUNTED).sum()).collect()
            )
            counts.update({name: -count for name, count in sums.row(0, named=True).items()})
    write_frame(taken, staging / TAKEN_DOWN)
    return Tally(counts=counts, peak_bytes=peak_bytes())


def _carried(staging: Path) -> pl.DataFrame:
    parts = table_parts([staging / MISSING], "cleaned")
    return pl.scan_parquet(parts).select(*KEYS, missing=pl.lit(True)).collect()
