"""The gates before publishing: how much a run may lose, cut and change, and what happens if it is more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.errors import UsageError
from flows.terminal_text import visible

Action = Literal["off", "warn", "fail"]
# The fates that count as a loss; duplicates do not, and take-downs are intended.
LOST = ("too_short", "no_text", "unreadable", "unsupported", "too_large", "too_slow", "failed")
NAMED = 5  # sites that a warning names, those furthest beyond the bound


@dataclass(frozen=True, slots=True)
class SiteCount:
    """The published articles of a site, kept or not, with their extracted characters and those that were cut."""

    articles: int
    characters: int
    characters_cut: int

    @property
    def cut(self) -> float:
        """The share of the characters that is cut."""
        return _ratio(self.characters_cut, self.characters)


@dataclass(frozen=True, slots=True)
class Measured:
    """What gates look at in a snapshot: its counts, and its sites with enough articles."""

    counts: Mapping[str, int]
    sites: Mapping[str, SiteCount]

    @property
    def cut(self) -> float:
        """The share of all characters that is cut."""
        return _ratio(self.counts.get("characters_cut", 0), self.counts.get("characters", 0))

    def lost(self, fate: str) -> float:
        """Return the share of all records that have a fate."""
        return _ratio(self.counts.get(f"fate {fate}", 0), self.records)

    @property
    def records(self) -> int:
        """The number of records, as the sum of their fates."""
        return sum(count for name, count in self.counts.items() if name.startswith("fate "))


def measured_of(manifest: Mapping[str, Any]) -> Measured:
    """Read what gates look at in a snapshot from its manifest."""
    sites = {site: SiteCount(**counts) for site, counts in manifest.get("sites", {}).items()}
    return Measured(manifest["counts"], sites)


def sites_for_manifest(sites: Mapping[str, SiteCount]) -> dict[str, dict[str, int]]:
    """Return what a manifest keeps of sites, so that the next run can compare."""
    return {site: asdict(counts) for site, counts in sorted(sites.items())}


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


class GateError(UsageError):
    """A gate that is set to `fail` has closed; nothing was published."""


def _action(what: str) -> Any:
    return Field(
        default="warn",
        description=f"What a run does if {what}: nothing (off), say so in its log, its summary, its artifact and the "
        "manifest (warn), or publish nothing (fail).",
    )


def _share(default: float, what: str) -> Any:
    return Field(default=default, ge=0, le=1, description=f"share: how many of {what}.")


def _difference(default: float, what: str, usual: str) -> Any:
    text = f"difference of shares: how far {what} may rise or fall; 0.05 is from 10 % to 15 % or to 5 %."
    return Field(default=default, ge=0, le=1, description=f"{text} {usual}".strip())


class GatesConfig(BaseModel):
    """How much a run may lose, cut and change; each gate has an action and a bound beyond which it closes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    too_short: Action = _action("too many records are too short")
    too_short_bound: float = _share(0.3, "all records may have the fate too_short")
    no_text: Action = _action("too many records have no text")
    no_text_bound: float = _share(0.1, "all records may have the fate no_text")
    unreadable: Action = _action("too many records cannot be read")
    unreadable_bound: float = _share(0.05, "all records may have the fate unreadable")
    unsupported: Action = _action("too many files are of no kind that is read")
    unsupported_bound: float = _share(0.1, "all records may have the fate unsupported")
    too_large: Action = _action("too many records are too large")
    too_large_bound: float = _share(0.01, "all records may have the fate too_large")
    too_slow: Action = _action("too many records take too long")
    too_slow_bound: float = _share(0.01, "all records may have the fate too_slow")
    failed: Action = _action("a stage raises an error on too many records")
    failed_bound: float = _share(0.01, "all records may have the fate failed")
    cut: Action = _action("too much text is cut")
    cut_bound: float = _share(
        0.4,
        "the characters of all articles may be cut. In 1,248 pages as their whole visible text 0.325 are cut, in "
        "newspaper texts 0.043",
    )
    cut_drift: Action = _action("the share of all characters that is cut differs too much from the snapshot before")
    cut_drift_bound: float = _difference(
        0.05, "the share cut", "Between halves of 3,000 articles it differs by less than 0.02."
    )
    site_articles: int = Field(
        default=20,
        ge=1,
        description="articles: how many a site must have for the gates of sites to look at it, in both snapshots where "
        "two are compared.",
    )
    site_cut: Action = _action("too much text of one site is cut")
    site_cut_bound: float = _share(
        0.5, "the characters of one site may be cut. At most 0.2 of any newspaper site with 20 texts or more was cut"
    )
    site_cut_drift: Action = _action(
        "the share of a site's characters that is cut differs too much from the snapshot before"
    )
    site_cut_drift_bound: float = _difference(
        0.15,
        "the share cut of a site",
        "Between halves of a site's articles it differs by less than 0.06 in 19 of 20 cases.",
    )
    lost_drift: Action = _action("the share of records lost to one fate differs too much from the snapshot before")
    lost_drift_bound: float = _difference(0.05, "the share of records with one such fate", "")
    fewest: Action = _action("there are too few articles")
    fewest_bound: int = Field(default=1, ge=0, description="articles: how many there must be.")
    drift: Action = _action("there are many more or fewer articles than in the snapshot before")
    drift_bound: float = Field(
        default=0.2,
        ge=0,
        description="share of the articles of the snapshot before: how many more or fewer there may be. Whatever this "
        "says, a corpus that shrinks below publish.min_share is not published.",
    )


def check_gates(gates: GatesConfig, found: Measured, before: Measured | None) -> list[str]:
    """Return the warnings about a snapshot; `before` is the current one, if there is one.

    Raises GateError if a gate that is set to `fail` closes; the error names all of these.
    """
    shut: dict[Action, list[str]] = {"off": [], "warn": [], "fail": []}
    for gate, message in _shut(gates, found, before):
        shut[getattr(gates, gate)].append(f"gates.{gate}: {message}")
    if shut["fail"]:
        raise GateError(f"nothing is published, since gates are set to fail: {'; '.join(shut['fail'])}")
    return shut["warn"]


def _shut(gates: GatesConfig, found: Measured, before: Measured | None) -> Iterator[tuple[str, str]]:
    """Yield the gates whose bound is exceeded, with what was found."""
    records, articles = found.records, found.counts["articles"]
    for fate in LOST:
        lost, bound = found.counts.get(f"fate {fate}", 0), getattr(gates, f"{fate}_bound")
        if lost > bound * records:
            share = f"{lost / records:.1%} of the records are {fate} ({lost:,} of {records:,})"
            yield fate, f"{share}, more than {100 * bound:.4g}%"
    if found.cut > gates.cut_bound:
        yield "cut", f"{found.cut:.1%} of the characters are cut, more than {gates.cut_bound:.1%}"
    if articles < gates.fewest_bound:
        yield "fewest", f"{articles:,} articles, fewer than {gates.fewest_bound:,}"
    over = [(counts.cut, site) for site, counts in found.sites.items() if counts.cut > gates.site_cut_bound]
    if over:
        named = (f"{site} {cut:.1%} ({found.sites[site].articles:,} articles)" for cut, site in _worst(over))
        more = f"more than {gates.site_cut_bound:.1%} of the characters are cut at these sites"
        yield "site_cut", f"{more}: {_listed(named, over)}"
    if before is not None:
        yield from _drifted(gates, found, before)


def _drifted(gates: GatesConfig, found: Measured, before: Measured) -> Iterator[tuple[str, str]]:
    """Yield the gates of drift whose bound is exceeded, with what was found."""
    articles, had = found.counts["articles"], before.counts["articles"]
    if had and abs(articles - had) > gates.drift_bound * had:
        change = (articles - had) / had
        counts = f"{articles:,} articles, {had:,} in the snapshot before: {change:+.1%}"
        yield "drift", f"{counts}, more than {gates.drift_bound:.1%} apart"
    if _apart(found.cut, before.cut, gates.cut_drift_bound):
        drift = _change(found.cut, before.cut, gates.cut_drift_bound)
        yield "cut_drift", f"the share of characters that is cut is {drift}"
    lost = [(fate, found.lost(fate), before.lost(fate)) for fate in LOST]
    lost_drifted = [
        f"{fate} {_change(now, then, gates.lost_drift_bound)}"
        for fate, now, then in lost
        if _apart(now, then, gates.lost_drift_bound)
    ]
    if lost_drifted:
        yield "lost_drift", f"the share of records lost has changed: {'; '.join(lost_drifted)}"
    shares = {site: (found.sites[site].cut, before.sites[site].cut) for site in found.sites.keys() & before.sites}
    over = [
        (abs(now - then), site) for site, (now, then) in shares.items() if _apart(now, then, gates.site_cut_drift_bound)
    ]
    if over:
        named = (f"{site} {shares[site][0]:.1%}, {shares[site][1]:.1%} before" for _, site in _worst(over))
        more = f"the share that is cut has changed by more than {_points(gates.site_cut_drift_bound)} at these sites"
        yield "site_cut_drift", f"{more}: {_listed(named, over)}"


def _apart(now: float, then: float, bound: float) -> bool:
    return abs(now - then) > bound


def _change(now: float, then: float, bound: float) -> str:
    return f"{now:.1%}, {then:.1%} in the snapshot before, more than {_points(bound)} apart"


def _points(bound: float) -> str:
    return f"{100 * bound:.3g} points"


def _worst(over: list[tuple[float, str]]) -> list[tuple[float, str]]:
    return sorted(over, key=lambda each: (-each[0], each[1]))[:NAMED]


def _listed(names: Iterable[str], over: list[tuple[float, str]]) -> str:
    more = f"; and {len(over) - NAMED:,} more sites" if len(over) > NAMED else ""
    return visible("; ".join(names)) + more
