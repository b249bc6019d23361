"""Where an article ends: the place after which whole stories or lists of headlines are about something else."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, islice, takewhile
from typing import NamedTuple

import numpy as np

from cleaners.learned.odds import log_odds
from cleaners.learned.trees import predict
from cleaners.records import Article, Removal, RuleName
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.ends.features import FEATURES, end_features
from cleaners.strip.ends.models import end_models
from cleaners.strip.ends.row import RELATIVE_TIME, Floats
from cleaners.strip.lines import opening_key
from cleaners.strip.topic import Topics, topics_of
from cleaners.text import FULL_STOPS, Line, longest_sentence, words_of

# After the first likely place, a better one is looked for within this many lines of its run, or this many paragraphs.
_LINES_AHEAD = 6
_PARAGRAPHS_AHEAD = 2
# A line below a paragraph that has at least this many words and a full stop at its end is a sentence of the article.
_SENTENCE_WORDS = 7
# Only this many first lines of other matter are tested for whether they read like headlines.
_LINES_TOLD = 6
# Prose is cut at a lower score if this many lines bear witness to an end.
_WITNESSES = 2
# A list of headlines: its lines, the words of each, and the share of its lines that must have the form of a headline.
_LISTED_LINES, _HEADLINE_WORDS, _MOSTLY = 3, range(4, 21), 0.8
_BULLETS = "-–—•*·0123456789"
# Lines before a place among which one may announce a list.
_ITEMS_AHEAD = 12
# If what stands before known closing lines is less than this share of what follows, they do not lower the bar.
_LEAST_SHARE = 0.125
# No end is more certain, or less likely, than this lets it be.
_LEAST_DOUBT = 1e-4
_JUDGED = [
    FEATURES.index(name) for name in ("words_before", "words_after", "to_the_end", "cued", "relative_times", "echoes")
]


class Asked(NamedTuple):
    """An article whose end is looked for, and the witnesses to it.

    The article begins at offset `body` of its text. `marked` holds the ends of lines that other pages of the site
    carry, `elsewhere` the keys of its paragraphs that open other articles (`opening_key`).
    """

    article: Article
    body: int = 0
    marked: frozenset[int] = frozenset()
    elsewhere: frozenset[int] = frozenset()


class _Places(NamedTuple):
    """The places at which an article may end: after each of its lines but the last.

    `features` has a row for each place and a column for each name of `_JUDGED`; `scores` are the probabilities.
    """

    lines: tuple[Line, ...]
    features: list[list[float]]
    scores: list[float]


def find_ends(asked: Sequence[Asked], config: StripConfig) -> list[Removal | None]:
    """Claim, in each article, everything after the first place where it ends and other matter begins.

    Two small models give the probability of each place: `prose` if a paragraph follows, `headed` if a headline, label
    or list does. That is no proof: without a witness, the claim is `unsure`. Witnesses are known closing lines, ages
    and repeated source lines at the place, and a paragraph that opens another article of the corpus. At least one
    paragraph of the article stands before its end.
    """
    topics = [topics_of(one.article.text[one.body :], one.article.title, one.article.language) for one in asked]
    tables = end_features(topics, [frozenset([end - one.body for end in one.marked]) for one in asked])
    places = [
        _Places(of_one.lines, table[:, _JUDGED].tolist(), scores)
        for of_one, table, scores in zip(topics, tables, _scores(tables, topics), strict=True)
    ]
    return [_first_end(one, of_one, config) for one, of_one in zip(asked, places, strict=True)]


def _openings_of_others(lines: tuple[Line, ...], elsewhere: frozenset[int]) -> frozenset[int]:
    """Return the numbers of the paragraphs that open other articles."""
    if not elsewhere:
        return frozenset()
    return frozenset(
        [number for number, line in enumerate(lines) if line.prose and opening_key(line.text) in elsewhere]
    )


def _first_end(asked: Asked, places: _Places, config: StripConfig) -> Removal | None:
    """Return the claim on what follows the article's end, judged by the scores of all places."""
    article, body, marked, elsewhere = asked
    lines = places.lines
    witnessed = _openings_of_others(lines, elsewhere)
    longest: list[int] = []
    best: Removal | None = None
    found: Removal | None = None
    found_at_line = False
    left = 0
    opened = False
    for cut, (features, score) in enumerate(zip(places.features, places.scores, strict=True), start=1):
        opened = opened or lines[cut - 1].prose
        if not opened:
            continue
        prose = lines[cut].prose
        start = body + lines[cut - 1].end
        rule, needed = _judged(features, prose, False, config)
        if rule == "cued_end" and score >= min(needed, config.end_told_twice):
            # Finding the sentences of a text takes time, and few places get this far.
            longest = longest or _longest_sentences(lines)
            rule, needed = _judged(features, prose, longest[cut] >= config.prose_words, config)
        if score >= needed and not prose and _is_told(lines, cut):
            needed = max(needed, config.end_told)
        if rule == "listing" and not _is_announced(lines, cut) and _are_headlines(lines[cut:]):
            needed = config.end_listing
        if witnessed and _head(lines, cut) in witnessed:
            rule, needed = "known_story", config.end_unsure
        if found is not None:
            # The article's own last lines (a note on the author, a table) can look like the start of other matter.
            if left == 0 or (prose and found_at_line):
                break
            left -= 1
            if _log_odds(score) > _log_odds(found.score) + (1.0 if found_at_line else 2.0):
                found = Removal(start, len(article.text), "appended", rule, round(score, 4))
                found_at_line = not prose
                left = 0 if is_closing(lines[cut].text) else left
        elif score >= needed:
            found = Removal(start, len(article.text), "appended", rule, round(score, 4))
            found_at_line = not prose
            left = 0 if is_closing(lines[cut].text) else _LINES_AHEAD if found_at_line else _PARAGRAPHS_AHEAD
        elif score >= config.end_unsure and (best is None or score > best.score):
            best = Removal(start, len(article.text), "unsure", rule, round(score, 4))
    return _after_last_sentence(found, body, lines, marked) if found is not None else best


def _after_last_sentence(found: Removal, body: int, lines: tuple[Line, ...], marked: frozenset[int]) -> Removal:
    """Return the claim without the article's short last sentence, if the claim begins with it."""
    index = next(i for i, line in enumerate(lines) if body + line.start >= found.start)
    line = lines[index]
    if (
        index + 1 >= len(lines)
        or line.prose
        or not line.stopped
        or line.words < _SENTENCE_WORDS
        or line.text[-1] not in FULL_STOPS
        or not lines[index - 1].prose
        or is_closing(line.text)
        or body + line.end in marked
    ):
        return found
    return replace(found, start=body + line.end)


def _is_told(lines: tuple[Line, ...], cut: int) -> bool:
    """Say whether half of the lines from a cut to the next paragraph are verses or sentences and not headlines."""
    ahead = [*islice(takewhile(lambda line: not line.prose, lines[cut:]), _LINES_TOLD)]
    sentences = [line for line in ahead if line.text[-1] in FULL_STOPS or line.text[0].islower()]
    return 2 * len([line for line in sentences if not RELATIVE_TIME.search(line.text)]) >= len(ahead)


def _log_odds(score: float) -> float:
    """Return the log odds of a score, kept away from certainty."""
    return log_odds((score + _LEAST_DOUBT) / (1 + 2 * _LEAST_DOUBT))


def _scores(tables: Sequence[Floats], topics: Sequence[Topics]) -> list[list[float]]:
    """Return, for each cut of each article, the probability that the article ends there."""
    table = np.concatenate(tables)
    prose = np.array([line.prose for of_article in topics for line in of_article.lines[1:]], dtype=bool)
    scores = np.zeros(len(prose))
    for form, trees in ((prose, end_models().prose), (~prose, end_models().headed)):
        if form.any():
            scores[form] = predict(trees, table[form])
    return [part.tolist() for part in np.split(scores, np.cumsum([len(rows) for rows in tables])[:-1])]


def _judged(features: Sequence[float], prose: bool, sentence: bool, config: StripConfig) -> tuple[RuleName, float]:
    """Return the rule that judges a cut, and the probability it asks for, which is infinite without a witness.

    `sentence` says that a finished sentence of at least `prose_words` words follows.
    """
    words_before, words_after, to_the_end, cued, times, echoes = features
    if prose:
        return "topic_break", math.inf
    evidence = cued + times + echoes
    if not evidence:
        return "listing" if to_the_end else "headed_story", math.inf
    # A cut that takes prose, or nearly all of a text, must be sure, whatever lines stand there.
    nearly_all = math.expm1(words_before) < _LEAST_SHARE * math.expm1(words_after)
    if nearly_all or (sentence and evidence < _WITNESSES):
        return "cued_end", config.end_told
    return "cued_end", config.end_told_twice if sentence else config.end_cued


def _is_announced(lines: tuple[Line, ...], cut: int) -> bool:
    """Say whether a line with a colon, at a cut or above it, announces the short lines there, but no links."""
    lists = cues()
    for above in reversed(lines[max(0, cut - _ITEMS_AHEAD) : cut + 1]):
        if above.text[-1] in ":：":
            linked = is_closing(above.text) or lists.related_opens.opens(above.text)
            return not linked and not lists.label.issuperset(words_of(above.text))
        if not above.brief:
            return False
    return False


def _are_headlines(lines: Sequence[Line]) -> bool:
    """Say whether at least three lines are a list of headlines: nearly all short, without stop, bullet or colon."""
    headlines = [
        line
        for line in lines
        if line.words in _HEADLINE_WORDS and not line.stopped and not line.open and line.text[0] not in _BULLETS
    ]
    return len(lines) >= _LISTED_LINES and len(headlines) >= _MOSTLY * len(lines)


def _longest_sentences(lines: tuple[Line, ...]) -> list[int]:
    """Return, for each line, the number of words of the longest finished sentence in it or after it."""
    return [*accumulate((longest_sentence(line.text) for line in reversed(lines)), max)][::-1]


def _head(lines: tuple[Line, ...], cut: int) -> int | None:
    """Return the number of the first paragraph after a cut, or None if none is near."""
    return next((number for number in range(cut, min(len(lines), cut + _LINES_AHEAD)) if lines[number].prose), None)
