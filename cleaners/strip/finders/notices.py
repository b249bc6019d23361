"""The paper's own notices between and below the paragraphs: licences, newsletters, donations, tips, embeds, links."""

import re
from collections.abc import Iterator

from cleaners.records import UNSPACED, Reason, Removal, RuleName
from cleaners.strip.cues import cues, first_word, head_of
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import remembered, words_of

_UNSPACED = re.compile(f"[{UNSPACED}]")
# "Copyright 2031", "(c) Nordline": without one of these a line is a heading or an item ("Copyright in China", "(c) The
# owner may ...").
_COPYRIGHT = re.compile(r"copyright|c\)", re.IGNORECASE)
_STATED = re.compile(r"©|\d{4}|[Rr]ights|\([Cc]\)\s+(?:[^\W\d_a-z][\w.'’-]*\W*){1,5}$|RIGHTS")
# A longer notice says what is allowed; otherwise the text has run into it.
_OWNER_WORDS = 18
_ALLOWED = re.compile(
    r"right|permi|licen|lizen|reprod|distrib|publi|recht|droit|derecho|diritt|direito|praw|прав|rettigh|rättigh|oikeu|hak"
    r"|jog|δικαι|حقوق|权|權|著作|転載|저작|อนุญาต|quyền|अधिकार",
    re.IGNORECASE,
)
# Words inside a line make it a notice only among this many first lines and last lines.
_FIRST, _LAST = 2, 5
# Words at most of a notice that is known by its opening, by its call, or by words in it, and of a link.
_OPENED_WORDS, _CALL_WORDS, _HELD_WORDS, _LINK_WORDS = 60, 80, 130, 16
# A question that leads to a call ends within this many characters.
_QUESTION_CHARS = 60
# ">>> More on the flood": a single arrow may be the bullet of a list, and ">>> open(path)" is what somebody typed.
_ARROWED = re.compile(r"(?:>>|»»)(?!.*(?:\w[(\[=/]|[={};])).*[^\W\d_] [^\W\d_]")
_CLAIMS: dict[str, tuple[Reason, RuleName]] = {
    "licence": ("furniture", "licence_notice"),
    "newsletter": ("ad", "newsletter_notice"),
    "support": ("ad", "support_notice"),
    "tip": ("ad", "tip_notice"),
    "embed": ("furniture", "embed_notice"),
    "affiliate": ("furniture", "affiliate_notice"),
}


@remembered
def _opened(line: str, words: int, *, last: bool) -> str | None:
    """Return the kind of notice that a line is by its opening, or None; `last` lines announce nothing."""
    if words <= _CALL_WORDS and "? " in line[:_QUESTION_CHARS]:
        # "Ready for the storm? Sign up for ...": a question may lead to the call.
        called = line.partition("? ")[2]
        if cues().notices["newsletter"].opens(called):
            return "newsletter"
    if first_word(line) not in cues().notice_first:
        return None
    if words <= _CALL_WORDS:
        for kind, opening in cues().notices.items():
            if words <= (_CALL_WORDS if kind == "newsletter" else _OPENED_WORDS) and opening.opens(line):
                return kind if _is_stated(line, words) else None
    if words <= _LINK_WORDS and cues().links.opens(line):
        # "Read the full statement below:" announces what follows, unless that is something a text cannot hold.
        announces = not last and line[-1] in ":,;" and not line.casefold().startswith(("watch", "listen"))
        return None if announces else "link"
    return None


def _is_stated(line: str, words: int) -> bool:
    """Tell whether a line that opens like a notice of copyright states one; lines that open otherwise do."""
    if line.startswith("©") or _COPYRIGHT.match(head_of(line)):
        return _STATED.search(line) is not None and (words <= _OWNER_WORDS or _ALLOWED.search(line) is not None)
    return True


@remembered
def _held(line: str) -> str | None:
    """Return the kind of notice that a line is by words inside it, or None."""
    # In scripts without spaces a wording stands anywhere in what counts as a word.
    if cues().notice_hold_words.isdisjoint(words_of(line)) and (line.isascii() or _UNSPACED.search(line) is None):
        return None
    folded = line.casefold()
    return next((kind for kind, held in cues().notice_holds if any(words in folded for words in held)), None)


@one_by_one
def find_notices(sight: Sight) -> Iterator[Removal]:
    """Claim paragraphs that are known notices of the paper, and short lines that only link elsewhere."""
    article, lines = sight.article, sight.lines
    if len(lines) == 1:
        return
    for index, line in enumerate(lines):
        kind = _opened(line.text, line.words, last=index == len(lines) - 1)
        if line.words <= _LINK_WORDS and _ARROWED.match(line.text):
            kind = "link"
        near = index < _FIRST or index >= len(lines) - _LAST
        if kind is None and near and line.words <= _HELD_WORDS:
            kind = _held(line.text)
        if kind == "link":
            yield Removal(*line_span(article.text, lines, index), "promo", "link_line", 0.93)
        elif kind is not None:
            yield Removal(*line_span(article.text, lines, index), *_CLAIMS[kind], 0.95)
