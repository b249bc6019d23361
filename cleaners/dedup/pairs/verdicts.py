"""The verdict on a pair: by its overlap and, if that is not enough, by headlines, facts, letters and passages."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.pairs.facts import Facts, compare_facts, conflicting_facts
from cleaners.dedup.pairs.letters import sentence_ratio, whole_ratio
from cleaners.dedup.pairs.passages import Passage, quoted_share, shared_passages
from cleaners.dedup.pairs.reading import SEED, Reading, count_shared
from cleaners.dedup.tokens.shingles import shingle
from cleaners.dedup.tokens.words import Ragged, fold_letters, stand_in

Verdict = Literal[
    "exact", "near", "contained", "version", "template", "headline", "boilerplate", "quote", "background", "below"
]
ACCEPTED: tuple[Verdict, ...] = ("exact", "near", "contained", "version")
# Words. Shorter shared runs are turns of phrase.
PHRASE = 2 * SEED
# Words that may stand before the beginning of an article: a caption, a dateline, a notice.
BEFORE = 100


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share: `containment_left` is the share of the left text's shingles that the right one has."""

    jaccard: float
    containment_left: float
    containment_right: float


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pair besides its texts.

    `same_words` means that the folded words are equal. `one_headline` means that the headlines tell one story,
    `other_headlines` that they tell two; both are false if the headlines do not decide.
    """

    same_words: bool = False
    same_address: bool = False
    same_site: bool = False
    one_headline: bool = False
    other_headlines: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on; measures that it did not need are None or empty.

    `conflict` is the share of the compared facts that differ, `quoted` the share of the passages' letters that stand in
    quotation marks.
    """

    verdict: Verdict
    overlap: Overlap
    ratio: float | None = None
    conflict: float | None = None
    quoted: float | None = None
    passages: tuple[Passage, ...] = ()


def measure_overlap(left: Reading, right: Reading) -> Overlap:
    """Measure the overlap of two texts by the shingles they share."""
    shared, ours, theirs = count_shared(left, right), len(left.shingles), len(right.shingles)
    return Overlap(shared / (ours + theirs - shared), shared / ours, shared / theirs)


def likeness(small: Reading, large: Reading, facts: Facts | None = None, *, config: DedupConfig) -> float:
    """Return how much of the smaller text the larger one has, 0..1; `facts` are those of the pair, if compared before.

    It is measured by letters, sentence by sentence in any order. In texts of at least `order_words` words it is also
    measured by words in one order, and the larger value counts. In shorter texts half of the words of a form find
    counterparts by chance.
    """
    by_letters = sentence_ratio(small.own_text(), large.own_text(), cutoff=config.sentence_ratio_min)
    if min(len(small.words), len(large.words)) < config.order_words:
        return by_letters
    return max(by_letters, (facts or compare_facts(small, large)).form)


def judge(left: Reading, right: Reading, known: Known, *, config: DedupConfig) -> Judgement:
    """Judge two texts by their own words, without what other stories of their sites carry too."""
    overlap = measure_overlap(left, right)
    contained = max(overlap.containment_left, overlap.containment_right)
    if known.same_address and contained >= config.version_min:
        return Judgement("version", overlap)
    if _hardly_own(left, config) or _hardly_own(right, config):
        return Judgement("boilerplate", overlap)
    if known.same_words:
        return Judgement("exact", overlap)
    ratio = conflict = None
    if contained >= config.grey_min:
        if min(len(left.words), len(right.words)) < config.short_words:
            ratio = whole_ratio(fold_letters(left.own_text()), fold_letters(right.own_text()))
            stated = compare_facts(left, right)
            same = ratio >= config.short_ratio and not stated.conflicting
            return Judgement("near" if same else "below", overlap, ratio, stated.share)
        facts = conflicting_facts(left, right)
        conflict = facts.share if facts else 0.0
        if facts and _is_template(facts, config):
            return Judgement("template", overlap, None, conflict)
        by_left = overlap.containment_left >= overlap.containment_right
        small, large = (left, right) if by_left else (right, left)
        size = min(overlap.containment_left, overlap.containment_right) / contained
        if contained < (config.headed_min if known.one_headline else config.contained_min):
            ratio = likeness(small, large, facts, config=config)
        # Under another headline, a small piece is a caption that both pages show, or one item of several.
        whole = size >= config.piece_size or (not known.other_headlines and _begins_with(large, small, config))
        if whole and (ratio is None or ratio >= config.ratio_min):
            if known.other_headlines and _tells_its_own(small, large, known, config):
                return Judgement("headline", overlap, ratio, conflict)
            if known.one_headline or not _open_apart(left, right, overlap, config):
                return Judgement("contained" if size < config.size_min else "near", overlap, ratio, conflict)
    passages = shared_passages(left, right, min_words=PHRASE)
    if not passages:
        return Judgement("below", overlap, ratio, conflict)
    quoted = quoted_share(left.text, right.text, passages)
    verdict: Verdict = "quote" if quoted >= config.quoted_min else "background"
    return Judgement(verdict, overlap, ratio, conflict, quoted, passages)


def _hardly_own(text: Reading, config: DedupConfig) -> bool:
    """Whether other stories carry most of a text, and the rest is too short to be an article."""
    return len(text.words) < min(config.own_words, text.carried)


def _tells_its_own(small: Reading, large: Reading, known: Known, config: DedupConfig) -> bool:
    """Whether the smaller text, under another headline, has a story of its own, or is a notice without any story."""
    notice = known.same_site and len(small.words) < config.notice_words
    return notice or longest_own_run(small, large, config) >= config.own_run


def _open_apart(left: Reading, right: Reading, overlap: Overlap, config: DedupConfig) -> bool:
    """Whether each of two texts opens with news of its own, and what they share is background."""
    return overlap.jaccard < config.lead_jaccard and all(
        _opens_otherwise(one, other, config) for one, other in ((left, right), (right, left))
    )


def _opens_otherwise(text: Reading, other: Reading, config: DedupConfig) -> bool:
    """Whether hardly any of the first words of a text stand in the other in the same order."""
    words = text.words[: config.lead_words]
    if len(words) < config.lead_words:
        return False
    runs = shingle(Ragged(words, np.array([0, len(words)])), config.shingle_words).values
    return bool(stand_in(other.shingles, runs).mean() <= config.lead_share)


def longest_own_run(small: Reading, large: Reading, config: DedupConfig) -> int:
    """Return the length of the smaller text's longest run of words that are in no shingle of the larger text."""
    runs = shingle(Ragged(small.words, np.array([0, len(small.words)])), config.shingle_words).values
    shared = np.flatnonzero(stand_in(large.shingles, runs))
    covered = np.zeros(len(small.words) + config.shingle_words, np.bool_)
    for k in range(config.shingle_words):
        covered[shared + k] = True
    edges = np.flatnonzero(np.concatenate(([True], covered[: len(small.words)], [True])))
    return int(np.diff(edges).max()) - 1


def _begins_with(large: Reading, small: Reading, config: DedupConfig) -> bool:
    """Whether at least half of what two texts share stands at the beginning of the larger one."""
    words = large.words[: len(small.words) + BEFORE]
    beginning = shingle(Ragged(words, np.array([0, len(words)])), config.shingle_words).values
    return 2 * int(stand_in(np.sort(beginning), small.shingles).sum()) >= count_shared(large, small)


def _is_template(facts: Facts, config: DedupConfig) -> bool:
    """Whether two texts have one form and different facts: numbers and names differ in otherwise equal sentences."""
    return (
        facts.conflicting >= config.conflict_facts
        and facts.share >= config.conflict_share
        and facts.form >= config.form_min
    )
