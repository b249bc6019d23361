"""The only place that changes text: `cut` removes the claimed spans."""

from collections.abc import Iterable

from cleaners.records import Cleaned, Removal


def cut(text: str, removals: Iterable[Removal]) -> Cleaned:
    """Remove the union of the claimed spans from a text; what is kept and what is removed make up the text exactly.

    Claims with the reason `unsure` are ignored. If claims overlap, the one that starts first (or the longer one, if two
    start together) keeps its span and the others keep the rest of theirs, so the returned removals are sorted and
    disjoint. Raises ValueError for a claim beyond the ends of the text.
    """
    kept: list[str] = []
    done: list[Removal] = []
    position = 0
    for claim in sorted(removals, key=lambda r: (r.start, -r.end, r.reason, r.rule, -r.score)):
        if not 0 <= claim.start <= claim.end <= len(text):
            raise ValueError(f"rule {claim.rule} claims {claim.start}:{claim.end} of a text of {len(text)} characters")
        start = max(claim.start, position)
        if claim.reason == "unsure" or start >= claim.end:
            continue
        kept.append(text[position:start])
        done.append(claim if start == claim.start else Removal(start, claim.end, claim.reason, claim.rule, claim.score))
        position = claim.end
    kept.append(text[position:])
    return Cleaned("".join(kept), tuple(done))
