"""Promo lines: links to other pages between the paragraphs."""

from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.blocks import Block, blocks_of
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.lines import LABEL, WORDS, fold, is_link, line_span
from cleaners.strip.topic import topics_of


def _unseen(article: Article, index: int) -> tuple[float, float]:
    """Return the weight of a block's terms, and the share of it that stands nowhere else in the article."""
    parts = topics_of(article.text, article.title, article.language).parts
    part = parts[index + 1]
    total = sum(part.terms.values())
    others = [other.terms for other in parts if other is not part]
    alone = sum(weight for term, weight in part.terms.items() if not any(term in other for other in others))
    return total, alone / total if total else 0.0


def _echoes(line: str, title: str, index: int, count: int, raw: str) -> bool:
    """Say whether a line is the headline again, where no subheading would be: at the top, the bottom, in a notice."""
    if title not in line or len(line.split()) > len(title.split()) + 5:
        return False
    return index < 2 or index == count - 1 or is_closing(raw)


def _recurs(label: str, blocks: tuple[Block, ...]) -> bool:
    """Say whether several short lines open with this label, but for its number."""
    series = fold(label).rstrip("0 ")
    found = (LABEL.match(block.text) for block in blocks if block.brief)
    return sum(match is not None and fold(match.group(1)).rstrip("0 ") == series for match in found) > 1


def find_promo(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim link lines: "<link words>: headline", and labelled headlines that have nothing to do with the article."""
    del config
    lists = cues()
    blocks = blocks_of(article.text)
    title = fold(article.title or "")
    title = title if len(title.split()) >= 2 else ""
    for index, block in enumerate(blocks):
        if block.words > 32 or block.words < 1:
            continue
        if title and block.brief and _echoes(fold(block.text), title, index, len(blocks), block.text):
            yield Removal(*line_span(article.text, blocks, index), "furniture", "headline_echo", 0.9)
            continue
        label = None if block.text[0].isdigit() or block.text[0] in "-–—•*·" else LABEL.match(block.text)
        if label is not None:
            asks = block.text.rstrip("\"”’')").endswith(("?", "!"))
            words = [w.casefold().replace("’", "'") for w in WORDS.findall(label.group(1))]
            rest = len(WORDS.findall(block.text[label.end() :]))
            if is_link(block.text):
                if not block.stopped or asks or label.group(1).isupper():
                    yield Removal(*line_span(article.text, blocks, index), "promo", "link_label", 0.95)
                continue
            if ":" not in label.group() and "：" not in label.group() and "|" not in label.group():
                continue
            between = 0 < index < len(blocks) - 1 and blocks[index - 1].prose and blocks[index + 1].prose
            # A bar parts a label from a link and hardly ever anything in prose; "Tip 2: ..." heads a section.
            bar = "|" in label.group()
            if (
                between
                and (not block.stopped or asks)
                and 1 <= len(words) <= 4
                and rest >= 3
                and (bar or not _recurs(label.group(1), blocks))
            ):
                weight, alone = _unseen(article, index)
                if weight >= 4.0 and alone >= (0.3 if bar else 0.75):
                    yield Removal(*line_span(article.text, blocks, index), "promo", "foreign_line", round(alone, 4))
            continue
        if block.stopped or block.words > 8:
            continue
        words = [w.casefold().replace("’", "'") for w in WORDS.findall(block.text)]
        if len(words) >= 2 and all(w in lists.label for w in words) and any(w in lists.label_verbs for w in words):
            yield Removal(*line_span(article.text, blocks, index), "promo", "bare_link", 0.8)
