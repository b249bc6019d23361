"""Advertisements: lines of their own, and fragments put between the sentences of a paragraph."""

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaners.records import Article, Removal
from cleaners.strip.blocks import Block, blocks_of
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import Cues, cues
from cleaners.strip.lines import line_span

_TOKEN = re.compile(r"\S+")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?…])[\"”’')\]]*\s+)(?=[^\W\d_])")
# Advertising words that stand before a noun: nothing ends on them.
_OPEN_ENDED = frozenset(
    ["free", "premium", "unlimited", "sponsored", "gratis", "grátis", "kostenlos", "gratuit", "daily", "weekly", "paid"]
)
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
            called = kinds[0] == "strong" and not stopped and len(so_far) <= 3
            if called or (content >= 2 and not (stopped and content < 3)):
                best = (tokens[index].end(), 0.9 if content >= 3 else 0.75)
        previous = index + 1
    return best


@lru_cache(maxsize=1024)
def _fragments(text: str) -> tuple[tuple[int, int, float], ...]:
    """Return the spans and scores of the advertisements in a paragraph; cached, as later rounds see most of it again."""
    lists = cues()
    found = []
    done = 0
    for sentence in _SENTENCE.finditer(text):
        start = sentence.end()
        if start >= done and (advert := _fragment(text, start, lists)) is not None:
            done, score = advert
            found.append((start, done, score))
    return tuple(found)


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
        if block.words <= 16:
            score = _line_score(block, lists)
            if score:
                start, end = line_span(article.text, blocks, index)
                yield Removal(start, end, "ad", "ad_line", score)
            continue
        for first, last, score in _fragments(block.text):
            start, end = block.start + first, block.start + last
            while end < block.end and article.text[end] == " ":
                end += 1
            if end == block.end and start > block.start:
                start -= 1
            yield Removal(start, end, "ad", "ad_fragment", score)
