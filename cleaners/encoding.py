"""From bytes to text: by byte order mark, then as UTF-8, then as the page declares, then by detection."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import ftfy.bad_codecs  # noqa: F401  (registers the sloppy code pages, which have all 256 bytes)
from charset_normalizer import from_bytes

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})["']""", re.IGNORECASE)
# A page's declaration is looked for in this many bytes at its start.
_META_WITHIN = 8_192
# Bytes that detection reads. charset-normalizer takes about 30 ms for them, and more bytes do not change its answer.
_SAMPLE = 32_768
_ASCII = 127
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What browsers take these labels to mean: the code pages that the labels name lack characters that pages use.
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Western code pages, with the same letters as Latin-1. A page of another may have a sign or two of them, not this many.
_LATIN = ("cp1252", "iso8859-15")
_DECODED_AGAIN = 20
# Encodings of East Asia, and those as which clients decode them by mistake, up to three times.
_EAST_ASIAN = frozenset({"gb18030", "big5hkscs", "big5", "cp932", "euc_jp", "cp949"})
_MISTAKEN = ("latin-1", "sloppy-windows-1252", "iso8859-15", "iso8859_2", "sloppy-windows-1250", "gb18030")
_MISTAKES = 3
# Letters that every fifth or sixth of a Chinese text is; of Han letters made by a wrong encoding hardly any is one.
_COMMON_HAN = frozenset(
    "的一是不了在人有这個个中大为為和国國上到以时時要就出会會可也对對生能年月日本新公司市后後前分发發行家第们們"
)
_COMMON_HAN_SHARE, _HAN_SHARE, _HANGUL_SHARE = 0.12, 0.3, 0.5
# Codecs of Python in which no page is written. They compress, escape or encode host names; some raise other errors.
_NO_ENCODINGS = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot-13", "uu", "zlib"}
    | {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
)
# The letters beyond ASCII of single languages, by the family of their code pages. A text decoded with the code page of
# another family mixes letters that no single language has.
_WESTERN = ("àâæçéèêëîïôœùûü", "äöüßéè", "áéíóúñü", "áâãàçéêíóôõúü", "àèéìíòóù", "åäöæøéèüó", "éëïóöüèá")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž")
_TURKISH = ("çğıiöşüâîûİ",)
_MARKS_WESTERN = frozenset("‘’“”‚„‹›«»–—…•·€£¥©®™°§¡¿ªº½¼¾´²³\u00a0\u00ad")
_WESTERN_SHARE = 0.3
_COVERED = 0.97
# Share of the signs and letters beyond ASCII that may be signs inside words.
_ODD_SHARE = 0.1
_KANA_SHARE = 0.2
_KOREAN_SHARE = 0.9
_DETECTED = (
    "cp1250",
    "iso8859_2",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "koi8_r",
    "big5",
    "cp932",
)
_SIGN_IN_WORD = re.compile(
    r"(?<=[^\W\d_])[\x80-\x9f¡-©«-´¶-¹»-¿×÷](?=[^\W\d_])|[\x80-\x9f]|(?<=[a-zß-ÿ])[„“”‚†‡‰‹›](?=[a-zß-ÿ])"
)
# The code pages of such texts, the most usual first. Those of old Macs and of DOS have the same letters elsewhere.
_PAGES = tuple(
    (page, tuple(frozenset(letters + letters.upper()) for letters in languages))
    for page, languages in (
        ("cp1252", _WESTERN),
        ("cp1254", _TURKISH),
        ("cp1250", _CENTRAL),
        ("iso8859_2", _CENTRAL),
        ("mac_roman", _WESTERN),
        ("cp850", _WESTERN),
        ("cp852", _CENTRAL),
        ("cp857", _TURKISH),
    )
)
# Code pages of Cyrillic. In the right one seven in ten letters are these, and hardly any is a capital.
_CYRILLIC = ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")
_COMMON_CYRILLIC = frozenset("оеаинтсрвлк")
_COMMON_SHARE = 0.55
# Share of Greek capitals with an accent in ISO-8859-7 is small; in cp1253 their place has a paragraph sign.
_GREEK_SIGN = re.compile("¶(?=[α-ώ])")
# The shifts of ISO-2022-JP, all of whose bytes are ASCII.
_SHIFT = re.compile(rb"\x1b\$[@B][!-~]{2}")
# Every second byte of UTF-16 is NUL in text with the letters of a Western language, or in its tags alone.
_NUL_SHARE = 0.3
# Possessive, since backtracking took 1.6 s for 24 letters before an odd byte, and twice as long for each letter more.
_PAIRS = re.compile(rb"(?:[\x00-\x7f]++|[\xa1-\xfe][\xa1-\xfe])*+")
_LEADS = re.compile(rb"([\xa1-\xfe])[\xa1-\xfe]")
# Share of bad bytes that a declared encoding may have: pages are cut within a letter, or quote another encoding.
_BAD_SHARE = 0.005


def decode(content: bytes, *, form: Literal["text", "html"]) -> str | None:
    """Return the bytes as text, or None if no encoding fits them."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strict(content, name) or _lenient(content, name)
    if _SHIFT.search(content[:_SAMPLE]) and (text := _strict(content, "iso2022_jp_ext")) is not None:
        return text
    if (order := utf16_without_mark(content)) is not None:
        return _lenient(content, order)
    if (text := _utf8(content)) is not None:
        return (_decoded_again(text, content) if form == "html" else None) or text
    if form == "html" and (declared := _declared(content)) is not None:
        text = _strict(content, declared) or _lenient(content, declared)
        if text is not None:
            return text
    return _lenient(content, "utf-8") or _detected(content)


def _declared(content: bytes) -> str | None:
    head = content[:_META_WITHIN]
    found = _META.search(head) or _XML.search(head)
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    if name in _NO_ENCODINGS:
        return None
    # If the label itself could be read as ASCII, the page is in no two-byte encoding, whatever the label says.
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else _WIDER.get(name, name)


def _utf8(content: bytes) -> str | None:
    """Decode UTF-8, without a last letter that is cut off; None if it is not UTF-8."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content, final=False)
    except UnicodeDecodeError:
        return None


def _decoded_again(text: str, content: bytes) -> str | None:
    """Return a page in the encoding that it declares, if somebody decoded it as Latin-1 and saved it as UTF-8.

    Clients that see no encoding in the header do so. None if it has letters beyond Latin-1, declares UTF-8 or a Western
    encoding, or its bytes do not fit what it declares. A page that declares an East Asian encoding is known by its
    letters, so for it other mistakes are undone too, and several in a row.
    """
    declared = None if text.isascii() else _declared(content)
    if declared is None or declared in ("utf-8", *_LATIN):
        return None
    if declared in _EAST_ASIAN and _east_asian_share(text) < 1:
        best = max(_undone(text, _MISTAKES, declared), key=_east_asian_share, default=text)
        if _east_asian_share(best) >= 1:
            return best
    try:
        bytes_before = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    beyond = sum(1 for byte in bytes_before if byte > _ASCII)
    return _strict(bytes_before, declared) if beyond >= _DECODED_AGAIN else None


def _undone(text: str, mistakes: int, declared: str) -> Iterator[str]:
    """Yield a text as it was before it was decoded wrongly, for every way in which that may have been."""
    for page in _MISTAKEN:
        try:
            before = text.encode(page)
        except UnicodeEncodeError:
            continue
        for name in ("utf-8", declared):
            decoded = _strict(before, name)
            if decoded is not None and decoded != text:
                yield decoded
                if mistakes > 1 and name == "utf-8":
                    yield from _undone(decoded, mistakes - 1, declared)


def _east_asian_share(text: str) -> float:
    """Return how much of the letters beyond ASCII is as in Chinese, Japanese or Korean: 1 or more if all is.

    Of Han letters that a wrong encoding made, hardly any are the common ones.
    """
    counts = Counter(text)
    beyond = sum(count for char, count in counts.items() if ord(char) > _ASCII)
    han = sum(count for char, count in counts.items() if "\u4e00" <= char <= "\u9fff")
    common = sum(counts[char] for char in _COMMON_HAN)
    kana = sum(count for char, count in counts.items() if "\u3041" <= char <= "\u30fe")
    hangul = sum(count for char, count in counts.items() if "\uac00" <= char <= "\ud7a3")
    if beyond == 0:
        return 0.0
    chinese = min(common / (_COMMON_HAN_SHARE * han), han / (_HAN_SHARE * beyond)) if han else 0.0
    return max(chinese, kana / (_KANA_SHARE * beyond), hangul / (_HANGUL_SHARE * beyond))


def _strict(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _lenient(content: bytes, name: str) -> str | None:
    """Decode with replacement marks; None if there are too many of them among the characters beyond ASCII."""
    text = content.decode(name, errors="replace")
    bad = text.count("\ufffd")
    beyond = sum(1 for byte in content if byte > _ASCII) if bad else 0
    return text if bad <= max(1, _BAD_SHARE * len(text)) and bad * 4 <= beyond else None


def utf16_without_mark(content: bytes) -> str | None:
    """Return the UTF-16 codec, in the byte order that the NULs show; None if this is not UTF-16, or has no NULs."""
    head = content[:_SAMPLE]
    first, second, half = head[0::2].count(0), head[1::2].count(0), len(head) // 2
    if second > _NUL_SHARE * half and first <= half * _BAD_SHARE:
        return "utf-16-le"
    return "utf-16-be" if first > _NUL_SHARE * half and second <= half * _BAD_SHARE else None


def find_encoding(content: bytes) -> str | None:
    """Return the code page of bytes, judged by their letters; None if they are UTF-8."""
    if _utf8(content) is not None:
        return None
    for page, languages in _PAGES:
        if _is_in(content, page, languages):
            return page
    if (name := _cyrillic(content)) is not None:
        return name
    if (name := _double_byte(content)) is not None:
        return name
    matches = from_bytes(content[:_SAMPLE], cp_isolation=list(_DETECTED))
    # Detection judges letters. A wrong code page also shows in signs that stand inside words.
    best = min(matches, key=lambda match: len(_SIGN_IN_WORD.findall(str(match))), default=None)
    if best is None:
        return "cp1252"
    return "iso8859_7" if best.encoding == "cp1253" and _GREEK_SIGN.search(str(best)) else best.encoding


def _detected(content: bytes) -> str | None:
    name = find_encoding(content)
    return None if name is None else _strict(content, name) or _lenient(content, name)


def _is_in(content: bytes, page: str, languages: Sequence[frozenset[str]]) -> bool:
    """Tell whether the bytes beyond ASCII are few, and are letters of one of the languages in this code page."""
    beyond = bytes(byte for byte in content if byte > _ASCII)
    if len(beyond) > _WESTERN_SHARE * len(content):
        return False
    text = _strict(beyond, page)
    if text is None:
        return False
    letters = [letter for letter in text if letter not in _MARKS_WESTERN]
    if not any(sum(letter in known for letter in letters) >= _COVERED * len(letters) for known in languages):
        return False
    # A wrong code page may have signs for letters, which then stand inside words.
    signs = len(_SIGN_IN_WORD.findall(content.decode(page, errors="replace").replace("\u00ad", "")))
    return signs <= _ODD_SHARE * len(text)


def _cyrillic(content: bytes) -> str | None:
    """Return the code page in which the letters beyond ASCII are the commonest of Cyrillic; None if there is none."""
    beyond = bytes(byte for byte in content if byte > _ASCII)
    if len(beyond) <= _WESTERN_SHARE * len(content):
        return None
    shares = {
        page: sum(letter in _COMMON_CYRILLIC for letter in beyond.decode(page, errors="replace")) / len(beyond)
        for page in _CYRILLIC
    }
    best = max(shares, key=lambda page: shares[page])
    return best if shares[best] >= _COMMON_SHARE else None


def _double_byte(content: bytes) -> str | None:
    """Tell apart the East Asian encodings with two high bytes a letter: by kana, and by how far lead bytes go."""
    if _PAIRS.fullmatch(content) is None:
        return None
    leads = Counter(_LEADS.findall(content))
    total = leads.total()
    if leads[b"\xa4"] + leads[b"\xa5"] > _KANA_SHARE * total:
        return "euc_jp"
    # Korean syllables end at 0xc8. Chinese letters go beyond it, so that few Chinese texts look Korean by chance.
    letters = sum(count for lead, count in leads.items() if lead >= b"\xb0")
    korean = sum(count for lead, count in leads.items() if b"\xb0" <= lead <= b"\xc8")
    return "cp949" if korean > _KOREAN_SHARE * letters else "gb18030"
