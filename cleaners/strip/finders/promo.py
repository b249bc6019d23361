"""Promo lines: links to other pages between the paragraphs."""

import re
from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.lines import LABEL, WORDS, is_link, line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.strip.topic import weigh_alone
from cleaners.text import Line, fold_line

# Words of a headline after a label.
_HEADLINE_WORDS = range(4, 17)
# Signs that open an item of a list; a digest lists its own first headline.
_BULLETS = "-–—•*·"
# "Photo 1 of 12": its words at most, and the letters of the small one.
_PICTURE_WORDS, _OF = 4, 3
# The least weight of what a labelled line says, and the share of it that the article must have nowhere else: after a
# colon, and after a bar.
_LEAST_WEIGHT = 4.0
_UNSEEN, _UNSEEN_BEHIND_BAR = 0.75, 0.3
# "What to watch for", "How to watch": headings of a guide.
_ASKS = re.compile(r"(?i)(?:what|how|why|who|where|when|which)\b")
# A quotation after a label, or a post with its picture or the name of its writer.
_QUOTED = re.compile(r"[\"“”„«»‘'‹]|.*(?:\w\.\w[\w.]*/\S|(?<!\w)@\w)")


def _echoes(line: str, title: str, index: int, count: int, raw: str) -> bool:
    """Say whether a line repeats the headline where no subheading would stand: at the top, the bottom, in a notice."""
    if title not in line or len(line.split()) > len(title.split()) + 5 or raw[0] in _BULLETS:
        return False
    return index < 2 or index == count - 1 or is_closing(raw)


def _is_numbered_picture(line: str, title: str) -> bool:
    """Say whether a line is the headline and the number of a picture: "<headline> - Photo 1"."""
    tail = line.removeprefix(title).split()
    if len(tail) == len(line.split()) or not 1 < len(tail) <= _PICTURE_WORDS:
        return False
    return "0" in tail and tail[0] in cues().caption and all(word == "0" or len(word) <= _OF for word in tail[1:])


def _recurs(label: str, lines: tuple[Line, ...]) -> bool:
    """Say whether several short lines open with this label, whatever number it has."""
    series = fold_line(label).rstrip("0 ")
    found = (LABEL.match(line.text) for line in lines if line.brief)
    return sum(match is not None and fold_line(match.group(1)).rstrip("0 ") == series for match in found) > 1


def _is_headline(rest: str) -> bool:
    """Say whether words after a label read like a headline: a few, and most in lower case, unlike those of headings."""
    words = WORDS.findall(rest)
    return len(words) in _HEADLINE_WORDS and rest[0].isalnum() and 2 * sum(map(str.islower, words)) >= len(words)


def _is_vouched(line: str, label: re.Match[str]) -> bool:
    """Say whether a labelled line has a further sign of a link: brackets, only capitals, or link wording.

    A colon without a space after it is one too: the parts of a link lost their space ("Weather:Storm reaches the
    coast").
    """
    lists = cues()
    words = [word.casefold().replace("’", "'") for word in WORDS.findall(line)]
    return (
        (line[0] in "([" and line[-1] in ")]")
        or (line.isupper() and len(words) in _HEADLINE_WORDS)
        or (":" in label.group() and not label.group()[-1].isspace())
        or words[-1] in lists.link_ends
        or not (lists.label_strong | lists.caption).isdisjoint(words[: len(WORDS.findall(label.group(1)))])
    )


def _foreign(article: Article, lines: tuple[Line, ...], index: int, label: re.Match[str]) -> float:
    """Return the share of a labelled line's words that the article has nowhere else, 0 if the line may be its own.

    A guide uses its labels again ("Tip 2: ...", "Where: ...", "Con: Less Time for Hobbies"), and the words before a
    quotation say whose it is ("The mayor added: ...", "She wrote: we are leaving pic.example/1").
    """
    text = lines[index].text
    rest = text[label.end() :]
    # A bar separates a label from a link, and hardly ever occurs in prose.
    bar = "|" in label.group()
    if not bar and _QUOTED.match(rest):
        return 0.0
    if not bar and not _is_vouched(text, label):
        return 0.0
    headline = _is_headline(rest) and not label.group(1)[-1].isdigit()
    if not bar and not headline and _recurs(label.group(1), lines):
        return 0.0
    # "Weather:Storm reaches the coast": the parts of a link lost their space.
    glued = headline and not label.group()[-1].isspace()
    weight, alone = weigh_alone(rest if headline else text, article, index)
    least = _UNSEEN_BEHIND_BAR if bar or glued else _UNSEEN
    return alone if weight >= _LEAST_WEIGHT and alone >= least else 0.0


@one_by_one
def find_promo(sight: Sight) -> Iterator[Removal]:
    """Claim link lines: "<link words>: headline", and labelled headlines that are unrelated to the article."""
    article, lines, lists = sight.article, sight.lines, cues()
    title = fold_line(article.title or "")
    title = title if len(title.split()) >= 2 else ""
    for index, line in enumerate(lines):
        # "Photos: The quay ... Hide Caption 2 of 6" belongs to a gallery and is not a link.
        if line.words > 32 or line.words < 1 or "hide caption" in line.text.casefold():
            continue
        if title and line.brief and _echoes(fold_line(line.text), title, index, len(lines), line.text):
            yield Removal(*line_span(article.text, lines, index), "furniture", "headline_echo", 0.9)
            continue
        if title and line.text.rstrip(".")[-1:].isdigit() and _is_numbered_picture(fold_line(line.text), title):
            yield Removal(*line_span(article.text, lines, index), "caption", "picture_frame", 0.9)
            continue
        label = None if line.text[0].isdigit() or line.text[0] in _BULLETS else LABEL.match(line.text)
        if label is not None:
            asks = line.text.rstrip("\"”’')").endswith(("?", "!"))
            words = [w.casefold().replace("’", "'") for w in WORDS.findall(label.group(1))]
            rest = line.text[label.end() :]
            # "Psalm 2:15" is a place in a book, "at 2:15" a time.
            if label.group(1)[-1].isdigit() and rest[0].isdigit():
                continue
            if is_link(line.text):
                if not line.stopped or asks or label.group(1).isupper():
                    yield Removal(*line_span(article.text, lines, index), "promo", "link_label", 0.95)
                continue
            if ":" not in label.group() and "：" not in label.group() and "|" not in label.group():
                continue
            between = 0 < index < len(lines) - 1 and lines[index - 1].prose and lines[index + 1].prose
            if between and (not line.stopped or asks) and 1 <= len(words) <= 4 and len(WORDS.findall(rest)) >= 3:
                alone = _foreign(article, lines, index, label)
                if alone:
                    yield Removal(*line_span(article.text, lines, index), "promo", "foreign_line", round(alone, 4))
            continue
        if line.stopped or line.words > 8:
            continue
        words = [w.casefold().replace("’", "'") for w in WORDS.findall(line.text)]
        if _ASKS.match(line.text):
            continue
        if len(words) >= 2 and all(w in lists.label for w in words) and any(w in lists.label_verbs for w in words):
            yield Removal(*line_span(article.text, lines, index), "promo", "bare_link", 0.8)
