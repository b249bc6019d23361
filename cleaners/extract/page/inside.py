"""Lists, tables, headings and prose that the block model doubts though they stand inside the article.

Measured on 2,063 marked pages, each judged by a model that had seen no page of its publisher.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.page.blocks import HEADINGS, LESSER_HEADINGS, Block, Elements, PageBlocks, up_from
from cleaners.extract.page.features import LINKED
from cleaners.extract.page.words import COLONS, count_words, words_of

_CELLS = frozenset({"td", "th"})
_ITEMS = frozenset({"li", "td", "th", "dt", "dd"})
# A sentence that ends in a colon, of this many words, announces the list or table below it. Where these have a mean
# chance of .1 or more, nine in ten of their lines are the article's. Lists of links need more, and are not on news.
_ANNOUNCING_WORDS = 6
_ANNOUNCED, _ANNOUNCED_LINKS = 0.1, 0.2
# Pages without the signs of a news site hold tables and lists more often than news does, from which the model learnt
# more. Each of these alone makes the 790 pages of the general web better, and none makes the news worse.
_TABLE, _TABLE_CELLS = 0.05, 4
_LIST, _LIST_ITEMS, _LIST_WORDS = 0.3, 3, 5
_HEADING = 0.3
# Of a list or a table of which this share is sure, the other items are the article's too: of 27 such holes 20 are.
_HOLE, _HOLE_SHARE, _HOLE_ITEMS = 0.2, 0.6, 3
_PROSE = 0.2
_TAKEN = 0.5
# Blocks in elements of the same tags and classes as three of the article's, up to the page's root. Inside the text of
# news pages 62 of 65 paragraphs that the model doubted are the article's, of other pages 26 of 32; below it, on news,
# each within two blocks of the last, some two in three, and half of the others are credits and notices that stripping
# knows. Of nine headings eight are.
_LIKE, _LIKE_OFF_NEWS, _LIKES = 0.1, 0.2, 3
_LIKE_TAGS = frozenset({"p", "div", "blockquote"})
_LIKE_WORDS, _LIKE_BELOW_WORDS, _LIKE_AWAY = 8, 12, 2
# Inside the text a line of this many words may be a question of an interview: 30 of 30 on marked pages are.
_QUESTION_WORDS = 4
# A paragraph of this many words need not end in a full stop: a quotation may close in who says it.
_LONG_WORDS = 40
# A heading above a paragraph of this many words, and how many of its kind there are on news pages and of links. Of 88
# that this adds on marked pages 77 are, read, the article's.
_ABOVE_PROSE, _HEADED_WORDS = 0.2, 12
_ENTRIES, _LINKED_ENTRIES = 2, 3
# An answer's chance, and the blocks within which its question stands above it: 27 of 27 on marked pages.
_ANSWER, _QUESTION_AWAY = 0.2, 4
_QUESTION_MARKS = ("?", "？", "؟")
# Words of a sentence between line breaks and of the sure paragraph in its element, and how many such sentences show
# that the element is the article's if only one paragraph is sure. On marked pages 19 such sentences in 8 elements are
# doubted; read, all are the article's.
_BROKEN_WORDS, _BROKEN_ANCHOR, _BROKEN = 6, 15, 3


def with_inside(page: PageBlocks, chance: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return the chances with those raised to `limit` that the blocks around show to be too low."""
    sure = chance >= limit
    raised = np.zeros(len(page.blocks), dtype=bool)
    for first, end in _runs(_listed(page), _ITEMS):
        if first == 0 or not sure[first - 1] or not _announces(page.blocks[first - 1].text):
            continue
        around = page.elements.parent[page.blocks[first - 1].element]
        end = first + _count_within(around, page.blocks[first:end], page.elements)
        if end == first:
            continue
        linked = page.features["linked"][first:end].mean() > LINKED
        least = _ANNOUNCED_LINKS if linked else _ANNOUNCED
        raised[first:end] = chance[first:end].mean() >= least and not (linked and page.is_news)
    raised |= _in_one_element(page, chance, sure) | _in_holes(page, chance, sure)
    if sure.any():
        raised |= _like_the_body(page, chance, sure) | _above_prose(page, chance, sure) | _answers(page, chance, sure)
        if not page.is_news:
            raised |= _off_the_news(page, chance, sure)
    return np.where(raised, np.maximum(chance, limit), chance)


def _count_within(around: int, blocks: Sequence[Block], elements: Elements) -> int:
    """Return how many of the first blocks stand in an element: a footer's list may follow an article's."""
    outside = (at for at, block in enumerate(blocks) if around > 0 and around not in up_from(block.element, elements))
    return next(outside, len(blocks))


def _announces(text: str) -> bool:
    return text.rstrip().endswith(COLONS) and len(words_of(text)) >= _ANNOUNCING_WORDS


def _like_the_body(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful paragraphs and headings are marked up as the article's are, inside it or right below."""
    features, counts = page.features, count_words(page.features)
    plain = (features["near_comment"] == 0) & (features["linked"] <= LINKED)
    ends = (features["ends"] > 0) | (counts >= _LONG_WORDS)
    prose = plain & np.isin(page.tags, list(_LIKE_TAGS)) & (counts >= _QUESTION_WORDS) & ends
    heading = plain & np.isin(page.tags, list(LESSER_HEADINGS))
    kinds = [page.elements.kind[block.element] for block in page.blocks]
    likes = Counter(kinds[at] for at in np.flatnonzero(sure & plain & (heading | (counts >= _LIKE_WORDS))).tolist())
    doubted = ~sure & (
        (prose & (chance >= (_LIKE if page.is_news else _LIKE_OFF_NEWS))) | (heading & (chance >= _LIKE_OFF_NEWS))
    )
    found = np.zeros(len(page.blocks), dtype=bool)
    body = np.flatnonzero(sure & prose & (counts >= _LIKE_WORDS)).tolist()
    if not body:
        return found
    first, last = body[0], body[-1]
    # Headings between two paragraphs take them no farther apart.
    doubtful_headings: list[int] = []
    for at in np.flatnonzero(doubted).tolist():
        if at < first or likes[kinds[at]] < _LIKES:
            continue
        if at < last:
            found[at] = True
        elif page.tags[at] in LESSER_HEADINGS:
            doubtful_headings.append(at)
        elif page.is_news and page.tags[at] == "p" and counts[at] >= _LIKE_BELOW_WORDS:
            between = [other for other in doubtful_headings if other > last]
            is_headed = sure[at - 1] and page.tags[at - 1] in LESSER_HEADINGS
            if is_headed or at - last - int(sure[last + 1 : at].sum()) - len(between) <= _LIKE_AWAY:
                found[[at, *between]] = True
                last = at
    return found


def _above_prose(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful headings inside the text stand right above prose that is the article's.

    On news pages, or as a link, one may lead to another story or a form, unless others of its kind stand so too: the
    entries of a list.
    """
    counts, linked = count_words(page.features), page.features["linked"] > LINKED
    first, last = np.flatnonzero(sure)[[0, -1]]
    found = np.zeros(len(page.blocks), dtype=bool)
    entries: dict[int, list[int]] = {}
    doubted = ~sure & (chance >= _ABOVE_PROSE) & (page.features["near_comment"] == 0)
    for at in (np.flatnonzero(doubted[first:last]) + first).tolist():
        is_above = sure[at + 1] and page.tags[at + 1] not in HEADINGS
        if page.tags[at] in LESSER_HEADINGS and is_above and (linked[at] or counts[at + 1] >= _HEADED_WORDS):
            entries.setdefault(page.elements.kind[page.blocks[at].element], []).append(at)
    for ats in entries.values():
        least = _LINKED_ENTRIES if linked[ats].any() else _ENTRIES if page.is_news else 1
        found[ats] = len(ats) >= least
    return found


def _answers(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful paragraphs answer a question in a list of questions, and these questions."""
    plain = (
        (page.features["linked"] <= LINKED) & (page.features["in_figure"] == 0) & (page.features["near_caption"] == 0)
    )
    prose = plain & (page.features["ends"] > 0) & (chance >= _ANSWER) & (page.features["any_faq"] > 0)
    prose &= count_words(page.features) >= _LIKE_WORDS
    found = np.zeros(len(page.blocks), dtype=bool)
    for at in np.flatnonzero(prose & ~sure).tolist():
        above = range(at - 1, max(-1, at - 1 - _QUESTION_AWAY), -1)
        question = next((other for other in above if page.blocks[other].text.rstrip().endswith(_QUESTION_MARKS)), None)
        if question is not None and plain[question]:
            found[[question, at]] = True
    return found


def _in_one_element(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful sentences stand in one element with a sure paragraph: line breaks part its text."""
    counts = count_words(page.features)
    prose = (page.features["near_comment"] == 0) & (page.features["linked"] <= LINKED) & (page.features["ends"] > 0)
    doubted = prose & ~sure & (counts >= _BROKEN_WORDS) & (chance >= _LIKE)
    anchor = sure & (counts >= _BROKEN_ANCHOR)
    anchors = Counter(page.blocks[at].element for at in np.flatnonzero(anchor).tolist())
    sentences = Counter(page.blocks[at].element for at in np.flatnonzero(doubted).tolist())
    found = np.zeros(len(page.blocks), dtype=bool)
    for at in np.flatnonzero(doubted).tolist():
        element = page.blocks[at].element
        found[at] = anchors[element] >= 2 or (anchors[element] == 1 and sentences[element] >= _BROKEN)
    return found


def _in_holes(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful items of a list, and off the news cells of a table, stand among sure ones."""
    found = np.zeros(len(page.blocks), dtype=bool)
    doubted = ~sure & (chance >= _HOLE) & (page.features["linked"] <= LINKED)
    for names in (frozenset({"li"}),) if page.is_news else (frozenset({"li"}), _CELLS):
        for first, end in _runs(_listed(page), names):
            if end - first >= _HOLE_ITEMS and sure[first:end].mean() >= _HOLE_SHARE:
                found[first:end] = doubted[first:end]
    return found


def _off_the_news(page: PageBlocks, chance: NDArray[np.float64], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which doubtful blocks are the article's on a page without the signs of a news site."""
    tags, features = page.tags, page.features
    found = np.zeros(len(tags), dtype=bool)
    for names, least, count in ((_CELLS, _TABLE, _TABLE_CELLS), (frozenset({"li"}), _LIST, _LIST_ITEMS)):
        for first, end in _runs(_listed(page), names):
            if first == 0 or not sure[first - 1] or end - first < count or chance[first:end].mean() < least:
                continue
            # The last section of an article may be a table, or a list of sentences or sources.
            headed = tags[first - 1] in HEADINGS and (names is _CELLS or _is_wordy(page, first, end))
            if headed or (end < len(tags) and sure[end]):
                found[first:end] = True
    first, last = np.flatnonzero(sure)[[0, -1]]
    is_heading = np.isin(tags, ("h2", "h3")) & (chance >= _HEADING)
    is_prose = np.isin(tags, ("p",)) & (chance >= _PROSE) & (features["taken"] > _TAKEN) & (features["words"] > 0)
    found[first:last] |= (is_heading | is_prose)[first:last]
    return found


def _listed(page: PageBlocks) -> list[str]:
    """Return the tag of each block, or of the item or cell that a paragraph stands in."""
    around = (page.elements.tag[page.elements.parent[block.element]] for block in page.blocks)
    return [outer if tag == "p" and outer == "li" else tag for tag, outer in zip(page.tags, around, strict=True)]


def _is_wordy(page: PageBlocks, first: int, end: int) -> bool:
    """Tell a list of sentences or sources from one of stars or links."""
    plain = page.features["linked"][first:end].mean() <= LINKED
    return bool(plain and count_words(page.features)[first:end].mean() >= _LIST_WORDS)


def _runs(tags: Sequence[str], names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where blocks with one of the tags follow each other, as half-open ranges."""
    first = None
    for at, tag in enumerate((*tags, "")):
        if tag in names:
            first = at if first is None else first
        elif first is not None:
            yield first, at
            first = None
