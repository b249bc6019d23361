"""White space and separators left over at the ends when other claims are cut."""

from collections.abc import Iterator

from cleaners.records import Removal
from cleaners.strip.lines import line_span
from cleaners.strip.seen import Seen, one_by_one
from cleaners.strip.spans import gaps


@one_by_one
def find_edges(seen: Seen) -> Iterator[Removal]:
    """Claim the white space that the other claims leave at the start and the end of the text, and nothing else."""
    text = seen.article.text
    stays = {"unsure", *seen.config.keep}
    kept = gaps([(claim.start, claim.end) for claim in seen.claimed if claim.reason not in stays], len(text))
    first = -1
    for number, (start, end) in enumerate(kept):
        lead = end - start - len(text[start:end].lstrip())
        if lead:
            yield Removal(start, start + lead, "edge", "outer_space", 1.0)
        if lead < end - start:
            first = number
            break
    for number in range(len(kept) - 1, first - 1, -1):
        if first < 0:
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


@one_by_one
def find_last_separators(seen: Seen) -> Iterator[Removal]:
    """Claim lines without a letter or digit ("___", "* * *") that end the text: they part it from nothing."""
    article, lines = seen.article, seen.lines
    for index in range(len(lines) - 1, 0, -1):
        if any(char.isalnum() for char in lines[index].text):
            return
        yield Removal(*line_span(article.text, lines, index), "edge", "last_separator", 1.0)
