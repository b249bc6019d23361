"""Has each stage raise on the record that has the stage's mark in it; Python imports this where it is on its path."""

import sys
from collections.abc import Callable
from typing import Any

import cleaners.dedup.tokens.fingerprints
import cleaners.extract.articles
import cleaners.read.rows
import cleaners.read.whole_files
import cleaners.strip.claims
import cleaners.strip.split  # noqa: F401 - the package's own `split` is the function

SABOTAGED = (
    ("cleaners.read.whole_files", "why_binary", "marked-file", LookupError),
    ("cleaners.read.rows", "looks_like_markup", "marked-row", UnicodeError),
    ("cleaners.extract.articles", "find_language", "marked-extract", RecursionError),
    ("cleaners.strip.split", "lines_of", "marked-split", ZeroDivisionError),
    ("cleaners.strip.claims", "cut", "marked-strip", AssertionError),
    ("cleaners.dedup.tokens.fingerprints", "scan", "marked-fingerprint", MemoryError),
)


def raising(work: Callable[..., Any], mark: str, error: type[Exception]) -> Callable[..., Any]:
    """Return the function, but that it raises where its first argument has the mark in it."""

    def sabotaged(first: Any, *others: Any, **named: Any) -> Any:
        if mark in str(first):
            raise error("as the test will have it")
        return work(first, *others, **named)

    return sabotaged


for module, name, mark, error in SABOTAGED:
    setattr(sys.modules[module], name, raising(getattr(sys.modules[module], name), mark, error))
