"""The measures of each possible end of an article: the form of the lines there, and the cohesion of what follows.

A *cut* is a place before a line. From it, a *run* of lines that are not paragraphs (labels, headlines, sources) leads
to the next paragraph, the *head*. The only wording that counts is the number of known closing lines in the run
("cued").
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from cleaners.strip.ends.cohesion import cohesion
from cleaners.strip.ends.row import Floats, Places, Row, ratio, row_of
from cleaners.strip.rows import running
from cleaners.strip.topic import Topics, introduced_in

FEATURES = (
    "seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "own_mean", "own_least",
    "title_after", "lead_after", "onward", "known_names", "new_names", "cross", "cross_least",
    "words_before", "words_after", "head_words", "head_quote", "head_sentences", "head_short_opener",
    "before_stopped", "rare_shared", "rare_share",
    "run", "run_briefs", "run_seen", "cut_words", "cut_brief", "cut_open", "to_the_end", "briefs_after",
    "relative_times", "echoes", "bullets", "first_after", "again", "resumed", "run_onward", "cued", "resumes",
    "briefs_before", "runs_before", "runs_after", "numbered",
)  # fmt: skip
# Only this many lines of a run are looked at by themselves.
_NEAR = 12


def end_features(topics: Sequence[Topics], marked: Sequence[frozenset[int]]) -> list[Floats]:
    """Measure each cut of some articles: row i is the cut before line i + 1, with a column for each of `FEATURES`.

    All shares are weighed by how rare the words are. `own_mean` is the share that paragraphs before the cut have in
    common with those before them, as in an article on one subject; the first paragraphs after the cut are compared
    with it. Lines whose ends are in `marked` (other pages of the site carry them) count as known closing lines.
    """
    row = row_of(topics, marked)
    columns = {**cohesion(row), **_forms(row), **_lines(row), **_naming(row)}
    table = np.empty((len(row.cut), len(FEATURES)))
    for number, name in enumerate(FEATURES):
        table[:, number] = columns[name]
    return np.split(table, np.cumsum([max(0, len(of_article.lines) - 1) for of_article in topics])[:-1])


def _forms(row: Row) -> dict[str, Floats]:
    """Measure the form of the lines before each cut, of those after it, and of the head."""
    forms, cut, first, stop = row.forms, row.cut, row.first, row.stop
    words = forms["words"]
    plain = ~row.prose & ~row.title
    upto, briefs, brief_words = running(words), running(plain), running(words * plain)
    # The number of runs that begin up to each line; a run is lines that are not paragraphs.
    runs = running(plain & np.concatenate(([True], (row.prose | row.title)[:-1])))
    words_before, words_after = upto[cut + 1] - upto[first], upto[stop] - upto[cut + 1]
    is_head = row.has_head
    place = np.minimum(row.head, stop - 1)
    opening = forms["opening"][place]
    return {
        "words_before": np.log1p(words_before),
        "words_after": np.log1p(words_after),
        "head_words": np.where(is_head, np.log1p(words[place]), 0.0),
        "head_quote": np.where(is_head, forms["quote"][place], 0.0),
        "head_sentences": np.where(is_head, forms["sentences"][place], 0.0),
        "head_short_opener": ((opening > 0) & (opening <= 4)).astype(np.float64),
        "before_stopped": forms["stopped"][cut],
        "cut_words": np.log1p(words[cut + 1]),
        "cut_brief": forms["brief"][cut + 1],
        "cut_open": forms["open"][cut + 1],
        "to_the_end": (~is_head).astype(np.float64),
        "briefs_after": ratio(brief_words[stop] - brief_words[cut + 1], words_after),
        "briefs_before": (briefs[cut + 1] - briefs[first]) / (cut - first),
        "runs_before": np.minimum(6.0, runs[cut + 1] - runs[first]),
        "runs_after": np.minimum(6.0, runs[stop] - runs[place + 1]),
        "numbered": forms["numbered"][cut + 1],
        "resumes": np.where(is_head, forms["resumes"][place], 0.0),
    }


def _lines(row: Row) -> dict[str, Floats]:
    """Measure the run of lines that are not paragraphs from each cut to its head."""
    run = row.run
    near = np.minimum(run, _NEAR)
    # A single closing line between two paragraphs is a link; at the end of an article there are several.
    counted = (run > 1) | ~row.has_head
    return {
        "run": np.minimum(12.0, run),
        "run_briefs": ratio(_within(row.forms["brief"], row.cut + 1, run), run),
        "relative_times": np.minimum(2.0, _within(row.forms["timed"], row.cut + 1, near)),
        "echoes": _echoes(row, near),
        "bullets": ratio(_within(row.forms["bullet"], row.cut + 1, near), near),
        "cued": np.where(counted, np.minimum(3.0, _within(row.forms["closing"], row.cut + 1, near)), 0.0),
    }


def _naming(row: Row) -> dict[str, Floats]:
    """Measure whom the head introduces anew, whom it takes as known, and how much it tells of the line before it."""
    width = len(row.parts)
    full: list[int] = []
    alone: list[int] = []
    for first, stop in pairwise(row.bounds.tolist()):
        parts = row.parts[first:stop]
        introduced = introduced_in(parts)
        for place, part in enumerate(parts, start=first):
            full += [place * width + first + introduced[name] for name in part.full]
            alone += [place * width + first + introduced[name] for name in part.alone if name in introduced]
    # Without a head, the headline takes its place.
    opening = np.where(row.has_head, row.head, row.first)
    again, resumed = (
        np.searchsorted(keys, opening * width + row.cut, side="right") - np.searchsorted(keys, opening * width)
        for keys in (np.sort(np.array(full, dtype=np.intp)), np.sort(np.array(alone, dtype=np.intp)))
    )
    onward = np.zeros(len(row.cut))
    with_run = np.flatnonzero(row.has_head & (row.run > 0))
    shares = {
        head: _share_of_terms(row.parts[head - 1].terms, row.parts[head].terms)
        for head in {*row.head[with_run].tolist()}
    }
    onward[with_run] = [shares[head] for head in row.head[with_run].tolist()]
    return {"again": np.minimum(3, again), "resumed": np.minimum(3, resumed), "run_onward": onward}


def _share_of_terms(line: dict[str, float], paragraph: dict[str, float]) -> float:
    """Return the share of a line's terms, by weight, that a paragraph has."""
    total = sum(line.values())
    return sum([weight for term, weight in line.items() if term in paragraph]) / total if total else 0.0


def _within(flags: Floats, start: Places, length: Places) -> Floats:
    """Return the number of set flags in each stretch, given its start and its length."""
    sums = running(flags)
    found: Floats = sums[start + length] - sums[start]
    return found


def _echoes(row: Row, near: Places) -> Floats:
    """Return how many of the lines near each cut repeat an earlier one of them, 2 at most."""
    echoes = np.zeros(len(row.cut))
    labels = [line.text.lstrip("-–—•*· ").casefold() if line and not line.prose else "" for line in row.lines]
    for number in np.flatnonzero(near > 1).tolist():
        start, length = int(row.cut[number]) + 1, int(near[number])
        echoes[number] = min(2, length - len({*labels[start : start + length]}))
    return echoes
