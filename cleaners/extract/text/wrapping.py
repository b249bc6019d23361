"""Lines that were broken at a fixed width, or around links, are joined into their paragraphs again."""

import itertools
import re

from cleaners.records import UNSPACED

# Share of lines that stop inside a sentence. One of 4,175 articles and page dumps is taken for wrapped, and most of
# 21,577 newswire texts; the rest of those are tables, bare headlines and texts of a few lines.
BROKEN = 0.25
WIDTH = range(45, 101)  # characters: the median length of lines that were broken at a fixed width; verses are shorter
# Lines broken at one width differ by a word at most; those of verses, lists and logs differ more. A share of the lines
# must be of one width, within a share of it.
ALIKE = 0.75
NEAR = 0.25
ENDED = 0.08  # lines that end a sentence, for each line that stops inside one
_ENDED = re.compile(r"[.!?:;。！？।؟][\"'”’»)\]]*\s*$")
_ITEM = re.compile(r"\s*(?:[-–—•*·]|\d+[.)])\s")
_UNSPACED = re.compile(f"[{UNSPACED}]")
# A line that begins with what only closes: its paragraph was broken behind a link, as `get_text("\\n")` breaks it. A
# question mark is often a bullet that was lost, and brackets and colons alone close code.
_CLOSES = r"[ \t]*(?:(?!\.\s?\.)[.,;:](?=\s|$)|[)\]](?:[.,;]?\s+\w|[.,;]$)|[，。、；：）」』】،؛۔।])"
_CLOSING, _STRAY = re.compile(_CLOSES), re.compile(rf"\n{_CLOSES}", re.MULTILINE)
# A headline goes on in small letters only.
_SMALL = re.compile(r"\W*[^\W\d_A-Z]")
_OPENING = ("(", "[", "«", "“", "„")
# Of the lines of a passage without blank lines, such lines must be this share for its other lines to be joined.
_STRAYS = 0.1
# Words at least of a line that breaks off before a link with a capital; a headline above a link may have fewer.
_BEFORE_LINK = 8


def unwrap(text: str) -> str:
    """Join the lines of paragraphs that were broken at a fixed width; return any other text as it is.

    A text is wrapped if many lines of about the same length stop inside a sentence that the next line continues, in
    lower case if the script has it. Blank lines, indented lines, list items and lines well short of the width end a
    paragraph.
    """
    lines = text.splitlines()
    follows = [
        (line, after)
        for line, after in itertools.pairwise(lines)
        if line.strip() and after.strip() and not after.startswith((" ", "\t"))
    ]
    broken = [line for line, after in follows if _goes_on(after) and not _ENDED.search(line)]
    if len(broken) < 2 or len(broken) < BROKEN * len(follows):
        return text
    # In scripts without small letters, only lines that end a sentence tell a paragraph from a list.
    ended = sum(_ENDED.search(line) is not None for line in lines)
    if ended < ENDED * len(broken) and not any(after[0].islower() for _, after in follows):
        return text
    lengths = sorted(len(line.rstrip()) for line in broken)
    width = lengths[len(lengths) // 2]
    alike = sum(abs(length - width) <= NEAR * width for length in lengths)
    if width not in WIDTH or alike < ALIKE * len(lengths):
        return text
    # A paragraph is a list of its parts until the end: to build it line by line would copy it for each line.
    paragraphs = [[lines[0]]]
    for before, line in itertools.pairwise(lines):
        parts = paragraphs[-1]
        full = len(before.rstrip()) >= 0.6 * width
        # Inside a sentence, a dash or a number with a full stop does not open an item.
        item = _ITEM.match(line) and (_ENDED.search(before) or _ITEM.match(parts[0]))
        if full and line.strip() and not line.startswith((" ", "\t")) and not item:
            parts[-1] = parts[-1].rstrip()
            parts.append(f"{_space(parts[-1], line)}{line}")
        else:
            paragraphs.append([line])
    return "\n".join(map("".join, paragraphs))


def _space(before: str, after: str) -> str:
    """Return what parts the words of two lines that become one: nothing in scripts without spaces."""
    return "" if _UNSPACED.match(after) and _UNSPACED.match(before[-1]) else " "


def _goes_on(line: str) -> bool:
    """Tell whether a line can continue a sentence: its first letter is small, or of a script without capitals."""
    return line[0].isalpha() and not line[0].isupper() and not line[0].istitle()


def join_broken(text: str) -> str:
    """Join the lines of paragraphs that were broken around links; return any other text as it is.

    A line that begins with closing punctuation belongs to the line above it. In a passage with many of them, so does a
    line that goes on in lower case, and one between two lines of an unfinished paragraph. Only what goes on in lower
    case is joined to the first line of a text, which may be its headline.
    """
    if not _STRAY.search(text):
        return text
    joined: list[str] = []
    first = True
    for has_words, passage in itertools.groupby(text.splitlines(), key=lambda line: bool(line.strip())):
        lines = [*passage]
        joined += _joined(lines, first=first) if has_words else lines
        first = first and not has_words
    return "\n".join(joined)


def _joined(lines: list[str], *, first: bool) -> list[str]:
    """Return the lines of a passage without blank lines, the broken ones joined; it may be the `first` of its text."""
    ended = [_ENDED.search(line) is not None for line in lines]
    strays = [
        index > 0
        and not ended[index - 1]
        and _CLOSING.match(line) is not None
        and (index > 1 or not first or _SMALL.match(line) is not None)
        for index, line in enumerate(lines)
    ]
    dense = sum(strays) >= max(1, _STRAYS * len(lines))
    paragraphs = [[lines[0]]]
    for index, line in enumerate(lines[1:], 1):
        parts = paragraphs[-1]
        goes_on = False
        if dense and not strays[index] and not ended[index - 1] and not _ITEM.match(line):
            onward = index + 1 < len(lines) and (strays[index + 1] or _goes_on(lines[index + 1].lstrip()))
            breaks_off = len(parts) > 1 or (len(parts[0].split()) >= _BEFORE_LINK and (index > 1 or not first))
            goes_on = _goes_on(line.lstrip()) or (onward and breaks_off)
        if strays[index] or goes_on:
            parts[-1] = parts[-1].rstrip()
            is_tight = strays[index] or parts[-1].endswith(_OPENING)
            parts.append(line.lstrip() if is_tight else f"{_space(parts[-1], line.lstrip())}{line.lstrip()}")
        else:
            paragraphs.append([line])
    return ["".join(parts) for parts in paragraphs]
