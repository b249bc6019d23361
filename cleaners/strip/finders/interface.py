"""Lines of a page's own interface, and what it tells a screen reader of links."""

from collections.abc import Iterator

from cleaners.records import Reason, Removal
from cleaners.strip.cues import cues
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import fold_line, remembered

_STOPS = ".!?…。！？"
# Words at most of a line that is known by its opening.
_OPENED_WORDS = 40


@remembered
def _kind(line: str, words: int) -> Reason | None:
    """Return the reason for which a line as a whole goes, or None."""
    lists = cues()
    folded = fold_line(line)
    if " " not in folded and line[-1] in _STOPS:
        # A button has no stop behind it: "Remember." is a sentence.
        return None
    if folded in lists.interface_ads:
        return "ad"
    if folded in lists.interface:
        return "furniture"
    opened = lists.interface_opens.opens(line) or line.startswith(lists.interface_glued)
    return "furniture" if opened and words <= _OPENED_WORDS else None


@one_by_one
def find_interface(sight: Sight) -> Iterator[Removal]:
    """Claim lines that are nothing but a page's buttons, counters, players and paywalls, and marks of links.

    A line goes by its whole wording, wherever it stands. Inside a sentence only ", opens new tab" and its like go.
    """
    article, lines = sight.article, sight.lines
    for index, line in enumerate(lines):
        if len(lines) > 1 and (reason := _kind(line.text, line.words)) is not None:
            yield Removal(*line_span(article.text, lines, index), reason, "interface_line", 0.95)
            continue
        for mark in cues().interface_marks.finditer(line.text):
            yield Removal(line.start + mark.start(), line.start + mark.end(), "furniture", "link_mark", 0.97)
