"""A step of a worker on records, within its time: where it fails, the record gets a fate."""

from collections.abc import Callable
from typing import TypeVar

import polars as pl

from cleaners.attempts import attempt
from cleaners.records import Fate
from flows.jobs.time_limits import Begins, DeadlyError, Step, TooSlow, time_limit
from flows.settings import Settings

T = TypeVar("T")

# Several articles together may take `run.page_seconds` for each of these characters; usually they take a quarter of it.
TIMED_CHARACTERS = 1_000_000


def take_step(
    step: Step, work: Callable[[], T], begins: Begins, settings: Settings, *, seconds: float | None = None
) -> T | Fate:
    """Return what `work` gives for a record, or the record's fate if it raises an error, is slow, or a process died.

    It may take `seconds`, or `run.page_seconds` if none are given.
    """
    limit = settings.run.page_seconds
    seconds = limit if seconds is None else seconds
    try:
        begins(step, seconds)
        with time_limit(seconds):
            return attempt(step.stage, step.source, step.record, work)
    except TooSlow:
        message = f"took longer than {limit:g} s to {step.stage} (run.page_seconds)"
        return Fate(step.source, step.record, "too_slow", message)
    except DeadlyError:
        message = f"{step.stage}: a process died of it: it needs more memory than there is"
        return Fate(step.source, step.record, "failed", message)


def seconds_together(articles: pl.DataFrame, settings: Settings) -> float:
    """Return the seconds that a step on some articles may take: those of one article, and more for long texts."""
    if articles.height == 1:
        return settings.run.page_seconds
    characters = int(articles["text"].str.len_chars().sum())
    return settings.run.page_seconds * (1 + characters / TIMED_CHARACTERS)
