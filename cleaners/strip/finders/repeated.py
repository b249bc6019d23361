"""Repeated text: lines that many pages of a site carry, and second copies within an article."""

import re
from collections.abc import Iterator, Mapping
from statistics import median

from cleaners.records import Article, Reason, Removal, RuleName
from cleaners.strip.cues import cues, is_closing
from cleaners.strip.ends.row import RELATIVE_TIME
from cleaners.strip.line_model.facts import CUES, line_words
from cleaners.strip.lines import fragments_of, key_of, label_of, line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import Line, fold_line, words_of

# The rules on what other pages carry too.
REPEATED: tuple[RuleName, RuleName, RuleName] = ("repeated_line", "repeated_label", "repeated_fragment")
_LINE, _LABEL, _FRAGMENT = REPEATED
# A repeated line must have four letters, since numbers, times and scores recur by chance.
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_].*[^\W\d_].*[^\W\d_]")
_NUMBERS = re.compile(r"\d[\d.,:/]*")
# Words at most of a line that is repeated as a whole, and of one whose label is repeated.
_LINE_WORDS, _LABELLED_WORDS = 20, 24
_NAME_WORDS = 4
# Letters at most of a small word in a name ("of the").
_PARTICLE = 3
# A line of this many words that ends like a sentence is the article's, so lines above it stand inside the article.
_SENTENCE_WORDS = 7
# Signs of a site: an address, a handle, a copyright sign, a line in brackets, a line that trails off.
_SITES_SIGN = re.compile(r"https?:|www\.|\S@|(?<!\w)@\w|[©®]|^\[.*\]$|^\(.*\)$")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d")
_TIMES = frozenset([CUES.index("time"), CUES.index("byline")])
# The classes of words that speak of a site, an author or a picture, not of what is reported.
_SITES = frozenset(
    CUES.index(name)
    for name in ("share", "subscribe", "related", "comment", "menu", "legal", "byline", "ad", "caption")
)
# Paragraphs in a row, and words in all, that a second copy has at least; a pull quote or a repeated question has fewer.
_COPIED, _COPIED_WORDS = 3, 100


def _has_words(line: str) -> bool:
    # Keys ignore digits, but "Net 1.4 mln vs 1.2 mln" says something else on every page.
    return len(_NUMBERS.findall(line)) <= 1 and _LETTERS.search(fold_line(line)) is not None


@one_by_one
def find_repeated(sight: Sight) -> Iterator[Removal]:
    """Claim lines, labelled lines and glued-in fragments that several pages of the site carry.

    Copies of an article repeat all of its lines, so a line must stand on several times more pages than the article's
    own paragraphs. Even that does not prove it to be the site's: headings of a series, names of speakers and questions
    of an interview recur too. So between the article's paragraphs, a line must also have the wording of a link, label,
    caption, notice or advertisement, or the name of the site; otherwise the claim is `unsure`.
    """
    article, lines, config, site_lines = sight.article, sight.lines, sight.config, sight.site_lines
    if site_lines is None or site_lines.pages < config.repeated_pages:
        return
    counts = site_lines.counts
    pages = [counts.get(key_of("line", line.text), 1) for line in lines]
    own = median([n for n, line in zip(pages, lines, strict=True) if line.prose] or [1])
    least = max(config.repeated_pages, config.repeated_factor * own)
    if article.site is None:
        least = max(least, config.repeated_share * site_lines.pages)
    body = [
        index
        for index, line in enumerate(lines)
        if (line.prose or (line.stopped and line.words >= _SENTENCE_WORDS)) and pages[index] < least
    ]
    first, last = (body[0], body[-1]) if body else (len(lines), -1)
    for index, line in enumerate(lines):
        # A short sentence ("He declined to comment.") recurs by chance; a label or link hardly does.
        needed = least if line.brief else max(2 * least, site_lines.pages / 50)
        start, end = line_span(article.text, lines, index)
        if pages[index] >= needed and line.words <= _LINE_WORDS and _has_words(line.text):
            # A heading may stand above a paragraph; below the last paragraph nothing belongs to the article.
            over_or_under = (index > last and not _attributes(lines, index)) or (
                index < first and (line.stopped or _is_name(line))
            )
            sure = over_or_under or _speaks_for_site(line.text, article.site)
            reason: Reason = "repeated" if sure else "unsure"
            yield Removal(start, end, reason, _LINE, round(1.0 - 1.0 / pages[index], 4))
        elif not line.prose and line.words <= _LABELLED_WORDS:
            label = label_of(line.text)
            count = counts.get(key_of("label", label), 1) if label else 1
            if label and count >= max(2 * least, site_lines.pages / 100):
                inside = first < index < last
                sure = _speaks_for_site(label, article.site) and not _is_heading(line, inside=inside)
                reason = "repeated" if sure else "unsure"
                yield Removal(start, end, reason, _LABEL, round(1 - 1 / count, 4))
        elif line.prose:
            yield from _repeated_fragments(article, line, counts, max(least + 2, site_lines.pages / 200))


def _repeated_fragments(article: Article, line: Line, counts: Mapping[int, int], needed: float) -> Iterator[Removal]:
    """Claim fragments that stand between two sentences of a paragraph, are not sentences, and recur on many pages.

    A fragment must have the wording of a site, or run into a word that plainly opens a sentence. "House Speaker John"
    does neither.
    """
    glued = {*fragments_of(line, article.language, glued=True)}
    done = 0
    for start, end in sorted(fragments_of(line, article.language, glued=False), key=lambda s: (s[0], -s[1])):
        fragment = line.text[start:end]
        count = counts.get(key_of("fragment", fragment), 1)
        if start >= done and count >= needed:
            done = end
            stop = line.start + end
            while stop < line.end and article.text[stop] == " ":
                stop += 1
            sure = (start, end) in glued or _speaks_for_site(fragment, article.site)
            reason: Reason = "repeated" if sure else "unsure"
            yield Removal(line.start + start, stop, reason, _FRAGMENT, round(1 - 1 / count, 4))


def _speaks_for_site(line: str, site: str | None) -> bool:
    """Say whether a line has the wording that sites put around articles: in half of its words, or by a plain sign."""
    lists, (function_words, classes) = cues(), line_words()
    folded = line.casefold()
    if _SITES_SIGN.search(line) or is_closing(line) or any(phrase in folded for phrase in lists.form):
        return True
    words = words_of(line)
    if RELATIVE_TIME.search(line) and len(words) <= _NAME_WORDS:
        return True
    if site is not None and "".join(words) and "".join(words) in site.replace("-", ""):
        return True
    content = [word for word in words if word not in function_words and not word.isdigit()]
    known = sum(
        word in lists.label
        or word in lists.ad_strong
        or word in lists.caption
        or not _SITES.isdisjoint(classes.get(word, ()))
        for word in content
    )
    return bool(content) and 2 * known >= len(content)


def _is_heading(line: Line, *, inside: bool) -> bool:
    """Say whether a labelled line opens what follows: with a colon at its end, or as an entry of a live page.

    "Updated at 5:30 p.m. ET" is a notice above or below the article, but between its paragraphs it heads an entry.
    "Update at 5:30 p.m. ET: Ferries turn back" heads an entry anywhere.
    """
    if line.open and inside:
        return True
    if not _CLOCK.search(line.text):
        return False
    if inside:
        return True
    classes = line_words()[1]
    timeless = [word for word in words_of(line.text) if len(word) > 2 and not word.isdigit()]
    return sum(_TIMES.isdisjoint(classes.get(word, ())) for word in timeless) > 1


def _attributes(lines: tuple[Line, ...], index: int) -> bool:
    """Say whether a line names the source of the quotation above it: "Ada Brandt, The Velmora Lamp"."""
    quoted = index > 0 and lines[index - 1].text[-1] in '”"»“'
    tokens = lines[index].text.split()
    return (
        quoted and "," in lines[index].text and not any(len(token) > _PARTICLE and token.islower() for token in tokens)
    )


def _is_name(line: Line) -> bool:
    """Say whether a line above the article has the form of a name: of an author, an agency or a column."""
    tokens = line.text.split()
    return line.brief and not line.open and len(tokens) <= _NAME_WORDS and not any(map(str.islower, tokens))


@one_by_one
def find_second_copy(sight: Sight) -> Iterator[Removal]:
    """Claim paragraphs in a row that the text had before in the same order: some pages carry a copy for each layout."""
    lines = sight.lines
    paragraphs = [index for index, line in enumerate(lines) if line.prose]
    first: dict[str, int] = {}
    originals = [first.setdefault(lines[index].text, place) for place, index in enumerate(paragraphs)]
    # Nearly all texts have every paragraph only once.
    place = 0 if len(first) < len(paragraphs) else len(paragraphs)
    while place < len(paragraphs):
        stop = place + 1
        if originals[place] < place:
            while stop < len(paragraphs) and originals[stop] == originals[stop - 1] + 1 < place:
                stop += 1
            copied = paragraphs[place:stop]
            if len(copied) >= _COPIED and sum(lines[index].words for index in copied) >= _COPIED_WORDS:
                start, end = lines[copied[0] - 1].end, lines[copied[-1]].end
                yield Removal(start, end, "repeated", "second_copy", 0.9)
        place = stop
