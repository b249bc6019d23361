"""From extracted parts to stripped parts: a worker process takes a part at a time."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.confidence import confidence_of
from cleaners.dedup import fingerprint
from cleaners.records import Article, Fate, Removal, RuleName, SiteLines, count_words
from cleaners.strip import cut, find_all_claims, spare
from flows.jobs.limited_steps import seconds_together, take_step
from flows.jobs.store import sound_parts, write_part
from flows.jobs.tally import Tally, peak_bytes
from flows.jobs.time_limits import Begins, Step, noted_steps
from flows.rulings import EXEMPT
from flows.settings import Settings
from flows.tables import ARTICLE_FIELDS, CLEANED, EXTRACTED, FATE, REMOVAL, frame_of

# The tables of a stripped part; `evidence` has a hash of what decided on each article, and counts what became of it.
STRIPPED = ("cleaned", "removals", "short", "fingerprints", "evidence")
# Articles stripped together; the caches remember the lines of this many until their confidence is computed.
TOGETHER = 64
COUNTED = ("characters", "characters_kept", "characters_cut", "removals", "cleaned", "short")


@dataclass(frozen=True, slots=True)
class StripJob:
    """The job of stripping the current articles of some extracted parts; its `name` is unique in the run.

    The steps in `slow` took too long, a worker died of those in `deadly`, and all of them are left out.
    """

    name: str
    parts: tuple[str, ...]
    staging: Path
    store: Path
    settings: Settings
    slow: frozenset[Step] = frozenset()
    deadly: frozenset[Step] = frozenset()

    @property
    def mark(self) -> Path:
        """The file that names the step of the worker."""
        return self.staging / "at" / f"strip-{self.name}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of articles besides their texts.

    `sites` has the lines of each site, `elsewhere` by article the keys of its paragraphs that open other articles, and
    `exempt` by article the rules whose cuts people have forbidden; "" means all rules.
    """

    sites: dict[str, SiteLines]
    elsewhere: dict[str, frozenset[int]]
    exempt: dict[str, frozenset[str]]


def coarse(count: int) -> int:
    """Round a count down to its three leading bits: 1 to 7 stay, then 8, 10, 12, 14, 16, 20, ...

    A new page of a site changes the counts of all its lines. Rounded counts change once in 14 to 25 % of growth, and
    until then the store's stripped articles stay valid.
    """
    spare = max(0, count.bit_length() - 3)
    return count >> spare << spare


def strip_batch(job: StripJob) -> Tally:
    """Strip and cut the articles of some parts, except those that the store has with the same evidence."""
    files = pl.scan_parquet(job.staging / "files.parquet")
    parts = pl.scan_parquet(
        [job.store / "extracted" / f"{part}.parquet" for part in job.parts], include_file_paths="part"
    )
    listed = parts.select("part", "id", "file", "site", "lines")
    tally = Tally()
    for frame in listed.join(files, on="file", how="semi", maintain_order="left").collect().partition_by("part"):
        name, counts = _strip_part(frame, job)
        tally.parts.append(name)
        tally.counts.update(counts)
    tally.peak_bytes = peak_bytes()
    return tally


def _strip_part(frame: pl.DataFrame, job: StripJob) -> tuple[str, dict[str, int]]:
    """Strip the articles of one part unless the store has it; return the name of the stripped part and its counts."""
    sites, elsewhere, exempt = _site_lines(job.staging), _elsewhere(job.staging), _exempt(job.staging)
    part = Path(frame["part"][0])
    evidence = frame.select(
        "id",
        evidence=pl.Series(
            [
                _evidence(file, sites.get(site or ""), keys, elsewhere.get(identity), exempt.get(identity))
                for identity, file, site, keys in frame.select("id", "file", "site", "lines").rows()
            ],
            dtype=pl.String,
        ),
    )
    folder = stripped_folder(job.store, part.stem, evidence["evidence"])
    stored = _stored_parts(folder)
    new = 0
    if stored:
        counted = pl.read_parquet(stored["evidence"])
    else:
        texts = pl.read_parquet(part).join(frame.select("id"), on="id", how="semi", maintain_order="left")
        earlier = stored_tables(job.store, part.stem)
        tables, new = _strip_new(texts, evidence, Known(sites, elsewhere, exempt), earlier, job)
        store_tables(tables, folder)
        counted = tables["evidence"]
    sums = counted.select(pl.col(COUNTED).sum()).row(0, named=True)
    return folder.name, {**sums, "stripped": frame.height, "stripped_new": new}


def _evidence(
    file: str,
    known: SiteLines | None,
    keys: list[int],
    elsewhere: frozenset[int] | None,
    exempt: frozenset[str] | None,
) -> str:
    """Return a hash of what decides how an article is stripped: its file, the corpus, and people's rulings."""
    counts = [(key, known.counts[key]) for key in keys if key in known.counts] if known else []
    # The number of pages only matters if several of them carry a line.
    content = repr((file, known.pages if known and counts else 0, counts, sorted(elsewhere or ())))
    content += f" exempt {sorted(exempt)}" if exempt else ""
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def stripped_folder(store: Path, part: str, evidence: pl.Series) -> Path:
    """Return the folder for the tables of an extracted part that was stripped by this evidence."""
    whole = hashlib.blake2b("".join(evidence).encode(), digest_size=16).hexdigest()
    return store / "stripped" / f"{part}-{whole}"


def _stored_parts(folder: Path) -> dict[str, Path] | None:
    """Return the files of a stripped part's tables, or None if one is missing or damaged."""
    parts = {table: sound_parts(folder / table) for table in STRIPPED}
    if any(len(sound) != 1 for sound in parts.values()):
        return None
    return {table: sound[0] for table, sound in parts.items()}


def stored_tables(store: Path, part: str) -> dict[str, pl.DataFrame] | None:
    """Return the tables of an extracted part that an earlier run has stripped, or None."""
    for earlier in sorted((store / "stripped").glob(f"{part}-*")):
        stored = _stored_parts(earlier)
        if stored:
            return {table: pl.read_parquet(part) for table, part in stored.items()}
    return None


def store_tables(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    """Write the tables of a stripped part."""
    for table, content in tables.items():
        sound_parts(folder / table)  # removes a damaged one
        write_part(content, folder / table)


def _strip_new(
    frame: pl.DataFrame,
    evidence: pl.DataFrame,
    corpus: Known,
    earlier: dict[str, pl.DataFrame] | None,
    job: StripJob,
) -> tuple[dict[str, pl.DataFrame], int]:
    """Strip articles with new evidence, take the others from `earlier`; return the tables and the number stripped."""
    known = earlier["evidence"].join(evidence, on=["id", "evidence"], how="semi") if earlier else evidence.clear()
    new = frame.join(known, on="id", how="anti", maintain_order="left")
    with noted_steps(job.mark, job.slow, job.deadly) as begins:
        tables = _strip_all(new, corpus, job.settings, begins)
    tables["evidence"] = evidence.join(tables["evidence"], on="id", how="inner")
    if earlier:
        tables = {
            table: pl.concat([tables[table], earlier[table].join(known, on="id", how="semi")]) for table in STRIPPED
        }
    order = frame.select("id").with_row_index("place")
    in_order = {
        table: content.join(order, on="id", how="left").sort("place", maintain_order=True).drop("place")
        for table, content in tables.items()
    }
    return in_order, new.height


def _strip_all(frame: pl.DataFrame, corpus: Known, settings: Settings, begins: Begins) -> dict[str, pl.DataFrame]:
    """Strip articles together or, if a rule fails or is slow, one by one, so that only the article in question is lost.

    Half by half, the time of the slow one would pass again for each half that holds it.
    """
    work = partial(_strip_articles, frame, corpus, settings)
    if frame.is_empty():
        return work()
    source, record = frame.select("source", "record").row(0)
    step = Step("strip", source, record, frame.height)
    tables = take_step(step, work, begins, settings, seconds=seconds_together(frame, settings))
    if not isinstance(tables, Fate):
        return tables
    if frame.height == 1:
        return _failed(Article(**frame.select(ARTICLE_FIELDS).row(0, named=True)), tables, settings)
    alone = [_strip_all(article, corpus, settings, begins) for article in frame.iter_slices(1)]
    return {table: pl.concat(one[table] for one in alone) for table in alone[0]}


def _failed(article: Article, fate: Fate, settings: Settings) -> dict[str, pl.DataFrame]:
    """Return the tables of an article that could not be stripped: its fate, and its whole text for the audit."""
    tables = _strip_articles(pl.DataFrame(schema=EXTRACTED), Known({}, {}, {}), settings)
    length = len(article.text)
    rule: RuleName = "time" if fate.fate == "too_slow" else "error"
    claim = {**asdict(Removal(0, length, "failed", rule, 1.0)), "id": article.id, "text": article.text}
    counted = {"characters": length, "characters_cut": length, "characters_kept": 0}
    counted |= {"removals": 1, "cleaned": 0, "short": 1}
    return tables | {
        "removals": frame_of([claim], REMOVAL),
        "short": frame_of([{**asdict(fate), "id": article.id, "kept_id": None}], FATE),
        "evidence": frame_of([{"id": article.id, **counted}], dict(tables["evidence"].schema)),
    }


def _strip_articles(frame: pl.DataFrame, corpus: Known, settings: Settings) -> dict[str, pl.DataFrame]:
    cleaned: list[dict[str, Any]] = []
    removals: list[dict[str, Any]] = []
    counted: list[dict[str, Any]] = []
    fates: list[dict[str, Any]] = []
    for row, article, claimed_by_rules in _claimed(frame, corpus, settings):
        claims = spare(claimed_by_rules, corpus.exempt.get(article.id, ()))
        result = cut(article.text, claims)
        words = count_words(result.text)
        unsure = [claim for claim in claims if claim.reason == "unsure"]
        claimed = sorted([*result.removals, *unsure], key=_by_place)
        published = words >= settings.publish.min_words
        if not published:
            fates.append(_short_fate(article, words, settings))
            claimed = _claim_rest(article, claimed)
        else:
            digest = hashlib.sha256(result.text.encode()).hexdigest()
            made = {"id": article.id, "text": result.text, "words": words, "content_sha256": digest, "missing": False}
            cleaned.append({**row, **made, "confidence": confidence_of(article, claims, result)})
        counted.append(
            {
                "id": article.id,
                "characters": len(article.text),
                "characters_kept": len(result.text) if published else 0,
                "characters_cut": sum(claim.end - claim.start for claim in claimed if claim.reason != "unsure"),
                "removals": len(claimed),
                "cleaned": int(published),
                "short": int(not published),
            }
        )
        removals.extend(
            {**asdict(claim), "id": article.id, "text": article.text[claim.start : claim.end]} for claim in claimed
        )
    kept = frame_of(cleaned, CLEANED)
    return {
        "cleaned": kept,
        "removals": frame_of(removals, REMOVAL),
        "short": frame_of(fates, FATE),
        "evidence": frame_of(counted, {"id": pl.String(), **dict.fromkeys(COUNTED, pl.Int64())}),
        "fingerprints": kept.select("id").hstack(fingerprint(kept["text"], config=settings.dedup)),
    }


def _claimed(
    frame: pl.DataFrame, corpus: Known, settings: Settings
) -> Iterator[tuple[dict[str, Any], Article, tuple[Removal, ...]]]:
    """Yield each row with its article and the claims on it."""
    for some in frame.select(ARTICLE_FIELDS).iter_slices(TOGETHER):
        rows = some.rows(named=True)
        articles = [Article(**row) for row in rows]
        known = [corpus.sites.get(article.site or "") for article in articles]
        found = [corpus.elsewhere.get(article.id, frozenset()) for article in articles]
        claims = find_all_claims(articles, config=settings.strip, site_lines=known, elsewhere=found)
        yield from zip(rows, articles, claims, strict=True)


def _short_fate(article: Article, words: int, settings: Settings) -> dict[str, Any]:
    fate = "too_short" if words else "no_text"
    message = f"{words} words left after stripping; publish.min_words asks for {settings.publish.min_words}"
    identity = {"source": article.source, "record": article.record, "id": article.id}
    return {**identity, "fate": fate, "kept_id": None, "message": message}


def _claim_rest(article: Article, claimed: list[Removal]) -> list[Removal]:
    """Add claims on the rest of a text that is too short to publish, so that the audit holds all of it."""
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
    """Load the lines that several pages of a site share, with coarse counts, once for each worker and run."""
    counts: dict[str, dict[int, int]] = {}
    for site, key, pages in pl.read_parquet(staging / "site_lines.parquet").iter_rows():
        counts.setdefault(site, {})[key] = coarse(pages)
    pages_of = dict(pl.read_parquet(staging / "site_pages.parquet").iter_rows())
    return {site: SiteLines(coarse(pages_of[site]), shared) for site, shared in counts.items()}


@lru_cache(maxsize=1)
def _exempt(staging: Path) -> dict[str, frozenset[str]]:
    """Load the rules from whose cuts articles are exempt, once for each worker and run."""
    exempt = pl.read_parquet(staging / EXEMPT / "cuts.parquet").group_by("id").agg("rule")
    return {identity: frozenset(rules) for identity, rules in exempt.iter_rows()}


@lru_cache(maxsize=1)
def _elsewhere(staging: Path) -> dict[str, frozenset[int]]:
    """Load the keys of articles' paragraphs that open other articles, once for each worker and run."""
    return {identity: frozenset(keys) for identity, keys in pl.read_parquet(staging / "elsewhere.parquet").iter_rows()}
