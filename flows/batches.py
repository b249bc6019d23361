"""The work of one batch, done in a worker process: raw files to extracted parts, extracted parts to stripped ones."""

import hashlib
import json
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

from cleaners.dedup import fingerprint
from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, Fate, RawDocument, Removal, SiteLines, count_words, record_id
from cleaners.strip import cut, find_claims, line_keys, split
from flows.settings import Settings
from flows.sources import Source
from flows.store import is_sound, key_file, sound_parts, write_part
from flows.tables import CLEANED, CURRENT, EXTRACTED, FATE, FILES, REFUSED, REMOVAL, write_frame


class TransientReadError(OSError):
    """A raw file could not be read this time, for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class ExtractJob:
    """Read and extract these sources; `last` says that no retry follows."""

    number: int
    sources: tuple[Source, ...]
    staging: Path
    store: Path
    settings: Settings
    last: bool


@dataclass(frozen=True, slots=True)
class StripJob:
    """Strip the articles of one extracted part that still belong to the corpus."""

    part: str
    staging: Path
    store: Path
    settings: Settings


@dataclass(slots=True)
class Tally:
    """What a batch did: its counts, the parts it names, and the highest memory its worker has needed, in bytes."""

    parts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0


class _TooSlow(BaseException):
    """Raised by the alarm inside a record's work; no handler for ordinary errors may swallow it."""


@dataclass(slots=True)
class _Extracted:
    """What a batch has extracted and not yet written."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def extract_batch(job: ExtractJob) -> Tally:
    """Read, extract and split the records of the files that the store does not know; note which files there are."""
    tally = Tally()
    known = _known_files(job.store)
    current: list[dict[str, Any]] = []
    unkeyed: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    held = _Extracted()
    for source in job.sources:
        tally.counts["files"] += 1
        tally.counts["bytes"] += source.size
        try:
            key = _key(source, job)
        except _CannotReadError as error:
            unkeyed.append(_fate_row(Fate(source.name, 0, "unreadable", str(error))))
            current.append({"source": source.name, "file": None, "records": 1, "split_off": 0})
            continue
        counts = known.get(key)
        if counts is None:
            counts = _extract_file(source, key, job, held)
            new.append({"file": key, **counts})
        current.append({"source": source.name, "file": key, **counts})
    _flush(held, job)
    if held.refused:
        held.parts.append(write_part(_frame(held.refused, REFUSED), job.store / "refused"))
    if new:
        # Written last: a file is known only once all it gave is in the store.
        rows = [{**row, "parts": held.parts} for row in new]
        write_part(_frame(rows, FILES), job.store / "files")
    write_frame(_frame(current, CURRENT), job.staging / "current" / f"{job.number:06d}.parquet")
    write_frame(_frame(unkeyed, FATE), job.staging / "unreadable" / f"{job.number:06d}.parquet")
    tally.counts["files_new"] = len(new)
    tally.counts["records"] = sum(row["records"] for row in current)
    tally.counts["split_off"] = sum(row["split_off"] for row in current)
    tally.peak_bytes = peak_bytes()
    return tally


@lru_cache(maxsize=1)
def _known_files(store: Path) -> dict[str, dict[str, int]]:
    """Return the counts of each file that the store knows, once a worker and run."""
    files = (
        pl.scan_parquet(store / "files" / "*.parquet", schema=FILES).select("file", "records", "split_off").collect()
    )
    return {file: {"records": records, "split_off": split_off} for file, records, split_off in files.rows()}


class _CannotReadError(Exception):
    """A raw file cannot be read at all; the message says why."""


def _key(source: Source, job: ExtractJob) -> str:
    """Return the key of a file; raises _CannotReadError, or TransientReadError where another attempt may help."""
    try:
        if not source.path.exists():
            raise _CannotReadError("gone since the folder was listed, or a dangling link")
        if not source.path.is_file():
            raise _CannotReadError("not a regular file")
        return key_file(source)
    except PermissionError as error:
        raise _CannotReadError("permission denied") from error
    except OSError as error:
        if not job.last:
            raise TransientReadError(error.errno, f"{source.name}: {error.strerror}") from error
        raise _CannotReadError(f"cannot be read: {error.strerror or error}") from error


def _extract_file(source: Source, key: str, job: ExtractJob, held: _Extracted) -> dict[str, int]:
    """Extract one file into what is held, writing parts as they fill; return how many records and splits it had."""
    counts = {"records": 0, "split_off": 0}
    for outcome in _outcomes(source, job, counts):
        if isinstance(outcome, Fate):
            held.refused.append({**_fate_row(outcome), "file": key})
            continue
        keys = sorted(line_keys(outcome)) if outcome.site is not None else []
        row = {name: getattr(outcome, name) for name in ARTICLE_FIELDS}
        held.articles.append({**row, "file": key, "id": outcome.id, "lines": keys})
        if len(held.articles) == job.settings.run.part_articles:
            _flush(held, job)
    return counts


ARTICLE_FIELDS = tuple(name for name in EXTRACTED if name not in ("file", "id", "lines"))


def _flush(held: _Extracted, job: ExtractJob) -> None:
    if held.articles:
        held.parts.append(write_part(_frame(held.articles, EXTRACTED), job.store / "extracted"))
        held.articles = []


def _outcomes(source: Source, job: ExtractJob, counts: dict[str, int]) -> Iterator[Article | Fate]:
    first: Article | Fate | None = None
    for outcome in _extracted(source, job):
        counts["records"] += 1
        if first is not None:
            yield first
        first = outcome
    if isinstance(first, Article) and counts["records"] == 1:
        # Only a file that is one record can be a compilation: rows of a table are articles by their maker's word.
        parts = split(first, config=job.settings.strip)
        counts["split_off"] = len(parts) - 1
        yield from parts
    elif first is not None:
        yield first


def _extracted(source: Source, job: ExtractJob) -> Iterator[Article | Fate]:
    for outcome in _read(source, job):
        if isinstance(outcome, Fate):
            yield outcome
            continue
        try:
            with _time_limit(job.settings.run.page_seconds):
                yielded = extract(outcome, config=job.settings.extract)
        except _TooSlow:
            message = f"took longer than {job.settings.run.page_seconds:g} s to extract (run.page_seconds)"
            yielded = Fate(outcome.source, outcome.record, "too_slow", message)
        yield yielded


def _read(source: Source, job: ExtractJob) -> Iterator[RawDocument | Fate]:
    record = 0
    try:
        with source.path.open("rb") as stream:
            for outcome in read_records(stream, source=source.name, config=job.settings.read):
                record = outcome.record + 1
                yield outcome
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


def _fate_row(fate: Fate) -> dict[str, Any]:
    return {**asdict(fate), "id": record_id(fate.source, fate.record), "kept_id": None}


def _frame(rows: Iterable[dict[str, Any]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def survey(staging: Path, store: Path) -> Tally:
    """Find the extracted parts that hold articles of the current files, and count the lines that sites repeat."""
    current = pl.scan_parquet(staging / "current" / "*.parquet", schema=CURRENT).select("file").drop_nulls().collect()
    write_frame(current, staging / "files.parquet")
    known = pl.scan_parquet(store / "files" / "*.parquet", schema=FILES).collect()
    named = known.join(current, on="file", how="semi")["parts"].explode().drop_nulls().unique()
    tally = Tally()
    lines: list[pl.DataFrame] = []
    pages: list[pl.DataFrame] = []
    for name in named.sort():
        part = store / "extracted" / f"{name}.parquet"
        if not part.exists():
            continue  # a part of refused records
        frame = pl.read_parquet(part, columns=["file", "site", "lines"]).join(current, on="file", how="semi")
        tally.parts.append(name)
        tally.counts["extracted"] += frame.height
        sited = frame.filter(pl.col("site").is_not_null())
        pages.append(sited.group_by("site").len("pages"))
        lines.append(sited.explode("lines").group_by("site", "lines").len("pages"))
    shared = _summed(lines, ["site", "lines"], {"site": pl.String(), "lines": pl.Int64()})
    write_frame(shared.filter(pl.col("pages") > 1), staging / "site_lines.parquet")
    write_frame(_summed(pages, ["site"], {"site": pl.String()}), staging / "site_pages.parquet")
    tally.peak_bytes = peak_bytes()
    return tally


def _summed(frames: list[pl.DataFrame], keys: list[str], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    empty = pl.DataFrame(schema={**schema, "pages": pl.UInt32()})
    return pl.concat([empty, *frames]).group_by(keys).agg(pl.col("pages").sum()).sort(keys)


def coarse(count: int) -> int:
    """Round a count down to its three leading bits: 1 to 7 stay, then 8, 10, 12, 14, 16, 20, ...

    A new page of a site changes the counts of all its lines. Rounded, they change once in 14 to 25 % of growth, and
    between two changes what was stripped before stands.
    """
    spare = max(0, count.bit_length() - 3)
    return count >> spare << spare


def strip_batch(job: StripJob) -> Tally:
    """Strip and cut the articles of one part, unless the store has them as this evidence gives them."""
    files = pl.read_parquet(job.staging / "files.parquet")
    part = job.store / "extracted" / f"{job.part}.parquet"
    frame = pl.read_parquet(part).join(files, on="file", how="semi", maintain_order="left")
    sites = _site_lines(job.staging)
    evidence = hashlib.blake2b(digest_size=16)
    for identity, file, site, keys in frame.select("id", "file", "site", "lines").iter_rows():
        known = sites.get(site or "")
        counts = [(key, known.counts[key]) for key in keys if key in known.counts] if known else []
        evidence.update(repr((identity, file, known.pages if known else 0, counts)).encode())
    folder = job.store / "stripped" / f"{job.part}-{evidence.hexdigest()}"
    tally = _stored_tally(folder)
    stored = tally is not None
    if tally is None:
        tally = _strip_part(frame, sites, folder, job.settings)
    tally.counts["stripped_new"] = 0 if stored else frame.height
    tally.parts.append(folder.name)
    tally.peak_bytes = peak_bytes()
    return tally


def _stored_tally(folder: Path) -> Tally | None:
    """Return the tally of a stripped part, or None where it is missing or damaged."""
    try:
        stored = json.loads((folder / "tally.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not all(is_sound(folder / table / f"{name}.parquet") for table, name in stored["parts"].items()):
        return None
    return Tally(counts=Counter(stored["counts"]))


def _strip_part(frame: pl.DataFrame, sites: dict[str, SiteLines], folder: Path, settings: Settings) -> Tally:
    tally = Tally()
    cleaned: list[dict[str, Any]] = []
    removals: list[dict[str, Any]] = []
    fates: list[dict[str, Any]] = []
    for row in frame.select(ARTICLE_FIELDS).iter_rows(named=True):
        article = Article(**row)
        claims = find_claims(article, config=settings.strip, site_lines=sites.get(article.site or ""))
        result = cut(article.text, claims)
        words = count_words(result.text)
        unsure = [claim for claim in claims if claim.reason == "unsure"]
        claimed = sorted([*result.removals, *unsure], key=_by_place)
        tally.counts["characters"] += len(article.text)
        if words < settings.publish.min_words:
            fates.append(_short_fate(article, words, settings))
            claimed = _claim_rest(article, claimed)
        else:
            tally.counts["characters_kept"] += len(result.text)
            digest = hashlib.sha256(result.text.encode()).hexdigest()
            made = {"id": article.id, "text": result.text, "words": words, "content_sha256": digest, "missing": False}
            cleaned.append({**row, **made})
        tally.counts["characters_cut"] += sum(claim.end - claim.start for claim in claimed if claim.reason != "unsure")
        removals.extend(
            {**asdict(claim), "id": article.id, "text": article.text[claim.start : claim.end]} for claim in claimed
        )
    tally.counts.update(stripped=frame.height, cleaned=len(cleaned), short=len(fates), removals=len(removals))
    tables = {
        "cleaned": _frame(cleaned, CLEANED),
        "removals": _frame(removals, REMOVAL),
        "short": _frame(fates, FATE),
        "fingerprints": fingerprint(
            pl.Series([row["text"] for row in cleaned], dtype=pl.String), config=settings.dedup
        ),
    }
    for table in tables:
        sound_parts(folder / table)
    parts = {table: write_part(content, folder / table) for table, content in tables.items()}
    (folder / "tally.json").write_text(json.dumps({"parts": parts, "counts": tally.counts}), encoding="utf-8")
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
    """Load the lines that several pages of a site share, once a worker and run, with coarse counts."""
    counts: dict[str, dict[int, int]] = {}
    for site, key, pages in pl.read_parquet(staging / "site_lines.parquet").iter_rows():
        counts.setdefault(site, {})[key] = coarse(pages)
    pages_of = dict(pl.read_parquet(staging / "site_pages.parquet").iter_rows())
    return {site: SiteLines(coarse(pages_of[site]), shared) for site, shared in counts.items()}


def peak_bytes() -> int:
    """Return the highest resident memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
