"""Compilations: a text with several complete articles on one subject becomes several articles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cleaners.records import Article
from cleaners.strip.config import StripConfig
from cleaners.strip.cues import cues
from cleaners.strip.ends.judging import Asked, find_ends
from cleaners.strip.ends.models import PART_FEATURES, part_model
from cleaners.strip.lines import WORDS, is_link
from cleaners.strip.topic import Part, introduced_in, part_of, topics_of
from cleaners.text import Line, lines_of

# Lines from a headline to its lead at most: a subheadline and a byline may stand between.
_LINES_BEFORE_LEAD = 3
# A further article introduces again the people whom the headline or the first three paragraphs name.
_EARLY = 3
# If a file holds many articles, the first lead says little about a later one. So a headline of this many words also
# counts if its own lead repeats this share of it, somebody is named in full again, and nothing just before is like that
# lead, though this share of it stands somewhere before. One of 6,011 single articles has such a line, which is a whole
# sentence.
_WHOLE_WORDS = 12
_WHOLE_TOLD = 0.75
_WHOLE_PREVIOUS = 0.12
_WHOLE_KNOWN = 0.4
# "OSTREL (Agency) -", "OSTREL, 3 May —", "Ostrel (Agency) –"
_DATELINE = re.compile(r"[^\W\d_a-zß-ÿ]{3,}[^\n]{0,40}?\s?[-–—―]|[^\W\d_][^\n()]{1,50}\([^()\n]{2,40}\)\s*[-–—―:]")
# Addresses, handles, running times, credits ("[Name/Agency]"), markup, and labels glued to a link ("Word:Title").
_NO_HEADLINE = re.compile(
    r"(?i)https?:|www\.|@\w|\b\d{1,2}:[0-5]\d\b|[©®]|^[\[(]|[\])]$|\w/\w+$|=[\"']|[^\W\d_][\"'’”]?:[^\W\d_]"
)
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{4}\.[\"”’']*\s")


class _Everybody(dict[str, int]):
    """Places of introduction that put every name into the headline: the best case for further headlines."""

    def __missing__(self, name: str) -> int:
        """Place a name in the headline."""
        del name
        return 0


def split(article: Article, *, config: StripConfig) -> tuple[Article, ...]:
    """Return the articles of a compilation in order, each with its headline as title; return any other article alone.

    Nothing is lost: titles and texts of the parts hold every character of the original except white space. A text is
    split only at lines with the form of a headline, followed by a lead that tells the article's first lead again, and
    never after the place where other matter begins. What was found on a page stays whole: 22 of 26 pages that were
    split held one article, whose sections became articles of their own.
    """
    if article.page_signs is not None:
        return (article,)
    heads = _heads(article, config)
    if not heads:
        return (article,)
    (end,) = find_ends([Asked(article)], config)
    if end is not None and end.reason != "unsure":
        heads = _heads(replace(article, text=article.text[: end.start]), config)
        if not heads:
            return (article,)
    bounds = [*(head.start for head in heads), len(article.text)]
    parts = [replace(article, text=article.text[: heads[0].start].strip())]
    for number, (head, stop) in enumerate(zip(heads, bounds[1:], strict=True), start=1):
        text = article.text[head.end : stop].strip()
        parts.append(replace(article, record=article.record + number, title=head.text, text=text))
    return tuple(parts)


def _heads(article: Article, config: StripConfig) -> list[Line]:
    """Return the headlines of further articles, if at least one is likely enough."""
    lines = lines_of(article.text)
    judge = part_model()

    def scored(introduced: Mapping[str, int]) -> list[tuple[Line, float]]:
        found = part_features(lines, article.title, article.language, introduced, config)
        return [
            (lines[index], 1.0 if features["whole"] else judge.probability([features[name] for name in PART_FEATURES]))
            for index, features in found
        ]

    # Names that were introduced before speak for a headline, but finding them is what costs time. Hardly any line is a
    # headline even if all names were, so that is tried first.
    if not any(score >= config.split_first for _, score in scored(_Everybody())):
        return []
    heads = scored(introduced_in(topics_of(article.text, article.title, article.language).parts))
    if not any(score >= config.split_first for _, score in heads):
        return []
    return [line for line, score in heads if score >= config.split_more]


def _headlines(lines: tuple[Line, ...]) -> list[int]:
    """Return the numbers of lines with the form and the place of a headline: after a sentence, before a lead."""
    found = []
    for index in range(1, len(lines) - 1):
        line = lines[index]
        if not line.brief or line.open or not 5 <= line.words <= 22 or not lines[index - 1].stopped:
            continue
        lead = next((i for i in range(index + 1, min(len(lines), index + 1 + _LINES_BEFORE_LEAD)) if lines[i].prose), 0)
        # List items, quotations, links and captions are not headlines.
        if (
            line.text[0].isdigit()
            or line.text[0] in '-–—•*·“"«„'
            or is_link(line.text)
            or _NO_HEADLINE.search(line.text)
            or _labelled(line.text)
            or _SENTENCE_INSIDE.search(line.text)
        ):
            continue
        if lead:
            found.append(index)
    return found


def _labelled(line: str) -> bool:
    """Say whether a line has words of captions or advertisements, or link words at one of its ends."""
    words = [word.casefold() for word in WORDS.findall(line)]
    lists = cues()
    return (
        not words
        or not lists.caption.isdisjoint(words)
        or not lists.ad_strong.isdisjoint(words)
        or not lists.link_ends.isdisjoint((words[0], words[-1]))
    )


def part_features(
    lines: tuple[Line, ...],
    title: str | None,
    language: str | None,
    introduced: Mapping[str, int],
    config: StripConfig,
) -> Iterator[tuple[int, dict[str, float]]]:
    """Measure each possible headline inside the text: above all, whether the lead after it tells the first lead again.

    `introduced` says in which part a person is first named in full: 0 is the headline, then come the lines. The model
    weighs all measures but `whole`, which decides by itself.
    """
    headlines = _headlines(lines)
    if not headlines:
        return

    def part(index: int) -> Part:
        return part_of(lines[index].text, language)

    def terms_of(indexes: list[int] | range) -> dict[str, float]:
        return {term: weight for index in indexes for term, weight in part(index).terms.items()}

    bounds = [0, *headlines, len(lines)]
    brief_share = sum(not line.prose for line in lines) / max(1, len(lines))
    titled = part_of(title or "", language).terms
    first_lead = {**titled, **terms_of(_lead(lines, 0))}
    for before, index, after in zip(bounds, bounds[1:], bounds[2:], strict=False):
        if min(_words(lines, before, index), _words(lines, index, after)) < config.split_words:
            continue
        lead = _lead(lines, index + 1)
        terms = terms_of(lead)
        previous = terms_of(range(max(0, index - 3), index))
        head = part(index).terms
        full = frozenset[str]().union(*(part(i).full for i in lead))
        alone = frozenset[str]().union(*(part(i).alone for i in lead)) - full
        text = lines[lead[0]].text
        weight, first_weight = sum(terms.values()), sum(first_lead.values())
        known = [place for name in full if (place := introduced[name]) <= index]
        told = _shared(head, terms) / (sum(head.values()) or 1.0)
        previous_like = _shared(terms, previous) / (weight or 1.0)
        dated = any(_DATELINE.match(lines[i].text) is not None for i in range(index + 1, lead[0] + 1))
        yield (
            index,
            {
                "lead_like": _shared(terms, first_lead) / (min(weight, first_weight) or 1.0),
                "title_like": _shared(titled, {**head, **terms}) / (sum(titled.values()) or 1.0),
                # A lead repeats its headline; the paragraph after a caption or a link hardly does.
                "told": told,
                "dateline": float(dated),
                "again": float(len(known)),
                "again_early": float(sum(place <= _EARLY for place in known)),
                "previous_like": previous_like,
                "resumed": float(sum(introduced.get(name, len(lines) + 1) <= index for name in alone)),
                "quote": float(text[0] in '"“«„「'),
                "sentences": float(sum(map(text.count, ".!?。！？"))),
                # An article with subheadings and lists has many short lines; two articles have a headline between them.
                "briefs": brief_share,
                "whole": float(
                    lines[index].words >= _WHOLE_WORDS
                    and told >= _WHOLE_TOLD
                    and previous_like <= _WHOLE_PREVIOUS
                    and len(known) > 0
                    and _shared(terms, terms_of(range(index))) >= _WHOLE_KNOWN * weight
                ),
            },
        )


def _lead(lines: tuple[Line, ...], start: int) -> list[int]:
    """Return the numbers of the first two paragraphs from a line on."""
    first = next((i for i in range(start, len(lines)) if lines[i].prose), start)
    return list(range(first, min(len(lines), first + 2)))


def _shared(terms: dict[str, float], others: dict[str, float]) -> float:
    return sum(weight for term, weight in terms.items() if term in others)


def _words(lines: tuple[Line, ...], start: int, stop: int) -> int:
    return sum(line.words for line in lines[start:stop])
