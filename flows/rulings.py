"""Rulings: what people have decided on articles, whatever a run finds; their files, and the records they are about.

The files are TOML. Commands write them, and people may edit and version them; they are not in the store.
"""

import fcntl
import os
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from cleaners.dedup.pairs.addresses import with_addresses
from cleaners.read import names_a_file
from flows.described_settings import toml_value
from flows.errors import UsageError
from flows.folders.files import replace_file
from flows.settings import PublishConfig, Settings
from flows.tables import ARTICLE, write_frame
from flows.terminal_text import visible

KINDS = ("url", "site", "source", "id")
# The kinds of rulings, each in words: never publish it; cut nothing from it; merge it with nothing.
WHAT = {"takedown": "taken down", "cuts": "exempt from cuts", "merge": "exempt from merging"}
KEYS = {name: ARTICLE[name] for name in ("id", "source", "record", "url", "site", "published")}
EXEMPT = "exempt"  # the folder in staging with the records that are exempt: `cuts.parquet`, `merge.parquet`
NAMED = 5  # targets that a message names
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling on the records that a target names; `kind` says what the target is: a source, a site, a URL or an id.

    `rule` limits an exemption from cuts to those of one rule; if it is empty, the exemption is from all cuts.
    """

    what: str
    kind: str
    target: str
    reason: str
    added: str
    rule: str = ""

    @property
    def in_words(self) -> str:
        """The ruling in words."""
        return ruling_in_words(self.what, self.rule)

    @property
    def about(self) -> tuple[str, str, str, str]:
        """The key of the ruling; a file has only one for each key."""
        return self.what, self.kind, self.target, self.rule


def ruling_in_words(what: str, rule: str = "") -> str:
    """Return a ruling in words, on the cuts of one rule or of all."""
    return f"{WHAT[what]} by {rule}" if rule else WHAT[what]


def rulings_file(clean: Path, settings: Settings, name: str) -> Path:
    """Return the file that `publish.takedowns` or `publish.exemptions` names; a relative path is below `clean`."""
    named: str = getattr(settings.publish, name)
    return clean.absolute() / named


def read_rulings(clean: Path, settings: Settings, name: str) -> tuple[Ruling, ...]:
    """Return the rulings of a file; raise UsageError if it is wrong, or if a setting names it and it does not exist.

    If a wrong or missing file were ignored, articles that were taken down would be published again.
    """
    path = rulings_file(clean, settings, name)
    if not path.exists() and getattr(settings.publish, name) == PublishConfig.model_fields[name].default:
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if others := set(content) - {"ruling"}:
            raise ValueError(f"unknown {', '.join(sorted(others))}; each ruling stands under [[ruling]]")
        rulings = tuple(_ruling(row) for row in content.get("ruling", []))
        _check_addresses(rulings)
        return rulings
    except OSError as error:
        raise UsageError(f"cannot read {path} (publish.{name}): {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:  # not TOML or UTF-8, or not the keys of a ruling
        keys = ", ".join(field.name for field in fields(Ruling))
        raise UsageError(f"{path} (publish.{name}) holds no rulings with {keys}: {error}") from error


def _ruling(row: dict[str, Any]) -> Ruling:
    if row["what"] not in WHAT or row["kind"] not in KINDS:
        raise ValueError(f"what = {row['what']!r}, kind = {row['kind']!r}")
    if not all(isinstance(value, str) for value in row.values()):
        raise ValueError("each value is a text")
    if row.get("rule") and row["what"] != "cuts":
        raise ValueError(f"rule = {row['rule']!r} beside what = {row['what']!r}; only cuts have rules")
    return Ruling(**row)


def _check_addresses(rulings: Iterable[Ruling]) -> None:
    """Raise ValueError for the address of a site's front page, which names no article and so would match nothing."""
    urls = [ruling.target for ruling in rulings if ruling.kind == "url"]
    for target in _addresses(urls).filter(pl.col("address").is_null())["url"]:
        raise ValueError(f"{target} is the address of a site, not of a page: name the site without https://")


def write_rulings(path: Path, rulings: Iterable[Ruling]) -> None:
    """Replace the rulings of a file in one step; raise UsageError if that fails."""
    lines = ["# What `winnow takedown` and `winnow restore` were told. Each run reads it; it may be edited."]
    for ruling in rulings:
        told = {key: value for key, value in asdict(ruling).items() if value or key != "rule"}
        lines += ["", "[[ruling]]", *(f"{key} = {toml_value(value)}" for key, value in told.items())]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, "\n".join(lines) + "\n")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def added_now() -> str:
    """Return the time for the field `added` of a ruling that is made now."""
    return f"{datetime.now(UTC):%F %T} UTC"


def rule(
    what: Sequence[str], targets: Iterable[str], reason: str, known: pl.DataFrame, rules: Sequence[str] = ()
) -> list[Ruling]:
    """Return the rulings on some targets; `known` are the published records, which tell what kind a target is.

    `rules` limits exemptions from cuts to those of these rules; without any, they are from all cuts.
    """
    added = added_now()
    made = []
    for target in dict.fromkeys(targets):
        kind = _kind(target, known)
        named = _as_kind(kind, target)
        if not named.strip("./"):
            raise UsageError(f"{target!r} names no article: name a file or folder below raw, a page, a site or an id")
        made += [
            Ruling(name, kind, named, reason, added, only)
            for name in what
            for only in (rules if rules and name == "cuts" else [""])
        ]
    try:
        _check_addresses(made)
    except ValueError as error:
        raise UsageError(visible(str(error))) from error
    return made


def _kind(target: str, known: pl.DataFrame) -> str:
    """Tell what kind a target is: by what is published, or else by its form.

    Raises UsageError if nothing published matches and the form fits both a file and a site, or is that of a path that
    does not begin below the raw folder, since the ruling would match nothing.
    """
    if target.startswith("./"):
        return "source"
    if target.startswith(("http://", "https://")):
        return "url"
    if len(target) == 16 and set(target) <= _HEX:
        return "id"
    for kind in ("source", "site", "url"):
        if rule_matches(known, [Ruling("takedown", kind, _as_kind(kind, target), "", "")]).height:
            return kind
    if "." not in target or "/" in target:
        _check_below_raw(target, known)
        return "source"
    if names_a_file(target) and not target.startswith("www."):
        told = f"{target} may be a file or a site, and nothing published tells which: write ./{target} for the file"
        raise UsageError(visible(f"{told}, www.{target} for the site"))
    return "site"


def _check_below_raw(target: str, known: pl.DataFrame) -> None:
    """Raise UsageError for a path that does not begin below raw, and for one that may be the address of a page."""
    parts = target.split("/")
    if "." in parts[0].strip(".") and parts[1:] and "://" not in target and not _is_known(parts[0], known):
        told = f"{target} may be a file or a page, and nothing published tells which: write ./{target} for the file"
        raise UsageError(visible(f"{told}, https://{target} for the page"))
    end = next((end for at in range(1, len(parts)) if _is_known(end := "/".join(parts[at:]), known)), None)
    is_elsewhere = target.startswith("/") or "://" in target
    if end or is_elsewhere:
        meant = f", {end}" if end else ""
        new = "" if is_elsewhere else f", or write ./{target} if it is still to come"
        raise UsageError(
            visible(f"nothing published comes from {target}: give its path below the raw folder{meant}{new}")
        )


def _is_known(source: str, known: pl.DataFrame) -> bool:
    return bool(rule_matches(known, [Ruling("takedown", "source", source, "", "")]).height)


def _as_kind(kind: str, target: str) -> str:
    if kind == "site":
        return target.lower().removeprefix("www.").rstrip("/")
    return target.removeprefix("./").rstrip("/") if kind == "source" else target


def rule_matches(records: pl.DataFrame, rulings: Sequence[Ruling]) -> pl.DataFrame:
    """Return the `id` of the records that rulings match, and the `reason` of the first ruling with its target.

    `records` has the columns of `KEYS`. A source matches a file or a folder, and a site its subdomains too.
    """
    found = [records.select("id", reason=pl.lit(None, pl.String)).clear()]
    for kind in KINDS:
        reasons = {
            _as_kind(kind, ruling.target): _reason(ruling) for ruling in reversed(rulings) if ruling.kind == kind
        }
        if reasons:
            keys = _keys(records, kind, list(reasons))
            wanted = pl.DataFrame({"key": _wanted(kind, list(reasons)), "reason": list(reasons.values())})
            found.append(keys.join(wanted.drop_nulls("key"), on="key").select("id", "reason"))
    return pl.concat(found).unique("id", keep="first", maintain_order=True)


def stage_exempt(records: pl.DataFrame, rulings: Sequence[Ruling], what: str, staging: Path) -> pl.DataFrame:
    """Stage the records that are exempt from cuts or from merging, and return them: `id`, `reason` and `rule`.

    A record that is exempt from all cuts has one row; one that is exempt from the cuts of some rules has one for each.
    """
    about = [ruling for ruling in rulings if ruling.what == what]
    of_rule = [
        rule_matches(records, [each for each in about if each.rule == name]).with_columns(rule=pl.lit(name))
        for name in sorted({"", *(ruling.rule for ruling in about)})
    ]
    found = pl.concat([of_rule[0], *(some.join(of_rule[0], on="id", how="anti") for some in of_rule[1:])])
    write_frame(found, staging / EXEMPT / f"{what}.parquet")
    return found


def _reason(ruling: Ruling) -> str:
    return f"{ruling.reason} ({ruling.kind} {ruling.target})"


def _wanted(kind: str, targets: list[str]) -> pl.Series:
    return _addresses(targets)["address"] if kind == "url" else pl.Series(targets, dtype=pl.String)


def _addresses(urls: Sequence[str]) -> pl.DataFrame:
    rows = pl.DataFrame({"url": urls}, schema={"url": pl.String})
    return with_addresses(rows.with_columns(site=pl.lit(None, pl.String), published=pl.lit(None, pl.Date)))


def _keys(records: pl.DataFrame, kind: str, targets: list[str]) -> pl.DataFrame:
    """Return a row for each key that may name a record: `id`, `key`."""
    if kind == "url":
        return with_addresses(records).select("id", key="address").drop_nulls()
    if kind == "id":
        return records.select("id", key="id")
    column, parting = ("source", "/") if kind == "source" else ("site", ".")
    values = records[column].drop_nulls().unique()
    names = set(targets)
    rows = [(value, key) for value in values for key in _above(value, parting, kind) if key in names]
    pairs = pl.DataFrame(rows, schema={column: pl.String, "key": pl.String}, orient="row")
    return records.select("id", column).join(pairs, on=column).select("id", "key")


def _above(value: str, parting: str, kind: str) -> Iterable[str]:
    """Yield a source and the folders that contain it, or a site and the domains above it."""
    yield value
    parts = value.split(parting)
    for at in range(1, len(parts)):
        yield parting.join(parts[:at] if kind == "source" else parts[at:])


def published_records(snapshot: Path | None) -> pl.DataFrame:
    """Return the records of a snapshot that targets may name; records that were not published only have a source."""
    columns = {**KEYS, "title": pl.String(), "cluster_id": pl.String()}
    if snapshot is None:
        return pl.DataFrame(schema=columns)
    tables = [pl.scan_parquet(snapshot / table / "*.parquet").select(*columns) for table in ("articles", "duplicates")]
    published = pl.concat(tables).collect()
    fates = pl.read_parquet(snapshot / "audit/fates/*.parquet", columns=["id", "source", "record"])
    others = fates.join(published, on="id", how="anti")
    return pl.concat([published, others], how="diagonal").select(*columns)


def add_rulings(clean: Path, settings: Settings, name: str, new: Sequence[Ruling]) -> Path:
    """Add rulings to a file, replacing those with the same key; return the file."""
    given = {ruling.about for ruling in new}
    path = rulings_file(clean, settings, name)
    with _one_writer(clean):
        before = read_rulings(clean, settings, name) if path.exists() else ()
        kept = [ruling for ruling in before if ruling.about not in given]
        write_rulings(path, [*kept, *new])
    return path


def undo_rulings(
    clean: Path,
    settings: Settings,
    name: str,
    targets: Sequence[str],
    what: Sequence[str],
    rules: Sequence[str] = (),
) -> list[Ruling]:
    """Remove the rulings on some targets from a file and return them; raise UsageError if a target has none.

    If `rules` are given, only exemptions from the cuts of these rules are removed.
    """
    with _one_writer(clean):
        rulings = read_rulings(clean, settings, name)
        gone = _rulings_on(rulings, targets, what, rules)
        write_rulings(rulings_file(clean, settings, name), [ruling for ruling in rulings if ruling not in gone])
    return gone


def _rulings_on(
    rulings: Sequence[Ruling], targets: Sequence[str], what: Sequence[str], rules: Sequence[str]
) -> list[Ruling]:
    """Return the rulings on some targets; raise UsageError if a target has none."""
    chosen: list[Ruling] = []
    for target in dict.fromkeys(targets):
        of_target = [each for each in rulings if _as_kind(each.kind, each.target) == _as_kind(each.kind, target)]
        found = [each for each in of_target if each.what in what and (not rules or each.rule in rules)]
        if of_target and not found:
            asked = " or ".join(ruling_in_words(name, only) for name in what for only in rules or [""])
            there = ", ".join(sorted({ruling.in_words for ruling in of_target}))
            raise UsageError(visible(f"{target!r} is not {asked}, but {there}"))
        if not found:
            others = sorted({ruling.target for ruling in rulings})
            more = [f"{len(others) - NAMED:,} more"] if len(others) > NAMED else []
            there = ", ".join([*others[:NAMED], *more]) or "none"
            raise UsageError(visible(f"nothing is ruled on {target!r}; there are rulings on: {there}"))
        chosen += [ruling for ruling in found if ruling not in chosen]
    return chosen


@contextmanager
def _one_writer(clean: Path) -> Iterator[None]:
    """Make other commands that change the rulings of a clean folder wait, so that no change is lost."""
    try:
        clean.mkdir(parents=True, exist_ok=True)
        lock = os.open(clean / ".rulings.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"cannot write to {error.filename}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
