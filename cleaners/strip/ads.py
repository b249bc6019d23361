"""Advertisements: lines of their own, and fragments put between the sentences of a paragraph."""

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaners.records import Article, Removal
from cleaners.strip.blocks import KEPT_LINES, Block, blocks_of, words_of
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import Cues, cues
from cleaners.strip.lines import fold, fragments_of, line_span

_TOKEN = re.compile(r"\S+")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?…])[\"”’')\]]*\s+)(?=[^\W\d_])")
# Advertising words that stand before a noun: nothing ends on them.
_OPEN_ENDED = frozenset(
    ["free", "premium", "unlimited", "sponsored", "gratis", "grátis", "kostenlos", "gratuit", "daily", "weekly", "paid"]
)
_SEPARATORS = frozenset("-–—:|")
_OPENING = re.compile(r"[\"“‘«'(\[]*[^\W\d_]")


def _word(token: str) -> str:
    return token.strip("\"“”‘’«»'()[].,!?…:;—–-|").casefold().replace("’", "'")


def _kind(word: str, lists: Cues) -> str:
    if word in lists.ad_strong:
        return "strong"
    if word in lists.ad_content:
        return "content"
    if word in lists.ad_function or not word or word.isdigit():
        return "function"
    return ""


def _opens(token: str) -> bool:
    match = _OPENING.match(token)
    return match is not None and match.group()[-1].isupper()


def _fragment(text: str, start: int, lists: Cues) -> tuple[int, float] | None:
    """Return the end of the advertisement that starts at `start` of a paragraph, and its score, if one does."""
    tokens: list[re.Match[str]] = []
    kinds: list[str] = []
    closes: list[bool] = []
    for token in _TOKEN.finditer(text, start, min(len(text), start + 200)):
        tokens.append(token)
        word = _word(token.group())
        kind = _kind(word, lists)
        if not kind or token.group().endswith(":"):
            break
        kinds.append(kind)
        closes.append((kind != "function" and word not in _OPEN_ENDED) or word in lists.ad_closing)
    best: tuple[int, float] | None = None
    previous = 0
    for index in range(len(kinds)):
        following = tokens[index + 1].group() if index + 1 < len(tokens) else None
        if not closes[index] or (following is not None and not _opens(following)):
            continue
        chunk = kinds[previous : index + 1]
        so_far = kinds[: index + 1]
        stopped = tokens[index].group().rstrip("\"”’')]")[-1:] in ".…"
        if (
            "strong" in so_far
            and len(so_far) >= 2
            and (best is None or "strong" in chunk or (len(chunk) >= 2 and "content" in chunk))
        ):
            content = sum(kind != "function" for kind in so_far)
            # "Subscribe now": short, but it opens with the call.
            # "Remove the app I use": the English pronoun has its capital anywhere.
            doubtful = stopped or (following is not None and _word(following) == "i")
            called = kinds[0] == "strong" and not doubtful and len(so_far) <= 3
            if called or (content >= 2 and not (doubtful and content < 3)):
                best = (tokens[index].end(), 0.9 if content >= 3 else 0.75)
        previous = index + 1
    return best


@lru_cache(maxsize=1)
def _strong() -> frozenset[str]:
    """Return the strong words as folded lines have them: of those with a hyphen the first part."""
    return frozenset(fold(word).split()[0] for word in cues().ad_strong)


@lru_cache(maxsize=KEPT_LINES)
def _may_advertise(text: str) -> bool:
    """Say whether a line has a strong word: no advertisement is without one, and most lines have none."""
    return not _strong().isdisjoint(words_of(text))


def _fragments(block: Block, language: str | None) -> Iterator[tuple[int, int, float]]:
    """Yield the spans and scores of the advertisements in a paragraph."""
    lists = cues()
    text = block.text
    # The longest of those that start together stays.
    glued = {start: end for start, end in fragments_of(block, language, glued=True) if _glued(text, start, end, lists)}
    done = 0
    for sentence in _SENTENCE.finditer(text):
        start = sentence.end()
        if start < done:
            continue
        advert = _fragment(text, start, lists) or ((glued[start], 0.75) if start in glued else None)
        if advert is not None:
            done, score = advert
            yield start, done, score


def _glued(text: str, start: int, end: int, lists: Cues) -> bool:
    """Say whether a fragment that runs into the next sentence is an advertisement: a label, or mostly such words."""
    tokens = text[start:end].split()
    following = text[end:].split(maxsplit=2)
    # "the newsletter The Lamp", "an app I use": a name, or a word that always has a capital, opens no sentence.
    if len(following) < 2 or _word(following[0]) == "i" or not following[1][0].islower():
        return False
    kinds = [_kind(_word(token), lists) for token in tokens]
    label = kinds[0] == "strong" and (tokens[0].endswith(":") or tokens[1] in _SEPARATORS)
    if label:
        return tokens[2 if tokens[1] in _SEPARATORS else 1][0].islower()
    content = sum(kind in ("strong", "content") for kind in kinds)
    return kinds[0] != "" and "strong" in kinds and content >= 2 and sum(map(bool, kinds)) >= 0.6 * len(kinds)


def _is_call(blocks: tuple[Block, ...], index: int, lists: Cues) -> bool:
    """Say whether a line between two paragraphs calls on the reader to subscribe, in part with unknown words."""
    block = blocks[index]
    if not block.brief or not all(blocks[i].prose for i in (index - 1, index + 1) if 0 <= i < len(blocks)):
        return False
    kinds = [_kind(_word(token), lists) for token in block.text.split()]
    content = sum(kind in ("strong", "content") for kind in kinds)
    return "strong" in kinds[:3] and content >= 3 and sum(map(bool, kinds)) >= 0.6 * len(kinds)


def _line_score(block: Block, lists: Cues) -> float:
    kinds = [_kind(_word(token), lists) for token in block.text.split()]
    strong = kinds.count("strong")
    known = sum(1 for kind in kinds if kind)
    content = strong + kinds.count("content")
    if not strong or known < len(kinds) * 0.8 or (len(kinds) > 1 and content < 2) or (block.stopped and content < 3):
        return 0.0
    return 0.95 if known == len(kinds) else 0.8


def find_ads(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim advertising lines whole, and fragments between two sentences at their exact span.

    A fragment must open where a sentence may, consist of advertising words, and end before a capital, so that the
    sentences on both sides stay as they are.
    """
    del config
    lists = cues()
    blocks = blocks_of(article.text)
    for index, block in enumerate(blocks):
        if not _may_advertise(block.text):
            continue
        if block.words <= 16:
            score = _line_score(block, lists) or (0.75 if _is_call(blocks, index, lists) else 0.0)
            if score:
                start, end = line_span(article.text, blocks, index)
                yield Removal(start, end, "ad", "ad_line", score)
            continue
        for first, last, score in _fragments(block, article.language):
            start, end = block.start + first, block.start + last
            while end < block.end and article.text[end] == " ":
                end += 1
            if end == block.end and start > block.start:
                start -= 1
            yield Removal(start, end, "ad", "ad_fragment", score)
