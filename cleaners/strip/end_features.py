"""What is measured at each possible end of an article: form of the lines there, and cohesion of what follows.

The cut is judged before a block, with the run of lines that are not paragraphs (labels, headlines, sources) from there
to the next paragraph, the head. The only wording that counts is how many lines
of the run are known closing lines ("cued").
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from cleaners.strip.cues import cues, is_closing
from cleaners.strip.topic import Topics

FEATURES = (
    "seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "own_mean", "own_least",
    "title_after", "lead_after", "onward", "known_names", "new_names", "cross", "cross_least",
    "words_before", "words_after", "head_words", "head_quote", "head_sentences", "head_short_opener",
    "before_stopped", "rare_shared", "rare_share",
    "run", "run_briefs", "run_seen", "cut_words", "cut_brief", "cut_open", "to_the_end", "briefs_after",
    "relative_times", "echoes", "bullets", "first_after", "again", "resumed", "run_onward", "cued", "resumes",
    "briefs_before", "runs_before", "runs_after", "numbered",
)  # fmt: skip
_STOP = re.compile(r"[.!?…。！？؟۔।]")
_WORD = re.compile(r"[^\W\d_]+")
# "11 minutes ago", "vor 3 Stunden", "hace 2 días", "il y a 5 h", "13h": a number and at most three words, no more.
RELATIVE_TIME = re.compile(
    r"(?i)\b\d{1,3}\s?(?:s|m|h|d|w|min|mins|minutes?|hours?|hrs?|days?|weeks?|minuten?|stunden?|tage?n?|std|"
    r"minutos?|horas?|d[ií]as?|semanas?|heures?|jours?|semaines?|ore|giorni|uur|dagen)\b"
)


# Of a longer run of lines so many are looked at.
_RUN = 40


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Weights of one part's terms, sorted by the part in which each opens (or closes), with their running sums."""

    places: list[int]
    sums: list[float]

    def upto(self, place: int) -> float:
        """Return the weight of the terms up to a part."""
        return self.sums[bisect_right(self.places, place)]

    @property
    def total(self) -> float:
        return self.sums[-1]


def _ledger(part: dict[str, float], places: dict[str, int]) -> _Ledger:
    pairs = sorted((places[term], weight) for term, weight in part.items())
    return _Ledger([place for place, _ in pairs], [0.0, *accumulate(weight for _, weight in pairs)])


def end_features(topics: Topics, marked: frozenset[int] = frozenset()) -> Iterator[tuple[int, dict[str, float]]]:
    """Measure each cut from the second block on; all shares are weighed by how rare the words are.

    `own_mean` is what the paragraphs before the cut share with those before them, which is what an article on one thing
    scores; the first paragraphs after the cut are set against it. Lines whose ends are `marked` (other pages of the
    site carry them) count as known closing lines.
    """
    blocks, parts, first, last = topics.blocks, topics.parts, topics.first, topics.last
    count = len(blocks)
    seen_in = [_ledger(part, first) for part in parts]
    title_later, lead_later = _ledger(parts[0], last), _ledger(parts[1] if count else {}, last)
    # Weights of the terms that open and close in each part: what stands before, after and across a cut follows.
    opened, closed = [0.0] * (count + 2), [0.0] * (count + 2)
    rare_opened, rare_closed = [0] * (count + 2), [0] * (count + 2)
    for term, weight in topics.heaviest.items():
        opened[first[term]] += weight
        closed[last[term]] += weight
        if weight >= 2.0:
            rare_opened[first[term]] += 1
            rare_closed[last[term]] += 1
    all_weight, all_rare = sum(opened), sum(rare_opened)
    own_sum, own_count, own_least = 0.0, 0, 1.0
    before_weight, before_closed = opened[0], closed[0]
    before_rare, before_rare_closed = rare_opened[0], rare_closed[0]
    words_before = 0
    brief_before = 0
    # How many runs of lines that are not paragraphs begin up to each block.
    runs_upto = list(accumulate(not b.prose and (i == 0 or blocks[i - 1].prose) for i, b in enumerate(blocks)))
    words_all = sum(block.words for block in blocks)
    briefs_from = [0] * (count + 1)
    heads = [count] * (count + 1)
    longs: list[list[int]] = [[]] * (count + 1)
    for index in range(count - 1, -1, -1):
        block = blocks[index]
        briefs_from[index] = briefs_from[index + 1] + (0 if block.prose else block.words)
        heads[index] = index if block.prose else heads[index + 1]
        longs[index] = [index, *longs[index + 1][:7]] if block.words >= 8 else longs[index + 1]
    labels = [block.text.lstrip("-–—•*· ").casefold() for block in blocks]
    introduced = topics.introduced
    resuming = cues().resume
    cued = [block.words <= 12 and (is_closing(block.text) or block.end in marked) for block in blocks]
    for cut in range(1, count):
        previous = blocks[cut - 1]
        words_before += previous.words
        brief_before += not previous.prose
        before_weight += opened[cut]
        before_closed += closed[cut]
        before_rare += rare_opened[cut]
        before_rare_closed += rare_closed[cut]
        if previous.words >= 8 and cut > 1:
            share = _ratio(seen_in[cut].upto(cut - 1), seen_in[cut].total)
            own_sum += share
            own_count += 1
            own_least = min(own_least, share)
        head = heads[cut]
        after = longs[head]
        seen = [seen_in[i + 1].upto(cut) for i in after]
        whole = [seen_in[i + 1].total for i in after]
        shares = [_ratio(a, b) for a, b in zip(seen, whole, strict=True)]
        across = before_weight - before_closed
        after_weight = max(0.0, all_weight - before_closed)
        rare_across, rare_after = before_rare - before_rare_closed, all_rare - before_rare_closed
        part = parts[head + 1] if head < count else {}
        part_total = seen_in[head + 1].total if head < count else 0.0
        names = [t for t, w in part.items() if w >= 2.0]
        known = sum(1 for t in names if first[t] <= cut)
        run = blocks[cut : min(head, cut + _RUN)]
        run_ledgers = seen_in[cut + 1 : min(head, cut + _RUN) + 1]
        block = blocks[min(head, count - 1)]
        opening = _WORD.match(block.text)
        near = run[:12]
        seen_labels = set()
        echoes = 0
        for label in labels[cut : cut + len(near)]:
            echoes += label in seen_labels
            seen_labels.add(label)
        opening_names = topics.names[head + 1] if head < count else topics.names[0]
        last_line = parts[head] if cut < head < count else {}
        yield (
            cut,
            {
                "seen_head": _ratio(seen_in[head + 1].upto(cut), part_total) if head < count else 0.0,
                "seen_three": _ratio(sum(seen[:3]), sum(whole[:3])),
                "seen_rest": _ratio(across, after_weight),
                "seen_most": max(shares, default=0.0),
                "seen_mean": _ratio(sum(shares), len(shares)),
                # With few paragraphs before the cut, what articles score on average (0.25) stands in.
                "own_mean": (own_sum + 0.5) / (own_count + 2),
                "own_least": own_least if own_count else 0.25,
                "title_after": 1.0 - _ratio(title_later.upto(cut), title_later.total) if parts[0] else 0.0,
                "lead_after": 1.0 - _ratio(lead_later.upto(cut), lead_later.total) if lead_later.places else 0.0,
                "onward": _ratio(sum(w for t, w in part.items() if first[t] > cut and last[t] > head + 1), part_total),
                "known_names": float(min(8, known)),
                "new_names": float(min(12, len(names) - known)),
                "cross": _ratio(across, math.sqrt(before_weight * after_weight)),
                "cross_least": _ratio(across, min(before_weight, after_weight)),
                "words_before": math.log(1 + words_before),
                "words_after": math.log(1 + words_all - words_before),
                "head_words": math.log(1 + block.words) if head < count else 0.0,
                "head_quote": float(head < count and block.text[0] in "\"“”'‘«„「"),
                "head_sentences": float(min(6, len(_STOP.findall(block.text)))) if head < count else 0.0,
                "head_short_opener": float(opening is not None and len(opening.group()) <= 4),
                "before_stopped": float(previous.stopped),
                "rare_shared": float(min(12, rare_across)),
                "rare_share": _ratio(rare_across, rare_after),
                "run": float(min(12, len(run))),
                "run_briefs": _ratio(sum(b.brief for b in run), len(run)),
                "run_seen": _ratio(sum(x.upto(cut) for x in run_ledgers), sum(x.total for x in run_ledgers)),
                "cut_words": math.log(1 + blocks[cut].words),
                "cut_brief": float(blocks[cut].brief),
                "cut_open": float(blocks[cut].open),
                "to_the_end": float(head == count),
                "briefs_after": _ratio(briefs_from[cut], words_all - words_before),
                "relative_times": float(
                    min(2, sum(b.words <= 8 and RELATIVE_TIME.search(b.text) is not None for b in near))
                ),
                "echoes": float(min(2, echoes)),
                "bullets": _ratio(sum(b.text[0] in "-–—•*·" for b in near), len(near)),
                "first_after": _ratio(seen_in[cut + 1].upto(cut), seen_in[cut + 1].total),
                "again": float(min(3, sum(introduced.get(n, count) <= cut for n in opening_names.full))),
                "resumed": float(min(3, sum(introduced.get(n, count) <= cut for n in opening_names.alone))),
                "run_onward": _ratio(sum(w for t, w in last_line.items() if t in part), sum(last_line.values())),
                "briefs_before": _ratio(brief_before, cut),
                "runs_before": float(min(6, runs_upto[cut - 1])),
                "runs_after": float(min(6, runs_upto[count - 1] - runs_upto[min(head, count - 1)])),
                "numbered": float(blocks[cut].text[0].isdigit()),
                # A single known line between two paragraphs is a link; where matter ends there is more of it.
                "cued": float(min(3, sum(cued[cut : cut + len(near)]))) if len(run) > 1 or head == count else 0.0,
                "resumes": float(opening is not None and head < count and opening.group().casefold() in resuming),
            },
        )
