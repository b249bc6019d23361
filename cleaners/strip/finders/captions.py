"""Captions of videos and pictures that stand between the paragraphs."""

import re
from collections.abc import Iterator

from cleaners.records import Removal
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import Line, words_of

_RUNNING_TIME = re.compile(r"(?:^|\s)[(\[]?\d{1,2}:[0-5]\d(?::[0-5]\d)?[)\]]?$")
# A running time, with brackets and the space before it, is at most this long, so only the end of a line is searched.
_TIME_CHARS = 12
# Words of the headline of a video.
_TITLE_WORDS = 3
_STOP_BEFORE = re.compile(r"[.!?…。！？؟۔।\"”’'»)\]]\s*$")


def _between_paragraphs(lines: tuple[Line, ...], index: int) -> bool:
    around = [lines[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
    return bool(around) and all(line.stopped for line in around)


def _running_time(line: str) -> re.Match[str] | None:
    if not line[-1].isdigit() and line[-1] not in ")]":
        return None
    return _RUNNING_TIME.search(line, max(0, len(line) - _TIME_CHARS))


@one_by_one
def find_captions(sight: Sight) -> Iterator[Removal]:
    """Claim lines that end in a running time after a finished sentence or a headline.

    Lines in a list of such lines (a programme, results) stay, and so do sentences that run into a time of day ("the
    match begins at 19:30").
    """
    article, lines = sight.article, sight.lines
    timed = [_running_time(line.text) for line in lines]
    for index, (line, match) in enumerate(zip(lines, timed, strict=True)):
        if match is None or line.words < 4 or line.words > 80:
            continue
        neighbours = [timed[i] for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        if sum(m is not None for m in neighbours) == len(neighbours) and len(lines) > 2:
            continue
        stem = line.text[: match.start()].rstrip()
        finished = _STOP_BEFORE.search(stem) is not None
        last = stem.split()[-1] if stem else ""
        # "at 19:30", "um 19:30": a short word in lower case before the time makes it a time of day.
        if not finished and (len(last) <= 3 and last.islower()):
            continue
        if not finished and (line.words > 24 or not _between_paragraphs(lines, index)):
            continue
        # "2 Osk 5:17" is a place in a book, "2031-04-05 16:38" a date.
        if not finished and sum(word[0].isalpha() for word in words_of(stem)) < _TITLE_WORDS:
            continue
        start, end = line_span(article.text, lines, index)
        yield Removal(start, end, "caption", "running_time", 0.95 if finished else 0.85)
