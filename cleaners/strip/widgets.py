"""Link boxes that a page puts into a sentence behind a person's name."""

import re
from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.blocks import blocks_of
from cleaners.strip.config import StripConfig

# "John Doe John Albert DoeHeadline Headline MORE (R-Utah)": the name as the article has it, the name in full, and the
# first headline run into it. The surname, or its last part, stands in both.
_DOUBLED = re.compile(
    r"(?<![\w-])(?P<last>[^\W\d_a-z][\w’'-]{2,})(?P<suffix>,? (?:Jr|Sr)\.?| I{2,3})? "
    r"(?P<full>(?:[\w(“\"'‘-][\w.’'()”\"“-]* ){1,5})(?P=last)(?: ?(?:Jr|Sr)\.?| ?I{2,3})?"
    r"(?=[^\W_a-zß-ÿ]|[\"'“‘(¿¡$#@])"
)
_CLOSE = re.compile(r"\bMORE\b(?=[\s.,;:)’'—–-]|$)")
# So far before its end the box may begin.
_BOX_CHARS = 900


def find_widgets(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim boxes in a sentence from a person's name in full to the word MORE; the sentence stays whole around them."""
    del config
    if " MORE" not in article.text:
        return
    for block in blocks_of(article.text):
        line = block.text
        if " MORE" not in line:
            continue
        done = 0
        for close in _CLOSE.finditer(line):
            found = _DOUBLED.search(line, max(done, close.start() - _BOX_CHARS), close.start())
            if found is not None:
                start = found.start("full") - 1
                yield Removal(block.start + start, block.start + close.end(), "promo", "name_box", 0.97)
            done = close.end()
