"""How close extracted texts are to those that people marked."""

from collections import Counter
from collections.abc import Sequence
from statistics import mean

from benchmarks.training.data import words_in

Grams = Counter[tuple[str, ...]]
# A text that keeps less than this of the true one is damaged.
WHOLE = 0.98


def grams(text: str) -> Grams:
    """Return a text's runs of four words; a shorter text is one run."""
    words = words_in(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


def figures(name: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return a line of figures for pairs of a true text and the one found.

    Precision, recall and F1 count runs of four words and are averaged over texts; texts in which nothing was found have
    no precision. Exact texts are right to the word; damaged ones lost over 2 % of the true text.
    """
    precision, recall = [], []
    for truth, found in pairs:
        wanted, got = grams(truth), grams(found)
        common = (wanted & got).total()
        if got:
            precision.append(common / got.total())
        recall.append(common / wanted.total() if wanted else 1.0)
    p, r = mean(precision), mean(recall)
    exact = mean(words_in(truth) == words_in(found) for truth, found in pairs)
    damaged = mean(share < WHOLE for share in recall)
    return (
        f"{name:32} {len(pairs):5d}  F1 {2 * p * r / (p + r):.4f}  precision {p:.4f}  recall {r:.4f}"
        f"  exact {exact:.3f}  damaged {damaged:.4f}"
    )
