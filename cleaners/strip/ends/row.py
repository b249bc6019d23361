"""The parts of many articles in a row, and the places among them at which an article may end.

Many articles are measured at once, since calling numpy takes longer than counting the parts of one article. A place is
a number in the row. Everything that is summed over the row is a whole number or a multiple of a small power of two, so
sums are exact and do not depend on the other articles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaners.strip.cues import cues, is_closing
from cleaners.strip.topic import Part, Topics
from cleaners.text import STOPS, Line, remembered

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating | np.integer]
Places = NDArray[np.intp]

_WORD = re.compile(r"[^\W\d_]+")
# "11 minutes ago", "vor 3 Stunden", "hace 2 días", "il y a 5 h", "13h": a number and at most three words.
RELATIVE_TIME = re.compile(
    r"(?i)\b\d{1,3}\s?(?:s|m|h|d|w|min|mins|minutes?|hours?|hrs?|days?|weeks?|minuten?|stunden?|tage?n?|std|"
    r"minutos?|horas?|d[ií]as?|semanas?|heures?|jours?|semaines?|ore|giorni|uur|dagen)\b"
)
# Only this many lines of a run are looked at.
_RUN = 40
_BULLETS = "-–—•*·"
_QUOTES = "\"“”'‘«„「"


def ratio(part: Numbers, whole: Numbers) -> Floats:
    """Return the quotients, 0 where `whole` is 0."""
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)


@dataclass(frozen=True, slots=True)
class Row:
    """The parts of all articles in a row, the form of each part, and the cuts among them.

    A part is a headline or a line; `article` is its article and `bounds` says where articles begin. `cut` names each
    cut by the part before it; its article has the parts `first` up to `stop`, the headline first. `head` is the next
    paragraph after the cut, or `stop` if there is none, and `run` the number of parts between cut and head.
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
        """Flag the cuts that a paragraph follows."""
        return self.head < self.stop


# The properties of a line by itself.
FORMS = ("words", "prose", "brief", "stopped", "open", "quote", "numbered", "bullet", "timed", "closing", "sentences",
          "opening", "resumes")  # fmt: skip


@remembered
def _form(text: str, words: int, stopped: bool) -> tuple[float, ...]:
    """Return the forms that follow from a line's text; cached, since each round of finders sees most lines again."""
    match = _WORD.match(text)
    return (
        text[0] in _QUOTES,
        text[0].isdigit(),
        text[0] in _BULLETS,
        # "Bake for 35 minutes." is a sentence, not an age.
        words <= 8 and not stopped and RELATIVE_TIME.search(text) is not None,
        words <= 12 and is_closing(text),
        min(6, sum(map(text.count, STOPS))),
        len(match.group()) if match else 0,
        match is not None and match.group().casefold() in cues().resume,
    )


def row_of(topics: Sequence[Topics], marked: Sequence[frozenset[int]]) -> Row:
    """Lay the parts of the articles out in a row."""
    lines: list[Line | None] = []
    rows: list[tuple[float, ...]] = []
    none = (0.0,) * len(FORMS)
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
    forms = dict(zip(FORMS, np.ascontiguousarray(table.T), strict=True))
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
    return Row(
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
