"""The frozen records that stages pass on, and the identity of an article."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

FateName = Literal[
    "kept",
    "duplicate",
    "too_short",
    "no_text",
    "unreadable",
    "unsupported",
    "too_large",
    "too_slow",
    "failed",
    "taken_down",
]
Reason = Literal[
    "furniture", "repeated", "appended", "promo", "ad", "caption", "credit", "edge", "too_short", "failed", "unsure"
]
# cleaners/meanings.py says what each rule claims.
RuleName = Literal[
    "cued_end",
    "headed_story",
    "listing",
    "topic_break",
    "known_story",
    "link_label",
    "foreign_line",
    "bare_link",
    "headline_echo",
    "ad_line",
    "ad_fragment",
    "sign_up_form",
    "running_time",
    "picture_frame",
    "video_frame",
    "gallery",
    "credited_caption",
    "picture_credit",
    "glued_title",
    "top_caption",
    "doubled_line",
    "name_box",
    "reporter_credit",
    "author_note",
    "byline",
    "publication_line",
    "contact_note",
    "opinion_note",
    "update_note",
    "licence_notice",
    "newsletter_notice",
    "support_notice",
    "tip_notice",
    "embed_notice",
    "affiliate_notice",
    "reader_call",
    "interface_line",
    "link_mark",
    "link_line",
    "related_list",
    "related_line",
    "related_bracket",
    "summary_label",
    "repeated_line",
    "repeated_label",
    "repeated_fragment",
    "second_copy",
    "shortcode",
    "age_line",
    "last_separator",
    "outer_space",
    "before_body",
    "after_body",
    "inside_body",
    "min_words",
    "error",
    "time",
]

# Scripts written without spaces (Thai, Lao, Myanmar, Khmer; Han, kana): every letter counts as a word. The alphabets
# among them have about `ALPHABETIC_LETTERS` letters and marks in a word.
ALPHABETIC, ALPHABETIC_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff", 4
UNSPACED = f"{ALPHABETIC}\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Kana, Han and Hangul.
CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Marks of letters: vowel signs of Indian scripts, points and accents that stand as characters of their own. Python
# counts none of them as part of a word.
MARKS = "".join(char for char in map(chr, range(0x300, 0xE00)) if unicodedata.category(char) in ("Mn", "Mc"))
WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:[{MARKS}]+[^\W{UNSPACED}]*)*")
# The ASCII signs that separate words, and the typographic ones: most other lines have only these beyond ASCII.
_PARTING = str.maketrans({chr(code): " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")})
_TYPESET = "’“”–‘—…"


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One raw record, before any judgement of it.

    `source` is the path relative to the raw folder, with `/` between folders; `record` is its index in the file.
    `content` is `str` if the file format fixes the encoding, and bytes if the encoding is still to be found. The other
    fields hold, unchanged, what the file says besides the text (columns of a table, headers of a WARC record).
    """

    source: str
    record: int
    content: bytes | str
    form: Literal["text", "html"]
    url: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a record that gave no article: `fate` says it in one word, `message` in words for people."""

    source: str
    record: int
    fate: FateName
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """One extracted article; all offsets count code points of `text`.

    `text` is Unicode NFC with `\\n` line ends and no white space at either end; each line is a block, and blank lines
    have no meaning. The headline is in `title` and not in `text`. `site` is the host of `url` without `www.`, else the
    first folder of `source`, else None. `source_id` is the id that the file itself gives the record. `page_signs` are
    the measures of the page on which the text was found (`PageSigns`), None for plain text.
    """

    source: str
    record: int
    text: str
    url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    source_id: str | None = None
    page_signs: tuple[float, ...] | None = None

    @property
    def expected_wrong(self) -> float:
        """The share of words that the page makes likely to be none of the article's; 1 for a text from no page."""
        return self.page_signs[0] if self.page_signs is not None else 1.0

    @property
    def id(self) -> str:
        """The article's identity, stable across runs: 16 hex digits of SHA-256 over source and record."""
        return record_id(self.source, self.record)


@dataclass(frozen=True, slots=True)
class Removal:
    """A claim on the half-open span `start:end` of an article's text, with its reason, its rule and a score in 0..1.

    A removal with the reason `unsure` is reported and not cut.
    """

    start: int
    end: int
    reason: Reason
    rule: RuleName
    score: float


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `cut` leaves of an article: the text without the removals, which are sorted and do not overlap."""

    text: str
    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class SiteLines:
    """How many pages of a site carry each line: `pages` is the number of all pages, `counts` has pages by line key."""

    pages: int
    counts: Mapping[int, int]


def record_id(source: str, record: int) -> str:
    """Return the identity of a record: 16 hex digits of SHA-256 over source and record."""
    return hashlib.sha256(f"{source}\0{record}".encode()).hexdigest()[:16]


def find_words(text: str) -> list[str]:
    """Return the words of a text; in scripts written without spaces, every letter is a word."""
    plain = text
    if not text.isascii():
        for sign in _TYPESET:
            plain = plain.replace(sign, " ")
        if not plain.isascii():
            return WORD.findall(text)
    # This takes half the time of the expression.
    return plain.translate(_PARTING).split()


def count_words(text: str) -> int:
    """Count the words that `find_words` finds."""
    return len(find_words(text))
