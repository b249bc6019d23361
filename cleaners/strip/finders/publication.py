"""Lines that say only when, by whom and where an article was published, above its text and under it."""

import re
from collections.abc import Iterator, Sequence

from cleaners.dates import has_only_date_words, parse_date
from cleaners.records import Removal
from cleaners.strip.cues import cues
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import Line, remembered

# Lines at most above the first paragraph (headline, standfirst, byline, date), and below the last one.
_ABOVE, _UNDER = 4, 2
# Characters. A longer line says more.
_LINE_CHARS = 110
# Words (a name in capitals counts twice) at most of the names behind a label ("By Ada Brandt, Staff Writer"), and
# behind a date ("18 May 2024 | The Daily Post").
_LABELLED_NAMES, _BARE_NAMES = 8, 3
# Words of a name before a date.
_LEADING = range(2, 5)
_COLONS = ":：/／"
# Names in scripts without capitals are known by their length in letters.
_CASELESS_CHARS = 12
# "03/05/2024" is a date, though nobody can tell which.
_NUMBERS = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d)(?!\d)")
_SEPARATOR = re.compile(r"[|·•/／–—;；,，、\-]+")
# "a.m." and "p.m."
_HALF_DAY = re.compile(r"(?i)\b([ap])\.m\b\.?")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}")


@remembered
def states_publication(line: str) -> frozenset[str]:
    """Return what a line states ("date", "label") if it only says when, by whom and where it was published; cached."""
    if len(line) > _LINE_CHARS:
        return frozenset()
    rest = _HALF_DAY.sub(r"\1m", line.strip("()[]（）【】 "))
    found: set[str] = set()
    dated: list[str] = []
    names, allowed, needed, leading = 0, 0, 0, 0
    while rest:
        if label := cues().publication.match(rest):
            names, allowed, needed = 0, _LABELLED_NAMES, 1 if label[0][-1] in _COLONS else 2
            rest = rest[label.end() :].lstrip()
            continue
        word, _, rest = rest.partition(" ")
        rest = rest.lstrip()
        core = word.strip("()[]（）【】.,:;：，。")
        if not core or _SEPARATOR.fullmatch(core):
            continue
        if has_only_date_words(core):
            dated.append(word)
            if any(char.isdigit() for char in word):
                names, allowed, needed = 0, 0 if leading else max(allowed, _BARE_NAMES), 0
        elif names < allowed and (parts := _name_parts(core)) is not None:
            names += parts
            if needed and names >= needed:
                found.add("label")
        elif not (found or dated or allowed) and leading < _LEADING[-1] and (parts := _name_parts(core)) is not None:
            leading += parts
        else:
            return frozenset()
    stated = " ".join(dated)
    # Two dates without a word are the days of an event.
    is_span = len(_NUMBERS.findall(line)) > 1 and not any(char.isalpha() for char in line)
    if not is_span and (parse_date(stated) is not None or _NUMBERS.search(stated)):
        found.add("date")
    # "Ada Brandt, 5 April 2031": a name without a label needs a date behind it.
    is_named = leading == 0 or ("date" in found and leading in _LEADING)
    return frozenset(found) if is_named else frozenset()


def _name_parts(word: str) -> int | None:
    """Return for how many words of a name a word counts, none for a particle; None if it can stand in no name.

    An agency has one word in capitals, and so has a name in a script without capitals: both count for a whole name.
    """
    first = word.lstrip("«»\"“”„'’")[:1]
    if word.lower() in cues().particles:
        return 0
    if first.isupper():
        return 2 if word.isupper() and len(word) > 1 else 1
    caseless = first.isalpha() and not first.islower()
    return 2 if _HOST.fullmatch(word) or (caseless and len(word) <= _CASELESS_CHARS) else None


@one_by_one
def find_publication_lines(sight: Sight) -> Iterator[Removal]:
    """Claim the lines that only say when, by whom and where the article was published, at its ends."""
    lines = sight.lines
    for index in _outer(lines):
        if states_publication(lines[index].text) and not _is_chronicle(lines):
            yield Removal(*line_span(sight.article.text, lines, index), "credit", "publication_line", 0.9)


def _outer(lines: Sequence[Line]) -> list[int]:
    """Return the lines above the first paragraph, or a standfirst and the next, and those below the last paragraph."""
    prose = [index for index, line in enumerate(lines) if line.prose]
    if not prose or prose[0] > _ABOVE:
        return []
    above = [index for index in range(prose[:2][-1]) if index < _ABOVE and index != prose[0]]
    return [*above, *range(max(prose[-1] + 1, len(lines) - _UNDER), len(lines))]


def _is_chronicle(lines: Sequence[Line]) -> bool:
    """Tell whether dates stand between the paragraphs, as headings of what happened on each day."""
    outer = set(_outer(lines))
    return any("date" in states_publication(line.text) for index, line in enumerate(lines) if index not in outer)
