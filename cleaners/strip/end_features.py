"""What is measured at each possible end of an article: form of the lines there, and cohesion of what follows.

The cut is judged before a block, with the run of lines that are not paragraphs (labels, headlines, sources) from there
to the next paragraph, the head. The only wording that counts is how many lines
of the run are known closing lines ("cued").
"""

import math
import re
from collections.abc import Iterator

from cleaners.strip.blocks import Block
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.topic import Topics

FEATURES = (
    "seen_head", "seen_three", "seen_rest", "seen_most", "seen_mean", "own_mean", "own_least",
    "title_after", "lead_after", "onward", "known_names", "new_names", "cross", "cross_least",
    "words_before", "words_after", "head_words", "head_quote", "head_sentences", "head_short_opener",
    "before_stopped", "rare_shared", "rare_share",
    "run", "run_briefs", "run_seen", "cut_words", "cut_brief", "cut_open", "to_the_end", "briefs_after",
    "relative_times", "echoes", "bullets", "first_after", "again", "resumed", "run_onward", "cued", "resumes",
)  # fmt: skip
_STOP = re.compile(r"[.!?…。！？؟۔।]")
_WORD = re.compile(r"[^\W\d_]+")
# "11 minutes ago", "vor 3 Stunden", "hace 2 días", "il y a 5 h", "13h": a number and at most three words, no more.
RELATIVE_TIME = re.compile(
    r"(?i)\b\d{1,3}\s?(?:s|m|h|d|w|min|mins|minutes?|hours?|hrs?|days?|weeks?|minuten?|stunden?|tage?n?|std|"
    r"minutos?|horas?|d[ií]as?|semanas?|heures?|jours?|semaines?|ore|giorni|uur|dagen)\b"
)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _head_of(blocks: tuple[Block, ...], cut: int) -> int:
    head = cut
    while head < len(blocks) and not blocks[head].prose:
        head += 1
    return head


def end_features(topics: Topics) -> Iterator[tuple[int, dict[str, float]]]:
    """Measure each cut from the second block on; all shares are weighed by how rare the words are.

    `own_mean` is what the paragraphs before the cut share with those before them, which is what an article on one thing
    scores; the first paragraphs after the cut are set against it.
    """
    blocks, parts, first, last = topics.blocks, topics.parts, topics.first, topics.last
    count = len(blocks)
    totals = [sum(part.values()) for part in parts]
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
    own: list[float] = []
    before_weight, before_closed = opened[0], closed[0]
    before_rare, before_rare_closed = rare_opened[0], rare_closed[0]
    words_before = 0
    words_all = sum(block.words for block in blocks)
    briefs_from = [0] * (count + 1)
    for index in range(count - 1, -1, -1):
        briefs_from[index] = briefs_from[index + 1] + (blocks[index].words if not blocks[index].prose else 0)
    labels = [block.text.lstrip("-–—•*· ").casefold() for block in blocks]
    introduced = topics.introduced
    resuming = cues().resume
    cued = [block.words <= 12 and is_closing(block.text) for block in blocks]
    title, lead = parts[0], parts[1] if count else {}
    for cut in range(1, count):
        previous = blocks[cut - 1]
        words_before += previous.words
        before_weight += opened[cut]
        before_closed += closed[cut]
        before_rare += rare_opened[cut]
        before_rare_closed += rare_closed[cut]
        if previous.words >= 8 and cut > 1:
            part = parts[cut]
            own.append(_ratio(sum(w for t, w in part.items() if first[t] < cut), totals[cut]))
        head = _head_of(blocks, cut)
        after = [i for i in range(head, count) if blocks[i].words >= 8]
        seen = [sum(w for t, w in parts[i + 1].items() if first[t] <= cut) for i in after[:8]]
        whole = [totals[i + 1] for i in after[:8]]
        shares = [_ratio(a, b) for a, b in zip(seen, whole, strict=True)]
        across = before_weight - before_closed
        after_weight = max(0.0, all_weight - before_closed)
        rare_across, rare_after = before_rare - before_rare_closed, all_rare - before_rare_closed
        part = parts[head + 1] if head < count else {}
        names = [t for t, w in part.items() if w >= 2.0]
        known = sum(1 for t in names if first[t] <= cut)
        run = blocks[cut:head]
        run_all = sum(totals[cut + 1 : head + 1])
        run_seen = sum(w for i in range(cut, head) for t, w in parts[i + 1].items() if first[t] <= cut)
        block = blocks[min(head, count - 1)]
        opening = _WORD.match(block.text)
        near = run[:12]
        seen_labels = set()
        echoes = 0
        for label in labels[cut : cut + len(near)]:
            echoes += label in seen_labels
            seen_labels.add(label)
        next_part = parts[cut + 1]
        opening_names = topics.names[head + 1] if head < count else topics.names[0]
        last_line = parts[head] if head > cut and head < count else {}
        yield (
            cut,
            {
                "seen_head": _ratio(sum(w for t, w in part.items() if first[t] <= cut), sum(part.values())),
                "seen_three": _ratio(sum(seen[:3]), sum(whole[:3])),
                "seen_rest": _ratio(across, after_weight),
                "seen_most": max(shares, default=0.0),
                "seen_mean": _ratio(sum(shares), len(shares)),
                # With few paragraphs before the cut, what articles score on average (0.25) stands in.
                "own_mean": (sum(own) + 0.5) / (len(own) + 2),
                "own_least": min(own, default=0.25),
                "title_after": _ratio(sum(w for t, w in title.items() if last[t] > cut), totals[0]),
                "lead_after": _ratio(sum(w for t, w in lead.items() if last[t] > cut), totals[1]),
                "onward": _ratio(
                    sum(w for t, w in part.items() if first[t] > cut and last[t] > head + 1), sum(part.values())
                ),
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
                "run_seen": _ratio(run_seen, run_all),
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
                "first_after": _ratio(sum(w for t, w in next_part.items() if first[t] <= cut), totals[cut + 1]),
                "again": float(min(3, sum(introduced.get(n, count) <= cut for n in opening_names.full))),
                "resumed": float(min(3, sum(introduced.get(n, count) <= cut for n in opening_names.alone))),
                "run_onward": _ratio(sum(w for t, w in last_line.items() if t in part), sum(last_line.values())),
                # A single known line between two paragraphs is a link; where matter ends there is more of it.
                "cued": float(min(3, sum(cued[cut : cut + len(near)]))) if len(run) > 1 or head == count else 0.0,
                "resumes": float(opening is not None and head < count and opening.group().casefold() in resuming),
            },
        )
