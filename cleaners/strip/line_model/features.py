"""The feature table of the line model: one row for each line of an article, which describes it among its neighbours."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from cleaners.records import find_words
from cleaners.strip.line_model.facts import BASE, CUES, MARKER_WORDS, LineFacts, line_words
from cleaners.strip.rows import FAR, Rows, Table, best_runs, distances, neighbours, rows_of, window_sums
from cleaners.text import Line

# A marker is a short line with at least this share of words of its class.
_MARKER_SHARE = 0.2
# A line that has this share of the headline, and little else, repeats it.
_HEADLINE_COVER = 0.5

_AT = {name: number for number, name in enumerate(BASE)}
# The columns of `BASE` that depend on the other lines.
_AMONG = [_AT[name] for name in (
    "repeats", "repeated", "prefix_repeats", "opening_repeats", "byline_name", "headline_share", "headline_cover",
    "common_share", "core_likeness",
)]  # fmt: skip
_NEIGHBOURED = (
    "chars", "function_share", "end_stop", "capitalised", "digits", "core_likeness", "headline_cover",
    "dense",
)  # fmt: skip
# The neighbours whose columns a line's row includes.
_SHIFTS = (-2, -1, 1, 2)
_SUMMED = ("dense_words", "short", "cues", "function", "dates", "cue_comment", "links", "cue_address", "core_likeness")
_LINK_CUES = ("related", "action", "subscribe", "share")
# Words. A teaser repeats the opening of a line that stands elsewhere.
_OPENING_WORDS = 5
_NAME_WORDS = 6
_REACH = (3, 8, 20, 50)
# A short line of one of these classes marks where comments, links or the text begin; so do a headline, a paragraph and
# an announcing colon. The distance of a line to each is a column.
_MARKERS = ("share", "subscribe", "related", "comment", "legal", "byline", "time")
_MARKS = (*_MARKERS, "headline", "dense", "colon")
FEATURES = (
    *BASE,
    *(f"{name}{shift:+d}" for shift in _SHIFTS for name in (*_NEIGHBOURED, "cues")),
    *(f"{name}_{side}_{reach}" for reach in _REACH for side in ("before", "after") for name in _SUMMED),
    *(f"{side}_{name}" for side in ("since", "until") for name in _MARKS),
    "lines_before", "lines_after", "place", "dense_before", "dense_after", "short_run", "short_run_place",
    "from_core", "to_core_end", "in_core", "colon_lead", "similar_length",
    "dense_total", "lines_total", "short_total", "cues_total", "headlines_total",
)  # fmt: skip
_LOGGED = [_AT["chars"], _AT["words"], _AT["dense"]]
_MARKER_COLUMNS = np.array([CUES.index(name) for name in _MARKERS])
_NEIGHBOUR_COLUMNS = np.array([_AT[name] for name in _NEIGHBOURED])
_LINK_COLUMNS = np.array([_AT[f"cue_{name}"] for name in _LINK_CUES])
# Columns that are summed unchanged; "function" is short for the share of function words.
_PLAIN = {"function": "function_share", "cue_comment": "cue_comment", "cue_address": "cue_address"}
_PLAIN |= {"core_likeness": "core_likeness"}
_PLAIN_AT = np.array([_SUMMED.index(name) for name in _PLAIN])
_PLAIN_COLUMNS = np.array([_AT[name] for name in _PLAIN.values()])


# For each article: its lines, their properties, and its headline.
Articles = Sequence[tuple[Sequence[Line], Sequence[LineFacts], str | None]]


def _base(articles: Articles, rows: Rows) -> Table:
    """Return the columns of `BASE`: the properties of each line by itself, and among all lines of its text."""
    cells = b"".join([line.cells for _, facts, _ in articles for line in facts])
    table = np.frombuffer(cells, dtype=np.float32).reshape(rows.bounds[-1], -1).copy()
    table[:, _AMONG] = [cell for _, facts, headline in articles for cell in _among(facts, headline)]
    return table


def _among(facts: Sequence[LineFacts], headline: str | None) -> Iterator[tuple[float, ...]]:
    """Yield, for each line of an article, its columns `_AMONG` the others."""
    function_words = line_words()[0]
    # If no headline is known, the first line is the best guess.
    heading = frozenset(find_words((headline or "").lower()) or facts[0].words)
    prefixes = [line.words[:2] for line in facts]
    longer = [line.words[:_OPENING_WORDS] if len(line.words) >= _OPENING_WORDS else () for line in facts]
    totals, pairs, openings = Counter([line.folded for line in facts]), Counter(prefixes), Counter(longer)
    names = {name for line in facts for name in line.names}
    paragraphs = [line.distinct for line in facts if line.dense]
    spread = Counter(chain.from_iterable(paragraphs))
    # Words that a quarter of the paragraphs have are function words of the language.
    floor = max(3.0, 0.25 * len(paragraphs))
    common = {word for word, count in spread.items() if count >= floor}
    uncommon = common - function_words
    again = {word for word, count in spread.items() if count > 1}
    seen: set[str] = set()
    for row, prefix, opening in zip(facts, prefixes, longer, strict=True):
        words, size = row.words, len(row.words) or 1
        content = row.content
        if not uncommon.isdisjoint(row.distinct):
            content = tuple([word for word in content if word not in common])
        elsewhere = again if row.dense else spread
        near = not heading.isdisjoint(row.distinct)
        yield (
            min(totals[row.folded] - 1, 5), row.folded in seen,
            min(pairs[prefix] - 1, 9) if len(words) > 1 else 0,
            opening != () and openings[opening] > 1,
            sum([word in names for word in words[:_NAME_WORDS]]) if names and len(words) > 1 else 0,
            sum([word in heading for word in words]) / size if near else 0.0,
            len(heading & row.distinct) / (len(heading) or 1) if near else 0.0,
            sum([word in common for word in words]) / size,
            sum([word in elsewhere for word in content]) / (len(content) or 1),
        )  # fmt: skip
        seen.add(row.folded)


def line_features(articles: Articles) -> Table:
    """Return the feature table of some articles: a row for each line of each, a column for each of `FEATURES`.

    An article is given as its lines (at least one), their properties and its headline. Many are measured at once, since
    calling numpy takes longer than counting the lines of one article.
    """
    rows = rows_of([len(lines) for lines, _, _ in articles])
    index, start, stop, count = rows.index, rows.start, rows.stop, rows.count
    base = _base(articles, rows)
    dense = base[:, _AT["dense"]].copy()
    is_dense = dense > 0
    cue_shares = base[:, _AT["cue_share"] :]
    markers = (cue_shares[:, _MARKER_COLUMNS] >= _MARKER_SHARE) & (base[:, [_AT["words"]]] <= MARKER_WORDS)
    cues = cue_shares.sum(axis=1)
    base[:, _LOGGED] = np.log1p(base[:, _LOGGED])

    near = np.concatenate((base[:, _NEIGHBOUR_COLUMNS], cues[:, None]), axis=1)
    shifted = [neighbours(near, rows, shift, -1.0) for shift in _SHIFTS]
    steps = [np.abs(near[:, 0] - shifted[_SHIFTS.index(side)][:, 0]) for side in (-1, 1)]

    summed = np.empty((len(base), len(_SUMMED)), dtype=np.float32)
    summed[:, _PLAIN_AT] = base[:, _PLAIN_COLUMNS]
    summed[:, 0], summed[:, 1], summed[:, 2] = dense, ~is_dense, cues
    summed[:, _SUMMED.index("dates")] = np.maximum(base[:, _AT["clock"]], base[:, _AT["cue_time"]])
    summed[:, _SUMMED.index("links")] = base[:, _LINK_COLUMNS].sum(axis=1)

    headlines = base[:, _AT["headline_cover"]] * base[:, _AT["headline_share"]] >= _HEADLINE_COVER
    marks = np.empty((len(base), len(_MARKS)), dtype=bool)
    marks[:, : len(_MARKERS)] = markers
    for number, column in enumerate((headlines, is_dense, base[:, _AT["end_colon"]] > 0), start=len(_MARKERS)):
        marks[:, number] = column
    since, until = distances(marks, rows)
    at_dense, at_colon = _MARKS.index("dense"), _MARKS.index("colon")
    # A paragraph ends a run of short lines.
    run = np.where(is_dense, 0, since[:, at_dense] + until[:, at_dense] - 1)
    dense_since, colon_since = since[:, at_dense], since[:, at_colon]

    total = rows.sums(dense)
    passed = rows.until(dense)
    first, last = best_runs(np.where(is_dense, np.minimum(dense, 60) + 5, -6), rows)
    columns = (
        np.minimum(index - start, 300), np.minimum(stop - 1 - index, 300), (index - start) / np.maximum(1, count - 1),
        (passed - dense) / np.maximum(total, 1), (total - passed) / np.maximum(total, 1),
        np.minimum(run, 200), np.where(is_dense, 0, np.minimum(dense_since, 200)),
        np.minimum(np.maximum(index - first, -50), 50), np.minimum(np.maximum(last - index, -50), 50),
        (index >= first) & (index <= last),
        np.where(colon_since <= dense_since, np.minimum(colon_since, FAR), -1),
        steps[0] + steps[1],
        np.maximum(total, 1), count, rows.sums(~is_dense) / count, rows.sums(cues) / count, rows.sums(headlines),
    )  # fmt: skip
    placed = np.empty((len(base), len(FEATURES) - FEATURES.index("lines_before")), dtype=np.float32)
    for number, column in enumerate(columns):
        placed[:, number] = column
    apart = np.minimum(np.concatenate((since, until), axis=1), FAR)
    return np.concatenate((base, *shifted, window_sums(summed, rows, _REACH), apart, placed), axis=1, dtype=np.float32)
