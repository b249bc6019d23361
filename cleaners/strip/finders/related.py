"""Labels of related articles with the headlines under them, and the label of a summary."""

import re
from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import cues
from cleaners.strip.lines import line_span
from cleaners.text import Block, blocks_of

_LABEL_WORDS = 8
# A headline has so many words; a shorter line before a paragraph may be a subheading.
_HEADLINE_WORDS = range(4, 25)
_SURE_WORDS = 9
# More headlines under one label are a digest, which is the article's own.
_MOST = 8


# A line with two sentences in it is a paragraph, whatever it ends in.
_SENTENCE = re.compile(r"[.!?][\"”’')]? [^\W\d_a-z].*[.!?][\"”’')]? ")


def _headline(block: Block) -> bool:
    return not block.stopped and not block.open and block.words in _HEADLINE_WORDS


def _label(line: str) -> str | None:
    """Return "sure" for a line of link words alone, "topic" for one that names a topic behind them."""
    if line.casefold().rstrip(":.… ").replace("’", "'") in cues().related:
        return "sure"
    return "topic" if cues().related_opens.opens(line) else None


def find_related(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim labels of related articles with the headlines that follow, up to the first paragraph.

    A short last headline right above a paragraph stays: it may be a subheading. Inside a paragraph a headline in
    brackets goes with its label in capitals.
    """
    del config
    blocks = blocks_of(article.text)
    lists = cues()
    for index, block in enumerate(blocks):
        line = block.text
        if "(" in line and ": " in line:
            for found in lists.related_bracketed.finditer(line):
                if found.end() - found.start() == len(line):
                    yield Removal(*line_span(article.text, blocks, index), "promo", "related_bracket", 0.97)
                else:
                    yield Removal(
                        block.start + found.start(), block.start + found.end(), "promo", "related_bracket", 0.97
                    )
        if block.words > 30:
            continue
        if index < 2 and (match := lists.summary.match(line)) is not None:
            rest = line[match.end() :]
            if not rest:
                yield Removal(*line_span(article.text, blocks, index), "furniture", "summary_label", 0.95)
            elif rest[0].isupper() or not rest[0].isalpha():
                yield Removal(block.start, block.start + match.end(), "furniture", "summary_label", 0.95)
            continue
        if block.brief and (before := lists.related_before.match(line)) is not None:
            rest = line[before.end() :]
            if (
                line[0].isupper()
                and (rest[0].isupper() or rest[0].isdigit() or rest[0] in "\"'“‘")
                and block.words >= 5
            ):
                yield Removal(*line_span(article.text, blocks, index), "promo", "related_line", 0.95)
                continue
        if block.words >= 5 and line.casefold().endswith(lists.related_behind) and not _SENTENCE.search(line):
            yield Removal(*line_span(article.text, blocks, index), "promo", "related_line", 0.95)
            continue
        if block.stopped or block.words > _LABEL_WORDS:
            continue
        kind = _label(line)
        if kind is None:
            continue
        stop = index + 1
        while stop < len(blocks) and _headline(blocks[stop]):
            stop += 1
        listed = stop - index - 1
        if stop < len(blocks) and listed and blocks[stop].prose and blocks[stop - 1].words < _SURE_WORDS:
            listed -= 1
        if listed > _MOST:
            continue
        if kind == "topic" and (listed < 2 or block.open):
            continue
        for at in range(index, index + listed + 1):
            yield Removal(*line_span(article.text, blocks, at), "promo", "related_list", 0.93)
