"""What the block model knows of each block: its words, its place on the page, and what others say of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.page.blocks import AREAS, Block, Elements
from cleaners.extract.page.words import PARAGRAPH_WORDS, is_unspaced, runs_of, squash, words_of
from cleaners.extract.page_words import cue_groups, cue_mask, name_groups

Columns = dict[str, Sequence[float] | NDArray[Any]]
_DIGIT = re.compile(r"\d")
_STOPS, _CLOSERS = frozenset(".!?…。！？؟۔।"), "\"'”’»)]"
# A full-width stop ends a sentence whatever follows it. Both alternatives begin with one class and look back at it: a
# class is scanned three times faster than alternatives.
_SENTENCE = re.compile(r"[.!?…؟۔।。！？](?:(?<=[.!?…؟۔।])[\"'”’»)\]]*(?:\s|$)|(?<=[。！？])[。！？]*[\"'”’»)\]」』]*)")
# A Han or kana letter says as much as three Latin ones, a Thai (Lao, Khmer, Burmese) one as much as one.
_HAN = re.compile(r"[\u3005\u3040-\U0003ffff]")
_HAN_LETTERS = 3
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_PSEUDO_HEADING = 7
_TAGS = {
    "p": ("p",), "li": ("li",), "h1": ("h1",), "h2": ("h2",), "h3+": ("h3", "h4", "h5", "h6"), "cell": ("td", "th"),
    "div": ("div",), "figcaption": ("figcaption",), "blockquote": ("blockquote",), "definition": ("dt", "dd"),
    "button": ("button", "label"), "pre": ("pre",),
}  # fmt: skip
_TAG_BITS = {tag: 1 << bit for bit, tags in enumerate(_TAGS.values()) for tag in tags}
_TABLE = 1 << AREAS.index("table")
_PROSE_WORDS = 10
_PROSE_LINKED = 0.4
# Only this much of a long block is looked at for capitals and cues.
_LOOK = 60
_FAR = 40
_NEAR = 30
_LONG = 25
# Up to this share of linked letters a block has few links.
LINKED = 0.5


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What a page says of itself, and what trafilatura takes for its text.

    `news_signs` counts the marks of a news site; of guides, blogs and shops nine in ten have none.
    """

    titles: tuple[str, ...]
    description: str
    body: str
    trafilatura: str
    news_signs: int = 0


def block_features(
    blocks: Sequence[Block], elements: Elements, evidence: PageEvidence
) -> dict[str, NDArray[np.float32]]:
    """Return the features of all blocks of a page, a column each by name."""
    length = np.array([len(block.text) for block in blocks], dtype=np.float32)
    read = [runs_of(block.text) for block in blocks]
    runs, lower = [found for found, _ in read], [found for _, found in read]
    squashed = ["".join(found) for found in lower]
    words, terms = runs, lower
    wide = length
    if any(is_unspaced(block.text) for block in blocks):
        words = [words_of(block.text) for block in blocks]
        terms = [[word.lower() for word in found] for found in words]
        wide = length + np.array([(_HAN_LETTERS - 1) * len(_HAN.findall(block.text)) for block in blocks])
    columns: Columns = {}
    count = np.array([len(found) for found in words], dtype=np.float32)
    linked = np.array([block.linked for block in blocks], dtype=np.float32) / length
    sentences = np.array([len(_SENTENCE.findall(block.text)) for block in blocks], dtype=np.float32)
    prose = np.where((count >= _PROSE_WORDS) & (linked < _PROSE_LINKED) & (sentences > 0), count, 0)
    columns |= _of_text(blocks, words, count, wide, sentences, squashed)
    columns["linked"] = linked
    columns |= _of_structure(blocks, elements, count, linked, prose)
    columns |= _of_evidence(blocks, elements, evidence, squashed, terms, count)
    columns |= _of_cues(blocks, elements, lower)
    columns |= _of_page(count, prose)
    found = {name: np.asarray(column, dtype=np.float32) for name, column in columns.items()}
    return found | _of_neighbours(found, blocks, elements)


def _of_text(
    blocks: Sequence[Block],
    words: list[list[str]],
    count: NDArray[np.float32],
    length: NDArray[np.float32],
    sentences: NDArray[np.float32],
    squashed: list[str],
) -> Columns:
    texts = [block.text for block in blocks]
    initials = ["".join([word[0] for word in found[:_LOOK]]) for found in words]
    seen = Counter(squashed)
    before: Counter[str] = Counter()
    earlier = []
    for text in squashed:
        earlier.append(before[text])
        before[text] += 1
    return {
        "words": np.log1p(count),
        "length": np.log1p(length),
        "bold": np.array([block.bold / len(block.text) for block in blocks], dtype=np.float32),
        "ends": [text.rstrip(_CLOSERS)[-1:] in _STOPS for text in texts],
        "sentences": sentences / (count + 1),
        "commas": np.array([text.count(",") + text.count("，") + text.count("、") for text in texts]) / (count + 1),
        "digits": np.array([len(_DIGIT.findall(text)) for text in texts]) / length,
        "capitals": [sum(map(str.isupper, of)) / (sum(map(str.isalpha, of)) + 1) for of in initials],
        "all_capitals": [text.isupper() for text in texts],
        "lower_start": [text[0].islower() for text in texts],
        "colon": [text[-1] == ":" for text in texts],
        "quote_start": [text[0] in "\"“«'‘„「" for text in texts],
        "question": [text[-1] in "?？" for text in texts],
        "bullet_start": [text[0] in "©►▶»›→←-–—*•" for text in texts],
        "arrow_end": [text[-1] in "»›→>" for text in texts],
        "word_length": length / (count + 1),
        "bar": ["|" in text or "·" in text or "•" in text for text in texts],
        "copyright": ["©" in text for text in texts],
        "at": ["@" in text for text in texts],
        "times": [seen[text] for text in squashed],
        "earlier": earlier,
    }


def _of_structure(
    blocks: Sequence[Block],
    elements: Elements,
    count: NDArray[np.float32],
    linked: NDArray[np.float32],
    prose: NDArray[np.float32],
) -> Columns:
    own = np.array([block.element for block in blocks])
    parents = np.array(elements.parent)
    parent = parents[own]
    grand = parents[parent]
    great = parents[grand]
    total, links, text = (
        _sums(elements, own, weights).astype(np.float32) for weights in (count, count * linked, prose)
    )
    pieces = _sums(elements, own, np.ones(len(own), dtype=np.float32))
    all_prose = max(1.0, float(prose.sum()))
    kinds = np.array(elements.kind)[own]
    of_kind = np.bincount(kinds).astype(np.float32)[kinds]
    twins = np.array(elements.twins, dtype=np.float32)
    most_twins = [1]
    for above in elements.parent[1:]:
        most_twins.append(max(most_twins[above], elements.twins[above]))
    children = np.array(elements.children, dtype=np.float32)[parent]
    place = np.array(elements.place, dtype=np.float32)[own]
    core = _core(elements, text, 0.5)
    inside = _inside(elements, core)
    columns: Columns = {
        "depth": np.array(elements.depth)[own],
        "is_body": np.array(elements.is_body)[own],
        "parent_linked": links[parent] / (total[parent] + 1),
        "grand_linked": links[grand] / (total[grand] + 1),
        "great_linked": links[great] / (total[great] + 1),
        "parent_prose": text[parent] / all_prose,
        "grand_prose": text[grand] / all_prose,
        "great_prose": text[great] / all_prose,
        "parent_words": np.log1p(total[parent]),
        "grand_words": np.log1p(total[grand]),
        "parent_prose_share": text[parent] / (total[parent] + 1),
        "grand_prose_share": text[grand] / (total[grand] + 1),
        "parent_blocks": np.log1p(pieces[parent]),
        "grand_blocks": np.log1p(pieces[grand]),
        "siblings": children,
        "place": place,
        "place_share": place / (children + 1),
        "kind_prose": np.bincount(kinds, weights=prose)[kinds] / all_prose,
        "kind_count": np.log1p(of_kind),
        "kind_linked": np.bincount(kinds, weights=linked)[kinds] / of_kind,
        "twins": np.log1p(twins[own]),
        "parent_twins": np.log1p(twins[parent]),
        "grand_twins": np.log1p(twins[grand]),
        "most_twins": np.log1p(np.array(most_twins, dtype=np.float32)[own]),
        "in_core": inside[own],
        "parent_in_core": inside[parent],
        "core_prose": np.full(len(own), text[core] / all_prose),
    }
    tag_bits = [_TAG_BITS.get(elements.tag[block.element], 0) for block in blocks]
    columns |= _bits("tag", tuple(_TAGS), np.array(tag_bits, dtype=np.int64))
    inline = np.array([block.inline for block in blocks], dtype=np.int64)
    columns |= _bits("in", AREAS, np.array(elements.areas, dtype=np.int64)[own])
    columns |= _bits("near", name_groups(), np.array(elements.near, dtype=np.int64)[own] | inline)
    columns |= _bits("any", name_groups(), np.array(elements.every, dtype=np.int64)[own])
    columns |= _bits("inline", name_groups(), inline)
    return columns


def _bits(prefix: str, names: Sequence[str], masks: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    bits = (masks >> np.arange(len(names))[:, None] & 1).astype(np.float32)
    return {f"{prefix}_{name}": column for name, column in zip(names, bits, strict=True)}


def _sums(elements: Elements, own: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the weights' sum under every element."""
    sums = np.bincount(own, weights=weights, minlength=len(elements.tag)).tolist()
    parents = elements.parent
    for index in range(len(sums) - 1, 0, -1):
        sums[parents[index]] += sums[index]
    return np.array(sums)


def _core(elements: Elements, text: NDArray[np.float32], share: float) -> int:
    """Return the deepest element with the share of all text."""
    enough = np.flatnonzero(text >= share * max(1.0, float(text[0])))
    if len(enough) == 0:
        return 0
    depth = np.array(elements.depth)[enough]
    return int(enough[int(depth.argmax())])


def _inside(elements: Elements, core: int) -> NDArray[np.float32]:
    inside = [False] * len(elements.tag)
    inside[core] = True
    for index in range(core + 1, len(inside)):
        inside[index] = inside[elements.parent[index]]
    return np.array(inside, dtype=np.float32)


def _of_evidence(
    blocks: Sequence[Block],
    elements: Elements,
    evidence: PageEvidence,
    squashed: list[str],
    lower: list[list[str]],
    count: NDArray[np.float32],
) -> Columns:
    size = len(blocks)
    pieces = [squash(line) for line in evidence.trafilatura.split("\n")]
    lines, whole = set(pieces), "".join(pieces)
    taken = np.array([text in lines or (len(text) >= _LONG and text in whole) for text in squashed], dtype=np.float32)
    for row in _rows(blocks, elements):
        # trafilatura writes a row as one line, so that few cells are lines of their own.
        joined = "".join([squashed[at] for at in row])
        if joined in lines or (len(joined) >= _LONG and joined in whole):
            taken[row] = 1
    own = np.array([block.element for block in blocks])
    parents = np.array(elements.parent)
    parent = parents[own]
    grand = parents[parent]
    text = _sums(elements, own, count * taken)
    total = _sums(elements, own, count)
    all_taken = max(1.0, float(text[0]))
    core = _core(elements, text.astype(np.float32), 0.6)
    inside = _inside(elements, core)
    longer = np.flatnonzero((taken > 0) & (count >= PARAGRAPH_WORDS))
    first, last = (int(longer[0]), int(longer[-1])) if len(longer) else (0, size - 1)
    index = np.arange(size)
    depth = np.array(elements.depth)
    titles = [frozenset(words_of(title.lower())) for title in evidence.titles]
    title_texts = {squash(title) for title in evidence.titles}
    title_words = frozenset().union(*titles)
    described = frozenset(words_of(evidence.description.lower()))
    description = squash(evidence.description)
    body = squash(evidence.body)
    headings = [at for at, block in enumerate(blocks) if elements.tag[block.element] == "h1"]
    named = [at for at, found in enumerate(squashed) if found in title_texts]
    since_h1 = index - headings[0] if headings else None
    after_title: Sequence[float] | NDArray[Any] = (
        (index > named[-1]).astype(np.float32) if named else np.full(size, 0.5, dtype=np.float32)
    )
    return {
        "taken": taken,
        "taken_share": text[own] / (total[own] + 1),
        "parent_taken_share": text[parent] / (total[parent] + 1),
        "grand_taken_share": text[grand] / (total[grand] + 1),
        "parent_taken": text[parent] / all_taken,
        "grand_taken": text[grand] / all_taken,
        "since_taken": _since(taken, _NEAR),
        "until_taken": _since(taken[::-1], _NEAR)[::-1],
        "in_taken_core": inside[own],
        "parent_in_taken_core": inside[parent],
        "depth_in_taken_core": np.where(inside[own] > 0, depth[own] - depth[core], -1),
        "taken_blocks": np.full(size, taken.sum()),
        "taken_of_page": np.full(size, all_taken / max(1.0, float(count.sum()))),
        "place_in_taken": (index - first) / (last - first + 1),
        "from_first": np.clip(index - first, -_FAR, _FAR),
        "from_last": np.clip(index - last, -_FAR, _FAR),
        "like_title": [
            max(_likeness(title, found) for title in titles)
            if len(found) < _LOOK and not title_words.isdisjoint(found)
            else 0.0
            for found in lower
        ],
        "is_title": [found in title_texts for found in squashed],
        "after_title": after_title,
        "after_h1": np.full(size, 0.5) if since_h1 is None else since_h1 > 0,
        "from_h1": np.full(size, _FAR) if since_h1 is None else np.minimum(np.abs(since_h1), _FAR),
        "described": [len(described.intersection(found)) / (len(set(found)) + 1) for found in lower]
        if described
        else np.zeros(size),
        "is_description": [
            len(found) > 20 and (found in description or (bool(description) and description[:60] in found))
            for found in squashed
        ],
        "news_signs": np.full(size, evidence.news_signs),
        "has_body": np.full(size, bool(body)),
        "in_body": [(1.0 if len(found) >= 10 else 0.5) if found in body else 0.0 for found in squashed]
        if body
        else np.full(size, -1),
    }


def _rows(blocks: Sequence[Block], elements: Elements) -> list[list[int]]:
    """Return the blocks of every row of a table."""
    rows: dict[int, list[int]] = {}
    for at, block in enumerate(blocks):
        element = block.element
        while element and elements.areas[element] & _TABLE:
            if elements.tag[element] == "tr":
                rows.setdefault(element, []).append(at)
                break
            element = elements.parent[element]
    return list(rows.values())


def _likeness(title: frozenset[str], words: Sequence[str]) -> float:
    """Return the share of the words of both that both have."""
    common = len(title.intersection(words))
    return common / len(title.union(words)) if common else 0.0


def _since(marks: NDArray[np.float32], limit: int) -> NDArray[np.float32]:
    """Return for every block how many blocks ago the last mark was, up to a limit."""
    found = []
    since = limit
    for mark in marks.tolist():
        since = 0 if mark else min(limit, since + 1)
        found.append(since)
    return np.array(found, dtype=np.float32)


def _of_cues(blocks: Sequence[Block], elements: Elements, lower: list[list[str]]) -> Columns:
    masks = [cue_mask(words) for words in lower]
    under: list[int] = []
    since: list[int] = []
    levels: list[int] = []
    heading = level = 0
    away = 0
    for block, mask, words in zip(blocks, masks, lower, strict=True):
        tag = elements.tag[block.element]
        if tag in _HEADINGS or (len(words) <= 8 and block.bold > 0.9 * len(block.text)):
            heading, level, away = mask, _HEADINGS.get(tag, _PSEUDO_HEADING), 0
        else:
            away += 1
        under.append(heading)
        since.append(min(away, _NEAR))
        levels.append(level)
    columns: Columns = {"since_heading": since, "heading_level": levels}
    columns |= _bits("cue", cue_groups(), np.array(masks, dtype=np.int64))
    columns |= _bits("under", cue_groups(), np.array(under, dtype=np.int64))
    return columns


def _of_page(count: NDArray[np.float32], prose: NDArray[np.float32]) -> Columns:
    size = len(count)
    total = max(1.0, float(count.sum()))
    all_prose = max(1.0, float(prose.sum()))
    return {
        "block_place": np.arange(size) / size,
        "word_place": (np.cumsum(count) - count) / total,
        "prose_place": (np.cumsum(prose) - prose) / all_prose,
        "prose_of_page": np.full(size, all_prose / total),
        "blocks_of_page": np.full(size, np.log1p(size)),
        "words_of_page": np.full(size, np.log1p(total)),
    }


def _of_neighbours(
    columns: dict[str, NDArray[np.float32]], blocks: Sequence[Block], elements: Elements
) -> dict[str, NDArray[np.float32]]:
    found = {}
    for name in ("words", "linked", "ends", "tag_p", "taken"):
        for step in (-2, -1, 1, 2):
            found[f"{name}{step:+d}"] = _shifted(columns[name], step)
    kinds = np.array([elements.kind[block.element] for block in blocks], dtype=np.float32)
    parents = np.array([elements.parent[block.element] for block in blocks], dtype=np.float32)
    for step in (-1, 1):
        found[f"same_kind{step:+d}"] = (_shifted(kinds, step) == kinds).astype(np.float32)
        found[f"same_parent{step:+d}"] = (_shifted(parents, step) == parents).astype(np.float32)
    return found


def _shifted(column: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return every block's neighbour's value, -1 where there is none."""
    shifted = np.full_like(column, -1)
    if abs(step) < len(column):
        if step < 0:
            shifted[-step:] = column[:step]
        else:
            shifted[:-step] = column[step:]
    return shifted
