"""The content of a snapshot's report, gathered from its published tables: counts of everything, texts of a sample.

Ids are hashes, so the first rows by id are a sample without a pattern, and always the same one. Texts are read once,
for the articles that are shown; everything else comes from columns without texts.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel

from cleaners.dedup import DedupConfig
from cleaners.records import count_words
from flows.folders.clean_folder import MANIFEST
from flows.gates import measured_of
from flows.review.items import MERGED, count_strata, draw, ids_of, items_of, read_candidates
from flows.settings import Settings, differences
from flows.snapshots.published import DamagedSnapshotError, naming_damage, read_manifest
from flows.snapshots.records import STRETCH, Row, example_of, head_of, pair_of, read_records, scan, shortened, stretches
from flows.snapshots.stats import by_rule, by_site, length_of_span, read_articles

SITES = 20  # in a table of sites
FEWEST = 3  # articles that a site needs to be compared with others
COLUMNS = 62  # in a chart over time: two months by day, five years by month
REFUSALS = 5  # records named for each fate without an article
RULES, EXAMPLES = 40, 3  # rules with examples, examples of each
# Articles in the reader: those with the least confidence, with the lowest scores, with suspicions, and any others.
LEAST, LOWEST, SUSPECTED, ANY = 250, 150, 100, 100
LONG = 12_000  # characters; in longer articles, long stretches are shortened
SHORTEST = 60  # characters that are left of each stretch if there are very many
MOST = 6_000_000  # characters in the reader
MESSAGE = 500  # characters of a message
PAIRS = 40  # pairs of each kind
SIZES = ((1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 4, "4"), (5, 9, "5 to 9"), (10, 19, "10 to 19"))
BINS = 20
THRESHOLDS = {
    "share": ("version_min", "grey_min", "headed_min", "contained_min"),
    "jaccard": ("likely_jaccard",),
}


def gather(snapshot: Path, snapshots: Path) -> Row:
    """Return everything that the report of a snapshot shows; `snapshots` is the folder of the earlier ones."""
    manifest = read_manifest(snapshot)
    articles = read_articles(snapshot)
    claims = _claims(snapshot)
    cuts = claims.filter(pl.col("reason") != "unsure")
    pairs = scan(snapshot, "audit/pairs").filter(pl.col("verdict") != "exact").collect()
    chosen = _choose(snapshot, articles, claims)
    shown = read_records(snapshot, chosen["ids"])
    settings = _known(Settings, manifest["settings"])
    config = settings.dedup
    return {
        "run": {name: manifest.get(name) for name in ("run_id", "started", "ended", "versions")},
        "settings_fingerprint": manifest["settings_fingerprint"],
        "counts": manifest["counts"],
        "settings": [{"name": name, "value": json.dumps(v)} for name, v in differences(settings, Settings()).items()],
        "warnings": manifest.get("warnings", []),
        "fates": _fates(snapshot),
        "words": _words(articles, cuts),
        "sites": _sites(articles, cuts),
        "losing": _losing(articles, cuts),
        "time": _over_time(articles),
        "trend": _trend(manifest, snapshot, snapshots),
        "reasons": _reasons(claims),
        "rules": _rules(claims, chosen["examples"], shown),
        "reader": {"of": articles.height, "articles": _reader(chosen["reader"], shown)},
        "clusters": _clusters(articles),
        "similarity": {name: _similarity(pairs, name, config) for name in THRESHOLDS},
        "pairs": {kind: _compare(rows, shown, config) for kind, rows in chosen["pairs"].items()},
        "review": {
            "items": items_of(chosen["review"]["drawn"], shown, config),
            "strata": chosen["review"]["strata"],
        },
    }


def _claims(snapshot: Path) -> pl.DataFrame:
    """Return every claim with its number of words and without its text; read file by file, since texts are large."""
    parts = []
    for file in sorted((snapshot / "audit/removals").glob("*.parquet")):
        frame = pl.read_parquet(file)
        words = pl.Series("words", map(count_words, frame["text"]), dtype=pl.Int64)
        parts.append(frame.drop("text").with_columns(words))
    return pl.concat(parts).with_columns(size=length_of_span())


def _known(model: type[BaseModel], values: Mapping[str, Any]) -> Any:
    """Make settings from those of a snapshot, as far as this version knows them."""
    known = {}
    for name in model.model_fields.keys() & values.keys():
        kind = model.model_fields[name].annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            known[name] = _known(kind, values[name])
        else:
            known[name] = values[name]
    return model.model_validate(known)


def _fates(snapshot: Path) -> list[Row]:
    fates = scan(snapshot, "audit/fates")
    counts = fates.group_by("fate").len("count").sort("count", "fate", descending=[True, False]).collect()
    refused = fates.filter(~pl.col("fate").is_in(["kept", "duplicate"])).sort("id")
    named = refused.group_by("fate", maintain_order=True).head(REFUSALS).collect()
    return [
        {
            **row,
            "examples": _examples_of(named.filter(pl.col("fate") == row["fate"])),
        }
        for row in counts.iter_rows(named=True)
    ]


def _examples_of(fates: pl.DataFrame) -> list[Row]:
    rows = fates.select("source", "record", "message").to_dicts()
    return [{**row, "message": row["message"] and shortened(row["message"], MESSAGE)} for row in rows]


def _words(articles: pl.DataFrame, cuts: pl.DataFrame) -> Row:
    kept, copies = (int(articles.filter(pl.col("kept") == kept)["words"].sum()) for kept in (True, False))
    cut = int(cuts["words"].sum())
    return {"in": kept + copies + cut, "cut": cut, "copies": copies, "kept": kept}


def _by_site(articles: pl.DataFrame, cuts: pl.DataFrame) -> pl.DataFrame:
    """Count by site, with the share of its words that was cut; `articles` are kept ones and duplicates."""
    sites = by_site(articles, cuts.group_by("id").agg(cut=pl.col("words").sum()))
    share = (pl.col("cut") / (pl.col("left") + pl.col("cut"))).fill_nan(0.0)
    return sites.with_columns(articles=pl.col("kept") + pl.col("copies"), share=share)


def _sites(articles: pl.DataFrame, cuts: pl.DataFrame) -> Row:
    sites = _by_site(articles, cuts)
    return {"of": sites.height, "rows": sites.head(SITES).to_dicts()}


def _losing(articles: pl.DataFrame, cuts: pl.DataFrame) -> list[Row]:
    sites = _by_site(articles, cuts).filter((pl.col("articles") >= FEWEST) & (pl.col("cut") > 0))
    return sites.sort("share", "site", descending=[True, False], nulls_last=True).head(SITES).to_dicts()


def _over_time(articles: pl.DataFrame) -> Row:
    """Count articles by day, or by month or year if there are too many days to draw."""
    dated = articles.drop_nulls("published")
    for unit, form in (("day", "%Y-%m-%d"), ("month", "%Y-%m"), ("year", "%Y")):
        when = dated.select("kept", when=pl.col("published").dt.strftime(form))
        rows = when.group_by("when").agg(kept=pl.col("kept").sum(), other=(~pl.col("kept")).sum()).sort("when")
        if rows.height <= COLUMNS or unit == "year":
            break
    return {
        "unit": unit,
        "undated": articles.height - dated.height,
        "earlier": max(0, rows.height - COLUMNS),
        "rows": rows.tail(COLUMNS).to_dicts(),
    }


def _trend(manifest: Row, snapshot: Path, snapshots: Path) -> list[Row]:
    """Return the counts of this snapshot and of the earlier ones that are kept and whole, the newest first."""
    found = []
    for path in sorted(snapshots.glob(f"*/{MANIFEST}"), reverse=True):
        with suppress(DamagedSnapshotError), naming_damage(path.parent):
            other = read_manifest(path.parent)
            if other["run_id"] < manifest["run_id"]:
                found.append(_trend_row(other, path.parent))
    return [_trend_row(manifest, snapshot), *found]


def _trend_row(manifest: Row, snapshot: Path) -> Row:
    measured = measured_of(manifest)
    articles, duplicates = (measured.counts[name] for name in ("articles", "duplicates"))
    words = scan(snapshot, "articles").select(pl.col("words").cast(pl.Int64).sum()).collect().item()
    return {
        "run_id": manifest["run_id"],
        "ended": manifest["ended"],
        "articles": articles,
        "duplicates": duplicates,
        "others": measured.records - articles - duplicates,
        "characters": measured.counts.get("characters", 0),
        "cut": measured.cut,
        "words": words,
        "warnings": manifest.get("warnings", []),
    }


def _counted(claims: pl.DataFrame, *by: str) -> pl.DataFrame:
    words = claims.group_by(*by).agg(words=pl.col("words").sum())
    # Suspicions come last.
    return by_rule(claims, *by).join(words, on=by).sort(pl.col("reason") == "unsure", -pl.col("size"), *by)


def _reasons(claims: pl.DataFrame) -> list[Row]:
    return _counted(claims, "reason").to_dicts()


def _rules(claims: pl.DataFrame, examples: pl.DataFrame, shown: dict[str, Row]) -> Row:
    rules = _counted(claims, "reason", "rule")
    rows = []
    for row in rules.iter_rows(named=True):
        own = examples.filter((pl.col("reason") == row["reason"]) & (pl.col("rule") == row["rule"]))
        rows.append({**row, "examples": [example_of(claim, shown) for claim in own.iter_rows(named=True)]})
    return {"of": rules.height, "with_examples": min(RULES, rules.height), "rows": rows}


def _choose(snapshot: Path, articles: pl.DataFrame, claims: pl.DataFrame) -> Row:
    """Choose what is shown with its text; return it, and the ids of all articles that this needs."""
    visible = claims.filter(pl.col("reason") != "edge")  # an edge is white space
    cuts = visible.filter(pl.col("reason") != "unsure")
    rules = _counted(visible, "reason", "rule").head(RULES).select("reason", "rule")
    of_rules = visible.join(rules, on=["reason", "rule"], how="semi")
    least = of_rules.sort("score", "id", "start").group_by("reason", "rule", maintain_order=True).head(1)
    others = of_rules.join(least, on=["id", "start", "end", "rule"], how="anti").sort("id", "start")
    some = others.group_by("reason", "rule", maintain_order=True).head(EXAMPLES - 1)
    examples = pl.concat([least, some.select(least.columns)])
    tables = [scan(snapshot, table).select("id", "confidence") for table in ("articles", "duplicates")]
    least_sure = pl.concat(tables).sort("confidence", "id").head(LEAST).collect()["id"]
    lowest = cuts.group_by("id").agg(pl.col("score").min()).sort("score", "id").head(LOWEST)["id"]
    suspected = visible.filter(pl.col("reason") == "unsure")["id"].unique().sort().head(SUSPECTED)
    some_ids = articles["id"].sort().head(ANY)
    reader = list(dict.fromkeys([*least_sure, *lowest, *suspected, *some_ids]))

    candidates = read_candidates(snapshot)
    merges, apart = (candidates[kind].drop("stratum") for kind in ("merge", "apart"))
    shown = {
        "merged": merges.sort("containment", "left").head(PAIRS).to_dicts(),
        "apart": apart.sort("containment", "left", "right", descending=[True, False, False]).head(PAIRS).to_dicts(),
    }
    drawn = draw(candidates)
    ids = {*examples["id"], *reader, *ids_of([*shown["merged"], *shown["apart"], *drawn])}
    return {
        "ids": ids,
        "examples": examples,
        "reader": reader,
        "pairs": shown,
        "review": {"drawn": drawn, "strata": count_strata(candidates)},
    }


def _article(row: Row) -> Row:
    """Return an article for the reader: its stretches, and the claims on them."""
    claims = row["claims"]
    parts = stretches(row["extracted"], claims)
    if len(row["extracted"]) > LONG:
        most = min(STRETCH, max(SHORTEST, LONG // len(parts)))
        parts = [(shortened(text, most), owner) for text, owner in parts]
    brief = [
        [claim["reason"], claim["rule"], round(claim["score"], 3), claim["end"] - claim["start"]] for claim in claims
    ]
    scores = [claim["score"] for claim in claims if claim["reason"] not in ("unsure", "edge")]
    lowest = round(min(scores), 3) if scores else None
    return {**head_of(row), "confidence": row["confidence"], "lowest": lowest, "claims": brief, "parts": parts}


def _reader(names: Iterable[str], shown: dict[str, Row]) -> list[Row]:
    """Return the articles of the reader, but not more than a page can hold."""
    articles: list[Row] = []
    size = 0
    for name in names:
        article = _article(shown[name])
        size += sum(len(text) for text, _ in article["parts"])
        if size > MOST:
            break
        articles.append(article)
    return articles


def _clusters(articles: pl.DataFrame) -> list[Row]:
    sizes = articles.filter("kept")["cluster_size"]
    rows = [{"label": label, "count": sizes.is_between(low, high).sum()} for low, high, label in SIZES]
    return [*rows, {"label": "20 and more", "count": int((sizes >= 20).sum())}]


def _similarity(pairs: pl.DataFrame, measure: str, config: DedupConfig) -> Row:
    """Count scored pairs by one measure, merged ones and those that stay apart, and add the thresholds."""
    value = pl.max_horizontal("containment_left", "containment_right") if measure == "share" else pl.col("jaccard")
    at = (value * BINS).floor().clip(0, BINS - 1).cast(pl.Int64)
    counted = (
        pairs.select(at=at, merged=pl.col("verdict").is_in(MERGED))
        .group_by("at")
        .agg(kept=pl.col("merged").sum(), other=(~pl.col("merged")).sum())
    )
    found = {row["at"]: row for row in counted.iter_rows(named=True)}
    none = {"kept": 0, "other": 0}
    rows = [{**none, **found.get(at, none), "when": f"{at / BINS:.2f} to {(at + 1) / BINS:.2f}"} for at in range(BINS)]
    lines: dict[float, list[str]] = {}
    for name in THRESHOLDS[measure]:
        lines.setdefault(getattr(config, name), []).append(name)
    return {"rows": rows, "lines": [{"at": at, "name": ", ".join(names)} for at, names in sorted(lines.items())]}


def _compare(rows: list[Row], shown: dict[str, Row], config: DedupConfig) -> list[Row]:
    return [pair_of(row, shown, config) for row in rows]
