"""The only place where text changes: `cut` takes the claimed spans out."""

from collections.abc import Iterable

from cleaners.records import Cleaned, Removal


def cut(text: str, removals: Iterable[Removal]) -> Cleaned:
    """Take the union of the claimed spans out of a text; what is left and what is taken make up the text exactly.

    Claims with the reason `unsure` are left alone. Where claims overlap, the one that starts first (the longer one, if
    two start together) keeps its span and the others what it leaves, so the returned removals are sorted and disjoint.
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
