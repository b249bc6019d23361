"""Comparison of the facts that two texts state in the same place: it tells a template from a copy."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from cleaners.dedup.pairs.reading import Reading
from cleaners.dedup.tokens.words import NAME, NUMBER, stand_in

# Only this many words of each text are aligned, since the time grows with the product of both numbers.
ALIGNED_WORDS = 3000
# Words in a slot of a template at most: a number, a name, or a few words.
SLOT = 6
# Letters of a word that may be a mistyped name; the time to compare two words grows with the product of their lengths.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Facts:
    """How many facts (numbers, names) two texts share, and in how many places they state different ones.

    `form` is the share of the smaller text's words that the larger text has in the same order.
    """

    agreeing: int
    conflicting: int
    form: float

    @property
    def share(self) -> float:
        """Return the share of facts in conflict, 0 if there are no facts."""
        return self.conflicting / max(1, self.agreeing + self.conflicting)


def conflicting_facts(left: Reading, right: Reading) -> Facts | None:
    """Compare the facts of two texts; return None without aligning them if no fact can be in conflict."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    new, new_large = _new_facts(small, large), _new_facts(large, small)
    # A conflict needs a fact that one of the two lacks.
    return _align(small, large, new, new_large) if any(new) or any(new_large) else None


def compare_facts(left: Reading, right: Reading) -> Facts:
    """Align two texts word by word; count the facts they share, and the places where facts of one kind differ."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    return _align(small, large, _new_facts(small, large), _new_facts(large, small))


def _new_facts(text: Reading, other: Reading) -> list[bool]:
    """Flag the facts of a text that the other lacks; a fact that stands elsewhere in it was moved, not changed."""
    new: list[bool] = (~stand_in(other.in_order, text.fact_words)).tolist()
    return new


def _align(small: Reading, large: Reading, new: list[bool], new_large: list[bool]) -> Facts:
    """Compare what stands between the runs of equal words; `new` and `new_large` flag facts that the other lacks."""
    before, before_large = small.facts_before, large.facts_before
    kinds, kinds_large = small.fact_kinds, large.fact_kinds
    ours, theirs = array("Q", small.words[:ALIGNED_WORDS].tobytes()), array("Q", large.words[:ALIGNED_WORDS].tobytes())
    agreeing = conflicting = matched = at = at_large = fact = 0
    for block in Levenshtein.editops(ours, theirs).as_matching_blocks():
        begin, begin_large, size = block.a, block.b, block.size
        end = before[begin]
        if end > fact and begin - at <= SLOT and 0 < begin_large - at_large <= SLOT:
            first, last = before_large[at_large], before_large[begin_large]
            # Most places hold one fact in each text. Pairing several takes longer than everything else here.
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
    """Pair the facts of one place in order: numbers with numbers, names with names."""
    for kind in (NUMBER, NAME):
        yield from zip(
            (i for i in ours if small.fact_kinds[i] == kind),
            (j for j in theirs if large.fact_kinds[j] == kind),
            strict=False,
        )


def _mistyped(left: str, right: str) -> bool:
    """Whether two words are one word, mistyped: one letter in four may be wrong, and at least one."""
    longer = max(len(left), len(right))
    if longer > LONGEST_NAME:
        return False
    limit = max(1, longer // 4)
    return Levenshtein.distance(left.casefold(), right.casefold(), score_cutoff=limit) <= limit
