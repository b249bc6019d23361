"""The dedup stage over the cleaned parts, done in one worker process."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from cleaners.dedup import deduplicate, fingerprint
from cleaners.dedup.history import carry_cluster_ids
from flows.settings import Settings
from flows.snapshot import DEDUP_AUDIT, previous_clusters, table_parts
from flows.tables import CLEANED, write_frame
from flows.tally import Tally, peak_bytes

COLUMNS = ("id", "text", "title", "author", "url", "site", "published", "words", "source")


def find_duplicates(folders: Sequence[Path], clean: Path, staging: Path, settings: Settings) -> Tally:
    """Find the near-duplicates among the cleaned articles of some folders.

    Writes clusters, pairs, passages and what was capped to staging. A cluster that has a member of the previous
    snapshot carries its `cluster_id` on.
    """
    articles = [pl.DataFrame(schema={name: CLEANED[name] for name in COLUMNS})]
    fingerprints = [fingerprint(pl.Series(dtype=pl.String), config=settings.dedup)]
    for folder in folders:
        cleaned = [pl.read_parquet(part, columns=list(COLUMNS)) for part in table_parts([folder], "cleaned")]
        articles += [frame.select(COLUMNS) for frame in cleaned]
        stored = table_parts([folder], "fingerprints")
        if stored:
            fingerprints += [pl.read_parquet(part).drop("id") for part in stored]
        else:  # articles carried on from the snapshot before
            fingerprints.append(fingerprint(articles[-1]["text"], config=settings.dedup))
    found = deduplicate(pl.concat(articles), config=settings.dedup, fingerprints=pl.concat(fingerprints))
    for name in DEDUP_AUDIT:
        write_frame(getattr(found, name), staging / f"{name}.parquet")
    write_frame(carry_cluster_ids(found.clusters, previous_clusters(clean)), staging / "clusters.parquet")
    return Tally(counts=Counter(pairs=found.pairs.height), peak_bytes=peak_bytes())
