"""Facts of two texts compared where their words are otherwise equal: what tells a template from a copy."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from cleaners.dedup.pairs.reading import Reading
from cleaners.dedup.tokens.words import NAME, NUMBER, stand_in

# Words of each text that are aligned: the time grows with the product of both.
ALIGNED_WORDS = 3000
# A slot of a template holds a number, a name, or a few words.
SLOT = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """How many facts (numbers, names) two texts state alike, and in how many places they state different ones.

    `form` is the share of the smaller text's words that stand in the larger in the same order.
    """

    agreeing: int
    conflicting: int
    form: float

    @property
    def share(self) -> float:
        """Return the share of facts in conflict, 0 when there are none."""
        return self.conflicting / max(1, self.agreeing + self.conflicting)


def conflicting_facts(left: Reading, right: Reading) -> Facts | None:
    """Compare the facts of two texts; None, and cheaper, where none can be in conflict."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    new, new_large = _new_facts(small, large), _new_facts(large, small)
    # A conflict needs a fact that one of them lacks.
    return _align(small, large, new, new_large) if any(new) or any(new_large) else None


def compare_facts(left: Reading, right: Reading) -> Facts:
    """Align two texts word by word; count facts that stand in both, and facts of one kind that differ in one place."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    return _align(small, large, _new_facts(small, large), _new_facts(large, small))


def _new_facts(text: Reading, other: Reading) -> list[bool]:
    """Tell of each fact of a text whether the other lacks it: what stands elsewhere there was moved, not changed."""
    new: list[bool] = (~stand_in(other.in_order, text.fact_words)).tolist()
    return new


def _align(small: Reading, large: Reading, new: list[bool], new_large: list[bool]) -> Facts:
    """Compare two texts from one run of equal words to the next; `new` tells of facts whether the other lacks them."""
    before, before_large = small.facts_before, large.facts_before
    kinds, kinds_large = small.fact_kinds, large.fact_kinds
    ours, theirs = array("Q", small.words[:ALIGNED_WORDS].tobytes()), array("Q", large.words[:ALIGNED_WORDS].tobytes())
    agreeing = conflicting = matched = at = at_large = fact = 0
    for block in Levenshtein.editops(ours, theirs).as_matching_blocks():
        begin, begin_large, size = block.a, block.b, block.size
        end = before[begin]
        if end > fact and begin - at <= SLOT and 0 < begin_large - at_large <= SLOT:
            first, last = before_large[at_large], before_large[begin_large]
            # Most places hold one fact, and to pair those of several takes longer than all else here.
            alone = end - fact == 1 == last - first
            for i, j in ((fact, first),) if alone else _by_kind(range(fact, end), range(first, last), small, large):
                if kinds[i] == kinds_large[j] and (new[i] or new_large[j]):
                    conflicting += not (kinds[i] == NAME and _mistyped(small.fact(i), large.fact(j)))
        at, at_large = begin + size, begin_large + size
        matched += size
        fact = before[at]
        agreeing += fact - end
    return Facts(agreeing, conflicting, matched / max(1, len(ours)))


def _by_kind(ours: range, theirs: range, small: Reading, large: Reading) -> Iterator[tuple[int, int]]:
    """Pair the facts of one place, kind by kind, in their order."""
    for kind in (NUMBER, NAME):
        yield from zip(
            (i for i in ours if small.fact_kinds[i] == kind),
            (j for j in theirs if large.fact_kinds[j] == kind),
            strict=False,
        )


def _mistyped(left: str, right: str) -> bool:
    """Whether two words are one, mistyped: one letter in four may be wrong, and one always."""
    limit = max(1, max(len(left), len(right)) // 4)
    return Levenshtein.distance(left.casefold(), right.casefold(), score_cutoff=limit) <= limit
