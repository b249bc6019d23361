"""Find page furniture in an article's text: menus, share lines, comment boxes, footers round the article and in it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from cleaners.records import Article, Removal
from cleaners.strip.line_features import Line, split_lines
from cleaners.strip.line_model import score_lines


class FurnitureConfig(BaseModel):
    """Settings of the furniture finder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(
        0.6,
        ge=0.0,
        le=1.0,
        description="score: a line this likely to be furniture is claimed where the text looks like a whole page.",
    )
    clean_threshold: float = Field(
        0.97,
        ge=0.0,
        le=1.0,
        description="score: what a line needs where the text looks like an article alone.",
    )
    page_lines: int = Field(
        5,
        ge=0,
        description="lines: a text with this many lines over `threshold` looks like a whole page.",
    )


def find_furniture(article: Article, *, config: FurnitureConfig) -> Iterator[Removal]:
    """Claim the lines that are furniture, one claim for each run of them.

    A claim takes in the line breaks after its lines; at the end of the text, those before them. Where every line looks
    like furniture nothing is claimed: there is no article to part it from.
    """
    lines = split_lines(article.text)
    scores = score_lines(lines, article.title)
    claimed = claim_lines(scores, config)
    if all(claimed):
        return
    kept = [number for number, cut in enumerate(claimed) if not cut]
    for first, last in _runs(claimed):
        rule = "before_body" if first < kept[0] else "after_body" if last > kept[-1] else "inside_body"
        run = scores[first : last + 1]
        yield Removal(*_span(lines, first, last, article.text), "furniture", rule, round(sum(run) / len(run), 4))


def claim_lines(scores: Sequence[float], config: FurnitureConfig) -> list[bool]:
    """Decide which lines are claimed: a page is judged by one threshold, an article alone by a stricter one."""
    over = sum(score > config.threshold for score in scores)
    bar = config.threshold if over >= config.page_lines else config.clean_threshold
    return [score > bar for score in scores]


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
    if end == len(text) and first:
        start = len(text[:start].rstrip())
    return start, end
