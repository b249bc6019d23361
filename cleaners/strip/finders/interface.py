"""Lines of a page's own interface, and what it tells a screen reader of links."""

import re
from collections.abc import Iterator

from cleaners.dates import has_only_date_words
from cleaners.records import Reason, Removal
from cleaners.strip.cues import cues
from cleaners.strip.lines import has_at_most, line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import fold_line, remembered

_STOPS = ".!?。！？"
# Words at most of a line that is compared as a whole, and of one that is known by its opening.
_WHOLE_WORDS, _OPENED_WORDS = 20, 40
# Words at most of an advertisement with its label in capitals before it.
_MARKED_WORDS = 10
# A menu has three names at least, and stands in these first or last lines; the way to a page has short names in it.
_NAMES, _STEP_WORDS = 3, 4
_FIRST, _LAST = 6, 8
# A count of shares, or how long a recording takes.
_COUNT = re.compile(r"\+?\d[\d.,]*[km]?\+?|\d{1,2}:\d\d")
# What stands in place of a part of the page that is not there yet: "Loading prices for your region...".
_LOADING = re.compile(
    r"(?:[Ll]oading|[Ll]ädt|[Ww]ird geladen|[Cc]hargement|[Cc]argando|[Cc]arregando|[Cc]aricamento|[Ll]aden|[Ll]addar"
    r"|[Ii]ndlæser|[Ll]aster|[Łł]adowanie|[Зз]агрузка|[Yy]ükleniyor)(?: [\w-]+){0,5} ?(?:\.{3}|…)"
)
# A list of months: its words at least, and its distinct names at least.
_MONTHS, _MONTH_NAMES = 16, 6
_BETWEEN, _ARROW = re.compile(r"[\s|·•/>»›,]+"), re.compile(r"\s*[>»›]\s*")


@remembered
def _kind(line: str, words: int) -> Reason | None:
    """Return the reason for which a line as a whole goes, or None."""
    lists = cues()
    if has_at_most(_WHOLE_WORDS, line, words):
        folded = fold_line(line)
        if " " not in folded and line[-1] in _STOPS and not line.endswith("..."):
            # A button has no stop behind it: "Remember." is a sentence, "Loading..." is none.
            return None
        if folded in lists.interface_ads:
            return "ad"
        if folded in lists.interface or (_LOADING.fullmatch(line) and line[1:].islower()):
            return "furniture"
        if words <= _MARKED_WORDS and line.startswith(lists.interface_ad_marks) and not line.isupper():
            # "ADVERTISEMENT Visit our shop": what the label stands over has run into it.
            return "ad"
        if line[-1] not in _STOPS and _is_bar(line):
            return "furniture"
    opened = lists.interface_opens.opens(line) or line.startswith(lists.interface_glued)
    return "furniture" if opened else None


def _is_bar(line: str) -> bool:
    """Say whether a line is a bar of buttons for sharing, with or without counts: "1.2k SHARES Facebook Twitter"."""
    tokens = [token for token in line.casefold().split() if any(map(str.isalnum, token))]
    names = [token for token in tokens if not _COUNT.fullmatch(token)]
    least = _NAMES if len(names) == len(tokens) else _NAMES - 1
    return len(names) >= least and cues().share_bar.issuperset(names)


def _is_archive(line: str, words: int) -> bool:
    """Say whether a line lists the months of an archive: "January, 2031 December, 2030 ..."."""
    names = {token for token in line.split() if token[0].isalpha()} if words >= _MONTHS else set()
    return len(names) >= _MONTH_NAMES and has_only_date_words(line)


def _is_way(line: str) -> bool:
    """Say whether a line is a site's menu, or the way to the page: section names, or names between arrows."""
    names = [name for name in _BETWEEN.split(line.casefold().replace("’", "'")) if name]
    if len(names) >= _NAMES and cues().sections.issuperset(names):
        return True
    steps = _ARROW.split(line)
    return len(steps) >= _NAMES and all(0 < len(step.split()) <= _STEP_WORDS for step in steps[:-1])


@remembered
def _marks(line: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of what a screen reader is told of the links in a line."""
    found = [mark.span() for mark in cues().interface_commas.finditer(line)]
    if "(" in line:
        for mark in cues().interface_brackets.finditer(line):
            start, end = mark.span()
            found.append((start - (line[start - 1 : start] == " "), end))
    return tuple(found)


@one_by_one
def find_interface(sight: Sight) -> Iterator[Removal]:
    """Claim lines that are nothing but a page's buttons, counters, players and paywalls, and marks of links.

    A line goes by its whole wording, wherever it stands. Inside a sentence only ", opens new tab" and its like go.
    """
    article, lines = sight.article, sight.lines
    for index, line in enumerate(lines):
        may_be = len(lines) > 1 and has_at_most(_OPENED_WORDS, line.text, line.words)
        reason = _kind(line.text, line.words) if may_be else None
        if reason is None and len(lines) > 1 and not line.stopped:
            near = index < _FIRST or index >= len(lines) - _LAST
            if (near and line.brief and _is_way(line.text)) or _is_archive(line.text, line.words):
                reason = "furniture"
        if reason is not None:
            counts = line.text[-1] in ":：" and index + 1 < len(lines) and _COUNT.fullmatch(lines[index + 1].text)
            last = index + 1 if counts else index
            yield Removal(*line_span(article.text, lines, index, last), reason, "interface_line", 0.95)
            continue
        for start, end in _marks(line.text):
            yield Removal(line.start + start, line.start + end, "furniture", "link_mark", 0.97)
