"""From extracted parts to stripped ones, a part at a time, in a worker process."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.dedup import fingerprint
from cleaners.records import Article, Removal, SiteLines, count_words
from cleaners.strip import cut, find_claims
from flows.settings import Settings
from flows.store import sound_parts, write_part
from flows.tables import ARTICLE_FIELDS, CLEANED, FATE, REMOVAL, frame_of
from flows.tally import Tally, peak_bytes

# The tables of a stripped part; `evidence` says what each article was stripped by.
STRIPPED = ("cleaned", "removals", "short", "fingerprints", "evidence")


@dataclass(frozen=True, slots=True)
class StripJob:
    """Strip the articles of one extracted part that still belong to the corpus."""

    part: str
    staging: Path
    store: Path
    settings: Settings


def coarse(count: int) -> int:
    """Round a count down to its three leading bits: 1 to 7 stay, then 8, 10, 12, 14, 16, 20, ...

    A new page of a site changes the counts of all its lines. Rounded, they change once in 14 to 25 % of growth, and
    between two changes what was stripped before stands.
    """
    spare = max(0, count.bit_length() - 3)
    return count >> spare << spare


def strip_batch(job: StripJob) -> Tally:
    """Strip and cut the articles of one part, but for those that the store has as their evidence gives them."""
    files = pl.read_parquet(job.staging / "files.parquet")
    part = job.store / "extracted" / f"{job.part}.parquet"
    frame = pl.read_parquet(part).join(files, on="file", how="semi", maintain_order="left")
    sites = _site_lines(job.staging)
    evidence = frame.select(
        "id",
        characters=pl.col("text").str.len_chars(),
        evidence=pl.Series(
            [
                _evidence(file, sites.get(site or ""), keys)
                for file, site, keys in frame.select("file", "site", "lines").rows()
            ],
            dtype=pl.String,
        ),
    )
    whole = hashlib.blake2b("".join(evidence["evidence"]).encode(), digest_size=16).hexdigest()
    folder = job.store / "stripped" / f"{job.part}-{whole}"
    tables, stripped_new = _stored_tables(folder), 0
    if tables is None:
        tables, stripped_new = _strip_part(frame, evidence, sites, _earlier_tables(folder), job.settings)
        _store_tables(tables, folder)
    cut_spans = tables["removals"].filter(pl.col("reason") != "unsure").select((pl.col("end") - pl.col("start")).sum())
    counts = {
        "stripped": frame.height,
        "stripped_new": stripped_new,
        "cleaned": tables["cleaned"].height,
        "short": tables["short"].height,
        "removals": tables["removals"].height,
        "characters": evidence["characters"].sum(),
        "characters_kept": tables["cleaned"]["text"].str.len_chars().sum(),
        "characters_cut": cut_spans.item(),
    }
    return Tally([folder.name], Counter(counts), peak_bytes())


def _evidence(file: str, known: SiteLines | None, keys: list[int]) -> str:
    """Return a hash of all that decides how an article is stripped: its file, and the counts of its lines."""
    counts = [(key, known.counts[key]) for key in keys if key in known.counts] if known else []
    # The number of pages is only looked at beside a line that several of them carry.
    content = repr((file, known.pages if known and counts else 0, counts))
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def _stored_tables(folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return the tables of a stripped part, or None where one is missing or damaged."""
    parts = {table: sound_parts(folder / table) for table in STRIPPED}
    if any(len(sound) != 1 for sound in parts.values()):
        return None
    return {table: pl.read_parquet(sound[0]) for table, sound in parts.items()}


def _earlier_tables(folder: Path) -> dict[str, pl.DataFrame] | None:
    """Return the tables of the same part as an earlier run left them, if there are any."""
    for earlier in sorted(folder.parent.glob(f"{folder.name.partition('-')[0]}-*")):
        tables = _stored_tables(earlier)
        if tables is not None:
            return tables
    return None


def _store_tables(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    for table, content in tables.items():
        sound_parts(folder / table)  # a damaged one goes
        write_part(content, folder / table)


def _strip_part(
    frame: pl.DataFrame,
    evidence: pl.DataFrame,
    sites: dict[str, SiteLines],
    earlier: dict[str, pl.DataFrame] | None,
    settings: Settings,
) -> tuple[dict[str, pl.DataFrame], int]:
    """Strip the articles whose evidence is new, take the others from before; return the tables and how many are new."""
    known = earlier["evidence"].join(evidence, on=["id", "evidence"], how="semi") if earlier else evidence.clear()
    new = frame.join(known, on="id", how="anti", maintain_order="left")
    tables = {**_strip_articles(new, sites, settings), "evidence": evidence.join(known, on="id", how="anti")}
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


def _strip_articles(frame: pl.DataFrame, sites: dict[str, SiteLines], settings: Settings) -> dict[str, pl.DataFrame]:
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
        if words < settings.publish.min_words:
            fates.append(_short_fate(article, words, settings))
            claimed = _claim_rest(article, claimed)
        else:
            digest = hashlib.sha256(result.text.encode()).hexdigest()
            made = {"id": article.id, "text": result.text, "words": words, "content_sha256": digest, "missing": False}
            cleaned.append({**row, **made})
        removals.extend(
            {**asdict(claim), "id": article.id, "text": article.text[claim.start : claim.end]} for claim in claimed
        )
    kept = frame_of(cleaned, CLEANED)
    return {
        "cleaned": kept,
        "removals": frame_of(removals, REMOVAL),
        "short": frame_of(fates, FATE),
        "fingerprints": kept.select("id").hstack(fingerprint(kept["text"], config=settings.dedup)),
    }


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
