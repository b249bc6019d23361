"""Hard-wrapped text: lines that were broken at a fixed width are joined into their paragraphs again."""

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
    joined = [lines[0]]
    for before, line in itertools.pairwise(lines):
        full = len(before.rstrip()) >= 0.6 * width
        # Inside a sentence, a dash or a number with a full stop does not open an item.
        item = _ITEM.match(line) and (_ENDED.search(before) or _ITEM.match(joined[-1]))
        if full and line.strip() and not line.startswith((" ", "\t")) and not item:
            space = "" if _UNSPACED.match(line) and _UNSPACED.match(before.rstrip()[-1]) else " "
            joined[-1] = f"{joined[-1].rstrip()}{space}{line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def _goes_on(line: str) -> bool:
    """Tell whether a line can continue a sentence: its first letter is small, or of a script without capitals."""
    return line[0].isalpha() and not line[0].isupper() and not line[0].istitle()
