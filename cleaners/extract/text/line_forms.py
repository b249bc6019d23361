"""The forms of lines of plain text: prose, title case, what a headline may look like."""

import re
from functools import lru_cache

from cleaners.records import ALPHABETIC, ALPHABETIC_LETTERS, UNSPACED, find_words

# A single letter before the stop may be the end of an abbreviation such as "U.S.", so it does not count.
STOP = re.compile(r"(?<![.\s]\w)[.。।۔]['\"”’»)\]]*$")
# The stop, with what may stand on either side of it, is within this many characters of the end.
_STOP_CHARS = 12
# A letter, or a mark that belongs to a letter in the scripts of India and South-East Asia.
_LETTER = re.compile("[^\\W\\d_]|[\u0900-\u0dff\u0e30-\u0e4e\u102b-\u103e\u17b4-\u17d3]")
UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
# Thai, Lao, Khmer and Myanmar are alphabets, whereas each Han or kana sign is about half a word.
_ALPHABET = re.compile(f"[{ALPHABETIC}]")
_BYLINE = re.compile(
    r"(?i:(?:written |posted |reporting )?by|von|par|por|door|published|updated|posted)\b:?\s+\S.{0,60}"
    r"|(?i:from)\b:?\s+\S+(?:\s+\S+){0,3}$"
    r"|(?:De|Di|Da|DE|DI|DA)(?:\s+(?:[^\W\d_a-zß-ÿ][\w.'’-]*|[a-z]{1,3}\b))+$",
)
# A full stop inside the line that ends a sentence.
INNER_STOP = re.compile(r"(?:[^\W\d_A-ZÀ-Þ]{3}|(?:\S+\s+){6}.*?\w{3})\.\s+(?=[^\W_a-zß-ÿ])")
# Words of a paragraph of prose; fewer suffice if they end in a full stop.
_PROSE_WORDS = 25
_SENTENCE_WORDS = 8
# A line of this many characters is a paragraph; its words, which are costly to count, need not be counted.
_PROSE_CHARS = 300
# Letters of a content word, and content words of a line that can be in title case.
CONTENT_LETTERS = 4
_FEW = 3
_CAPITALISED_SHARE = 0.75
# What surely is not a headline: a dateline, a sentence with a credit after a bar, a label of a picture or of the page.
_OTHER = re.compile(
    r"[^\W\d_a-zß-ÿ][\w .]{1,40}(?:, [\w .]{1,20})?\((?:[A-Z]{2,}|Reuters)\)\s|.*[.!?][\"”’)]*\s\|"
    r"|(?i:(?:image|media|picture|photo|video|bild|foto|imagen|imagem) "
    r"(?:caption|copyright|source|credit|playback|is unsupported)\b|story highlights\b|key points\b"
    r"|this (?:article|story) is\b|listen to (?:this )?article\b|share (?:this|all)\b"
    r"|click (?:on |the |here)|for other )"
)
# The start of a site's menu: its word for the first page, and further words, each with a capital where there are any.
_MENU = re.compile(
    r"(?:Home|Start|Startseite|Accueil|Inicio|Portada|Início|Strona główna|Αρχική|Главная|الرئيسية|首页|首頁|トップ|홈)"
    r"(?:\s+[^\Wa-zß-ÿα-ωά-ώа-яё\d_]\w{0,19}){3,}"
)
# The way from the site's first page to this one; the headline stands right below it.
TRAIL = re.compile(r"[^>›»]{1,40}(?:\s[>›»]\s[^>›»]{1,60}){2,}")
HEADLINE_CHARS = 300


def has_headline_form(text: str, *, words: int, is_first: bool) -> bool:
    """Tell whether a line could be a headline: it has letters, is short, and is no byline or sentence's end."""
    return (
        len(text) <= HEADLINE_CHARS
        and 1 < length_in_words(text) <= words
        and len(_LETTER.findall(text)) * 2 > len(text.replace(" ", ""))
        and _BYLINE.match(text) is None
        and _OTHER.match(text) is None
        and _MENU.fullmatch(text) is None
        and TRAIL.fullmatch(text) is None
        and not text.endswith((",", ";", ":", "：", "..."))
        and not (text.startswith(("(", "[")) and text.endswith((")", "]")))
        and (is_first or INNER_STOP.search(text) is None)
    )


def is_prose(line: str) -> bool:
    """Tell whether a line is a paragraph of prose."""
    if len(line) >= _PROSE_CHARS:
        return True
    words = length_in_words(line)
    if words >= _PROSE_WORDS:
        return True
    ended = words >= _SENTENCE_WORDS and STOP.search(line.rstrip()[-_STOP_CHARS:]) is not None
    return ended and not is_capitalised(line)


def is_capitalised(line: str) -> bool:
    """Tell whether the line is in title case, like English headlines and unlike sentences."""
    long = [word for word in find_words(line) if len(word) >= CONTENT_LETTERS]
    return len(long) >= _FEW and sum(word[0].isupper() for word in long) >= _CAPITALISED_SHARE * len(long)


@lru_cache(maxsize=512)
def length_in_words(line: str) -> int:
    """Count the words of a line; in scripts written without spaces, estimate them by the number of letters."""
    words = len(find_words(line))
    if line.isascii():
        return words
    if not (letters := len(UNSPACED_LETTER.findall(line))):
        # `find_words` splits words at apostrophes and hyphens.
        return min(words, len(line.split()))
    alphabetic = len(_ALPHABET.findall(line))
    return words - letters + (letters - alphabetic) // 2 + alphabetic // ALPHABETIC_LETTERS
