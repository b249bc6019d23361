"""The model of confidence: for each sign a table of steps, whose values add up to log odds.

Two such models, of articles found on pages and of those that came as text, stand in model.json, which
benchmarks/training/confidence.py writes.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cleaners.confidence.signs import PageSigns, TextSigns, text_signs
from cleaners.records import Article, Cleaned, Removal

_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Steps:
    """What one sign adds to the log odds: `values[n]` where it is over the first n of the `bounds`, which rise."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """The log odds that all articles start from, and what each sign adds to them, by its name."""

    start: float
    signs: tuple[tuple[str, Steps], ...]


def read_model(data: Mapping[str, Any], names: Sequence[str]) -> ConfidenceModel:
    """Return a model as its file has it; raises ValueError where it asks for signs that are not measured."""
    unknown = sorted(set(data["signs"]) - set(names))
    if unknown:
        raise ValueError(
            f"the model of confidence was made for other signs ({', '.join(unknown)}): run "
            "benchmarks/training/confidence.py"
        )
    steps = {name: Steps(tuple(table["bounds"]), tuple(table["values"])) for name, table in data["signs"].items()}
    return ConfidenceModel(data["start"], tuple(steps.items()))


@cache
def models() -> tuple[ConfidenceModel, ConfidenceModel]:
    """Return the models of the package: of pages, and of texts."""
    data = json.loads(files("cleaners.confidence").joinpath("model.json").read_text("utf-8"))
    return (
        read_model(data["pages"], (*PageSigns._fields, *TextSigns._fields)),
        read_model(data["texts"], TextSigns._fields),
    )


def log_odds(model: ConfidenceModel, signs: Mapping[str, float]) -> float:
    """Return the log odds that a text with these signs is right."""
    return model.start + sum(steps.values[bisect_left(steps.bounds, signs[name])] for name, steps in model.signs)


def signs_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> dict[str, float]:
    """Return all that is known of an article by name; of one that came as text, nothing of a page."""
    page = PageSigns(*article.page_signs)._asdict() if article.page_signs is not None else {}
    return page | text_signs(article, claims, cleaned)._asdict()


def confidence_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> float:
    """Return how likely an article's text is right, as it was cleaned of these claims.

    Right is a text in which wrong and missing words together are at most 2 % of the article's.
    """
    pages, texts = models()
    odds = log_odds(texts if article.page_signs is None else pages, signs_of(article, claims, cleaned))
    return round(1.0 / (1.0 + math.exp(-odds)), _DIGITS)
