"""The feature table of the line model: one row per line of an article, each line seen among its neighbours.

The words of `line_words.toml` are evidence, never a verdict: a class of cue words is one column of many, and the model
weighs it against form and place. All other columns hold for any language.
"""

import re
import tomllib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, filterfalse

import numpy as np
import numpy.typing as npt

from cleaners.records import WORD

Table = npt.NDArray[np.float32]

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


@lru_cache(maxsize=2048)
def _facts(text: str) -> LineFacts:
    """Return the facts of a line; cached, as each round of the finders sees most lines again."""
    function_words, classes = _words()
    lower = text.lower()
    words = tuple(WORD.findall(lower))
    numbers = _DIGITS.findall(lower)
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
        sum(map(len, numbers)) / len(text),
        _LINK.search(text) is not None,
        sum(map(text.count, _SEPARATORS)) / len(tokens),
        bool(numbers) and _CLOCK.search(text) is not None,
        first in _BULLETS, bool(numbers) and _NUMBERED.match(text) is not None, first.islower(), first in _OPENERS,
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
        folded=_DIGITS.sub("0", lower) if numbers else lower,
        dense=dense,
        names=tuple(word for word in content if word not in classes) if named else (),
        cells=cells.tobytes(),
    )


def _base(lines: Sequence[Line], facts: Sequence[LineFacts], headline: str | None) -> Table:
    """Return the columns of `BASE`: what a line is by itself and among all lines of the text."""
    function_words = _words()[0]
    table = np.frombuffer(b"".join([line.cells for line in facts]), dtype=np.float32).reshape(len(facts), -1).copy()
    # Where no headline is known, the first line is the best guess.
    heading = frozenset(WORD.findall((headline or "").lower()) or facts[0].words)
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
    cells: list[tuple[float, ...]] = []
    for line, row, prefix, opening in zip(lines, facts, prefixes, longer, strict=True):
        words, size = row.words, len(row.words) or 1
        content = row.content
        if not uncommon.isdisjoint(row.distinct):
            content = tuple([word for word in content if word not in common])
        elsewhere = again if row.dense else spread
        near = not heading.isdisjoint(row.distinct)
        cells.append((
            min(totals[row.folded] - 1, 5), row.folded in seen,
            min(pairs[prefix] - 1, 9) if len(words) > 1 else 0,
            opening != () and openings[opening] > 1,
            sum([word in names for word in words[:_NAME_WORDS]]) if names and len(words) > 1 else 0,
            line.blank_before,
            sum([word in heading for word in words]) / size if near else 0.0,
            len(heading & row.distinct) / (len(heading) or 1) if near else 0.0,
            sum([word in common for word in words]) / size,
            sum([word in elsewhere for word in content]) / (len(content) or 1),
        ))  # fmt: skip
        seen.add(row.folded)
    table[:, _AMONG] = cells
    table[:-1, _AT["blank_after"]] = table[1:, _AT["blank_before"]]
    return table


def line_features(lines: Sequence[Line], facts: Sequence[LineFacts], headline: str | None) -> Table:
    """Return the feature table of at least one line: a row per line, a column per name in `FEATURES`."""
    base = _base(lines, facts, headline)
    count = len(lines)
    index = np.arange(count)
    dense = base[:, _AT["dense"]].copy()
    is_dense = dense > 0
    cue_shares = base[:, _AT["cue_share"] :]
    markers = (cue_shares[:, _MARKER_COLUMNS] >= _MARKER_SHARE) & (base[:, [_AT["words"]]] <= _MARKER_WORDS)
    cues = cue_shares.sum(axis=1)
    base[:, _LOGGED] = np.log1p(base[:, _LOGGED])

    near = np.empty((count + 4, len(_NEIGHBOURED) + 1), dtype=np.float32)
    near[:2] = near[-2:] = -1
    near[2:-2, :-1] = base[:, _NEIGHBOUR_COLUMNS]
    near[2:-2, -1] = cues

    summed = np.empty((count, len(_SUMMED)), dtype=np.float32)
    summed[:, _PLAIN_AT] = base[:, _PLAIN_COLUMNS]
    summed[:, 0], summed[:, 1], summed[:, 2] = dense, ~is_dense, cues
    summed[:, _SUMMED.index("dates")] = np.maximum(base[:, _AT["clock"]], base[:, _AT["cue_time"]])
    summed[:, _SUMMED.index("links")] = base[:, _LINK_COLUMNS].sum(axis=1)

    headlines = base[:, _AT["headline_cover"]] * base[:, _AT["headline_share"]] >= _HEADLINE_COVER
    loose = base[:, _AT["blank_before"]] > 0
    # A run of lines of one kind ends where the other kind stands: the last two columns.
    marks = np.empty((count, len(_MARKS) + 1), dtype=bool)
    marks[:, : len(_MARKERS)] = markers
    for number, column in enumerate((headlines, is_dense, base[:, _AT["end_colon"]] > 0, loose), start=len(_MARKERS)):
        marks[:, number] = column
    since, until = _distances(marks, index)
    bounds = [_MARKS.index("dense"), len(_MARKS)]
    run = np.where(marks[:, bounds], 0, since[:, bounds] + until[:, bounds] - 1)
    dense_since, colon_since = since[:, bounds[0]], since[:, bounds[0] + 1]

    total = float(dense.sum()) or 1.0
    running = dense.cumsum()
    first, last = best_run(np.where(is_dense, np.minimum(dense, 60) + 5, -6))
    steps = np.abs(near[1:, 0] - near[:-1, 0])
    placed = np.empty((count, len(FEATURES) - FEATURES.index("lines_before")), dtype=np.float32)
    columns = (
        np.minimum(index, 300), np.minimum(count - 1 - index, 300), index / max(1, count - 1),
        (running - dense) / total, (total - running) / total,
        np.minimum(run[:, 0], 200), np.where(is_dense, 0, np.minimum(dense_since, 200)),
        np.minimum(run[:, 1], 100),
        np.minimum(np.maximum(index - first, -50), 50), np.minimum(np.maximum(last - index, -50), 50),
        (index >= first) & (index <= last),
        np.where(colon_since <= dense_since, np.minimum(colon_since, _FAR), -1),
        steps[1 : count + 1] + steps[2 : count + 2],
        total, count, (count - is_dense.sum()) / count, cues.sum() / count, headlines.sum(),
    )  # fmt: skip
    for number, column in enumerate(columns):
        placed[:, number] = column
    shifted = [near[2 + shift : 2 + shift + count] for shift in _SHIFTS]
    distances = np.minimum(np.concatenate((since[:, :-1], until[:, :-1]), axis=1), _FAR)
    return np.concatenate((base, *shifted, window_sums(summed, _REACH), distances, placed), axis=1, dtype=np.float32)


def window_sums(values: npt.NDArray[np.generic], reaches: Sequence[int]) -> Table:
    """Return, for each reach, the sums of the columns over so many lines before each line, and after it.

    A row per line; columns by reach, side and column of the values.
    """
    count, width = values.shape
    total = np.zeros((count + 1, width))
    values.cumsum(axis=0, out=total[1:])
    low, high = _windows(count, tuple(reaches))
    return (total[high] - total[low]).reshape(count, -1).astype(np.float32)


@lru_cache(maxsize=512)
def _windows(count: int, reaches: tuple[int, ...]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where the windows of each line begin and end: a row per line, for each reach the one before and after."""
    index = np.arange(count)[:, None]
    reach = np.array(reaches)
    before = np.maximum(index - reach, 0), np.broadcast_to(index, (count, len(reach)))
    after = np.broadcast_to(index + 1, (count, len(reach))), np.minimum(index + 1 + reach, count)
    low = np.stack((before[0], after[0]), axis=2).reshape(count, -1)
    high = np.stack((before[1], after[1]), axis=2).reshape(count, -1)
    return low, high


def _distances(marks: npt.NDArray[np.bool_], index: npt.NDArray[np.intp]) -> tuple[Table, Table]:
    """Return, per column, how many lines ago the last mark was, and how many lines ahead the next one is."""
    count = len(marks)
    index = index[:, None]
    before = np.full((count + 1, marks.shape[1]), -_FAR * 10)
    np.copyto(before[1:], index, where=marks)
    np.maximum.accumulate(before, axis=0, out=before)
    ahead = np.full((count + 1, marks.shape[1]), count + _FAR * 10)
    np.copyto(ahead[:-1], index, where=marks)
    ahead = np.minimum.accumulate(ahead[::-1], axis=0)[::-1]
    return (index - before[:-1]).astype(np.float32), (ahead[1:] - index).astype(np.float32)


def best_run(weights: npt.NDArray[np.floating]) -> tuple[int, int]:
    """Return the first and last line of the run with the greatest sum."""
    best, total, first, bounds = -np.inf, 0.0, 0, (0, 0)
    for number, weight in enumerate(weights.tolist()):
        if total <= 0:
            total, first = 0.0, number
        total += weight
        if total > best:
            best, bounds = total, (first, number)
    return bounds
