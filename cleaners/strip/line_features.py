"""The feature table of the line model: one row per line of an article, each line seen among its neighbours.

The words of `line_words.toml` are evidence, never a verdict: a class of cue words is one column of many, and the model
weighs it against form and place. All other columns hold for any language.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

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
_SEPARATORS = re.compile(r"[|»›→←•·/\\▸▾✕×+]")
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


def line_words(lines: Sequence[Line]) -> list[list[str]]:
    """Return the lower-case words of each line."""
    return [WORD.findall(line.text.lower()) for line in lines]


def content_words(words: Sequence[Sequence[str]]) -> list[set[str]]:
    """Return the words of each line that are no function words."""
    return [set(row) - _words()[0] for row in words]


def _base(lines: Sequence[Line], words: Sequence[Sequence[str]], headline: str | None) -> Table:
    """Return the columns of `BASE`: what a line is by itself and among all lines of the text."""
    function_words, classes = _words()
    lower = [line.text.lower() for line in lines]
    numbers = [_DIGITS.findall(text) for text in lower]
    # Where no headline is known, the first line is the best guess.
    heading = frozenset(WORD.findall((headline or "").lower()) or words[0])
    keys = [_DIGITS.sub("0", text) if found else text for text, found in zip(lower, numbers, strict=True)]
    prefixes = [tuple(row[:2]) for row in words]
    longer = [tuple(row[:_OPENING_WORDS]) if len(row) >= _OPENING_WORDS else () for row in words]
    totals, pairs, openings, seen = Counter(keys), Counter(prefixes), Counter(longer), set[str]()
    bylines = CUES.index("byline")
    names: set[str] = set()
    for row in words:
        if 1 < len(row) <= _MARKER_WORDS and bylines in classes.get(row[0], ()):
            names.update(word for word in row if word not in function_words and word not in classes)
    spread: Counter[str] = Counter()
    paragraphs = 0
    rows: list[list[float]] = []
    for line, row, key, prefix, opening, found in zip(lines, words, keys, prefixes, longer, numbers, strict=True):
        text = line.text
        count, size = len(row), len(row) or 1
        cues = [0] * len(CUES)
        function = 0
        for word in row:
            if word in function_words:
                function += 1
            if word in classes:
                for number in classes[word]:
                    cues[number] += 1
        end = _ENDS.get(text.rstrip(_CLOSERS)[-1:], 0)
        inner = len(_INNER.findall(text))
        dense = count >= _LONG_WORDS or (count >= _SENTENCE_WORDS and end == 1 and function + inner > 0)
        if dense:
            paragraphs += 1
            spread.update(set(row))
        tokens = text.split()
        first = text[0]
        rows.append([
            len(text), count, len(text) / size, function / size, 0,
            end == 1, end == 2, end == 3, inner / size,
            sum([token[0].isupper() for token in tokens[1:]]) / (len(tokens) - 1 or 1),
            sum([token.isupper() for token in tokens]) / len(tokens),
            sum(map(len, found)) / len(text),
            _LINK.search(text) is not None,
            len(_SEPARATORS.findall(text)) / len(tokens),
            bool(found) and _CLOCK.search(text) is not None,
            first in _BULLETS, bool(found) and _NUMBERED.match(text) is not None, first.islower(), first in _OPENERS,
            "©" in text or "®" in text or "™" in text,
            first in "([" and text[-1] in ")]",
            min(totals[key] - 1, 5), key in seen, min(pairs[prefix] - 1, 9) if count > 1 else 0,
            opening != () and openings[opening] > 1, text.endswith(("…", "...", "[…]")),
            sum([word in classes for word in row[-_ENDING_WORDS:]]),
            sum([word in names for word in row[:_NAME_WORDS]]) if count > 1 else 0,
            line.blank_before, 0,
            0, sum([word in heading for word in row]) / size, len(heading.intersection(row)) / (len(heading) or 1),
            count if dense else 0,
            *[cue / size for cue in cues],
        ])  # fmt: skip
        seen.add(key)
    # Words that every fourth paragraph has are the language's own function words.
    floor = max(3.0, 0.25 * paragraphs)
    common = {word for word, count in spread.items() if count >= floor}
    for row, cells in zip(words, rows, strict=True):
        own = 1 if cells[_AT["dense"]] else 0
        content = [word for word in row if word not in common and word not in function_words]
        cells[_AT["common_share"]] = sum([word in common for word in row]) / (len(row) or 1)
        cells[_AT["core_likeness"]] = sum([spread[word] > own for word in content]) / (len(content) or 1)
    table = np.array(rows, dtype=np.float32)
    table[:-1, _AT["blank_after"]] = table[1:, _AT["blank_before"]]
    return table


def line_features(lines: Sequence[Line], words: Sequence[Sequence[str]], headline: str | None) -> Table:
    """Return the feature table of at least one line: a row per line, a column per name in `FEATURES`."""
    base = _base(lines, words, headline)
    count = len(lines)
    index = np.arange(count)[:, None]
    dense = base[:, [_AT["dense"]]]
    is_dense = dense > 0
    brief = base[:, [_AT["words"]]] <= _MARKER_WORDS
    cue_shares = base[:, _AT["cue_share"] :]
    cues = cue_shares.sum(axis=1, keepdims=True)
    np.log1p(base[:, :2], out=base[:, :2])
    base[:, [_AT["dense"]]] = np.log1p(dense)

    near = np.concatenate((base[:, [_AT[name] for name in _NEIGHBOURED]], cues), axis=1)
    margin = np.full((2, near.shape[1]), -1, dtype=np.float32)
    padded = np.concatenate((margin, near, margin))
    parts = [base, *(padded[2 + shift : 2 + shift + count] for shift in _SHIFTS)]

    dates = np.maximum(base[:, [_AT["clock"]]], base[:, [_AT["cue_time"]]])
    links = base[:, [_AT[f"cue_{name}"] for name in _LINK_CUES]].sum(axis=1, keepdims=True)
    plain = [base[:, [_AT[name]]] for name in ("function_share", "cue_comment", "cue_address", "core_likeness")]
    summed = np.concatenate((dense, ~is_dense, cues, plain[0], dates, plain[1], links, *plain[2:]), axis=1)
    parts += window_sums(summed, _REACH)

    headlines = base[:, [_AT["headline_cover"]]] * base[:, [_AT["headline_share"]]] >= _HEADLINE_COVER
    colon = base[:, [_AT["end_colon"]]] > 0
    markers = brief & (cue_shares[:, [CUES.index(name) for name in _MARKERS]] >= _MARKER_SHARE)
    marks = np.concatenate((markers, headlines, is_dense, colon), axis=1)
    since, until = _distances(marks, index)
    parts += [np.minimum(since, _FAR), np.minimum(until, _FAR)]

    tight = base[:, [_AT["blank_before"]]] == 0
    # A run of lines of one kind ends where the other kind stands.
    run_since, run_until = _distances(np.concatenate((is_dense, ~tight), axis=1), index)
    run = np.where(np.concatenate((is_dense, ~tight), axis=1), 0, run_since + run_until - 1)
    total = float(dense.sum()) or 1.0
    running = np.cumsum(dense, axis=0)
    first, last = best_run(np.where(is_dense, np.minimum(dense, 60) + 5, -6)[:, 0])
    chars = padded[:, [0]]
    steps = np.abs(np.diff(chars, axis=0))
    colon_since, dense_since = since[:, [-1]], since[:, [-2]]
    ones = np.ones((count, 1), dtype=np.float32)
    parts += [
        np.minimum(index, 300), np.minimum(count - 1 - index, 300), index / max(1, count - 1),
        (running - dense) / total, (total - running) / total,
        np.minimum(run[:, [0]], 200), np.where(is_dense, 0, np.minimum(run_since[:, [0]], 200)),
        np.minimum(run[:, [1]], 100),
        np.clip(index - first, -50, 50), np.clip(last - index, -50, 50), (index >= first) & (index <= last),
        np.where(colon_since <= dense_since, np.minimum(colon_since, _FAR), -1),
        steps[1 : count + 1] + steps[2 : count + 2],
        ones * total, ones * count, ones * (~is_dense).mean(), ones * cues.mean(), ones * headlines.sum(),
    ]  # fmt: skip
    return np.concatenate(parts, axis=1, dtype=np.float32)


def window_sums(values: npt.NDArray[np.generic], reaches: Sequence[int]) -> list[Table]:
    """Return, for each reach, the sums of the columns over so many lines before each line, and after it."""
    count = len(values)
    total = np.zeros((count + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=total[1:])
    index = np.arange(count)
    sums = []
    for reach in reaches:
        sums.append(total[:-1] - total[np.maximum(index - reach, 0)])
        sums.append(total[np.minimum(index + 1 + reach, count)] - total[1:])
    return [part.astype(np.float32) for part in sums]


def _distances(marks: npt.NDArray[np.bool_], index: npt.NDArray[np.intp]) -> tuple[Table, Table]:
    """Return, per column, how many lines ago the last mark was, and how many lines ahead the next one is."""
    count = len(marks)
    none = np.full((1, marks.shape[1]), -_FAR * 10)
    before = np.maximum.accumulate(np.concatenate((none, np.where(marks, index, -_FAR * 10)))[:-1], axis=0)
    ahead = np.concatenate((np.where(marks, index, count + _FAR * 10), count - none))[1:]
    after = np.minimum.accumulate(ahead[::-1], axis=0)[::-1]
    return (index - before).astype(np.float32), (after - index).astype(np.float32)


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
