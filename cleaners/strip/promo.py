"""Promo lines: links to other pages between the paragraphs."""

import re
from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import cues
from cleaners.strip.lines import LABEL, fold, line_span
from cleaners.strip.topic import Topics, topics_of

_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _unseen(topics: Topics, index: int) -> tuple[float, float]:
    """Return the weight of a block's terms, and the share of it that stands nowhere else in the article."""
    part = topics.parts[index + 1]
    total = sum(part.values())
    alone = sum(w for t, w in part.items() if topics.first[t] == topics.last[t] == index + 1)
    return total, alone / total if total else 0.0


def find_promo(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim link lines: "<link words>: headline", and labelled headlines that have nothing to do with the article."""
    del config
    lists = cues()
    topics = topics_of(article.text, article.title, article.language)
    blocks = topics.blocks
    title = fold(article.title or "")
    title = title if len(title.split()) >= 3 else ""
    for index, block in enumerate(blocks):
        if block.words > 32 or block.words < 1:
            continue
        if (
            title
            and block.brief
            and title in fold(block.text)
            and len(fold(block.text).split()) <= len(title.split()) + 5
        ):
            # "Comments off on <headline>", "<headline> | Site", or the headline once more.
            yield Removal(*line_span(article.text, blocks, index), "furniture", "headline_echo", 0.9)
            continue
        asks = block.text.rstrip("\"”’')").endswith(("?", "!"))
        label = LABEL.match(block.text)
        if label is not None:
            words = [w.casefold().replace("’", "'") for w in _WORDS.findall(label.group(1))]
            rest = len(_WORDS.findall(block.text[label.end() :]))
            linked = bool(words) and len(words) <= 6 and all(w in lists.label for w in words)
            if linked and any(w in lists.label_strong for w in words) and rest >= 2:
                if not block.stopped or asks or label.group(1).isupper():
                    yield Removal(*line_span(article.text, blocks, index), "promo", "link_label", 0.95)
                continue
            between = 0 < index < len(blocks) - 1 and blocks[index - 1].prose and blocks[index + 1].prose
            if between and (not block.stopped or asks) and 1 <= len(words) <= 4 and rest >= 3:
                weight, alone = _unseen(topics, index)
                if weight >= 5.0 and alone >= 0.75:
                    yield Removal(*line_span(article.text, blocks, index), "promo", "foreign_line", round(alone, 4))
            continue
        if block.stopped or block.words > 8:
            continue
        words = [w.casefold().replace("’", "'") for w in _WORDS.findall(block.text)]
        if len(words) >= 2 and all(w in lists.label for w in words) and any(w in lists.label_strong for w in words):
            yield Removal(*line_span(article.text, blocks, index), "promo", "bare_link", 0.8)
