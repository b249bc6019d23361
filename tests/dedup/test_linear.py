"""Pairs of texts meant to be slow are judged in seconds; benchmarks/speed/worst_cases.py has more of them."""

from collections.abc import Callable
from time import process_time

import pytest

from cleaners.dedup import DedupConfig
from cleaners.dedup.pairs.reading import read_texts
from cleaners.dedup.pairs.verdicts import Known, judge

CONFIG = DedupConfig()
# Each took over 10 s when letters, words or quotations were compared all with all. They take half a second now.
MOST_SECONDS = 4.0
SENTENCE = "harbour master barge cable friday night was cut and nobody hurt there in the dark now so "


def without_stops(changed: str) -> str:
    """Make a megabyte without a stop, with every ninth word changed."""
    return " ".join(f"{changed if number % 9 == 0 else ''}w{number}" for number in range(130_000))


def long_word(letters: str) -> str:
    """Make a short notice with a word of a megabyte."""
    return f"the barge cut the cable on friday night and nobody was hurt {letters * 500_000}"


def long_name(letter: str) -> str:
    """Make an article in which a name has three million letters."""
    return f"{SENTENCE * 3} Mr A{letter * 3_000_000} left. {SENTENCE}"


def marks(other: str) -> str:
    """Make an article with a hundred thousand marks that may begin a quotation and do not end one."""
    return f"{SENTENCE * 3}{'»' * 100_000} {' '.join(f'{other}{number}' for number in range(900))}"


def quotations(other: str) -> str:
    """Make thousands of statements that both texts have, with quotations and other words between them."""
    statements = (" ".join(f"w{number}x{word}" for word in range(18)) for number in range(6_000))
    between = (" ".join(f"{other}{number}x{word}" for word in range(45)) for number in range(6_000))
    quoted = '"a" ' * 60
    return "\n".join(f"{shared} {quoted} {own}" for shared, own in zip(statements, between, strict=True))


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (without_stops, "x", ""),
        (long_word, "ab", "ba"),
        (long_name, "b", "c"),
        (marks, "a", "b"),
        (quotations, "a", "b"),
    ],
)
def test_time_grows_with_the_texts(make: Callable[[str], str], left: str, right: str) -> None:
    """A pair is judged in seconds, however it was made."""
    ours, theirs = read_texts([make(left), make(right)], config=CONFIG)
    start = process_time()
    judge(ours, theirs, Known(), config=CONFIG)
    assert process_time() - start < MOST_SECONDS
