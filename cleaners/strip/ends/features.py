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


# Lines of a run that are compared with the article, and lines whose own form is counted; the rest are not looked at.
_RUN = 40
_NEAR = 12
# Parts from the head on that are compared with what stands before the cut, and the words a part must have to count.
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
class _Sorted:
    """Terms sorted by part and by a place each has, to be summed up to any place; `keys` are part * width + place."""

    width: int
    order: Places
    keys: Places

    def sums(self, weights: Floats) -> Floats:
        """Return the running sums of the terms' weights, the first of them 0."""
        return running(weights[self.order])

    def upto(self, parts: Places, places: Places | int) -> Places:
        """Return how many terms there are up to those of the parts with at most these places."""
        return np.searchsorted(self.keys, parts * self.width + places, side="right")


def _sorted(parts: Places, places: Places, width: int) -> _Sorted:
    keys = parts * width + places
    order = np.argsort(keys, kind="stable")
    return _Sorted(width, order, keys[order])


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of all parts, one after the other, and the distinct terms of each article.

    Part p has the terms from `starts[p]` up to `starts[p + 1]`; each has a weight, the part that has it, and the parts
    of its article that have it first and last. A distinct term has the largest of its weights.
    """

    starts: Places
    weights: Floats
    part: Places
    first_part: Places
    last_part: Places
    distinct_weights: Floats
    distinct_first: Places
    distinct_last: Places


def _terms(row: _Row) -> _Terms:
    terms_of = [part.terms for part in row.parts]
    starts = np.cumsum([0, *map(len, terms_of)])
    weights = np.fromiter(chain.from_iterable(terms.values() for terms in terms_of), np.float64, starts[-1])
    part = np.repeat(np.arange(len(terms_of)), np.diff(starts))
    # Two of an article's 500 terms have the same hash once in 10^14 articles; the same term of another is another one.
    hashes = np.fromiter(map(hash, chain.from_iterable(terms_of)), np.int64, starts[-1]) + row.article[part] * _APART
    distinct, number = np.unique(hashes, return_inverse=True)
    # Of several values for one place the last stands.
    first, last = np.empty(len(distinct), dtype=np.intp), np.empty(len(distinct), dtype=np.intp)
    first[number[::-1]] = part[::-1]
    last[number] = part
    heaviest = np.zeros(len(distinct))
    np.maximum.at(heaviest, number, weights)
    return _Terms(starts, weights, part, first[number], last[number], heaviest, first, last)


@dataclass(frozen=True, slots=True)
class _Known:
    """How much of each part stands before any place, by weight: `sums` are running sums over `by_first_part`."""

    terms: _Terms
    by_first_part: _Sorted
    sums: Floats
    totals: Floats

    def before(self, parts: Places, places: Places) -> Floats:
        """Return the weight of what the parts share with the parts up to these places."""
        found: Floats = self.sums[self.by_first_part.upto(parts, places)] - self.sums[self.terms.starts[parts]]
        return found


def _cohesion(row: _Row) -> dict[str, Floats]:
    """Measure what the parts before and after each cut have in common."""
    terms = _terms(row)
    by_first_part = _sorted(terms.part, terms.first_part, len(row.parts))
    sums = by_first_part.sums(terms.weights)
    known = _Known(terms, by_first_part, sums, sums[terms.starts[1:]] - sums[terms.starts[:-1]])
    return {
        **_across(row, terms),
        **_before(row, known),
        **_of_head(row, known),
        **_after_head(row, known),
        **_of_run(row, known),
        **_told_later(row, known),
    }


def _across(row: _Row, terms: _Terms) -> dict[str, Floats]:
    """Measure which terms stand on both sides of each cut, by the parts in which each term opens and closes."""
    cut, first, stop, width = row.cut, row.first, row.stop, len(row.parts)
    weight, is_rare = terms.distinct_weights, (terms.distinct_weights >= _RARE).astype(np.float64)
    places = (terms.distinct_first, terms.distinct_last)
    opened, closed = (running(np.bincount(at, weight, width)) for at in places)
    rare_opened, rare_closed = (running(np.bincount(at, is_rare, width)) for at in places)
    before = opened[cut + 1] - opened[first]
    gone = closed[cut + 1] - closed[first]
    across, after = before - gone, opened[stop] - opened[first] - gone
    rare_gone = rare_closed[cut + 1] - rare_closed[first]
    rare_across = rare_opened[cut + 1] - rare_opened[first] - rare_gone
    return {
        "seen_rest": _ratio(across, after),
        "cross": _ratio(across, np.sqrt(before * after)),
        "cross_least": _ratio(across, np.minimum(before, after)),
        "rare_shared": np.minimum(12.0, rare_across),
        "rare_share": _ratio(rare_across, rare_opened[stop] - rare_opened[first] - rare_gone),
    }


def _before(row: _Row, known: _Known) -> dict[str, Floats]:
    """Measure what the paragraphs before each cut share with those before them."""
    cut, first = row.cut, row.first
    counted = (row.forms["words"][cut] >= _LONG_WORDS) & (cut > first + 1)
    share = np.round(_ratio(known.before(cut, cut - 1), known.totals[cut]) * _STEPS) / _STEPS
    # Rows of an article begin where its first cut does.
    begin = np.searchsorted(cut, first)
    shares, times = running(share * counted), running(counted)
    count = times[1:] - times[begin]
    # Two less for each article, so that the least so far is always its own.
    apart = 2.0 * row.article[cut]
    least = np.minimum.accumulate(np.where(counted, share, 1.0) - apart) + apart
    return {
        # With few paragraphs before the cut, what articles score on average (0.25) stands in.
        "own_mean": (shares[1:] - shares[begin] + 0.5) / (count + 2),
        "own_least": np.where(count > 0, least, 0.25),
    }


def _of_head(row: _Row, known: _Known) -> dict[str, Floats]:
    """Measure what the head shares with what stands before the cut, and with what stands after the head."""
    terms, by_first_part = known.terms, known.by_first_part
    place = np.minimum(row.head, row.stop - 1)
    start, stop, shared = terms.starts[place], terms.starts[place + 1], by_first_part.upto(place, row.cut)
    onward = by_first_part.sums(terms.weights * (terms.last_part > terms.part))
    rare = by_first_part.sums((terms.weights >= _RARE).astype(np.float64))
    total = np.where(row.has_head, known.totals[place], 0.0)
    names = np.where(row.has_head, rare[shared] - rare[start], 0.0)
    return {
        "seen_head": np.where(row.has_head, _ratio(known.sums[shared] - known.sums[start], total), 0.0),
        "onward": _ratio(np.where(row.has_head, onward[stop] - onward[shared], 0.0), total),
        "known_names": np.minimum(8.0, names),
        "new_names": np.minimum(12.0, np.where(row.has_head, rare[stop] - rare[start], 0.0) - names),
    }


def _after_head(row: _Row, known: _Known) -> dict[str, Floats]:
    """Measure what the head and the long parts after it share with what stands before the cut."""
    long = np.flatnonzero(row.forms["words"] >= _LONG_WORDS)
    rank = np.searchsorted(long, row.head)[:, None] + np.arange(_AFTER)
    following = np.append(long, len(row.parts))[np.minimum(rank, len(long))]
    there = following < row.stop[:, None]
    following = np.where(there, following, 0)
    shared = np.where(there, known.before(following, row.cut[:, None]), 0.0)
    whole = np.where(there, known.totals[following], 0.0)
    shares = _ratio(shared, whole)
    return {
        "seen_three": _ratio(shared[:, :3].sum(axis=1), whole[:, :3].sum(axis=1)),
        "seen_most": shares.max(axis=1),
        "seen_mean": _ratio(shares.sum(axis=1), there.sum(axis=1)),
    }


def _of_run(row: _Row, known: _Known) -> dict[str, Floats]:
    """Measure what the lines from each cut to its head share with what stands before the cut."""
    cut, count = row.cut, len(row.cut)
    owner = np.repeat(np.arange(count), row.run)
    line = np.arange(len(owner)) - np.repeat(row.run.cumsum() - row.run, row.run) + cut[owner] + 1
    seen = np.bincount(owner, known.before(line, cut[owner]), count)
    return {
        "run_seen": _ratio(seen, np.bincount(owner, known.totals[line], count)),
        "first_after": _ratio(known.before(cut + 1, cut), known.totals[cut + 1]),
    }


def _told_later(row: _Row, known: _Known) -> dict[str, Floats]:
    """Measure how much of the headline and of the first line is told after each cut."""
    terms = known.terms
    leading = row.title[terms.part] | row.title[terms.part - 1]
    by_last_part = _sorted(terms.part[leading], terms.last_part[leading], len(row.parts))
    sums = by_last_part.sums(terms.weights[leading])
    later = {}
    for name, part in (("title_after", row.first), ("lead_after", row.first + 1)):
        gone = sums[by_last_part.upto(part, row.cut)] - sums[by_last_part.upto(part, -1)]
        total = known.totals[part]
        later[name] = np.where(total > 0, 1.0 - _ratio(gone, total), 0.0)
    return later


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
    """Return how many flags are set in each stretch, given by its start and its length."""
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
