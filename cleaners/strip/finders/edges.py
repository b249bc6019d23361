"""White space and separators that other cuts leave at the ends."""

from collections.abc import Iterator

from cleaners.records import Removal
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.strip.spans import gaps


@one_by_one
def find_edges(sight: Sight) -> Iterator[Removal]:
    """Claim only the white space that the other claims leave at the start and the end of the text."""
    text = sight.article.text
    stays = {"unsure", *sight.config.keep}
    kept = gaps([(claim.start, claim.end) for claim in sight.claimed if claim.reason not in stays], len(text))
    for start, end in kept:
        lead = end - start - len(text[start:end].lstrip())
        if lead:
            yield Removal(start, start + lead, "edge", "outer_space", 1.0)
        if lead < end - start:
            break
    else:
        return
    for start, end in reversed(kept):
        tail = end - start - len(text[start:end].rstrip())
        if tail:
            yield Removal(end - tail, end, "edge", "outer_space", 1.0)
        if tail < end - start:
            break


@one_by_one
def find_last_separators(sight: Sight) -> Iterator[Removal]:
    """Claim lines without a letter or digit ("___", "* * *") that end the text, where they separate nothing."""
    article, lines = sight.article, sight.lines
    for index in range(len(lines) - 1, 0, -1):
        if any(char.isalnum() for char in lines[index].text):
            return
        yield Removal(*line_span(article.text, lines, index), "edge", "last_separator", 1.0)
