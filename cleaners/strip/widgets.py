"""Link boxes that a page puts into a sentence behind a person's name."""

import re
from collections.abc import Iterator

from cleaners.records import Article, Removal
from cleaners.strip.config import StripConfig
from cleaners.text import blocks_of

# "John Doe John Albert DoeHeadline Headline MORE (R-Utah)": the name as the article has it, the name in full, and the
# first headline run into it. The surname, or its last part, stands in both.
_SUFFIX = r"(?:,? ?(?:Jr|Sr)\.?| ?I{2,3})?"
_HEADLINE = r"[^\W_a-zß-ÿ]|[\"'“‘(¿¡$#@]"
_BY_SURNAME = re.compile(
    rf"(?<![\w-])(?P<last>[^\W\d_a-z][\w’'-]{{2,}}){_SUFFIX} "
    rf"(?P<full>(?:[\w(“\"'‘-][\w.’'()”\"“-]* ){{1,5}})(?P=last){_SUFFIX}(?={_HEADLINE})"
)
# "Jane Doe Jane Ann Doe Headline", "Jane DoeJane DoeHeadline", "Jane Ann Jane Ann DoeHeadline": by the first name.
_BY_FIRST_NAME = re.compile(
    r"(?<![\w-])(?P<first>[^\W\d_a-z][\w’'-]+) (?P<last>[^\W\d_a-z][\w’'-]{2,}?) ?"
    r"(?P<full>(?P=first) (?:[\w.(][\w.’'()-]* ){0,3}?"
    rf"(?:(?P=last){_SUFFIX} ?(?={_HEADLINE})|[^\W\d_a-z][a-zß-ÿ’'-]+(?={_HEADLINE})))"
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
            first = max(done, close.start() - _BOX_CHARS)
            found = _BY_SURNAME.search(line, first, close.start()) or _BY_FIRST_NAME.search(line, first, close.start())
            if found is not None:
                start = len(line[: found.start("full")].rstrip())
                yield Removal(block.start + start, block.start + close.end(), "promo", "name_box", 0.97)
            done = close.end()
