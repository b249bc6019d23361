"""Find page furniture in an article's text: menus, share lines, comment boxes, footers round the article and in it."""

import re
from collections.abc import Iterator, Sequence
from math import exp, log

from pydantic import BaseModel, ConfigDict, Field

from cleaners.records import Article, Reason, Removal
from cleaners.strip.blocks import Block, blocks_of
from cleaners.strip.line_facts import Line, split_lines
from cleaners.strip.line_model import score_lines

_STOP = re.compile(r"[.!?…。！？؟۔।][\"'”’»›)\]」』]*$")
_SENTENCE_CHARS = 40
# A line of so many words is a paragraph, of fewer if it ends like a sentence.
_LONG_WORDS = 12
_SENTENCE_WORDS = 7
# So many lines that are a time and nothing else make a log: "22h14", "9.30 am", "18:05 Uhr".
_TIME = re.compile(r"\d{1,2}[:.h]\d\d(?:\W{0,2}[^\W\d_]{1,3}\.?){0,2}")
_LOG_TIMES = 3


class FurnitureConfig(BaseModel):
    """Settings of the furniture finder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(
        0.6,
        ge=0.01,
        le=0.99,
        description="score: a line this likely to be furniture is claimed where the text looks like a whole page; the "
        "less sure the model is where the article stands, the closer to 1 the bar moves.",
    )
    clean_threshold: float = Field(
        0.97,
        ge=0.01,
        le=0.99,
        description="score: what a line needs where the text looks like an article alone. At 0.9 one of 609 "
        "clean articles loses over 2 % (cross-validated).",
    )
    switch_cost: float = Field(
        1.25,
        ge=0.0,
        description="log odds: what it costs to go from lines that stay to lines that go, or back. On 399 whole pages "
        "(cross-validated) F1 is 0.930 and 0.378 of the articles lose over 2 % without this and `prose_bonus`, 0.937 "
        "and 0.321 with them.",
    )
    prose_bonus: float = Field(
        1.5,
        ge=0.0,
        description="log odds in favour of a line that ends like a sentence: it costs more to lose one than to leave "
        "one.",
    )
    least_f1: float = Field(
        0.6,
        ge=0.0,
        le=1.0,
        description="F1 to be expected of what is kept: below it nothing is cut, and the claims are `unsure`. On 399 "
        "whole pages F1 is 0.928 with 0 and 0.930 with 0.6.",
    )
    page_lines: int = Field(
        5,
        ge=0,
        description="lines: a text with this many lines over `threshold` looks like a whole page, if they are also "
        "`page_share` of its lines.",
    )
    page_share: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="share of lines: see `page_lines`. Of 399 bodies alone, guides and lists among them, 0.023 lose "
        "over 2 % with 0.2 (cross-validated).",
    )


def find_furniture(articles: Sequence[Article], *, config: FurnitureConfig) -> list[list[Removal]]:
    """Claim, in each article, the lines that are furniture, one claim for each run of them.

    A claim takes in the line breaks after its lines; at the end of the text, those before them. Where no line, or none
    clearly, is the article, there is nothing to part furniture from: no claim, or claims that are `unsure`. Nor is one
    made in a text of paragraphs alone.
    """
    # Paragraphs alone are no page: of 1,297 such texts, three fifths of those in a news corpus, none had a claim.
    pages = [not all(map(_is_paragraph, blocks_of(article.text))) for article in articles]
    lines = [split_lines(article.text) if page else [] for article, page in zip(articles, pages, strict=True)]
    scores = score_lines(lines, [article.title for article in articles])
    return [list(_claims(*judged, config)) for judged in zip(articles, lines, scores, strict=True)]


def _claims(
    article: Article, lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig
) -> Iterator[Removal]:
    """Claim the lines of one article that are furniture."""
    claimed, sure = choose_lines(lines, scores, config)
    if all(claimed):
        return
    reason: Reason = "furniture" if sure else "unsure"
    kept = [number for number, cut in enumerate(claimed) if not cut]
    for first, last in _runs(claimed):
        rule = "before_body" if first < kept[0] else "after_body" if last > kept[-1] else "inside_body"
        run = scores[first : last + 1]
        yield Removal(*_span(lines, first, last, article.text), reason, rule, round(sum(run) / len(run), 4))


def choose_lines(lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig) -> tuple[list[bool], bool]:
    """Decide which lines are furniture, and whether it is clear enough where the article stands.

    The choice of all lines together that is likeliest, where each change from lines that stay to lines that go has its
    cost: so a doubtful line goes the way of its neighbours.
    """
    scores = _even_times(lines, scores)
    bar, sure = _bar(lines, scores, config)
    threshold = _log_odds(bar)
    # Of the likeliest choices that end with a line that stays, and with one that goes: value, and where it came from.
    keep = cut = 0.0
    came: list[tuple[bool, bool]] = []
    for line, score in zip(lines, scores, strict=True):
        for_cut = _log_odds(score) - threshold - config.prose_bonus * _is_sentence(line.text)
        stays, goes = keep - config.switch_cost, cut - config.switch_cost
        came.append((goes > keep, cut >= stays))
        keep, cut = max(keep, goes) - for_cut / 2, max(cut, stays) + for_cut / 2
    claimed = []
    gone = cut > keep
    for to_keep, to_cut in reversed(came):
        claimed.append(gone)
        gone = to_cut if gone else to_keep
    return claimed[::-1], sure


def _even_times(lines: Sequence[Line], scores: Sequence[float]) -> list[float]:
    """Return the scores with the same one for all lines that are a bare time: a log keeps its times or has none."""
    times = [number for number, line in enumerate(lines) if _TIME.fullmatch(line.text)]
    if len(times) < _LOG_TIMES:
        return list(scores)
    odds = sum(_log_odds(scores[number]) for number in times) / len(times)
    even = 1 / (1 + exp(-odds))
    return [even if number in times else score for number, score in enumerate(scores)]


def _bar(lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig) -> tuple[float, bool]:
    """Return the score over which a line goes, and whether it is clear enough where the article stands.

    The choice of lines that gives the best F1 to be expected keeps each line that is the article with at least half the
    probability of that F1; so where no line is surely the article, less goes.
    """
    if sum(score > config.threshold for score in scores) < max(config.page_lines, config.page_share * len(scores)):
        return config.clean_threshold, True
    pairs = sorted((score, len(line.text)) for line, score in zip(lines, scores, strict=True))
    expected = sum(size * (1 - score) for score, size in pairs)
    right = kept = best = 0.0
    for score, size in pairs:
        right += size * (1 - score)
        kept += size
        best = max(best, 2 * right / (kept + expected))
    return 1 - (1 - config.threshold) * best, best >= config.least_f1


def _log_odds(score: float) -> float:
    """Return the log odds of a score; a single line is never quite certain."""
    score = min(max(score, 0.001), 0.999)
    return log(score / (1 - score))


def _is_paragraph(block: Block) -> bool:
    return block.words >= _LONG_WORDS or (block.stopped and block.words >= _SENTENCE_WORDS)


def _is_sentence(text: str) -> bool:
    return len(text) > _SENTENCE_CHARS and _STOP.search(text) is not None


def _runs(claimed: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each run of claimed lines."""
    first = None
    for number, cut in enumerate(claimed):
        if cut:
            if first is None:
                first = number
        elif first is not None:
            yield first, number - 1
            first = None
    if first is not None:
        yield first, len(claimed) - 1


def _span(lines: Sequence[Line], first: int, last: int, text: str) -> tuple[int, int]:
    """Return the span of a run of lines: with the line breaks that lead to it or, at the top, those behind it.

    All finders claim lines so: where two claim one line, the breaks on its other side stay.
    """
    if not first:
        end = lines[last].end
        return lines[first].start, end + len(text[end:]) - len(text[end:].lstrip())
    return len(text[: lines[first].start].rstrip()), len(text[: lines[last].end].rstrip())
