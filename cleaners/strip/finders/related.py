"""Labels of related articles with the headlines below them, and labels of summaries."""

import re
from collections.abc import Iterator

from cleaners.records import Removal
from cleaners.strip.cues import cues
from cleaners.strip.lines import has_at_most, line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import Line

# Words of a label at most, and of a line with a label.
_LABEL_WORDS, _LINE_WORDS = 8, 30
# Words of a headline; before a paragraph, a line of fewer than `_SURE_WORDS` may be a subheading.
_LEAST, _LONGEST = 4, 24
_SURE_WORDS = 9
# More headlines than this below one label are a digest, which is the article's own.
_MOST = 8


# A link as a line of its own ("[Read more about the flood.]"); inside a line such brackets hold an editor's words.
_SQUARED = re.compile(r"\[[^\[\]]+\]")
# A line with two sentences is a paragraph, whatever it ends in.
_SENTENCE = re.compile(r"[.!?][\"”’')]? [^\W\d_a-z].*[.!?][\"”’')]? ")


def _headline(line: Line) -> bool:
    is_long = line.words >= _LEAST and has_at_most(_LONGEST, line.text, line.words)
    return is_long and not line.stopped and not line.open


def _label(line: str) -> str | None:
    """Return "sure" for a line of only link words, "topic" for one that names a topic after them, else None."""
    if line.casefold().rstrip(":.… ").replace("’", "'") in cues().related:
        return "sure"
    return "topic" if cues().related_opens.opens(line) else None


@one_by_one
def find_related(sight: Sight) -> Iterator[Removal]:
    """Claim labels of related articles with the headlines that follow, up to the first paragraph.

    A short last headline right above a paragraph stays, since it may be a subheading. Inside a paragraph, a headline in
    brackets goes if its label is in capitals.
    """
    article, lines, lists = sight.article, sight.lines, cues()
    for index, line in enumerate(lines):
        wording = line.text
        if "(" in wording and ": " in wording:
            for found in lists.related_bracketed.finditer(wording):
                if found.end() - found.start() == len(wording):
                    yield Removal(*line_span(article.text, lines, index), "promo", "related_bracket", 0.97)
                else:
                    yield Removal(
                        line.start + found.start(), line.start + found.end(), "promo", "related_bracket", 0.97
                    )
        if not has_at_most(_LINE_WORDS, wording, line.words):
            continue
        if wording[0] == "[" and _SQUARED.fullmatch(wording) and lists.related_square.opens(wording):
            yield Removal(*line_span(article.text, lines, index), "promo", "related_bracket", 0.95)
            continue
        if index < 2 and (match := lists.summary.match(wording)) is not None:
            rest = wording[match.end() :]
            if not rest:
                yield Removal(*line_span(article.text, lines, index), "furniture", "summary_label", 0.95)
            elif rest[0].isupper() or not rest[0].isalpha():
                yield Removal(line.start, line.start + match.end(), "furniture", "summary_label", 0.95)
            continue
        is_short = not line.stopped and has_at_most(_LONGEST, wording, line.words)
        if is_short and (before := lists.related_before.match(wording)) is not None:
            rest = wording[before.end() :]
            if (
                not wording[0].islower()
                and not rest[0].islower()
                and (rest[0].isalnum() or rest[0] in "\"'“‘")
                and line.words >= 5
            ):
                yield Removal(*line_span(article.text, lines, index), "promo", "related_line", 0.95)
                continue
        if line.words >= 5 and wording.casefold().endswith(lists.related_behind) and not _SENTENCE.search(wording):
            yield Removal(*line_span(article.text, lines, index), "promo", "related_line", 0.95)
            continue
        if line.stopped or not has_at_most(_LABEL_WORDS, wording, line.words):
            continue
        kind = _label(wording)
        if kind is None:
            continue
        stop = index + 1
        while stop < len(lines) and _headline(lines[stop]):
            stop += 1
        listed = stop - index - 1
        if stop < len(lines) and listed and lines[stop].prose and lines[stop - 1].words < _SURE_WORDS:
            listed -= 1
        if listed > _MOST:
            continue
        if kind == "topic" and (listed < 2 or line.open):
            continue
        for at in range(index, index + listed + 1):
            yield Removal(*line_span(article.text, lines, at), "promo", "related_list", 0.93)
