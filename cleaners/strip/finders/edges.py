"""White space and separators left over at the ends when other claims are cut."""

from collections.abc import Iterator, Sequence

from cleaners.records import Article, Removal
from cleaners.strip.config import StripConfig
from cleaners.strip.lines import line_span
from cleaners.text import blocks_of


def find_edges(article: Article, *, config: StripConfig, claimed: Sequence[Removal]) -> Iterator[Removal]:
    """Claim the white space that the other claims leave at the start and the end of the text, and nothing else."""
    del config
    text = article.text
    spans = sorted((r.start, r.end) for r in claimed if r.reason != "unsure")
    kept: list[tuple[int, int]] = []
    position = 0
    for start, end in spans:
        if start > position:
            kept.append((position, start))
        position = max(position, end)
    if position < len(text):
        kept.append((position, len(text)))
    seen = -1
    for number, (start, end) in enumerate(kept):
        lead = end - start - len(text[start:end].lstrip())
        if lead:
            yield Removal(start, start + lead, "edge", "outer_space", 1.0)
        if lead < end - start:
            seen = number
            break
    for number in range(len(kept) - 1, seen - 1, -1):
        if seen < 0:
            break
        start, end = kept[number]
        tail = end - start - len(text[start:end].rstrip())
        if tail and tail < end - start:
            yield Removal(end - tail, end, "edge", "outer_space", 1.0)
            break
        if tail:
            yield Removal(start, end, "edge", "outer_space", 1.0)
        else:
            break


def find_last_separators(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim lines without a letter or digit ("___", "* * *") that end the text: they part it from nothing."""
    del config
    blocks = blocks_of(article.text)
    for index in range(len(blocks) - 1, 0, -1):
        if any(char.isalnum() for char in blocks[index].text):
            return
        yield Removal(*line_span(article.text, blocks, index), "edge", "last_separator", 1.0)
