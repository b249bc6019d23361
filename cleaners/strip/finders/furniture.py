"""Page furniture around the article and in it: menus, share lines, comment boxes, footers."""

import re
from collections.abc import Iterator, Sequence

from cleaners.learned.odds import log_odds, probability
from cleaners.records import Article, Reason, Removal, RuleName
from cleaners.strip.config import FurnitureConfig
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.line_model.facts import CUES, line_words
from cleaners.strip.line_model.model import score_lines
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight
from cleaners.strip.topic import part_of
from cleaners.text import Line, ends_sentence, longest_sentence, remembered, words_of

# The names of the rules say where the lines stand.
PLACES: tuple[RuleName, RuleName, RuleName] = ("before_body", "inside_body", "after_body")
_ABOVE, _INSIDE, _UNDER = PLACES
# Characters. A shorter line that ends in a stop may be a label ("Read more.").
_SENTENCE_CHARS = 40
# A line that is only a time: "22h14", "9.30 am", "18:05 Uhr". This many of them make a log.
_TIME = re.compile(r"\d{1,2}[:.h]\d\d(?:\W{0,2}[^\W\d_]{1,3}\.?){0,2}")
_LOG_TIMES = 3


# The classes of wording in menus, share bars, comment boxes and footers, and the words of the longest such line.
_CHROME = frozenset(CUES.index(name) for name in ("share", "subscribe", "related", "comment", "menu", "legal"))
_CHROME_WORDS = 6
_SUBSCRIBE = CUES.index("subscribe")
# A line of more words that begins like a closing line continues as a sentence.
_CLOSING_WORDS = 12
# What stands beside "Reply" below a comment; in a sentence these words mean nothing.
_REACTIONS = frozenset(["like", "flag", "report", "melden", "gefällt", "signaler", "denunciar", "reportar", "gosto"])
# The languages that have word lists, and the score that counts as sure.
_LISTED = frozenset(["en", "fr", "de", "es", "pt", "it"])
_SURE = 0.9
# A list that a sentence announces: the words of the sentence at least, and the items at least.
_ANNOUNCING_WORDS, _LIST_ITEMS = 10, 3
# No line is more certain than this to be furniture, or not to be furniture.
_LEAST_DOUBT = 0.001


@remembered
def chrome_classes(line: str) -> frozenset[int]:
    """Return the classes of wording of a short line that has no other words, and none for other lines; cached."""
    words = words_of(line)
    if not words or len(words) > _CHROME_WORDS:
        return frozenset()
    function_words, classes = line_words()
    found: set[int] = set()
    for word in words:
        if word not in function_words:
            known = _CHROME.intersection(classes.get(word, ()))
            if not known and word not in _REACTIONS:
                return frozenset()
            found |= known
    return frozenset(found)


def find_furniture(articles: Sequence[Sight]) -> list[list[Removal]]:
    """Claim, in each article, the lines that are furniture, with one claim for each run of them.

    A claim includes the line breaks before its lines or, at the top of the text, those after them. If no line is the
    article, nothing is claimed; if none clearly is, the claims are `unsure`. On a whole page, which lines of known
    wording reveal, the model's word suffices. In other texts it suffices only for a run with such a line and no prose.
    """
    known = [[chrome_classes(line.text) for line in sight.lines] for sight in articles]
    # Without any such line a text is not a page, and running the model on it is not worth the time.
    lines = [sight.lines if _may_be_page(sight, chrome) else () for sight, chrome in zip(articles, known, strict=True)]
    scores = score_lines(lines, [sight.article.title for sight in articles])
    return [
        list(_claims(sight.article, of_one, chrome, marks, sight.config.furniture))
        for sight, of_one, chrome, marks in zip(articles, lines, known, scores, strict=True)
    ]


def _may_be_page(sight: Sight, known: Sequence[frozenset[int]]) -> bool:
    """Say whether a text has a line of known wording, a language without such wording, or the top of a menu."""
    return any(known) or sight.article.language not in _LISTED or _opens_briefly(sight.lines, sight.config.furniture)


def _claims(
    article: Article,
    lines: Sequence[Line],
    known: Sequence[frozenset[int]],
    scores: Sequence[float],
    config: FurnitureConfig,
) -> Iterator[Removal]:
    """Claim the lines of one article that are furniture; `known` has the classes of wording of each line."""
    named = _is_named_page(known, config)
    page = named or _is_backed_page(article, known, scores, config)
    claimed, sure = choose_lines(lines, scores, config, page=page)
    menu = 0 if page else _menu_above(lines, scores, config)
    claimed[:menu] = [True] * menu
    if all(claimed):
        return
    kept = [number for number, cut in enumerate(claimed) if not cut]
    if page:
        strange = article.language not in _LISTED
        claimed = _without_prose(article, lines, known, claimed, config, named=named or strange)
    for first, last in _runs(_without_list(lines, known, claimed)):
        rule = _ABOVE if first < kept[0] else _UNDER if last > kept[-1] else _INSIDE
        start, end = line_span(article.text, lines, first, last)
        prose = any(longest_sentence(line.text) >= config.prose_words for line in lines[first : last + 1])
        spoken_for = any(known[first : last + 1])
        witnessed = page or last < menu or (spoken_for and not prose and end - start <= config.most * len(article.text))
        in_doubt = article.expected_wrong >= config.expected_wrong
        reason: Reason = "furniture" if sure and witnessed and in_doubt else "unsure"
        run = scores[first : last + 1]
        yield Removal(start, end, reason, rule, round(sum(run) / len(run), 4))


def _without_prose(
    article: Article,
    lines: Sequence[Line],
    known: Sequence[frozenset[int]],
    claimed: Sequence[bool],
    config: FurnitureConfig,
    *,
    named: bool,
) -> list[bool]:
    """Return which lines of a page go, without the article's own prose among those that the model has claimed.

    The article often continues after an advertisement or a sign-up box, and the model takes its last paragraphs for
    part of the box. So claimed sentences between lines of the article stay, and after its last line those that share
    words with it. If wording alone does not make the text a page (not `named`), all paragraphs stay. Lines above the
    article, and those after a line that closes it, are left to the model.
    """
    body = {
        term
        for line, gone in zip(lines, claimed, strict=True)
        if line.prose and not gone
        for term in part_of(line.text, article.language).terms
    }
    last = max((number for number, gone in enumerate(claimed) if not gone), default=0)
    left = [*claimed]
    begun = closed = False
    for number, (line, gone) in enumerate(zip(lines, claimed, strict=True)):
        if not gone:
            begun, closed = True, False
            continue
        closed = closed or _closes(line, known[number])
        if not begun or closed:
            continue
        if not named:
            left[number] = not line.prose
        elif longest_sentence(line.text) < config.prose_words:
            continue
        elif number < last:
            left[number] = False
        else:
            terms = part_of(line.text, article.language).terms
            shared = sum(weight for term, weight in terms.items() if term in body)
            left[number] = shared < config.prose_likeness * sum(terms.values())
    return left


def _without_list(lines: Sequence[Line], known: Sequence[frozenset[int]], claimed: Sequence[bool]) -> list[bool]:
    """Return which lines go, without the items of a list that a sentence of the article announces.

    The sentence stays, has more words than a label, and ends in a colon; its items are short and have no wording of
    a page. The first items may stay anyway.
    """
    left = [*claimed]
    announced = False
    for number in range(1, len(lines)):
        above = lines[number - 1]
        if claimed[number - 1] or known[number - 1]:
            announced = False
        elif above.words >= _ANNOUNCING_WORDS:
            announced = above.text[-1] in ":："
        else:
            announced = announced and above.brief
        if not claimed[number] or claimed[number - 1] or not announced:
            continue
        stop = number
        while stop < len(lines) and claimed[stop] and lines[stop].brief and not known[stop]:
            stop += 1
        if stop - number >= _LIST_ITEMS:
            left[number:stop] = [False] * (stop - number)
    return left


def _opens_briefly(lines: Sequence[Line], config: FurnitureConfig) -> bool:
    """Say whether a text begins with as many short lines as a menu has."""
    return len(lines) > config.menu_lines and all(line.brief and not line.open for line in lines[: config.menu_lines])


def _menu_above(lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig) -> int:
    """Return how many short lines at the top of a text are a menu, or 0."""
    count = 0
    while count < len(lines) - 1 and lines[count].brief and not lines[count].open and scores[count] > config.threshold:
        count += 1
    return count if count >= config.menu_lines and sum(scores[:count]) > _SURE * count else 0


def _closes(line: Line, classes: frozenset[int]) -> bool:
    """Say whether a line of a page closes the article by its wording; advertisements and calls to sign up do not."""
    if classes - {_SUBSCRIBE}:
        return True
    lists = cues()
    if line.words > _CLOSING_WORDS or not is_closing(line.text):
        return False
    return lists.ad_strong.isdisjoint(words_of(line.text)) and not any(p in line.text.casefold() for p in lists.form)


def _is_named_page(known: Sequence[frozenset[int]], config: FurnitureConfig) -> bool:
    """Say whether lines of known wording alone make a text a whole page."""
    return sum(map(bool, known)) >= config.page_lines and len(frozenset().union(*known)) >= config.page_classes


def _is_backed_page(
    article: Article, known: Sequence[frozenset[int]], scores: Sequence[float], config: FurnitureConfig
) -> bool:
    """Say whether one line of known wording and the model's scores of many others make a text a whole page.

    In a language without word lists, the model's scores must suffice, and are needed for more lines.
    """
    named, sure = sum(map(bool, known)), sum(score > _SURE for score in scores)
    if article.language not in _LISTED:
        return sure >= max(config.strange_lines, config.strange_share * len(scores))
    backed = sum(score > config.threshold for score in scores)
    return named > 0 and backed >= max(config.backed_lines, config.backed_share * len(scores))


def choose_lines(
    lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig, *, page: bool
) -> tuple[list[bool], bool]:
    """Decide which lines are furniture, and whether it is clear enough where the article stands.

    Chooses the likeliest combination for all lines together. Each change between lines that stay and lines that go has
    a cost, so doubtful lines go with their neighbours.
    """
    scores = _even_times(lines, scores)
    bar, sure = _bar(lines, scores, config) if page else (config.clean_threshold, True)
    threshold = _log_odds(bar)
    # The values of the likeliest choices that end with a line that stays, and with one that goes; `came` records, for
    # each line, whether the best choice before it was one that goes.
    keep = cut = 0.0
    came: list[tuple[bool, bool]] = []
    for line, score in zip(lines, scores, strict=True):
        for_cut = _log_odds(score) - threshold - config.prose_bonus * _is_sentence(line.text)
        stays, goes = keep - config.switch_cost, cut - config.switch_cost
        came.append((goes > keep, cut >= stays))
        keep, cut = max(keep, goes) - for_cut / 2, max(cut, stays) + for_cut / 2
    claimed = []
    gone = cut > keep
    for to_keep, to_cut in reversed(came):
        claimed.append(gone)
        gone = to_cut if gone else to_keep
    return claimed[::-1], sure


def _even_times(lines: Sequence[Line], scores: Sequence[float]) -> list[float]:
    """Return the scores, with one score for all lines that are only a time: a log keeps all its times, or none."""
    times = [number for number, line in enumerate(lines) if _TIME.fullmatch(line.text)]
    if len(times) < _LOG_TIMES:
        return list(scores)
    odds = sum(_log_odds(scores[number]) for number in times) / len(times)
    even = probability(odds)
    return [even if number in times else score for number, score in enumerate(scores)]


def _bar(lines: Sequence[Line], scores: Sequence[float], config: FurnitureConfig) -> tuple[float, bool]:
    """Return the score above which a line goes, and whether it is clear enough where the article stands.

    The choice with the best expected F1 keeps every line whose probability of being the article is at least half of
    that F1. So less goes if no line is surely the article.
    """
    pairs = sorted((score, len(line.text)) for line, score in zip(lines, scores, strict=True))
    expected = sum(size * (1 - score) for score, size in pairs)
    right = kept = best = 0.0
    for score, size in pairs:
        right += size * (1 - score)
        kept += size
        best = max(best, 2 * right / (kept + expected))
    return 1 - (1 - config.threshold) * best, best >= config.least_f1


def _log_odds(score: float) -> float:
    """Return the log odds of a score, kept away from certainty."""
    return log_odds(min(max(score, _LEAST_DOUBT), 1 - _LEAST_DOUBT))


def _is_sentence(text: str) -> bool:
    return len(text) > _SENTENCE_CHARS and ends_sentence(text)


def _runs(claimed: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last index of each run of claimed lines."""
    first = None
    for number, cut in enumerate(claimed):
        if cut:
            if first is None:
                first = number
        elif first is not None:
            yield first, number - 1
            first = None
    if first is not None:
        yield first, len(claimed) - 1
