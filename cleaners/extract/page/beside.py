"""What stands beside an article's paragraphs: captions, embedded posts, boxes, links elsewhere, readers' comments."""

import re
from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.config import Kept
from cleaners.extract.page.blocks import HEADINGS, PageBlocks
from cleaners.extract.page.features import LINKED
from cleaners.extract.page.words import COLONS, PARAGRAPH_WORDS, count_words, squash, words_of
from cleaners.text import CLOSERS, FULL_STOPS

# Of the words that are kept; where captions, posts or boxes have more, they are the article.
_BESIDE = 0.5
# Of a paragraph's characters; fewer words may be a name.
_LINK_SHARE, _LINK_WORDS = 0.95, 4
_LABEL_CHARS = 30
# Of the runs of three words of a pull quote.
_SAID_AGAIN = 0.6
_QUOTE_WORDS = 8
_LISTED = ("li", "td", "th")
# A headline that leads to another story; how many summaries below such ones there are, and their share of their kind.
_HEADLINE_LINKED, _HEADLINE_WORDS = 0.8, 3
_SUMMARIES, _SUMMARY_SHARE = 2, 0.8
_NO_HEADLINE = (*FULL_STOPS, "…", *COLONS)
# Who wrote a post, in a line of its own below it: "— Ada Brandt (@adabrandt) April 5, 2031".
_POSTER = re.compile(r"[—–-]\s?.{1,80}\(@\w{1,20}\)\s.{4,30}\d{4}")
# A line that says how many comments follow, or only that they do, in a line of its own. One alone has a number: a
# "Komentarz" is a part of an analysis.
_COMMENTS = (
    r"(?:comments|comment\(s\)|комментари(?:и|ев)|отзыв(?:ы|ов)|kommentare|kommentarer|comentarios|comentários"
    r"|commentaires|commenti|reacties|komentarz[ey]|opinie|σχόλια|yorumlar|コメント|评论|評論|댓글)"
)
_COMMENT_ALONE = (
    r"(?:comment|комментари[йя]|отзыва?|kommentar|comentario|comentário|commentaire|commento|reactie|komentarz|σχόλιο"
    r"|yorum)"
)
_COMMENTS_HEAD = re.compile(
    rf"[|\s•·»#]*(?:\(?\d{{1,5}}\)?\s*(?:reader |user )?(?:{_COMMENTS}|{_COMMENT_ALONE})"
    r"|(?:readers'? |user |all |latest |recent |selected |wybrane |ostatnie |najnowsze |все |последние |новые |neueste "
    rf"|alle |últim[oa]s |derniers |ultimi |nieuwste )?{_COMMENTS}\s*[:(\[]?\s*\(?\d{{0,5}}\)?"
    r"|comments are now closed(?: for this (?:story|article|post))?)[)\]:!.\s]*",
    re.IGNORECASE,
)
_COMMENTS_CHARS, _COMMENTS_HEADS = 60, 2
# Of the blocks that are kept below such a line, those in the element of the article's paragraphs, if they are its own.
_GOES_ON = 0.5
# Of what trafilatura takes for the article; it leaves comments out where it knows them.
_TAKEN_SHARE = 0.6
# As many paragraphs outside comments are an article, however long its readers' comments are.
_PARAGRAPHS = 3
_TALKED_ABOUT = 2


def without_beside(
    page: PageBlocks, kept: NDArray[np.bool_], chance: NDArray[np.float64], keep: Collection[Kept]
) -> NDArray[np.bool_]:
    """Return which blocks are kept without captions, posts, boxes, pull quotes, and other stories' links and summaries.

    Where captions, posts or boxes are most of what is kept, they are the article. Of those named in `keep`, what stands
    between the first and the last kept block is kept even if the model doubts it.
    """
    counts, kept = count_words(page.features), kept.copy()
    captions, posts = _are_captions(page), _are_posts(page)
    boxes = np.array([page.elements.is_box[block.element] for block in page.blocks])
    asked = np.zeros(len(page.blocks), dtype=bool)
    if "captions" in keep:
        asked |= captions | (page.features["tag_figcaption"] > 0)
    if "posts" in keep:
        asked |= posts
    if kept.any():
        first, last = np.flatnonzero(kept)[[0, -1]]
        kept[first:last] |= asked[first:last]
    for beside in (captions, posts, boxes, _link_elsewhere(page), _are_said_again(page, kept)):
        if counts[kept & beside & ~asked].sum() <= _BESIDE * counts[kept].sum():
            kept &= ~beside | asked
    summaries, prose = _are_summaries(page, kept), counts >= PARAGRAPH_WORDS
    best, other = (np.max(chance, where=kept & prose & part, initial=0.0) for part in (~summaries, summaries))
    return kept & ~summaries if best > other else kept


def in_comments(page: PageBlocks, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which blocks stand below a line that says that readers' comments follow ("13 comments").

    Three paragraphs stand above it, and no heading below it is kept: a page may count comments in its middle. For the
    same reason, if the line is a link, what is kept below it does not stand in the element of the paragraphs above.
    Where several lines say so, each is about one answer or item of the page. On 2,063 marked pages six have comments
    below such a line that the model took for the article, and none the article.
    """
    within, tags = np.zeros(len(page.blocks), dtype=bool), page.tags
    paragraphs = np.cumsum(kept & (count_words(page.features) >= PARAGRAPH_WORDS))
    heads = [
        at
        for at, block in enumerate(page.blocks)
        if len(block.text) <= _COMMENTS_CHARS
        and paragraphs[at] >= _PARAGRAPHS
        and tags[at] != "li"
        and _COMMENTS_HEAD.fullmatch(block.text)
    ]
    if heads and len(heads) <= _COMMENTS_HEADS:
        below = (np.flatnonzero(kept[heads[0] + 1 :]) + heads[0] + 1).tolist()
        above = {_around(page, at) for at in np.flatnonzero(kept[: heads[0]]).tolist()}
        goes_on = page.features["linked"][heads[0]] > LINKED and (
            sum(_around(page, at) in above for at in below) > _GOES_ON * len(below)
        )
        has_heading = any(tags[at] in HEADINGS for at in below)
        within[heads[0] :] = not (goes_on or has_heading)
    return within


def _around(page: PageBlocks, at: int) -> tuple[int, int]:
    """Return the element that a block's own stands in, with the kind of the block's own."""
    element = page.blocks[at].element
    return page.elements.parent[element], page.elements.kind[element]


def without_comments(
    features: Mapping[str, NDArray[np.float32]], chance: NDArray[np.float64], limit: float
) -> NDArray[np.float64]:
    """Return the chances with none for what stands among readers' comments, unless all of the article does.

    A block is kept if its chance reaches `limit`.
    """
    # Of the words of 399 marked articles, 4 in 100,000 stand in an element so named; trees alone let long comments
    # through.
    comment = features["near_comment"] > 0
    size = np.exp(features["words"]) * features["taken"]
    paragraph = (chance >= limit) & (count_words(features) >= PARAGRAPH_WORDS) & (features["tag_p"] > 0)
    if size[comment].sum() > _TAKEN_SHARE * size.sum() and np.count_nonzero(paragraph & ~comment) < _PARAGRAPHS:
        # Readers may comment on every paragraph, so that each has an element of that name in it.
        return chance
    spoken = np.where(comment, 0.0, chance)
    return spoken if (spoken >= limit).any() else chance


def without_talk(page: PageBlocks, chance: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return the chances with none for comments by what their elements are called in other languages than English.

    The headline and two paragraphs stand outside of them: a "Komentarz" may be the article.
    """
    talk = np.array([page.elements.is_talk[block.element] for block in page.blocks], dtype=bool)
    paragraph = (chance >= limit) & (count_words(page.features) >= PARAGRAPH_WORDS) & ~talk
    if np.count_nonzero(paragraph) < _TALKED_ABOUT or (talk & (page.features["is_title"] > 0)).any():
        return chance
    return np.where(talk, 0.0, chance)


def _are_captions(page: PageBlocks) -> NDArray[np.bool_]:
    """Tell which blocks are captions by the class of their element, or of the one around it.

    Of 2,063 marked pages the model, which had not seen their publishers, kept 167 such blocks. Read, all are captions;
    markers of news kept 0 of 34, those with other rules 53 of 133.
    """
    named = page.elements.is_caption
    return np.array([named[block.element] or named[page.elements.parent[block.element]] for block in page.blocks])


def _are_posts(page: PageBlocks) -> NDArray[np.bool_]:
    """Tell which blocks are posts of social networks put into the page, or say right below one who wrote it."""
    posts = [page.elements.is_post[block.element] for block in page.blocks]
    below = [at for at in range(1, len(page.blocks)) if posts[at - 1] and _POSTER.fullmatch(page.blocks[at].text)]
    for at in below:
        posts[at] = True
    return np.array(posts)


def _are_said_again(page: PageBlocks, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which blocks are pull quotes, most of which other blocks say too; one may be shortened.

    A quotation whose element has no such name is one if another block says all of it. Of 16 of these on marked news
    pages all are set in large letters beside the text; markers kept eight.
    """
    pulled = np.array([page.elements.is_pull_quote[block.element] for block in page.blocks])
    quoted = kept & ~pulled & (page.features["in_blockquote"] > 0) & (count_words(page.features) >= _QUOTE_WORDS)
    quoted &= ~np.isin(page.tags, list(_LISTED))
    if not (pulled.any() or quoted.any()):
        return pulled
    text = [page.blocks[at].text for at in np.flatnonzero(kept & ~pulled & ~quoted).tolist()]
    said = {run for other in text for run in _triples_of(other)}
    for at in np.flatnonzero(pulled).tolist():
        runs = _triples_of(page.blocks[at].text)
        pulled[at] = sum(run in said for run in runs) >= _SAID_AGAIN * len(runs)
    letters = [squash(other) for other in text] if quoted.any() else []
    for at in np.flatnonzero(quoted).tolist():
        pulled[at] = any(squash(page.blocks[at].text) in other for other in letters)
    return pulled


def _are_summaries(page: PageBlocks, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which kept blocks are summaries of other stories: nearly all of their kind stand below a link that goes.

    On marked pages the model, which had not seen their publishers, kept 70 such blocks; one is the article's. Of 19
    more on other pages five may be.
    """
    found = np.zeros(len(page.blocks), dtype=bool)
    kinds = [page.elements.kind[block.element] for block in page.blocks]
    linked, counts = page.features["linked"], count_words(page.features)
    headline = ~kept & (linked >= _HEADLINE_LINKED) & (counts >= _HEADLINE_WORDS)
    plain = (linked <= LINKED) & (counts >= PARAGRAPH_WORDS)
    below: dict[tuple[int, int], list[int]] = {}
    for at in (np.flatnonzero(kept[1:] & headline[:-1]) + 1).tolist():
        if plain[at] and page.tags[at] not in HEADINGS:
            below.setdefault((kinds[at - 1], kinds[at]), []).append(at)
    times = Counter(kinds[at] for at in np.flatnonzero(kept).tolist())
    for (_, kind), ats in below.items():
        found[ats] = len(ats) >= _SUMMARIES and len(ats) >= _SUMMARY_SHARE * times[kind]
    return found


def _triples_of(text: str) -> list[tuple[str, ...]]:
    """Return the runs of three words of a text; a shorter text is one run."""
    words = words_of(text.lower())
    return [tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))]


def _link_elsewhere(page: PageBlocks) -> NDArray[np.bool_]:
    """Tell which paragraphs of a news page are nothing but a link, and no sentence: other stories, calls.

    Of 109 such paragraphs that the model kept on 3,466 pages, read, 106 are no part of the article. Off the news, a
    third are.
    """
    linked = np.array(
        [block.linked >= _LINK_SHARE * (len(block.text) - _label_size(block.text)) for block in page.blocks]
    )
    linked &= (page.features["tag_p"] > 0) & (count_words(page.features) >= _LINK_WORDS) & page.is_news
    for at in np.flatnonzero(linked).tolist():
        linked[at] = not page.blocks[at].text.rstrip(CLOSERS).endswith(_NO_HEADLINE)
    return linked


def _label_size(text: str) -> int:
    """Return how many characters a label in capitals takes before a link: "IN OSTREL: ..."."""
    label, colon, _ = text[:_LABEL_CHARS].partition(":")
    return len(label) + 1 if colon and label.isupper() else 0
