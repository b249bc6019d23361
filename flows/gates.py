"""The gates before publishing: what a run may lose, cut and change, and what happens where it is more."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.errors import UsageError

Action = Literal["off", "warn", "fail"]
# The fates by which a record is lost; duplicates are not, and what is taken down is meant to be.
LOST = ("too_short", "no_text", "unreadable", "unsupported", "too_large", "too_slow", "failed")


class GateError(UsageError):
    """A gate that is set to `fail` is shut; nothing was published."""


def _action(what: str) -> Any:
    return Field(
        default="warn",
        description=f"What a run does if {what}: nothing (off), say so in its log, its summary, its artifact and the "
        "manifest (warn), or publish nothing (fail).",
    )


def _share(default: float, what: str) -> Any:
    return Field(default=default, ge=0, le=1, description=f"share: how many of {what}.")


class GatesConfig(BaseModel):
    """What a run may lose, cut and change; each gate has an action, and a bound beyond which it is shut."""

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
    cut_bound: float = _share(0.4, "the characters of all articles may be cut. On whole pages it is mostly under 0.3")
    fewest: Action = _action("there are too few articles")
    fewest_bound: int = Field(default=1, ge=0, description="articles: how many there must be.")
    drift: Action = _action("there are many more or fewer articles than in the snapshot before")
    drift_bound: float = Field(
        default=0.2,
        ge=0,
        description="share of the articles of the snapshot before: how many more or fewer there may be. Whatever this "
        "says, a corpus that shrinks below publish.min_share is not published.",
    )


def check_gates(gates: GatesConfig, counts: Mapping[str, int], before: int) -> list[str]:
    """Return what to warn of in a snapshot with these counts; `before` are the articles of the one that is current.

    Raises GateError where a gate that is set to `fail` is shut; it names all of these.
    """
    shut: dict[Action, list[str]] = {"off": [], "warn": [], "fail": []}
    for gate, told in _shut(gates, counts, before):
        shut[getattr(gates, gate)].append(f"gates.{gate}: {told}")
    if shut["fail"]:
        raise GateError(f"nothing is published, since gates are set to fail: {'; '.join(shut['fail'])}")
    return shut["warn"]


def _shut(gates: GatesConfig, counts: Mapping[str, int], before: int) -> Iterator[tuple[str, str]]:
    """Yield the gates whose bound is passed, with what was found."""
    records = sum(count for name, count in counts.items() if name.startswith("fate "))
    for fate in LOST:
        lost, bound = counts.get(f"fate {fate}", 0), getattr(gates, f"{fate}_bound")
        if lost > bound * records:
            yield fate, f"{lost:,} of {records:,} records are {fate}, over {bound:.4g} of them"
    cut, characters = counts.get("characters_cut", 0), counts.get("characters", 0)
    if cut > gates.cut_bound * characters:
        yield "cut", f"{cut / characters:.1%} of the characters are cut, over {gates.cut_bound:.1%}"
    if counts["articles"] < gates.fewest_bound:
        yield "fewest", f"{counts['articles']:,} articles, fewer than {gates.fewest_bound:,}"
    change = counts["articles"] - before
    if before and abs(change) > gates.drift_bound * before:
        told = f"{counts['articles']:,} articles, {before:,} in the snapshot before: {change / before:+.1%}"
        yield "drift", f"{told}, over {gates.drift_bound:.1%}"
