"""Facts of two texts compared where their words are otherwise equal: what tells a template from a copy."""

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from cleaners.dedup.reading import Reading
from cleaners.dedup.words import NAME, stand_in

# Texts are aligned by their first so many words: time grows with the product of both.
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
    """Compare the facts of two texts; None, and far cheaper, where none can be in conflict."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    ours, theirs = small.words[small.facts > 0], large.words[large.facts > 0]
    # Aligning texts is the dear part; a conflict needs a fact that one of them lacks.
    if stand_in(np.sort(large.words), ours).all() and stand_in(np.sort(small.words), theirs).all():
        return None
    return compare_facts(left, right)


def compare_facts(left: Reading, right: Reading) -> Facts:
    """Align two texts word by word; count facts that stand in both, and facts of one kind that differ in one place."""
    small, large = (left, right) if len(left.words) <= len(right.words) else (right, left)
    ours, theirs = small.words[:ALIGNED_WORDS], large.words[:ALIGNED_WORDS]
    # What stands elsewhere in the other text was moved, not changed.
    ours_new, theirs_new = ~stand_in(np.sort(large.words), ours), ~stand_in(np.sort(small.words), theirs)
    new, new_large = ours_new.tolist(), theirs_new.tolist()
    kinds, kinds_large = small.facts.tolist(), large.facts.tolist()
    stated = np.concatenate(([0], np.cumsum(small.facts > 0))).tolist()
    agreeing = conflicting = matched = at = at_large = 0
    for block in Levenshtein.editops(ours.tolist(), theirs.tolist()).as_matching_blocks():
        if stated[at] < stated[block.a] and block.a - at <= SLOT and 0 < block.b - at_large <= SLOT:
            facts = [i for i in range(at, block.a) if kinds[i]]
            facts_large = [j for j in range(at_large, block.b) if kinds_large[j]]
            for kind in {kinds[i] for i in facts}:
                pairs = zip(
                    (i for i in facts if kinds[i] == kind),
                    (j for j in facts_large if kinds_large[j] == kind),
                    strict=False,
                )
                for i, j in pairs:
                    changed = new[i] or new_large[j]
                    conflicting += changed and not (kind == NAME and _mistyped(small.word(i), large.word(j)))
        at, at_large = block.a + block.size, block.b + block.size
        matched += block.size
        agreeing += stated[at] - stated[block.a]
    return Facts(agreeing, conflicting, matched / max(1, len(ours)))


def _mistyped(left: str, right: str) -> bool:
    """Whether two words are one, mistyped: one letter in four may be wrong, and one always."""
    limit = max(1, max(len(left), len(right)) // 4)
    return Levenshtein.distance(left.casefold(), right.casefold(), score_cutoff=limit) <= limit
