"""The repair of characters: entities, mojibake, normal form, line ends, invisible characters, spaces."""

import html
import re
import unicodedata
from html.entities import html5

import ftfy

from cleaners.extract.config import Repair

# A UTF-8 lead byte that was read as a Windows-1252, Windows-1251 or Mac letter, with a continuation byte after it, or a
# C1 control. This is far cheaper than ftfy's own test (2 ms an article), which then judges the line. All alternatives
# begin with one class and look back at it, because a class is scanned five times faster than alternatives.
_SIGN = re.compile(
    "[\u00c2-\u00f4\u0420\u0421\u201a\u0080-\u009f\ufffd](?:"
    "(?<=[\u00c2-\u00f4])[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014"
    "\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
    "|(?<=[\u0420\u0421])[\u0080-\u00bf\u0402\u0403\u0409-\u040c\u040f\u0452\u0453\u0459-\u045c\u045f\u2018-\u201e"
    "\u2020-\u2026\u2030\u2039\u203a\u20ac\u2116\u2122]"
    "|(?<=\u201a)\u00c4|(?<=[\u0080-\u009f\ufffd]))"
)
# The upper half of Latin-1, decoded once too often: a stray letter stands before a sign, and no word is broken.
_STRAY = re.compile("\u00c2(?=[\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf])")
_LOST_SPACE = re.compile("\u00c3 (?=[,.;:!?)\u00bb])")
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
# An entity with its semicolon, escaped once or several times.
_ENTITY = re.compile(r"&(?:amp;)*(#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Signs that a text speaks about markup, or is markup, so that its entities are meant as they stand.
_MARKUP = re.compile(
    r"&(?:amp;)*(?:[lg]t|#0*6[02]|#[xX]0*3[cCeE]);|<[A-Za-z/!]|\b(?:X?HTML|XML|SGML)\b"
    r"|[\"'“‘«`(\[]&[\w#;&]+;[\"'”’»`)\]]"
)
_WORDS_AN_ENTITY = 40
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
# Control characters, terminal colours, zero-width spaces and word joiners, soft hyphens, lone surrogates. Zero-width
# joiners and non-joiners and the marks of direction stay, since Persian, Hindi and mixed lines need them.
_INVISIBLE = re.compile(
    "\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
# Every character that one of the three above changes. Most texts have none, and one search is cheaper than three.
_ODD = re.compile(
    "[\x00-\t\v-\x1f\x7f-\xa0\u00ad\u1680\u2000-\u200b\u2028\u2029\u202f\u205f-\u2064\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_BLANK_LINES = re.compile("\n{3,}")


def put_right(text: str, *, repair: Repair) -> str:
    """Return the text in NFC with `\\n` line ends, plain spaces and no invisible characters; every line is stripped.

    `repair` says how much mojibake is undone, line by line, and whether an escaped text is unescaped. Quotes, ligatures
    and letter widths stay as they are.
    """
    if repair != "none" and "&" in text and ";" in text:
        text = _unescaped(text, repair)
    if not text.isascii():
        if repair != "none" and _SIGN.search(text):
            text = "\n".join(_repaired(line, repair) if _SIGN.search(line) else line for line in text.split("\n"))
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    if _ODD.search(text):
        text = _LINE_END.sub("\n", text)
        text = _INVISIBLE.sub("", text)
        text = _SPACE.sub(" ", text)
    text = "\n".join([line.strip(" \u3000") for line in text.split("\n")])
    return _BLANK_LINES.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()


def _unescaped(text: str, repair: Repair) -> str:
    """Return the text with its entities as characters, if the text was escaped as a whole.

    Escaping turns ampersands, quotes and spaces into entities. If only a few letters are entities, the source had them
    so; they stay, like other single signs that do not hinder reading, unless `repair` is `all`.
    """
    found = [character for match in _ENTITY.finditer(text) if (character := _character(match[1])) is not None]
    if not found or _MARKUP.search(text):
        return text
    escaped = any(unicodedata.category(character[0])[0] in "PZ" for character in found)
    if repair == "all" or escaped or len(found) * _WORDS_AN_ENTITY >= text.count(" "):
        return _ENTITY.sub(lambda match: _character(match[1]) or match[0], text)
    return text


def _character(name: str) -> str | None:
    return html.unescape(f"&{name};") if name.startswith("#") else html5.get(f"{name};")


def _repaired(line: str, repair: Repair) -> str:
    """Return the line without mojibake; if `repair` is `words`, only if that puts a broken word right."""
    broken = _broken_words(line)
    if repair == "words" and not broken:
        return line
    # Decoded wrongly, a small a with grave is a capital A with tilde and a no-break space; somebody made that a space.
    right = ftfy.fix_text(_LOST_SPACE.sub("\u00c3\u00a0", line), _REPAIR)
    # Accents before closing quotes look like mojibake, and ftfy changes other signs of such a line.
    return right if repair == "all" or _broken_words(right) < broken else line


def _broken_words(line: str) -> int:
    return len(_SIGN.findall(_STRAY.sub("", line)))


def one_line(value: str | None, *, repair: Repair) -> str | None:
    """Return a metadata value put right and on one line, or None if nothing is left of it."""
    if value is None:
        return None
    return " ".join(put_right(value, repair=repair).split()) or None
