"""Repeated text: what many pages of one site carry is the site's, and what an article has twice it needs once."""

import re
from collections.abc import Iterator
from statistics import median

from cleaners.records import Article, Removal, SiteLines
from cleaners.strip.blocks import blocks_of
from cleaners.strip.config import StripConfig
from cleaners.strip.lines import fold, fragments_of, key_of, label_of, line_span

# A repeated line must have words: a number, a time or a score recurs by chance.
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_].*[^\W\d_].*[^\W\d_]")
_NUMBERS = re.compile(r"\d[\d.,:/]*")
# A second copy is so many paragraphs in a row, of so many words in all: a pull quote or a question asked again is none.
_COPIED, _COPIED_WORDS = 3, 100


def _has_words(line: str) -> bool:
    # Keys fold digits, and "Net 1.4 mln vs 1.2 mln" says something else on every page that carries it.
    return len(_NUMBERS.findall(line)) <= 1 and _LETTERS.search(fold(line)) is not None


def find_repeated(article: Article, *, config: StripConfig, site_lines: SiteLines | None = None) -> Iterator[Removal]:
    """Claim lines, labelled lines and glued-in fragments that several pages of the site carry.

    Copies of one article repeat all of its lines, so a line must stand on several times more pages than the article's
    own paragraphs do.
    """
    if site_lines is None or site_lines.pages < config.repeated_pages:
        return
    counts = site_lines.counts
    blocks = blocks_of(article.text)
    pages = [counts.get(key_of("line", block.text), 1) for block in blocks]
    own = median([n for n, block in zip(pages, blocks, strict=True) if block.prose] or [1])
    least = max(config.repeated_pages, config.repeated_factor * own)
    if article.site is None:
        least = max(least, config.repeated_share * site_lines.pages)
    for index, block in enumerate(blocks):
        # A short sentence ("He declined to comment.") comes up again by chance, a label or link hardly does.
        needed = least if block.brief else max(2 * least, site_lines.pages / 50)
        score = 1.0 - 1.0 / pages[index]
        if pages[index] >= needed and block.words <= 20 and _has_words(block.text):
            yield Removal(*line_span(article.text, blocks, index), "repeated", "repeated_line", round(score, 4))
        elif not block.prose and block.words <= 24:
            label = label_of(block.text)
            count = counts.get(key_of("label", label), 1) if label else 1
            if count >= max(2 * least, site_lines.pages / 100):
                yield Removal(
                    *line_span(article.text, blocks, index), "repeated", "repeated_label", round(1 - 1 / count, 4)
                )
        elif block.prose:
            done = 0
            for start, end in sorted(fragments_of(block, article.language, glued=False), key=lambda s: (s[0], -s[1])):
                count = counts.get(key_of("fragment", block.text[start:end]), 1)
                if start >= done and count >= max(least + 2, site_lines.pages / 200):
                    done = end
                    stop = block.start + end
                    while stop < block.end and article.text[stop] == " ":
                        stop += 1
                    yield Removal(block.start + start, stop, "repeated", "repeated_fragment", round(1 - 1 / count, 4))


def find_second_copy(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim paragraphs in a row that the text had in the same order before: pages carry an article for each layout."""
    del config
    blocks = blocks_of(article.text)
    paragraphs = [index for index, block in enumerate(blocks) if block.prose]
    first: dict[str, int] = {}
    originals = [first.setdefault(blocks[index].text, place) for place, index in enumerate(paragraphs)]
    # Nearly all texts have each of their paragraphs once.
    place = 0 if len(first) < len(paragraphs) else len(paragraphs)
    while place < len(paragraphs):
        stop = place + 1
        if originals[place] < place:
            while stop < len(paragraphs) and originals[stop] == originals[stop - 1] + 1 < place:
                stop += 1
            copied = paragraphs[place:stop]
            if len(copied) >= _COPIED and sum(blocks[index].words for index in copied) >= _COPIED_WORDS:
                start, end = blocks[copied[0] - 1].end, blocks[copied[-1]].end
                yield Removal(start, end, "repeated", "second_copy", 0.9)
        place = stop
