"""Score cleaned text against the true article: 4-word shingles as multisets, and what was lost."""

from collections import Counter
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from cleaners.records import WORD

SHINGLE_WORDS = 4
DAMAGE = 0.02  # share of the article's shingles whose loss counts as damage

WRONG = 0.02  # share of its words that may be wrong or missing in an article that is right


@dataclass(frozen=True, slots=True)
class Score:
    """How one cleaned text compares with its article, each figure in 0..1."""

    precision: float
    recall: float
    exact: bool

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def damaged(self) -> bool:
        """Return whether more than 2 % of the article is lost."""
        return self.recall < 1 - DAMAGE


def words(text: str) -> list[str]:
    """Return the words of a text; in scripts written without spaces every letter is one."""
    return WORD.findall(text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count runs of four words; a shorter text is one run, an empty one none."""
    found = words(text)
    if not found:
        return Counter()
    runs = range(max(1, len(found) - SHINGLE_WORDS + 1))
    return Counter(tuple(found[i : i + SHINGLE_WORDS]) for i in runs)


def score(truth: str, got: str) -> Score:
    """Compare a cleaned text with the true article."""
    wanted, given = shingles(truth), shingles(got)
    shared = (wanted & given).total()
    return Score(
        precision=shared / given.total() if given else float(not wanted),
        recall=shared / wanted.total() if wanted else float(not given),
        exact=words(truth) == words(got),
    )


def is_right(truth: str, got: str) -> bool:
    """Tell whether the words that are wrong or missing, aligned in order, are at most 2 % of the true article's."""
    wanted, given = words(truth), words(got)
    return Indel.distance(wanted, given) <= WRONG * len(wanted)


def macro_f1(scores: list[Score]) -> float:
    """Return the F1 of mean precision and mean recall, as the public benchmark for article bodies averages."""
    precision = sum(s.precision for s in scores) / len(scores)
    recall = sum(s.recall for s in scores) / len(scores)
    return Score(precision, recall, exact=False).f1
