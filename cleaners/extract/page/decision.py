"""Which blocks of a page are its article: the chances of the block model, set right by rules where it errs."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.authors import announces_author
from cleaners.extract.config import Kept
from cleaners.extract.page.beside import in_comments, without_beside, without_comments, without_talk
from cleaners.extract.page.blocks import LESSER_HEADINGS, Block, PageBlocks, up_from
from cleaners.extract.page.features import LINKED
from cleaners.extract.page.inside import with_inside
from cleaners.extract.page.standfirst import with_standfirst
from cleaners.extract.page.words import COLONS, PARAGRAPH_WORDS, count_words, is_unspaced, words_of

# Losing text is worse than leaving a line in: at .5 one news page in 30 more lost text, for .001 of F1.
_KEEP = 0.45
# Prose in a part of the body: of 2,063 pages three have so much of it below `_KEEP`; where it is not the article's its
# chance is .02.
_PART = 0.05
_PART_PARAGRAPHS = 4
_PART_PARAGRAPH_WORDS = 15
_PART_WORDS = 120
# Blocks between it and the article's text above: a picture and a box stand in 2, the head of another story in 10.
_PART_AWAY = 4
_HEADLINE_WORDS = 4
# Share of a paragraph's text that trafilatura takes, up to which it leaves the paragraph out.
_LEFT_OUT = 0.5
# A caption's two copies stand close together; behind the text one has "(Ada Brandt, AP)", "Ada Brandt/AP hide caption".
_CAPTION_CHARS, _CAPTION_AWAY = 40, 4
_CREDIT = re.compile(r"\s*(?:\([^()]{2,60}[,/][^()]{2,60}\)|[^/]{2,60}/[^/]{2,30}(?:/[^/]{2,30})?)")
# A heading or a line with a colon, of at most this many words, announces what stands below it. Three or more in a row
# at the end of the text are the headings of a list whose entries are left out. On 1,569 pages that the model had not
# seen 38 such lines go. Read, 35 announce links, sources, pictures or a form, and 3 a list of the article's.
_ANNOUNCING_WORDS, _ANNOUNCEMENTS = 12, 2
_ANNOUNCED = 0.2
_CALENDAR_TAGS = frozenset({"caption", "td", "th"})
_DAYS = [str(day) for day in range(1, 29)]
# Where the best paragraph is itself in doubt, what is nearly as good is kept: an article is better than none.
_DOUBT = 0.7
# Paragraphs of one element by which the others are judged, and the chance from which on.
_DOUBTFUL_PARAGRAPHS, _DOUBTFUL = 5, 0.05
# Blocks between the headline and what is kept, the words of this, trafilatura's share of them, and the best chance.
_FAR_AWAY, _FAR_WORDS, _FAR_TAKEN, _FAR_BEST = 30, 200, 0.2, 0.8
# Words of a headline with this many letters, and the share of them that its article has.
_SUBJECT_LETTERS, _SUBJECT = 4, 0.3
# Below it no paragraph is one, and the page has no article: the best of 1,248 pages with one have .77 and more.
_HOPE = 0.15


def decide(
    page: PageBlocks, chance: NDArray[np.float64], keep: Collection[Kept]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which blocks are kept, and the chances by which that was decided."""
    chance = without_talk(page, without_comments(page.features, chance, _KEEP), _KEEP)
    chance = with_standfirst(page, chance, _KEEP)
    chance = _with_named_body(page, chance)
    chance = with_inside(page, chance, _KEEP)
    is_body = (chance >= _KEEP) & (count_words(page.features) >= PARAGRAPH_WORDS)
    others = _in_later_story(page, is_body) | _in_later_article(page)
    others |= _has_credited_copy(page.blocks) | _in_calendar(page)
    chance = np.where(others, 0.0, chance)
    if not is_body.any():
        # A page without an article may have prose in windows that its scripts open: a purchase, a login.
        chance = np.where(page.features["any_modal"] > 0, 0.0, chance)
    best = float(np.max(chance, where=count_words(page.features) >= PARAGRAPH_WORDS, initial=0.0))
    limit = min(_KEEP, _DOUBT * best) if best >= _HOPE else _KEEP
    kept = (chance >= limit) | _in_doubtful_body(page, chance, best)
    kept = without_beside(page, kept, chance, keep)
    kept &= ~in_comments(page, kept)
    kept &= ~_announces_nothing(page, chance, kept)
    if _is_far_from_headline(page, kept) and best < _FAR_BEST:
        kept[:] = False
    return kept, chance


def _is_far_from_headline(page: PageBlocks, kept: NDArray[np.bool_]) -> bool:
    """Tell whether a few words far below the headline are all that is kept, and trafilatura leaves them out.

    What is kept is then the imprint of a page whose article is missing, unless it has the headline's words. Of 5,860
    pages the rule empties six: three imprints and three of readers' comments on a picture.
    """
    counts = count_words(page.features)
    if not kept.any() or counts[kept].sum() > _FAR_WORDS:
        return False
    first = int(np.argmax(kept))
    titled = np.flatnonzero(page.features["is_title"][:first]).tolist()
    above = [at for at in titled if page.tags[at] in ("h1", "h2")]
    taken = (counts * page.features["taken"])[kept].sum() / max(1.0, counts[kept].sum())
    if not above or first - above[-1] <= _FAR_AWAY or taken >= _FAR_TAKEN:
        return False
    headline = page.blocks[above[-1]].text
    letters = 1 if is_unspaced(headline) else _SUBJECT_LETTERS
    subject = {word for word in words_of(headline.lower()) if len(word) >= letters}
    told = {word for at in np.flatnonzero(kept).tolist() for word in words_of(page.blocks[at].text.lower())}
    return len(subject & told) < _SUBJECT * len(subject)


def _in_later_story(page: PageBlocks, is_body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which blocks stand in a story that an endless page has loaded under its own.

    Such a story's element has the parent, tag and classes of the first one's, and opens with a headline as that does.
    A part of the article may open with a heading of the first order too; a story has a name or a date below its
    headline, or trafilatura leaves it out. The first headline is one that has paragraphs below it: of 961 other pages
    five open with the name of the site, in an element like the article's.
    """
    later = np.zeros(len(page.blocks), dtype=bool)
    heads = [at for at, tag in enumerate(page.tags) if tag == "h1"]
    while len(heads) > 1 and not is_body[heads[0] : heads[1]].any():
        heads.pop(0)
    if len(heads) < 2:
        return later
    opened: dict[int, int] = {}
    for at, block in enumerate(page.blocks):
        for element in up_from(block.element, page.elements):
            if element in opened:
                break
            opened[element] = at
    first = {
        page.elements.twins_of[element]
        for element in up_from(page.blocks[heads[0]].element, page.elements)
        if opened[element] == heads[0]
    }
    stories = {
        element
        for head in heads[1:]
        if len(words_of(page.blocks[head].text)) >= _HEADLINE_WORDS and _opens_story(head, page, is_body)
        for element in up_from(page.blocks[head].element, page.elements)
        if opened[element] == head and page.elements.tag[element] != "h1" and page.elements.twins_of[element] in first
    }
    if stories:
        later[:] = [not stories.isdisjoint(up_from(block.element, page.elements)) for block in page.blocks]
    return later


def _opens_story(head: int, page: PageBlocks, is_body: NDArray[np.bool_]) -> bool:
    """Tell whether a headline opens a story of its own.

    It has an author or a date above its first paragraph, or trafilatura leaves that paragraph out.
    """
    below = np.flatnonzero(is_body[head + 1 :]).tolist()
    if not below:
        return False
    first = head + 1 + below[0]
    signed = (page.features["near_author"] > 0) | (page.features["near_time"] > 0)
    if any(signed[at] or announces_author(page.blocks[at].text) for at in range(head + 1, first)):
        return True
    return bool(page.features["taken"][first] <= _LEFT_OUT)


def _in_later_article(page: PageBlocks) -> NDArray[np.bool_]:
    """Tell which blocks stand in an `article` element below the one that the page's title stands in, of the same kind.

    An endless page may load its next stories so. Of 3,773 pages four have such elements: one has further stories in
    them, three have teasers.
    """
    titled = np.flatnonzero(page.features["is_title"]).tolist()
    within = (
        element
        for at in titled
        if page.elements.tag[page.blocks[at].element] in ("h1", "h2")
        for element in up_from(page.blocks[at].element, page.elements)
        if page.elements.tag[element] == "article"
    )
    own = next(within, 0)
    if own == 0 or page.elements.twins_of.count(page.elements.twins_of[own]) == 1:
        return np.zeros(len(page.blocks), dtype=bool)
    return np.array(
        [
            any(
                element > own and page.elements.twins_of[element] == page.elements.twins_of[own]
                for element in up_from(block.element, page.elements)
            )
            for block in page.blocks
        ]
    )


def _has_credited_copy(blocks: Sequence[Block]) -> NDArray[np.bool_]:
    """Tell which blocks are a caption that stands twice, once with its credit: both of the two.

    On 608 unmarked news pages 24 such captions were kept by their chances, and no paragraph of an article is one.
    """
    copied = np.zeros(len(blocks), dtype=bool)
    starts = Counter([block.text[:_CAPTION_CHARS] for block in blocks])
    for at, block in enumerate(blocks):
        if len(block.text) < _CAPTION_CHARS or starts[block.text[:_CAPTION_CHARS]] == 1:
            continue
        for other in range(max(0, at - _CAPTION_AWAY), min(len(blocks), at + _CAPTION_AWAY + 1)):
            longer = blocks[other].text
            if longer.startswith(block.text) and _CREDIT.fullmatch(longer, len(block.text)):
                copied[[at, other]] = True
    return copied


def _in_calendar(page: PageBlocks) -> NDArray[np.bool_]:
    """Tell which blocks are cells of a calendar, which have the numbers of the days in a row."""
    within = np.zeros(len(page.blocks), dtype=bool)
    is_cell = [tag in _CALENDAR_TAGS for tag in page.tags]
    for first in [at for at, block in enumerate(page.blocks) if is_cell[at] and block.text == _DAYS[0]]:
        if [block.text for block in page.blocks[first : first + len(_DAYS)]] == _DAYS:
            start, end = first, first + len(_DAYS)
            while start and is_cell[start - 1]:
                start -= 1
            while end < len(page.blocks) and is_cell[end]:
                end += 1
            within[start:end] = True
    return within


def _in_doubtful_body(page: PageBlocks, chance: NDArray[np.float64], best: float) -> NDArray[np.bool_]:
    """Tell which blocks stand among the paragraphs of the likeliest element of a page on which all are in doubt.

    The paragraphs of one element are the article's or none is; each by itself, they fall on both sides of a limit.
    """
    within = np.zeros(len(page.blocks), dtype=bool)
    if not _HOPE <= best < _DOUBT:
        return within
    counts = count_words(page.features)
    plain = page.features["linked"] <= LINKED
    paragraph = plain & (counts >= PARAGRAPH_WORDS) & (chance > 0)
    sums: Counter[int] = Counter()
    parents = [page.elements.parent[block.element] for block in page.blocks]
    for at in np.flatnonzero(paragraph).tolist():
        sums[parents[at]] += chance[at] * counts[at]
    body = max(sums, key=sums.__getitem__, default=0)
    among = [at for at in np.flatnonzero(paragraph).tolist() if parents[at] == body]
    if len(among) >= _DOUBTFUL_PARAGRAPHS and body:
        for at in range(among[0], among[-1] + 1):
            within[at] = plain[at] and chance[at] >= _DOUBTFUL and body in up_from(parents[at], page.elements)
    return within


def _announces_nothing(page: PageBlocks, chance: NDArray[np.float64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which of the last blocks that are kept announce links, sources or a form that are not.

    What a heading announces may be the article's, though the model doubts it; then the heading stays.
    """
    counts = count_words(page.features)
    in_doubt = (page.features["linked"] <= LINKED) & (chance >= _ANNOUNCED)
    last = np.flatnonzero(kept).tolist()
    found = []
    while last and last[-1] + 1 < len(page.blocks) and counts[last[-1]] <= _ANNOUNCING_WORDS:
        block, following = page.blocks[last[-1]], last[-1] + 1
        is_heading = page.elements.tag[block.element] in LESSER_HEADINGS
        if not (is_heading or block.text.rstrip().endswith(COLONS)) or (in_doubt[following] and not kept[following]):
            break
        found.append(last.pop())
    nothing = np.zeros(len(page.blocks), dtype=bool)
    if last and len(found) <= _ANNOUNCEMENTS:
        nothing[found] = True
    return nothing


def _with_named_body(page: PageBlocks, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chances with those of prose raised that follows the article's first words in a part of its body.

    A page may part its body into elements; where trafilatura takes the first alone, the model doubts the others. A part
    that lies further below is left in doubt: between two stories stand a headline and a bar of links.
    """
    features, counts = page.features, count_words(page.features)
    prose = (
        (features["near_body"] > 0) & (features["near_comment"] == 0) & (features["tag_p"] > 0) & (features["ends"] > 0)
    )
    prose &= (features["linked"] <= LINKED) & (counts >= _PART_PARAGRAPH_WORDS) & (chance < _KEEP)
    sure = chance >= _KEEP
    if not sure.any():
        return chance
    prose[: int(np.argmax(sure))] = False
    if np.count_nonzero(prose) < _PART_PARAGRAPHS:
        return chance
    parents = np.array([page.elements.parent[block.element] for block in page.blocks])
    raised = chance.copy()
    for parent in set(parents[prose].tolist()):
        part = prose & (parents == parent)
        first = int(np.argmax(part))
        away = first - 1 - int(np.flatnonzero(sure[:first])[-1])
        long = np.count_nonzero(part) >= _PART_PARAGRAPHS and counts[part].sum() >= _PART_WORDS
        if long and away <= _PART_AWAY and chance[part].mean() >= _PART:
            raised[part] = _KEEP
    return raised
