"""The work of one batch, done in a worker process: files in, Parquet parts in the staging folder out."""

import hashlib
import resource
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

import polars as pl

from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, Fate, RawDocument, Removal, SiteLines, count_words, record_id
from cleaners.strip import cut, find_claims, line_keys, split
from flows.settings import Settings
from flows.sources import Source
from flows.tables import CLEANED, EXTRACTED, FATE, REMOVAL, write_frame

LINES = {"site": pl.String(), "key": pl.Int64(), "pages": pl.UInt32()}
SITES = {"site": pl.String(), "pages": pl.UInt32()}


class TransientReadError(OSError):
    """A raw file could not be read this time, for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """Read and extract these sources into `staging`; `number` names the parts, `last` says that no retry follows."""

    number: int
    sources: tuple[Source, ...]
    staging: Path
    settings: Settings
    last: bool


@dataclass(frozen=True, slots=True)
class StripJob:
    """Strip the articles of one extracted part; the results stand beside it under the same name."""

    part: Path
    staging: Path
    settings: Settings


@dataclass(slots=True)
class Tally:
    """What a batch did: how many of each, and the highest memory its worker has needed so far, in bytes."""

    parts: list[Path] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0


class _TooSlow(BaseException):
    """Raised by the alarm inside a record's work; no handler for ordinary errors may swallow it."""


def extract_batch(job: ExtractJob) -> Tally:
    """Read, extract and split the records of a batch; write parts of articles, fates and line counts."""
    tally = Tally()
    fates: list[Fate] = []
    for number, articles in enumerate(_parts(_outcomes(job, tally), fates, job.settings.run.part_articles)):
        path = job.staging / "extracted" / f"{job.number:06d}-{number:04d}.parquet"
        write_frame(_frame((_row(article, EXTRACTED) for article in articles), EXTRACTED), path)
        _write_lines(articles, job.staging, path.name)
        tally.parts.append(path)
        tally.counts["extracted"] += len(articles)
    tally.counts["refused"] = len(fates)
    write_frame(
        _frame(({**asdict(fate), "id": record_id(fate.source, fate.record), "kept_id": None} for fate in fates), FATE),
        job.staging / "refused" / f"{job.number:06d}.parquet",
    )
    tally.peak_bytes = peak_bytes()
    return tally


def _outcomes(job: ExtractJob, tally: Tally) -> Iterator[Article | Fate]:
    for source in job.sources:
        tally.counts["files"] += 1
        tally.counts["bytes"] += source.size
        held: Article | Fate | None = None
        records = 0
        for outcome in _extracted(source, job):
            tally.counts["records"] += 1
            records += 1
            if held is not None:
                yield held
            held = outcome
        if isinstance(held, Article) and records == 1:
            # Only a file that is one record can be a compilation: rows of a table are articles by their maker's word.
            parts = split(held, config=job.settings.strip)
            tally.counts["split_off"] += len(parts) - 1
            yield from parts
        elif held is not None:
            yield held


def _extracted(source: Source, job: ExtractJob) -> Iterator[Article | Fate]:
    for outcome in _read(source, job):
        if isinstance(outcome, Fate):
            yield outcome
            continue
        try:
            with _time_limit(job.settings.run.page_seconds):
                extracted = extract(outcome, config=job.settings.extract)
        except _TooSlow:
            message = f"took longer than {job.settings.run.page_seconds:g} s to extract (run.page_seconds)"
            extracted = Fate(outcome.source, outcome.record, "too_slow", message)
        yield extracted


def _read(source: Source, job: ExtractJob) -> Iterator[RawDocument | Fate]:
    record = 0
    try:
        if not source.path.is_file():
            if source.path.exists():
                yield Fate(source.name, 0, "unsupported", "not a regular file")
            else:
                yield Fate(source.name, 0, "unreadable", "gone since the folder was listed, or a dangling link")
            return
        with source.path.open("rb") as stream:
            for outcome in read_records(stream, source=source.name, config=job.settings.read):
                record = outcome.record + 1
                yield outcome
    except PermissionError:
        yield Fate(source.name, record, "unreadable", "permission denied")
    except OSError as error:
        if not job.last:
            raise TransientReadError(error.errno, f"{source.name}: {error.strerror}") from error
        yield Fate(source.name, record, "unreadable", f"cannot be read: {error.strerror or error}")


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TooSlow in the body after so many seconds; needs the main thread, where a pool's worker runs its jobs."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _parts(outcomes: Iterable[Article | Fate], fates: list[Fate], size: int) -> Iterator[list[Article]]:
    held: list[Article] = []
    for outcome in outcomes:
        if isinstance(outcome, Fate):
            fates.append(outcome)
            continue
        held.append(outcome)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def _row(article: Article, schema: dict[str, pl.DataType]) -> dict[str, Any]:
    return {name: getattr(article, name) for name in schema}


def _frame(rows: Iterable[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _write_lines(articles: list[Article], staging: Path, name: str) -> None:
    """Write how many of these articles carry each line, per site, and how many articles each site has."""
    keys: Counter[tuple[str, int]] = Counter()
    pages: Counter[str] = Counter()
    for article in articles:
        if article.site is not None:
            pages[article.site] += 1
            keys.update((article.site, key) for key in line_keys(article))
    lines = ({"site": site, "key": key, "pages": count} for (site, key), count in keys.items())
    write_frame(_frame(lines, LINES), staging / "lines" / name)
    write_frame(
        _frame(({"site": site, "pages": count} for site, count in pages.items()), SITES), staging / "sites" / name
    )


def strip_batch(job: StripJob) -> Tally:
    """Strip and cut the articles of one part; write the cleaned articles, their removals and the fates of the rest."""
    tally = Tally()
    cleaned: list[dict[str, Any]] = []
    removals: list[dict[str, Any]] = []
    fates: list[dict[str, Any]] = []
    sites = _site_lines(job.staging)
    for row in pl.read_parquet(job.part).iter_rows(named=True):
        article = Article(**row)
        claims = find_claims(article, config=job.settings.strip, site_lines=sites.get(article.site or ""))
        result = cut(article.text, claims)
        words = count_words(result.text)
        unsure = [claim for claim in claims if claim.reason == "unsure"]
        claimed = sorted([*result.removals, *unsure], key=_by_place)
        tally.counts["characters"] += len(article.text)
        if words < job.settings.publish.min_words:
            fates.append(_short_fate(article, words, job.settings))
            claimed = _claim_rest(article, claimed)
        else:
            tally.counts["characters_kept"] += len(result.text)
            digest = hashlib.sha256(result.text.encode()).hexdigest()
            cleaned.append({**row, "id": article.id, "text": result.text, "words": words, "content_sha256": digest})
        tally.counts["characters_cut"] += sum(claim.end - claim.start for claim in claimed if claim.reason != "unsure")
        removals.extend(
            {**asdict(claim), "id": article.id, "text": article.text[claim.start : claim.end]} for claim in claimed
        )
    tally.counts["stripped"] = len(cleaned) + len(fates)
    tally.counts["cleaned"] = len(cleaned)
    tally.counts["short"] = len(fates)
    tally.counts["removals"] = len(removals)
    write_frame(_frame(cleaned, CLEANED), job.staging / "cleaned" / job.part.name)
    write_frame(_frame(removals, REMOVAL), job.staging / "removals" / job.part.name)
    write_frame(_frame(fates, FATE), job.staging / "short" / job.part.name)
    tally.peak_bytes = peak_bytes()
    return tally


def _short_fate(article: Article, words: int, settings: Settings) -> dict[str, Any]:
    fate = "too_short" if words else "no_text"
    message = f"{words} words left after stripping; publish.min_words asks for {settings.publish.min_words}"
    identity = {"source": article.source, "record": article.record, "id": article.id}
    return {**identity, "fate": fate, "kept_id": None, "message": message}


def _claim_rest(article: Article, claimed: list[Removal]) -> list[Removal]:
    """Add to the claims on a text too short to publish what no rule claimed, so that the audit holds all of it."""
    rest: list[Removal] = []
    position = 0
    spans = [(claim.start, claim.end) for claim in claimed if claim.reason != "unsure"]
    for start, end in (*spans, (len(article.text), len(article.text))):
        if start > position:
            rest.append(Removal(position, start, "too_short", "min_words", 1.0))
        position = end
    return sorted([*claimed, *rest], key=_by_place)


def _by_place(claim: Removal) -> tuple[int, int]:
    return claim.start, claim.end


@lru_cache(maxsize=1)
def _site_lines(staging: Path) -> dict[str, SiteLines]:
    """Load the lines that several pages of a site share, once a worker and run."""
    counts: dict[str, dict[int, int]] = {}
    for site, key, pages in pl.read_parquet(staging / "site_lines.parquet").iter_rows():
        counts.setdefault(site, {})[key] = pages
    pages_of = dict(pl.read_parquet(staging / "site_pages.parquet").iter_rows())
    return {site: SiteLines(pages_of[site], shared) for site, shared in counts.items()}


def count_lines(staging: Path) -> Tally:
    """Sum the line counts of all parts into the lines that at least two pages of a site share."""
    lines = pl.scan_parquet(staging / "lines" / "*.parquet", schema=LINES)
    shared = lines.group_by("site", "key").agg(pl.col("pages").sum()).filter(pl.col("pages") > 1).sort("site", "key")
    frame = shared.collect(engine="streaming")
    write_frame(frame, staging / "site_lines.parquet")
    sites = pl.scan_parquet(staging / "sites" / "*.parquet", schema=SITES)
    write_frame(
        sites.group_by("site").agg(pl.col("pages").sum()).sort("site").collect(), staging / "site_pages.parquet"
    )
    return Tally(counts=Counter(shared_lines=frame.height), peak_bytes=peak_bytes())


def peak_bytes() -> int:
    """Return the highest resident memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
