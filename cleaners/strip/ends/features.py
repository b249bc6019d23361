"""What is measured at each possible end of an article: form of the lines there, and cohesion of what follows.

The cut is judged before a line, with the run of lines that are not paragraphs (labels, headlines, sources) from there
to the next paragraph, the head. The only wording that counts is how many lines of the run are known closing lines
("cued").

Many articles are measured at once, as numpy takes longer to be called than to count what one article has. Their parts
(headline and lines) stand in one row, and every place below is a number in that row. All that is summed over the row
is a whole number or a multiple of a small power of two, so no sum depends on what else is in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from cleaners.strip.cues import cues, is_closing
from cleaners.strip.rows import running
from cleaners.strip.topic import Part, Topics, introduced_in
from cleaners.text import STOPS, Line, remembered

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating | np.integer]
Places = NDArray[np.intp]

FEATURES = (
    "seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "own_mean", "own_least",
    "title_after", "lead_after", "onward", "known_names", "new_names", "cross", "cross_least",
    "words_before", "words_after", "head_words", "head_quote", "head_sentences", "head_short_opener",
    "before_stopped", "rare_shared", "rare_share",
    "run", "run_briefs", "run_seen", "cut_words", "cut_brief", "cut_open", "to_the_end", "briefs_after",
    "relative_times", "echoes", "bullets", "first_after", "again", "resumed", "run_onward", "cued", "resumes",
    "briefs_before", "runs_before", "runs_after", "numbered",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
# "11 minutes ago", "vor 3 Stunden", "hace 2 días", "il y a 5 h", "13h": a number and at most three words, no more.
RELATIVE_TIME = re.compile(
    r"(?i)\b\d{1,3}\s?(?:s|m|h|d|w|min|mins|minutes?|hours?|hrs?|days?|weeks?|minuten?|stunden?|tage?n?|std|"
    r"minutos?|horas?|d[ií]as?|semanas?|heures?|jours?|semaines?|ore|giorni|uur|dagen)\b"
)


# Of a longer run of lines so many are looked at, and for what lines have in themselves so many.
_RUN = 40
_NEAR = 12
# So many paragraphs after the head are compared with what stands before the cut, if they have so many words.
_AFTER = 8
_LONG_WORDS = 8
# A term of this weight is rare: a name, mostly.
_RARE = 2.0
# Shares that are summed are multiples of this power of two.
_STEPS = 2.0**30
# Keeps the hashes of one article's terms apart from the next one's: the golden ratio's bits, as in Fibonacci hashing.
_APART = 0x1E3779B97F4A7C15
_BULLETS = "-–—•*·"
_QUOTES = "\"“”'‘«„「"


def _ratio(part: Numbers, whole: Numbers) -> Floats:
    """Return the quotients, 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)


@dataclass(frozen=True, slots=True)
class _Row:
    """The parts of all articles in a row, what each is by itself, and the cuts among them.

    A cut is named by the part before it, `cut`; its article has the parts from `first` up to `stop`, headline first.
    `head` is the next paragraph after the cut, `stop` if there is none, and `run` how many parts lie between.
    """

    parts: list[Part]
    lines: list[Line | None]
    forms: dict[str, Floats]
    prose: NDArray[np.bool_]
    title: NDArray[np.bool_]
    article: Places
    bounds: Places
    cut: Places
    first: Places
    stop: Places
    head: Places
    run: Places

    @property
    def has_head(self) -> NDArray[np.bool_]:
        """Say for each cut whether a paragraph follows."""
        return self.head < self.stop


# What a line is by itself, beside what its line says.
_FORMS = ("words", "prose", "brief", "stopped", "open", "quote", "numbered", "bullet", "timed", "closing", "sentences",
          "opening", "resumes")  # fmt: skip


@remembered
def _form(text: str, words: int, stopped: bool) -> tuple[float, ...]:
    """Return what a line's wording and first letter say; cached, as each round of the finders sees most lines again."""
    match = _WORD.match(text)
    return (
        text[0] in _QUOTES,
        text[0].isdigit(),
        text[0] in _BULLETS,
        # "Bake for 35 minutes." is a sentence and no age.
        words <= 8 and not stopped and RELATIVE_TIME.search(text) is not None,
        words <= 12 and is_closing(text),
        min(6, sum(map(text.count, STOPS))),
        len(match.group()) if match else 0,
        match is not None and match.group().casefold() in cues().resume,
    )


def _row(topics: Sequence[Topics], marked: Sequence[frozenset[int]]) -> _Row:
    """Lay the parts of the articles out in a row."""
    lines: list[Line | None] = []
    rows: list[tuple[float, ...]] = []
    none = (0.0,) * len(_FORMS)
    for of_article, known in zip(topics, marked, strict=True):
        lines.append(None)
        rows.append(none)
        for line in of_article.lines:
            form = _form(line.text, line.words, line.stopped)
            if line.words <= 12 and line.end in known:
                form = (*form[:4], True, *form[5:])
            lines.append(line)
            rows.append((line.words, line.prose, line.brief, line.stopped, line.open, *form))
    table = np.array(rows, dtype=np.float64)
    forms = dict(zip(_FORMS, np.ascontiguousarray(table.T), strict=True))
    sizes = np.array([len(of_article.parts) for of_article in topics])
    bounds = np.concatenate(([0], sizes.cumsum()))
    article = np.repeat(np.arange(len(topics)), sizes)
    place = np.arange(len(lines))
    title = np.zeros(len(lines), dtype=bool)
    title[bounds[:-1]] = True
    prose = forms["prose"] > 0
    cut = np.flatnonzero(~title & (place + 1 < bounds[article + 1]))
    first, stop = bounds[article[cut]], bounds[article[cut] + 1]
    heads = np.minimum.accumulate(np.where(prose, place, len(lines))[::-1])[::-1]
    head = np.minimum(heads[cut + 1], stop)
    return _Row(
        parts=[part for of_article in topics for part in of_article.parts],
        lines=lines,
        forms=forms,
        prose=prose,
        title=title,
        article=article,
        bounds=bounds,
        cut=cut,
        first=first,
        stop=stop,
        head=head,
        run=np.minimum(head, cut + 1 + _RUN) - cut - 1,
    )


def end_features(topics: Sequence[Topics], marked: Sequence[frozenset[int]]) -> list[Floats]:
    """Measure each cut of some articles: row i is the cut before line i + 1, a column per name in `FEATURES`.

    All shares are weighed by how rare the words are. `own_mean` is what the paragraphs before the cut share with those
    before them, which is what an article on one thing scores; the first paragraphs after the cut are set against it.
    Lines whose ends are `marked` (other pages of the site carry them) count as known closing lines.
    """
    row = _row(topics, marked)
    columns = {**_cohesion(row), **_forms(row), **_lines(row), **_naming(row)}
    table = np.empty((len(row.cut), len(FEATURES)))
    for number, name in enumerate(FEATURES):
        table[:, number] = columns[name]
    return np.split(table, np.cumsum([max(0, len(of_article.lines) - 1) for of_article in topics])[:-1])


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of all parts, sorted by part and by a place each has, to be summed up to any place.

    `keys` are part * width + place, `order` how they were sorted.
    """

    width: int
    order: Places
    keys: Places

    def sums(self, weights: Floats) -> Floats:
        """Return the running sums of the terms' weights, the first of them 0."""
        return running(weights[self.order])

    def upto(self, parts: Places, places: Places | int) -> Places:
        """Return how many terms there are up to those of the parts with at most these places."""
        return np.searchsorted(self.keys, parts * self.width + places, side="right")


def _sorted_terms(parts: Places, places: Places, width: int) -> _Terms:
    keys = parts * width + places
    order = np.argsort(keys, kind="stable")
    return _Terms(width, order, keys[order])


def _cohesion(row: _Row) -> dict[str, Floats]:
    """Measure what the parts before and after each cut have in common."""
    cut, first, stop, head = row.cut, row.first, row.stop, row.head
    width = len(row.parts)
    terms_of = [part.terms for part in row.parts]
    starts = np.cumsum([0, *map(len, terms_of)])
    weights = np.fromiter(chain.from_iterable(terms.values() for terms in terms_of), np.float64, starts[-1])
    owners = np.repeat(np.arange(width), np.diff(starts))
    # Two of an article's 500 terms have the same hash once in 10^14 articles; the same term of another is another one.
    hashes = np.fromiter(map(hash, chain.from_iterable(terms_of)), np.int64, starts[-1]) + row.article[owners] * _APART
    distinct, number = np.unique(hashes, return_inverse=True)
    # Of several values for one place the last stands.
    opened_at, closed_at = np.empty(len(distinct), dtype=np.intp), np.empty(len(distinct), dtype=np.intp)
    opened_at[number[::-1]] = owners[::-1]
    closed_at[number] = owners
    weight = np.zeros(len(distinct))
    np.maximum.at(weight, number, weights)
    opens, closes = opened_at[number], closed_at[number]

    terms = _sorted_terms(owners, opens, width)
    # Running sums: of all terms, of those that come again later, of the rare ones.
    seen, onward = terms.sums(weights), terms.sums(weights * (closes > owners))
    rare = terms.sums((weights >= _RARE).astype(np.float64))
    totals = seen[starts[1:]] - seen[starts[:-1]]

    # Weights of the terms that open and close in each part: what stands before, after and across a cut follows.
    is_rare = (weight >= _RARE).astype(np.float64)
    opened, closed = (running(np.bincount(at, weight, width)) for at in (opened_at, closed_at))
    rare_opened, rare_closed = (running(np.bincount(at, is_rare, width)) for at in (opened_at, closed_at))
    before = opened[cut + 1] - opened[first]
    gone = closed[cut + 1] - closed[first]
    across, after = before - gone, opened[stop] - opened[first] - gone
    rare_gone = rare_closed[cut + 1] - rare_closed[first]
    rare_across = rare_opened[cut + 1] - rare_opened[first] - rare_gone

    # What the paragraphs before the cut share with those before them.
    words = row.forms["words"]
    told = (words[cut] >= _LONG_WORDS) & (cut > first + 1)
    share = np.round(_ratio(seen[terms.upto(cut, cut - 1)] - seen[starts[cut]], totals[cut]) * _STEPS) / _STEPS
    # Rows of an article begin where its first cut does.
    begin = np.searchsorted(cut, first)
    shares_told, times_told = running(share * told), running(told)
    own_count = times_told[1:] - times_told[begin]
    # Two less for each article, so that the least so far is always its own.
    apart = 2.0 * row.article[cut]
    own_least = np.minimum.accumulate(np.where(told, share, 1.0) - apart) + apart

    is_head = row.has_head
    place = np.minimum(head, stop - 1)
    head_total = np.where(is_head, totals[place], 0.0)
    head_known, head_start, head_stop = terms.upto(place, cut), starts[place], starts[place + 1]
    long = np.flatnonzero(words >= _LONG_WORDS)
    rank = np.searchsorted(long, head)[:, None] + np.arange(_AFTER)
    following = np.append(long, width)[np.minimum(rank, len(long))]
    there = following < stop[:, None]
    following = np.where(there, following, 0)
    shared = np.where(there, seen[terms.upto(following, cut[:, None])] - seen[starts[following]], 0.0)
    whole = np.where(there, totals[following], 0.0)
    shares = _ratio(shared, whole)

    # The lines from the cut to the head, one after the other.
    owner = np.repeat(np.arange(len(cut)), row.run)
    line = np.arange(len(owner)) - np.repeat(row.run.cumsum() - row.run, row.run) + cut[owner] + 1
    run_seen = np.bincount(owner, seen[terms.upto(line, cut[owner])] - seen[starts[line]], len(cut))
    run_total = np.bincount(owner, totals[line], len(cut))
    known = np.where(is_head, rare[head_known] - rare[head_start], 0.0)

    leading = row.title[owners] | row.title[owners - 1]
    later = _sorted_terms(owners[leading], closes[leading], width)
    lead_sums = later.sums(weights[leading])
    told_later = []
    for part in (first, first + 1):
        gone_of_part = lead_sums[later.upto(part, cut)] - lead_sums[later.upto(part, -1)]
        told_later.append(np.where(totals[part] > 0, 1.0 - _ratio(gone_of_part, totals[part]), 0.0))
    return {
        "seen_head": np.where(is_head, _ratio(seen[head_known] - seen[head_start], head_total), 0.0),
        "seen_three": _ratio(shared[:, :3].sum(axis=1), whole[:, :3].sum(axis=1)),
        "seen_rest": _ratio(across, after),
        "seen_most": shares.max(axis=1),
        "seen_mean": _ratio(shares.sum(axis=1), there.sum(axis=1)),
        # With few paragraphs before the cut, what articles score on average (0.25) stands in.
        "own_mean": (shares_told[1:] - shares_told[begin] + 0.5) / (own_count + 2),
        "own_least": np.where(own_count > 0, own_least, 0.25),
        "title_after": told_later[0],
        "lead_after": told_later[1],
        "onward": _ratio(np.where(is_head, onward[head_stop] - onward[head_known], 0.0), head_total),
        "known_names": np.minimum(8.0, known),
        "new_names": np.minimum(12.0, np.where(is_head, rare[head_stop] - rare[head_start], 0.0) - known),
        "cross": _ratio(across, np.sqrt(before * after)),
        "cross_least": _ratio(across, np.minimum(before, after)),
        "rare_shared": np.minimum(12.0, rare_across),
        "rare_share": _ratio(rare_across, rare_opened[stop] - rare_opened[first] - rare_gone),
        "run_seen": _ratio(run_seen, run_total),
        "first_after": _ratio(seen[terms.upto(cut + 1, cut)] - seen[starts[cut + 1]], totals[cut + 1]),
    }


def _forms(row: _Row) -> dict[str, Floats]:
    """Measure the form of the lines before each cut, of those after it, and of the head."""
    forms, cut, first, stop = row.forms, row.cut, row.first, row.stop
    words = forms["words"]
    plain = ~row.prose & ~row.title
    upto, briefs, brief_words = running(words), running(plain), running(words * plain)
    # How many runs of lines that are not paragraphs begin up to each line.
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
        "briefs_after": _ratio(brief_words[stop] - brief_words[cut + 1], words_after),
        "briefs_before": (briefs[cut + 1] - briefs[first]) / (cut - first),
        "runs_before": np.minimum(6.0, runs[cut + 1] - runs[first]),
        "runs_after": np.minimum(6.0, runs[stop] - runs[place + 1]),
        "numbered": forms["numbered"][cut + 1],
        "resumes": np.where(is_head, forms["resumes"][place], 0.0),
    }


def _lines(row: _Row) -> dict[str, Floats]:
    """Measure the run of lines that are not paragraphs from each cut to its head."""
    run = row.run
    near = np.minimum(run, _NEAR)
    # A single known line between two paragraphs is a link; where matter ends there is more of it.
    counted = (run > 1) | ~row.has_head
    return {
        "run": np.minimum(12.0, run),
        "run_briefs": _ratio(_within(row.forms["brief"], row.cut + 1, run), run),
        "relative_times": np.minimum(2.0, _within(row.forms["timed"], row.cut + 1, near)),
        "echoes": _echoes(row, near),
        "bullets": _ratio(_within(row.forms["bullet"], row.cut + 1, near), near),
        "cued": np.where(counted, np.minimum(3.0, _within(row.forms["closing"], row.cut + 1, near)), 0.0),
    }


def _naming(row: _Row) -> dict[str, Floats]:
    """Measure whom the head names as if for the first time, whom as known, and what it tells of the line before it."""
    width = len(row.parts)
    full: list[int] = []
    alone: list[int] = []
    for first, stop in pairwise(row.bounds.tolist()):
        parts = row.parts[first:stop]
        introduced = introduced_in(parts)
        for place, part in enumerate(parts, start=first):
            full += [place * width + first + introduced[name] for name in part.full]
            alone += [place * width + first + introduced[name] for name in part.alone if name in introduced]
    # Where no paragraph follows the headline stands in.
    opening = np.where(row.has_head, row.head, row.first)
    again, resumed = (
        np.searchsorted(keys, opening * width + row.cut, side="right") - np.searchsorted(keys, opening * width)
        for keys in (np.sort(np.array(full, dtype=np.intp)), np.sort(np.array(alone, dtype=np.intp)))
    )
    told = np.zeros(len(row.cut))
    led = np.flatnonzero(row.has_head & (row.run > 0))
    shares = {head: _told(row.parts[head - 1].terms, row.parts[head].terms) for head in {*row.head[led].tolist()}}
    told[led] = [shares[head] for head in row.head[led].tolist()]
    return {"again": np.minimum(3, again), "resumed": np.minimum(3, resumed), "run_onward": told}


def _told(line: dict[str, float], paragraph: dict[str, float]) -> float:
    """Return which share of a line's terms a paragraph has."""
    total = sum(line.values())
    return sum([weight for term, weight in line.items() if term in paragraph]) / total if total else 0.0


def _within(flags: Floats, start: Places, length: Places) -> Floats:
    """Return how many of so many flags from each start on are set."""
    sums = running(flags)
    found: Floats = sums[start + length] - sums[start]
    return found


def _echoes(row: _Row, near: Places) -> Floats:
    """Return how many lines of each run are the same as one before them."""
    echoes = np.zeros(len(row.cut))
    labels = [line.text.lstrip("-–—•*· ").casefold() if line and not line.prose else "" for line in row.lines]
    for number in np.flatnonzero(near > 1).tolist():
        start, length = int(row.cut[number]) + 1, int(near[number])
        echoes[number] = min(2, length - len({*labels[start : start + length]}))
    return echoes
