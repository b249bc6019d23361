"""Facts of two texts compared where their words are otherwise equal: what tells a template from a copy."""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from cleaners.records import UNSPACED

TOKEN = re.compile(rf"[{UNSPACED}]|\d+(?:[.,:/]\d+)*|[^\W\d_{UNSPACED}]+")
# After one of these the next word is capitalised whatever it is.
OPENING = frozenset('.!?:;…\n"“”„«»‘([*•–—-|/¿¡')
# Articles are compared by their first so many words: time grows with the product of both.
WORDS = 3000
# A slot of a template holds a number, a name, or a few words.
SLOT = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """How many facts (numbers, names) two texts agree on, how many differ in one place, and how alike their form is.

    `form` is the share of the shorter text's words that stand in the other in the same order.
    """

    agreeing: int
    conflicting: int
    form: float

    @property
    def share(self) -> float:
        """Return the share of facts in conflict, 0 when there are none."""
        return self.conflicting / max(1, self.agreeing + self.conflicting)


def read_facts(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text without case, and for each its kind of fact: `n` number, `a` name, empty for none."""
    words, kinds, end = [], [], 0
    text = unicodedata.normalize("NFKC", text)
    for token in TOKEN.finditer(text):
        word = token.group()
        kind = ""
        if word[0].isdigit():
            kind = "n"
        elif word[0].isupper() and end and OPENING.isdisjoint(text[end : token.start()]):
            kind = "a"
        words.append(word.casefold())
        kinds.append(kind)
        end = token.end()
        if len(words) == WORDS:
            break
    return words, kinds


def compare_facts(left_text: str, right_text: str) -> Facts:
    """Align two texts word by word and count facts that agree, and facts of one kind that differ in one place."""
    (left, left_kinds), (right, right_kinds) = read_facts(left_text), read_facts(right_text)
    left_words, right_words = set(left), set(right)
    agreeing = conflicting = matched = 0
    at_left = at_right = 0
    for match in [*Levenshtein.opcodes(left, right), None]:
        if match is None:
            to_left, to_right = len(left), len(right)
        elif match.tag == "equal":
            to_left, to_right = match.src_start, match.dest_start
            agreeing += sum(1 for k in left_kinds[match.src_start : match.src_end] if k)
            matched += match.src_end - match.src_start
        else:
            continue
        if 0 < to_left - at_left <= SLOT and 0 < to_right - at_right <= SLOT:
            for kind in "na":
                ours = [w for w, k in zip(left[at_left:to_left], left_kinds[at_left:to_left], strict=True) if k == kind]
                theirs = [
                    w
                    for w, k in zip(right[at_right:to_right], right_kinds[at_right:to_right], strict=True)
                    if k == kind
                ]
                for x, y in zip(ours, theirs, strict=False):
                    # What stands elsewhere in the other text was moved, not changed.
                    moved = x in right_words and y in left_words
                    conflicting += not (x == y or moved or (kind == "a" and _typo(x, y)))
        if match is not None:
            at_left, at_right = match.src_end, match.dest_end
    return Facts(agreeing, conflicting, matched / max(1, min(len(left), len(right))))


def _typo(left: str, right: str) -> bool:
    """Whether two words are one word, mistyped: one letter in four may be wrong, one always."""
    limit = max(1, max(len(left), len(right)) // 4)
    return Levenshtein.distance(left, right, score_cutoff=limit) <= limit
