"""The feature table of the line model: one row per line of an article, each line seen among its neighbours.

The words of `line_words.toml` are evidence, never a verdict: a class of cue words is one column of many, and the model
weighs it against form and place. All other columns hold for any language.
"""

import re
import tomllib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, filterfalse, pairwise

import numpy as np
import numpy.typing as npt

from cleaners.records import find_words
from cleaners.strip.blocks import KEPT_LINES, words_of

Table = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

CUES = (
    "share", "subscribe", "related", "comment", "menu", "legal", "byline", "time", "ad", "caption", "shop", "action",
    "address",
)  # fmt: skip
_ENDS = {".": 1, "!": 1, "?": 1, "…": 1, "。": 1, "！": 1, "？": 1, "؟": 1, "۔": 1, "।": 1}
_ENDS |= {":": 2, "：": 2, ",": 3, ";": 3, "،": 3, "、": 3}
_CLOSERS = "\"'”’»)]）」』“*"
_BULLETS = frozenset("•·-–—*▪●◦►▶→✓✔■□+»›>")
_OPENERS = frozenset("\"'“‘«„「『")
_INNER = re.compile(r"[.!?;:,][\s\"”’»]|[。，、；！？]")
_LINK = re.compile(r"https?:|www\.|@|\.(?:com|org|net|html?)\b|#\w")
_SEPARATORS = "|»›→←•·/\\▸▾✕×+"
_CLOCK = re.compile(r"\b\d{1,2}[:h.]\d\d\b|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:19|20)\d\d\b")
_DIGITS = re.compile(r"\d+")
_NO_DIGITS = str.maketrans("", "", "0123456789")
_NUMBERED = re.compile(r"\W{0,2}\d{1,2}[.)\s]")
# A paragraph: so many words, or fewer that end in a full stop.
_LONG_WORDS = 12
_SENTENCE_WORDS = 7
# A marker is a short line with at least this share of words of its class.
_MARKER_WORDS = 9
_MARKER_SHARE = 0.2
# A line that has this much of the headline, and little else, repeats it.
_HEADLINE_COVER = 0.5
_FAR = 60

BASE = (
    "chars", "words", "word_length", "function_share", "common_share", "end_stop", "end_colon", "end_comma", "inner",
    "capitalised", "upper", "digits", "link", "separators", "clock", "bullet", "numbered", "lower_start",
    "quote_start", "copyright", "credit", "repeats", "repeated", "prefix_repeats", "opening_repeats", "ellipsis",
    "cue_ending", "byline_name", "blank_before", "blank_after", "core_likeness", "headline_share", "headline_cover",
    "dense", *(f"cue_{name}" for name in CUES),
)  # fmt: skip
_AT = {name: number for number, name in enumerate(BASE)}
# The columns of `BASE` that a line has among the others.
_AMONG = [_AT[name] for name in (
    "repeats", "repeated", "prefix_repeats", "opening_repeats", "byline_name", "blank_before", "headline_share",
    "headline_cover", "common_share", "core_likeness",
)]  # fmt: skip
_NEIGHBOURED = (
    "chars", "function_share", "end_stop", "capitalised", "digits", "blank_after", "core_likeness", "headline_cover",
    "dense",
)  # fmt: skip
_SHIFTS = (-2, -1, 1, 2)
_SUMMED = ("dense_words", "short", "cues", "function", "dates", "cue_comment", "links", "cue_address", "core_likeness")
_LINK_CUES = ("related", "action", "subscribe", "share")
# A teaser repeats the opening of a line that stands elsewhere.
_OPENING_WORDS = 5
_ENDING_WORDS = 3
_NAME_WORDS = 6
_REACH = (3, 8, 20, 50)
# What may stand before or behind a line: a short line of one of these classes marks where comments, links or the text
# begin; so do headline, paragraph and announcing colon.
_MARKERS = ("share", "subscribe", "related", "comment", "legal", "byline", "time")
_MARKS = (*_MARKERS, "headline", "dense", "colon")
FEATURES = (
    *BASE,
    *(f"{name}{shift:+d}" for shift in _SHIFTS for name in (*_NEIGHBOURED, "cues")),
    *(f"{name}_{side}_{reach}" for reach in _REACH for side in ("before", "after") for name in _SUMMED),
    *(f"{side}_{name}" for side in ("since", "until") for name in _MARKS),
    "lines_before", "lines_after", "place", "dense_before", "dense_after", "short_run", "short_run_place", "tight_run",
    "from_core", "to_core_end", "in_core", "colon_lead", "similar_length",
    "dense_total", "lines_total", "short_total", "cues_total", "headlines_total",
)  # fmt: skip
_LOGGED = [_AT["chars"], _AT["words"], _AT["dense"]]
_MARKER_COLUMNS = np.array([CUES.index(name) for name in _MARKERS])
_NEIGHBOUR_COLUMNS = np.array([_AT[name] for name in _NEIGHBOURED])
_LINK_COLUMNS = np.array([_AT[f"cue_{name}"] for name in _LINK_CUES])
# Columns that are summed as they are; "function" is short for the share of function words.
_PLAIN = {"function": "function_share", "cue_comment": "cue_comment", "cue_address": "cue_address"}
_PLAIN |= {"core_likeness": "core_likeness"}
_PLAIN_AT = np.array([_SUMMED.index(name) for name in _PLAIN])
_PLAIN_COLUMNS = np.array([_AT[name] for name in _PLAIN.values()])


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `start:end` takes in its line break and the blank lines after it."""

    start: int
    end: int
    text: str
    blank_before: bool


def split_lines(text: str) -> list[Line]:
    """Split a text into its lines, which tile it from the first one that is not blank to the end of the text."""
    lines: list[Line] = []
    start, stripped, blank, lead = -1, "", False, False
    position = 0
    for piece in text.split("\n"):
        bare = piece.strip()
        if bare:
            if stripped:
                lines.append(Line(start, position, stripped, lead))
            start, stripped, lead, blank = position, bare, blank, False
        else:
            blank = True
        position += len(piece) + 1
    if stripped:
        lines.append(Line(start, len(text), stripped, lead))
    return lines


@cache
def _words() -> tuple[frozenset[str], dict[str, tuple[int, ...]]]:
    """Return the function words, and the cue classes of each cue word."""
    data = tomllib.loads(resources.files("cleaners.strip").joinpath("line_words.toml").read_text("utf-8"))
    classes: dict[str, tuple[int, ...]] = {}
    for number, name in enumerate(CUES):
        for word in data["cues"][name].split():
            classes[word] = (*classes.get(word, ()), number)
    return frozenset(data["function"].split()), classes


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line is by itself: its words in lower case and, in `cells`, its columns of `BASE` as float32.

    Columns that depend on other lines are zero in `cells`. `content` are the words that are no function words, `folded`
    is the line as it is compared with others, `names` are whom a byline names.
    """

    words: tuple[str, ...]
    distinct: frozenset[str]
    content: tuple[str, ...]
    distinct_content: frozenset[str]
    folded: str
    dense: bool
    names: tuple[str, ...]
    cells: bytes


def line_facts(lines: Sequence[Line]) -> list[LineFacts]:
    """Return the facts of each line."""
    return [_facts(line.text) for line in lines]


@lru_cache(maxsize=KEPT_LINES)
def _facts(text: str) -> LineFacts:
    """Return the facts of a line; cached, as each round of the finders sees most lines again."""
    function_words, classes = _words()
    lower = text.lower()
    words = words_of(text)
    digits = _digits(lower)
    content = tuple([word for word in words if word not in function_words])
    count, size = len(words), len(words) or 1
    function = count - len(content)
    cues = [0] * len(CUES)
    for word in [word for word in words if word in classes]:
        for number in classes[word]:
            cues[number] += 1
    end = _ENDS.get(text.rstrip(_CLOSERS)[-1:], 0)
    inner = len(_INNER.findall(text))
    dense = count >= _LONG_WORDS or (count >= _SENTENCE_WORDS and end == 1 and function + inner > 0)
    named = 1 < count <= _MARKER_WORDS and CUES.index("byline") in classes.get(words[0], ())
    tokens = text.split()
    first = text[0]
    capitals = [*filterfalse(str.islower, tokens)]
    cells = array("f", [
        len(text), count, len(text) / size, function / size, 0,
        end == 1, end == 2, end == 3, inner / size,
        sum([token[0].isupper() for token in capitals], -first.isupper()) / (len(tokens) - 1 or 1),
        sum([token.isupper() for token in capitals]) / len(tokens),
        digits / len(text),
        _LINK.search(text) is not None,
        sum(map(text.count, _SEPARATORS)) / len(tokens),
        digits > 0 and _CLOCK.search(text) is not None,
        first in _BULLETS, digits > 0 and _NUMBERED.match(text) is not None, first.islower(), first in _OPENERS,
        "©" in text or "®" in text or "™" in text,
        first in "([" and text[-1] in ")]",
        0, 0, 0, 0, text.endswith(("…", "...", "[…]")),
        sum([word in classes for word in words[-_ENDING_WORDS:]]),
        0, 0, 0, 0, 0, 0,
        count if dense else 0,
        *[cue / size for cue in cues],
    ])  # fmt: skip
    return LineFacts(
        words=words,
        distinct=frozenset(words),
        content=content,
        distinct_content=frozenset(content),
        folded=_DIGITS.sub("0", lower) if digits else lower,
        dense=dense,
        names=tuple(word for word in content if word not in classes) if named else (),
        cells=cells.tobytes(),
    )


# Of each article its lines, what they are by themselves, and its headline.
Articles = Sequence[tuple[Sequence[Line], Sequence[LineFacts], str | None]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a table are which article's: those of article k are `bounds[k]` up to `bounds[k + 1]`.

    For each row: its number, the first row of its article, the row after the article's last, and how many it has.
    """

    bounds: Places
    index: Places
    start: Places
    stop: Places
    count: Places

    def summed(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        """Return for each row the sum of the values over its article."""
        total = running(values)
        return total[self.stop] - total[self.start]

    def until(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        """Return for each row the sum of the values of its article up to it."""
        total = running(values)
        return total[self.index + 1] - total[self.start]


def rows_of(sizes: Sequence[int]) -> Rows:
    """Return the rows of articles that have so many lines."""
    counts = np.array(sizes, dtype=np.intp)
    bounds = np.concatenate((np.zeros(1, dtype=np.intp), counts.cumsum()))
    return Rows(
        bounds=bounds,
        index=np.arange(bounds[-1]),
        start=np.repeat(bounds[:-1], counts),
        stop=np.repeat(bounds[1:], counts),
        count=np.repeat(counts, counts),
    )


def running(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Return the sums of the values before each place, and of all.

    The table's single precision numbers sum up exactly in double precision, so a difference of two sums does not depend
    on the rows before.
    """
    sums = np.zeros((len(values) + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, dtype=np.float64, out=sums[1:])
    return sums


def _base(articles: Articles, rows: Rows) -> Table:
    """Return the columns of `BASE`: what a line is by itself and among all lines of the text."""
    cells = b"".join([line.cells for _, facts, _ in articles for line in facts])
    table = np.frombuffer(cells, dtype=np.float32).reshape(rows.bounds[-1], -1).copy()
    table[:, _AMONG] = [cell for lines, facts, headline in articles for cell in _among(lines, facts, headline)]
    table[:-1, _AT["blank_after"]] = table[1:, _AT["blank_before"]]
    table[rows.bounds[1:] - 1, _AT["blank_after"]] = 0
    return table


def _digits(text: str) -> int:
    """Return how many digits a text has."""
    if text.isascii():
        return len(text) - len(text.translate(_NO_DIGITS))
    return sum(map(len, _DIGITS.findall(text)))


def _among(lines: Sequence[Line], facts: Sequence[LineFacts], headline: str | None) -> Iterator[tuple[float, ...]]:
    """Yield for each line of an article its columns `_AMONG` the others."""
    function_words = _words()[0]
    # Where no headline is known, the first line is the best guess.
    heading = frozenset(find_words((headline or "").lower()) or facts[0].words)
    prefixes = [line.words[:2] for line in facts]
    longer = [line.words[:_OPENING_WORDS] if len(line.words) >= _OPENING_WORDS else () for line in facts]
    totals, pairs, openings = Counter([line.folded for line in facts]), Counter(prefixes), Counter(longer)
    names = {name for line in facts for name in line.names}
    paragraphs = [line.distinct for line in facts if line.dense]
    spread = Counter(chain.from_iterable(paragraphs))
    # Words that every fourth paragraph has are the language's own function words.
    floor = max(3.0, 0.25 * len(paragraphs))
    common = {word for word, count in spread.items() if count >= floor}
    uncommon = common - function_words
    again = {word for word, count in spread.items() if count > 1}
    seen: set[str] = set()
    for line, row, prefix, opening in zip(lines, facts, prefixes, longer, strict=True):
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
            line.blank_before,
            sum([word in heading for word in words]) / size if near else 0.0,
            len(heading & row.distinct) / (len(heading) or 1) if near else 0.0,
            sum([word in common for word in words]) / size,
            sum([word in elsewhere for word in content]) / (len(content) or 1),
        )  # fmt: skip
        seen.add(row.folded)


def line_features(articles: Articles) -> Table:
    """Return the feature table of some articles: a row per line of each, a column per name in `FEATURES`.

    An article is its lines, at least one, their facts and its headline. Many are measured at once, as numpy takes
    longer to be called than to count what one article has.
    """
    rows = rows_of([len(lines) for lines, _, _ in articles])
    index, start, stop, count = rows.index, rows.start, rows.stop, rows.count
    base = _base(articles, rows)
    dense = base[:, _AT["dense"]].copy()
    is_dense = dense > 0
    cue_shares = base[:, _AT["cue_share"] :]
    markers = (cue_shares[:, _MARKER_COLUMNS] >= _MARKER_SHARE) & (base[:, [_AT["words"]]] <= _MARKER_WORDS)
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
    loose = base[:, _AT["blank_before"]] > 0
    # A run of lines of one kind ends where the other kind stands: the last two columns.
    marks = np.empty((len(base), len(_MARKS) + 1), dtype=bool)
    marks[:, : len(_MARKERS)] = markers
    for number, column in enumerate((headlines, is_dense, base[:, _AT["end_colon"]] > 0, loose), start=len(_MARKERS)):
        marks[:, number] = column
    since, until = _distances(marks, rows)
    ends = [_MARKS.index("dense"), len(_MARKS)]
    run = np.where(marks[:, ends], 0, since[:, ends] + until[:, ends] - 1)
    dense_since, colon_since = since[:, ends[0]], since[:, ends[0] + 1]

    total = rows.summed(dense)
    passed = rows.until(dense)
    first, last = best_runs(np.where(is_dense, np.minimum(dense, 60) + 5, -6), rows)
    columns = (
        np.minimum(index - start, 300), np.minimum(stop - 1 - index, 300), (index - start) / np.maximum(1, count - 1),
        (passed - dense) / np.maximum(total, 1), (total - passed) / np.maximum(total, 1),
        np.minimum(run[:, 0], 200), np.where(is_dense, 0, np.minimum(dense_since, 200)),
        np.minimum(run[:, 1], 100),
        np.minimum(np.maximum(index - first, -50), 50), np.minimum(np.maximum(last - index, -50), 50),
        (index >= first) & (index <= last),
        np.where(colon_since <= dense_since, np.minimum(colon_since, _FAR), -1),
        steps[0] + steps[1],
        np.maximum(total, 1), count, rows.summed(~is_dense) / count, rows.summed(cues) / count, rows.summed(headlines),
    )  # fmt: skip
    placed = np.empty((len(base), len(FEATURES) - FEATURES.index("lines_before")), dtype=np.float32)
    for number, column in enumerate(columns):
        placed[:, number] = column
    distances = np.minimum(np.concatenate((since[:, :-1], until[:, :-1]), axis=1), _FAR)
    return np.concatenate(
        (base, *shifted, window_sums(summed, rows, _REACH), distances, placed), axis=1, dtype=np.float32
    )


def neighbours(values: Table, rows: Rows, shift: int, missing: float) -> Table:
    """Return for each line the values of the line so far behind it, or `missing` beyond the article's ends."""
    place = rows.index + shift
    there = (place >= rows.start) & (place < rows.stop)
    found = values[np.where(there, place, 0)]
    found[~there] = missing
    return found


def window_sums(values: npt.NDArray[np.generic], rows: Rows, reaches: Sequence[int]) -> Table:
    """Return, for each reach, the sums of the columns over so many lines before each line, and after it.

    A row per line; columns by reach, side and column of the values.
    """
    total = running(values)
    here, after = total[rows.index], total[rows.index + 1]
    sums = []
    for reach in reaches:
        sums.append(here - total[np.maximum(rows.index - reach, rows.start)])
        sums.append(total[np.minimum(rows.index + 1 + reach, rows.stop)] - after)
    return np.concatenate(sums, axis=1).astype(np.float32)


def _distances(marks: npt.NDArray[np.bool_], rows: Rows) -> tuple[Table, Table]:
    """Return, per column, how many lines ago the last mark was, and how many lines ahead the next one is."""
    index, start, stop = rows.index[:, None], rows.start[:, None], rows.stop[:, None]
    before = np.where(marks, index, -1)
    np.maximum.accumulate(before, axis=0, out=before)
    before[1:] = before[:-1]
    before[:1] = -1
    ahead = np.where(marks, index, len(marks))[::-1]
    ahead = np.minimum.accumulate(ahead, axis=0)[::-1]
    ahead[:-1] = ahead[1:].copy()
    ahead[-1:] = len(marks)
    # Where there is none: far beyond the article's first or last line.
    since = index - np.where(before >= start, before, start - _FAR * 10)
    until = np.where(ahead < stop, ahead, stop + _FAR * 10) - index
    return since.astype(np.float32), until.astype(np.float32)


def best_runs(weights: npt.NDArray[np.floating], rows: Rows) -> tuple[Places, Places]:
    """Return for each line the first and the last line of its article's run with the greatest sum."""
    values = weights.tolist()
    runs = [_best_run(values, first, stop) for first, stop in pairwise(rows.bounds.tolist())]
    first, last = np.repeat(np.array(runs, dtype=np.intp).reshape(-1, 2), np.diff(rows.bounds), axis=0).T
    return first, last


def _best_run(weights: list[float], start: int, stop: int) -> tuple[int, int]:
    best, total, first, bounds = -np.inf, 0.0, start, (start, start)
    for number in range(start, stop):
        if total <= 0:
            total, first = 0.0, number
        total += weights[number]
        if total > best:
            best, bounds = total, (first, number)
    return bounds
