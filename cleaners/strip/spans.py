"""Half-open spans of code points: what is left of a text when some are removed."""

from collections.abc import Iterable


def gaps(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return, in order, the spans of a text of this length that no given span covers; the given ones may overlap."""
    left = []
    position = 0
    for start, end in sorted(spans):
        if start > position:
            left.append((position, start))
        position = max(position, end)
    if position < length:
        left.append((position, length))
    return left
