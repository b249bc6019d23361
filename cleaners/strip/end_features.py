"""What is measured at each possible end of an article: form of the lines there, and cohesion of what follows.

The cut is judged before a block, with the run of lines that are not paragraphs (labels, headlines, sources) from there
to the next paragraph, the head. The only wording that counts is how many lines of the run are known closing lines
("cued").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cleaners.strip.blocks import Block
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.topic import Topics

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating | np.integer]
Places = NDArray[np.intp]

FEATURES = (
    "seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "own_mean", "own_least",
    "title_after", "lead_after", "onward", "known_names", "new_names", "cross", "cross_least",
    "words_before", "words_after", "head_words", "head_quote", "head_sentences", "head_short_opener",
    "before_stopped", "rare_shared", "rare_share",
    "run", "run_briefs", "run_seen", "cut_words", "cut_brief", "cut_open", "to_the_end", "briefs_after",
    "relative_times", "echoes", "bullets", "first_after", "again", "resumed", "run_onward", "cued", "resumes",
    "briefs_before", "runs_before", "runs_after", "numbered",
)  # fmt: skip
_STOPS = ".!?…。！？؟۔।"
_WORD = re.compile(r"[^\W\d_]+")
# "11 minutes ago", "vor 3 Stunden", "hace 2 días", "il y a 5 h", "13h": a number and at most three words, no more.
RELATIVE_TIME = re.compile(
    r"(?i)\b\d{1,3}\s?(?:s|m|h|d|w|min|mins|minutes?|hours?|hrs?|days?|weeks?|minuten?|stunden?|tage?n?|std|"
    r"minutos?|horas?|d[ií]as?|semanas?|heures?|jours?|semaines?|ore|giorni|uur|dagen)\b"
)


# Of a longer run of lines so many are looked at, and for what lines have in themselves so many.
_RUN = 40
_NEAR = 12
# So many paragraphs after the head are compared with what stands before the cut, if they have so many words.
_AFTER = 8
_LONG_WORDS = 8
# A term of this weight is rare: a name, mostly.
_RARE = 2.0
_BULLETS = "-–—•*·"
_QUOTES = "\"“”'‘«„「"


def _ratio(part: Numbers, whole: Numbers) -> Floats:
    """Return the quotients, 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of all parts, sorted by part and by the place they open at, to be summed up to any place.

    `keys` are part * width + place, `starts` says where each part's terms begin, `order` how they were sorted.
    """

    width: int
    order: Places
    keys: Places
    starts: Places

    def sums(self, weights: Floats) -> Floats:
        """Return the running sums of the terms' weights, the first of them 0."""
        sums = np.zeros(len(weights) + 1)
        weights[self.order].cumsum(out=sums[1:])
        return sums

    def upto(self, parts: Places, places: Places) -> Places:
        """Return how many terms there are up to those of the parts that open at most at these places."""
        return np.searchsorted(self.keys, parts * self.width + places, side="right")


def _sorted_terms(parts: Places, places: Places, width: int) -> _Terms:
    """Sort terms given by part and place, both less than the width."""
    keys = parts * width + places
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return _Terms(width, order, keys, np.searchsorted(keys, np.arange(width + 1) * width))


def end_features(topics: Topics, marked: frozenset[int] = frozenset()) -> Floats:
    """Measure each cut from the second block on: row i is the cut before block i + 1, a column per name in `FEATURES`.

    All shares are weighed by how rare the words are. `own_mean` is what the paragraphs before the cut share with those
    before them, which is what an article on one thing scores; the first paragraphs after the cut are set against it.
    Lines whose ends are `marked` (other pages of the site carry them) count as known closing lines.
    """
    count = len(topics.blocks)
    if count < 2:
        return np.zeros((0, len(FEATURES)))
    blocks = topics.blocks
    cut = np.arange(1, count)
    prose = np.array([block.prose for block in blocks])
    heads = np.minimum.accumulate(np.where(prose, np.arange(count), count)[::-1])[::-1]
    head = heads[1:]
    columns = {
        **_cohesion(topics, cut, head),
        **_forms(blocks, cut, head, prose),
        **_lines(blocks, cut, head, marked),
        **_naming(topics, cut, head),
    }
    table = np.empty((len(cut), len(FEATURES)))
    for number, name in enumerate(FEATURES):
        table[:, number] = columns[name]
    return table


def _cohesion(topics: Topics, cut: Places, head: Places) -> dict[str, Floats]:
    """Measure what the parts before and after each cut have in common."""
    blocks, parts, first, last = topics.blocks, topics.parts, topics.first, topics.last
    count = len(blocks)
    part_of_term = np.repeat(np.arange(count + 1), [len(part) for part in parts])
    names = [*chain.from_iterable(parts)]
    opens = np.array([first[name] for name in names], dtype=np.intp)
    closes = np.array([last[name] for name in names], dtype=np.intp)
    weights = np.array([*chain.from_iterable(part.values() for part in parts)], dtype=np.float64)
    terms = _sorted_terms(part_of_term, opens, count + 1)
    starts = terms.starts
    # Running sums: of all terms, of those that come again later, of the rare ones.
    seen, onward = terms.sums(weights), terms.sums(weights * (closes > part_of_term))
    rare = terms.sums((weights >= _RARE).astype(np.float64))
    totals = seen[starts[1:]] - seen[starts[:-1]]

    # Weights of the terms that open and close in each part: what stands before, after and across a cut follows.
    heaviest = topics.heaviest
    weight = np.array([*heaviest.values()], dtype=np.float64)
    is_rare = (weight >= _RARE).astype(np.float64)
    opened_at = np.array([first[term] for term in heaviest], dtype=np.intp)
    closed_at = np.array([last[term] for term in heaviest], dtype=np.intp)
    opened, closed = (np.bincount(at, weight, count + 1) for at in (opened_at, closed_at))
    rare_opened, rare_closed = (np.bincount(at, is_rare, count + 1) for at in (opened_at, closed_at))
    before = opened.cumsum()[cut]
    gone = closed.cumsum()[cut]
    across, after = before - gone, np.maximum(0.0, opened.sum() - gone)
    rare_gone = rare_closed.cumsum()[cut]
    rare_across = rare_opened.cumsum()[cut] - rare_gone

    # What the paragraphs before the cut share with those before them.
    words = np.array([block.words for block in blocks])
    told = (words[cut - 1] >= _LONG_WORDS) & (cut > 1)
    share = _ratio(seen[terms.upto(cut, cut - 1)] - seen[starts[cut]], totals[cut])
    own_count = told.cumsum()
    own_least = np.minimum.accumulate(np.where(told, share, 1.0))

    is_head = head < count
    place = np.minimum(head, count - 1)
    at_head = place + 1
    head_total = np.where(is_head, totals[at_head], 0.0)
    head_known, head_start, head_stop = terms.upto(at_head, cut), starts[at_head], starts[at_head + 1]
    long = np.flatnonzero(words >= _LONG_WORDS)
    rank = np.searchsorted(long, head)[:, None] + np.arange(_AFTER)
    there = rank < len(long)
    following = long[np.minimum(rank, len(long) - 1)] + 1 if len(long) else np.ones_like(rank)
    shared = np.where(there, seen[terms.upto(following, cut[:, None])] - seen[starts[following]], 0.0)
    whole = np.where(there, totals[following], 0.0)
    shares = _ratio(shared, whole)

    # The lines from the cut to the head, one after the other.
    run = np.minimum(head, cut + _RUN) - cut
    owner = np.repeat(np.arange(len(cut)), run)
    line = np.arange(len(owner)) - np.repeat(run.cumsum() - run, run) + cut[owner] + 1
    run_seen = np.bincount(owner, seen[terms.upto(line, cut[owner])] - seen[starts[line]], len(cut))
    run_total = np.bincount(owner, totals[line], len(cut))
    known = np.where(is_head, rare[head_known] - rare[head_start], 0.0)
    return {
        "seen_head": np.where(is_head, _ratio(seen[head_known] - seen[head_start], head_total), 0.0),
        "seen_three": _ratio(shared[:, :3].sum(axis=1), whole[:, :3].sum(axis=1)),
        "seen_rest": _ratio(across, after),
        "seen_most": shares.max(axis=1),
        "seen_mean": _ratio(shares.sum(axis=1), there.sum(axis=1)),
        # With few paragraphs before the cut, what articles score on average (0.25) stands in.
        "own_mean": (np.cumsum(share * told) + 0.5) / (own_count + 2),
        "own_least": np.where(own_count > 0, own_least, 0.25),
        "title_after": _told_later(parts[0], last, cut),
        "lead_after": _told_later(parts[1], last, cut),
        "onward": _ratio(np.where(is_head, onward[head_stop] - onward[head_known], 0.0), head_total),
        "known_names": np.minimum(8.0, known),
        "new_names": np.minimum(12.0, np.where(is_head, rare[head_stop] - rare[head_start], 0.0) - known),
        "cross": _ratio(across, np.sqrt(before * after)),
        "cross_least": _ratio(across, np.minimum(before, after)),
        "rare_shared": np.minimum(12.0, rare_across),
        "rare_share": _ratio(rare_across, is_rare.sum() - rare_gone),
        "run_seen": _ratio(run_seen, run_total),
        "first_after": _ratio(seen[terms.upto(cut + 1, cut)] - seen[starts[cut + 1]], totals[cut + 1]),
    }


def _told_later(part: dict[str, float], last: dict[str, int], cut: Places) -> Floats:
    """Return for each cut which share of a part's terms comes again after it."""
    if not part:
        return np.zeros(len(cut))
    gone = np.bincount([last[term] for term in part], [*part.values()], cut[-1] + 2).cumsum()
    return 1.0 - _ratio(gone[cut], np.full(len(cut), gone[-1]))


def _forms(blocks: tuple[Block, ...], cut: Places, head: Places, prose: NDArray[np.bool_]) -> dict[str, Floats]:
    """Measure the form of the blocks before each cut, of those after it, and of the head."""
    count = len(blocks)
    words = np.array([block.words for block in blocks])
    upto = words.cumsum()
    words_before, words_after = upto[cut - 1], upto[-1] - upto[cut - 1]
    brief_words = np.cumsum(np.where(prose, 0, words))
    briefs = np.cumsum(~prose)
    # How many runs of lines that are not paragraphs begin up to each block.
    runs = np.cumsum(~prose & np.concatenate(([True], prose[:-1])))
    is_head = head < count
    place = np.minimum(head, count - 1)
    opening = _of(place, {number: _opening(blocks[number]) for number in {*place.tolist()}})
    resuming = _of(place, {number: _resumes(blocks[number]) for number in {*place.tolist()}})
    return {
        "words_before": np.log1p(words_before),
        "words_after": np.log1p(words_after),
        "head_words": np.where(is_head, np.log1p(words[place]), 0.0),
        "head_quote": _flags(is_head, [block.text[0] in _QUOTES for block in blocks], place),
        "head_sentences": np.where(
            is_head,
            _of(place, {n: min(6, sum(map(blocks[n].text.count, _STOPS))) for n in {*place.tolist()}}),
            0.0,
        ),
        "head_short_opener": ((opening > 0) & (opening <= 4)).astype(np.float64),
        "before_stopped": _flags(True, [block.stopped for block in blocks], cut - 1),
        "cut_words": np.log1p(words[cut]),
        "cut_brief": _flags(True, [block.brief for block in blocks], cut),
        "cut_open": _flags(True, [block.open for block in blocks], cut),
        "to_the_end": (~is_head).astype(np.float64),
        "briefs_after": _ratio((brief_words[-1] - brief_words[cut - 1]).astype(np.float64), words_after),
        "briefs_before": briefs[cut - 1] / cut,
        "runs_before": np.minimum(6.0, runs[cut - 1]),
        "runs_after": np.minimum(6.0, runs[-1] - runs[place]),
        "numbered": _flags(True, [block.text[0].isdigit() for block in blocks], cut),
        "resumes": np.where(is_head, resuming, 0.0),
    }


def _lines(blocks: tuple[Block, ...], cut: Places, head: Places, marked: frozenset[int]) -> dict[str, Floats]:
    """Measure the run of lines that are not paragraphs from each cut to its head."""
    run = np.minimum(head, cut + _RUN) - cut
    near = np.minimum(run, _NEAR)
    brief = [block.brief for block in blocks]
    # "Bake for 35 minutes." is a sentence and no age.
    timed = [b.words <= 8 and not b.stopped and RELATIVE_TIME.search(b.text) is not None for b in blocks]
    cued = [b.words <= 12 and (is_closing(b.text) or b.end in marked) for b in blocks]
    bullet = [block.text[0] in _BULLETS for block in blocks]
    # A single known line between two paragraphs is a link; where matter ends there is more of it.
    counted = (run > 1) | (head == len(blocks))
    return {
        "run": np.minimum(12.0, run),
        "run_briefs": _ratio(_within(brief, cut, run), run),
        "relative_times": np.minimum(2.0, _within(timed, cut, near)),
        "echoes": _echoes(blocks, cut, near),
        "bullets": _ratio(_within(bullet, cut, near), near),
        "cued": np.where(counted, np.minimum(3.0, _within(cued, cut, near)), 0.0),
    }


def _naming(topics: Topics, cut: Places, head: Places) -> dict[str, Floats]:
    """Measure whom the head names as if for the first time, whom as known, and what it tells of the line before it."""
    introduced, count = topics.introduced, len(topics.blocks)
    again, resumed, told = np.zeros(len(cut)), np.zeros(len(cut)), np.zeros(len(cut))
    shares: dict[int, float] = {}
    for row, (here, place) in enumerate(zip(cut.tolist(), head.tolist(), strict=True)):
        opening = topics.names[place + 1 if place < count else 0]
        again[row] = min(3, sum([introduced.get(name, count) <= here for name in opening.full]))
        resumed[row] = min(3, sum([introduced.get(name, count) <= here for name in opening.alone]))
        if here < place < count:
            if place not in shares:
                line, part = topics.parts[place], topics.parts[place + 1]
                total = sum(line.values())
                shares[place] = sum([w for term, w in line.items() if term in part]) / total if total else 0.0
            told[row] = shares[place]
    return {"again": again, "resumed": resumed, "run_onward": told}


def _opening(block: Block) -> int:
    """Return the length of the word that opens a block, 0 if something else does."""
    match = _WORD.match(block.text)
    return len(match.group()) if match else 0


def _resumes(block: Block) -> bool:
    match = _WORD.match(block.text)
    return match is not None and match.group().casefold() in cues().resume


def _of(places: Places, values: dict[int, float]) -> Floats:
    return np.array([values[place] for place in places.tolist()], dtype=np.float64)


def _flags(where: NDArray[np.bool_] | bool, flags: list[bool], places: Places) -> Floats:
    return np.where(where, np.array(flags)[places], False).astype(np.float64)


def _within(flags: Iterable[bool], start: Places, length: Places) -> Floats:
    """Return how many of so many flags from each start on are set."""
    sums = np.concatenate(([0], np.cumsum([*flags])))
    found: Floats = (sums[start + length] - sums[start]).astype(np.float64)
    return found


def _echoes(blocks: tuple[Block, ...], cut: Places, near: Places) -> Floats:
    """Return how many lines of each run are the same as one before them."""
    echoes = np.zeros(len(cut))
    labels: dict[int, str] = {}
    for row, (start, length) in enumerate(zip(cut.tolist(), near.tolist(), strict=True)):
        if length > 1:
            for place in range(start, start + length):
                if place not in labels:
                    labels[place] = blocks[place].text.lstrip("-–—•*· ").casefold()
            echoes[row] = min(2, length - len({labels[place] for place in range(start, start + length)}))
    return echoes
