"""Link boxes that pages put into sentences after a person's name, and marks of publishing systems."""

import re
from collections.abc import Iterator

from cleaners.records import Removal
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one

# "John Doe John Albert DoeHeadline Headline MORE (R-Utah)": the name as the article writes it, the full name, and a
# headline without a space before it. Both names have the surname, or its last part.
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
# "Jane Doe Jane Ann DoeMORE (Utah)": a box without a headline.
_BARE_BOX = re.compile(
    r"(?<![\w-])(?P<last>[^\W\d_a-z][\w’'-]{2,}) ((?:[\w(“\"'‘][\w.’'()”\"“-]* ){1,4}(?P=last)MORE)(?![\w])"
)
# A publishing system's marks in square brackets with their settings, and a player's setting that was left over.
# Its quotation marks may have been made pretty.
_QUOTE = "[\"“”„″'‘’]"
_SHORTCODE = re.compile(
    rf"\[/?[a-z][a-z0-9_-]{{2,40}}(?: +[a-z0-9_-]{{2,24}}={_QUOTE}[^\"“”„″\]]{{0,500}}{_QUOTE})+ ?/?\]"
    r"|\[/[a-z][a-z0-9_-]{2,40}\]|\[#[a-z]{3,24}: ?(?:https?:/)?/[^\]\s]{1,300}\]"
    r'|\bposter="https?:[^"\s]{1,300}"'
)
# Names in advertisers' scripts, and what calls one, where a scraper took it for text.
_SCRIPTS = (
    "_taboola",
    "googletag",
    "adsbygoogle",
    "OBR",
    "__ATA",
    "apntag",
    "_sf_async_config",
    "fbq",
    "gtag",
    "dataLayer",
)
_SCRIPT = re.compile(rf"(?:window\.)?(?:{'|'.join(_SCRIPTS)})\b\s*(?:[=.(\[]|\|\|).{{0,4000}}[;)}}\]]")
# One of these is in each of them.
_SHORTCODE_SIGNS = ('="', "=“", "=”", "=„", "=″", "='", "=‘", "=’", "[/", "[#")
# A box begins at most this many characters before its end.
_BOX_CHARS = 900


@one_by_one
def find_widgets(sight: Sight) -> Iterator[Removal]:
    """Claim boxes in sentences, from a person's full name to the word MORE; the sentences around them stay whole."""
    yield from _find_shortcodes(sight)
    if "MORE" not in sight.article.text:
        return
    for line in sight.lines:
        wording = line.text
        if "MORE" not in wording:
            continue
        for box in _BARE_BOX.finditer(wording):
            yield Removal(line.start + box.start(2) - 1, line.start + box.end(), "promo", "name_box", 0.97)
        if " MORE" not in wording:
            continue
        done = 0
        for close in _CLOSE.finditer(wording):
            first = max(done, close.start() - _BOX_CHARS)
            found = _BY_SURNAME.search(wording, first, close.start()) or _BY_FIRST_NAME.search(
                wording, first, close.start()
            )
            if found is not None:
                start = len(wording[: found.start("full")].rstrip())
                yield Removal(line.start + start, line.start + close.end(), "promo", "name_box", 0.97)
            done = close.end()


def _find_shortcodes(sight: Sight) -> Iterator[Removal]:
    """Claim the marks of a publishing system; lines that consist of them go with their line breaks."""
    article, lines = sight.article, sight.lines
    if len(lines) > 1 and any(sign in article.text for sign in _SCRIPTS):
        for index, line in enumerate(lines):
            if _SCRIPT.fullmatch(line.text):
                yield Removal(*line_span(article.text, lines, index), "furniture", "shortcode", 0.99)
    if not any(sign in article.text for sign in _SHORTCODE_SIGNS if sign != "[/"):
        return
    for index, line in enumerate(lines):
        for code in _SHORTCODE.finditer(line.text) if any(sign in line.text for sign in _SHORTCODE_SIGNS) else ():
            if len(code.group()) == len(line.text):
                yield Removal(*line_span(article.text, lines, index), "furniture", "shortcode", 0.99)
            else:
                end = code.end() + (line.text[code.end() : code.end() + 1] == " ")
                yield Removal(line.start + code.start(), line.start + end, "furniture", "shortcode", 0.99)
