"""Find page furniture in an article's text: menus, share lines, comment boxes, footers round the article and in it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from cleaners.records import Article, Reason, Removal
from cleaners.strip.line_features import Line, split_lines
from cleaners.strip.line_model import score_lines


class FurnitureConfig(BaseModel):
    """Settings of the furniture finder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(
        0.6,
        ge=0.0,
        le=1.0,
        description="score: a line this likely to be furniture is claimed where the text looks like a whole page; the "
        "less sure the model is where the article stands, the closer to 1 the bar moves.",
    )
    clean_threshold: float = Field(
        0.97,
        ge=0.0,
        le=1.0,
        description="score: what a line needs where the text looks like an article alone. With 0.9, 1 of 500 clean "
        "articles loses over 2 %; with 0.97, none (cross-validated).",
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
        description="lines: a text with this many lines over `threshold` looks like a whole page.",
    )


def find_furniture(article: Article, *, config: FurnitureConfig) -> Iterator[Removal]:
    """Claim the lines that are furniture, one claim for each run of them.

    A claim takes in the line breaks after its lines; at the end of the text, those before them. Where no line, or none
    clearly, is the article, there is nothing to part furniture from: no claim, or claims that are `unsure`.
    """
    lines = split_lines(article.text)
    scores = score_lines(lines, article.title)
    bar, sure = choose_bar(scores, [float(len(line.text)) for line in lines], config)
    claimed = [score > bar for score in scores]
    if all(claimed):
        return
    reason: Reason = "furniture" if sure else "unsure"
    kept = [number for number, cut in enumerate(claimed) if not cut]
    for first, last in _runs(claimed):
        rule = "before_body" if first < kept[0] else "after_body" if last > kept[-1] else "inside_body"
        run = scores[first : last + 1]
        yield Removal(*_span(lines, first, last, article.text), reason, rule, round(sum(run) / len(run), 4))


def choose_bar(scores: Sequence[float], sizes: Sequence[float], config: FurnitureConfig) -> tuple[float, bool]:
    """Return the score over which a line is claimed, and whether it is clear enough where the article stands.

    The choice of lines that gives the best F1 to be expected keeps each line that is the article with at least half the
    probability of that F1; so where no line is surely the article, less goes.
    """
    if sum(score > config.threshold for score in scores) < config.page_lines:
        return config.clean_threshold, True
    expected = sum(size * (1 - score) for score, size in zip(scores, sizes, strict=True))
    right = kept = best = 0.0
    for score, size in sorted(zip(scores, sizes, strict=True)):
        right += size * (1 - score)
        kept += size
        best = max(best, 2 * right / (kept + expected))
    return 1 - (1 - config.threshold) * best, best >= config.least_f1


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
    """Return the span of a run of lines, so that the text without it begins and ends with a line."""
    start, end = lines[first].start, lines[last].end
    if not first:
        end += len(text[end:]) - len(text[end:].lstrip())
    if end == len(text) and first:
        start = len(text[:start].rstrip())
    return start, end
