"""Articles whose raw file is gone or cannot be read, which are carried on from the snapshot before."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import polars as pl

from cleaners.dedup import FILLED, fingerprint
from cleaners.records import Fate
from flows.errors import UsageError
from flows.folders.clean_folder import MANIFEST
from flows.jobs.limited_steps import seconds_together, take_step
from flows.jobs.staging import MISSING, unread_files
from flows.jobs.tally import Tally, peak_bytes
from flows.jobs.time_limits import Begins, Step, noted_steps
from flows.settings import Settings
from flows.snapshots.published import naming_damage
from flows.snapshots.records import scan
from flows.tables import CLEANED, COLUMNS, CURRENT, FATE, REMOVAL, frame_of, schema_json, write_frame

CARRIED = ("articles", "duplicates", "audit/removals")  # the tables from which missing articles are carried on


@dataclass(frozen=True, slots=True)
class CarryJob:
    """The job of carrying on the articles that are missing.

    The steps in `slow` took too long, a worker died of those in `deadly`, and all of them are left out.
    """

    clean: Path
    staging: Path
    settings: Settings
    slow: frozenset[Step] = frozenset()
    deadly: frozenset[Step] = frozenset()

    @property
    def mark(self) -> Path:
        """The file that names the step of the worker."""
        return self.staging / "at" / "carry"


def carry_missing(job: CarryJob) -> Tally:
    """Stage the articles of the current snapshot whose raw file is gone or cannot be read, with their removals.

    A file that cannot be read was counted as one record; if its articles are carried on, they count in its place.
    """
    folder = job.staging / MISSING
    cleaned, removals = pl.DataFrame(schema=CLEANED), pl.DataFrame(schema=REMOVAL)
    replaced = 0
    snapshot = job.clean / "current"
    if (snapshot / MANIFEST).is_file():
        with naming_damage(snapshot):
            cleaned, removals, replaced = _carried(snapshot, job.staging, job.settings)
    with noted_steps(job.mark, job.slow, job.deadly) as begins:
        prints, failed = _fingerprint_all(cleaned, job.settings, begins)
    write_frame(cleaned.join(failed, on="id", how="anti", maintain_order="left"), folder / "cleaned" / "part.parquet")
    write_frame(removals, folder / "removals" / "part.parquet")
    write_frame(prints, folder / "fingerprints" / "part.parquet")
    write_frame(failed, folder / "short" / "part.parquet")
    return Tally(counts=Counter(records=-replaced), peak_bytes=peak_bytes())


def _carried(snapshot: Path, staging: Path, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the articles to carry on from a snapshot, their removals, and the number of unread files they replace."""
    cleaned, removals = pl.DataFrame(schema=CLEANED), pl.DataFrame(schema=REMOVAL)
    if not _can_be_carried(snapshot, settings):
        return cleaned, removals, 0
    read = pl.scan_parquet(staging / "current" / "*.parquet", schema=CURRENT).drop_nulls("file").select("source")
    unread = frozenset(unread_files(staging)["source"])
    published = [scan(snapshot, table) for table in ("articles", "duplicates")]
    # Mostly no file is gone, so that no text need be read.
    lost = pl.concat([table.select("id", "source") for table in published]).join(read, on="source", how="anti")
    gone = lost.collect()
    if settings.publish.missing == "drop":
        below = pl.Series([_is_below(source, unread) for source in gone["source"]], dtype=pl.Boolean)
        gone = gone.filter(below)
    replaced = len(unread & set(gone["source"]))
    gone = gone.select("id")
    if gone.height:
        # What an article took over from its copies is not its own, so it is looked for again.
        own = [
            pl.when(~pl.col("filled_from").fill_null("").str.contains(f"{name}: ", literal=True)).then(name)
            for name in FILLED
        ]
        rows = pl.concat([table.with_columns(own).select(list(CLEANED)) for table in published])
        rows = rows.join(gone.lazy(), on="id", how="semi")
        cleaned = rows.with_columns(missing=pl.lit(True)).sort("source", "record").collect()
        claims = pl.scan_parquet(snapshot / "audit/removals/*.parquet")
        removals = claims.join(gone.lazy(), on="id", how="semi", maintain_order="left").collect()
    return cleaned, removals, replaced


def _can_be_carried(snapshot: Path, settings: Settings) -> bool:
    """Say whether the articles of a snapshot can be carried on; raise UsageError if they should be and cannot.

    They must have today's columns. A column that may be empty may also be missing, since the version that published the
    snapshot may not have had it yet.
    """
    published = json.loads((snapshot / "schema.json").read_text(encoding="utf-8"))
    today = json.loads(schema_json())
    if all(_fits(published.get(table, {}), today[table], table) for table in CARRIED):
        return True
    if settings.publish.missing == "drop":
        return False
    raise UsageError(
        f"{snapshot} was published with other columns, so its articles cannot be carried on: publish once with "
        "--set publish.missing=drop, or name another clean folder"
    )


def _fits(published: dict[str, str], today: dict[str, str], table: str) -> bool:
    """Say whether a published table has today's columns and no others; those that may be empty may be missing."""
    missing = {name for name in today if name not in published and COLUMNS[table][name].empty}
    return published == {name: kind for name, kind in today.items() if name not in missing}


def _is_below(source: str, places: frozenset[str]) -> bool:
    """Say whether a source is one of these places or is below one of them."""
    parts = source.split("/")
    return any("/".join(parts[: end + 1]) in places for end in range(len(parts)))


def _fingerprint_all(cleaned: pl.DataFrame, settings: Settings, begins: Begins) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the fingerprints of articles, and the fates of those that cannot have one."""
    none = cleaned.clear()
    prints = [none.select("id").hstack(fingerprint(none["text"], config=settings.dedup))]
    failed = []
    for some in cleaned.iter_slices(settings.run.part_articles):
        for articles, made in _fingerprint_some(some, settings, begins):
            if isinstance(made, Fate):
                failed.append({**asdict(made), "id": articles["id"][0], "kept_id": None})
            else:
                prints.append(articles.select("id").hstack(made))
    return pl.concat(prints), frame_of(failed, FATE)


def _fingerprint_some(
    articles: pl.DataFrame, settings: Settings, begins: Begins
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame | Fate]]:
    """Yield articles with their fingerprints: together or, if that fails or is slow, one by one, or with its fate."""
    source, record = articles.select("source", "record").row(0)
    work = partial(fingerprint, articles["text"], config=settings.dedup)
    step = Step("deduplicate", source, record, articles.height)
    made = take_step(step, work, begins, settings, seconds=seconds_together(articles, settings))
    if articles.height > 1 and isinstance(made, Fate):
        for article in articles.iter_slices(1):
            yield from _fingerprint_some(article, settings, begins)
    else:
        yield articles, made
