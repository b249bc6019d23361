"""Words of whole columns of texts as stable 64-bit hashes with offsets, without Python code for each word."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleaners.records import UNSPACED

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

# Code points below this are looked up in tables; above there are only ideographs, tags and private use.
TABLE = 0x20000
# Properties of a letter, one bit each. A letter with neither of the first two belongs to no word.
SPACED, UNSPACED_LETTER, SPECIAL, UPPER, DIGIT, OPENS, ENDS, CLOSES = 1, 2, 4, 8, 16, 32, 64, 128
NUMBER, NAME = 1, 2
BASE = 0x9E3779B97F4A7C15
SALT = 0x1F0A5
HALFWAY = np.uint64(33)
BASE_INVERSE = pow(BASE, -1, 2**64)
# Powers of the base that are kept; longer texts take steps of so many letters.
POWERS = 1 << 20
# After one of these, every word is capitalised.
OPENING = '.!?:;…\n"“”„«»‘([*•–—-|/¿¡'
# A sentence ends with one of these and any of `CLOSING` that follow.
ENDING = ".!?…。！？।؟۔"
CLOSING = "\"'”’»“)]」』）"
_UNSPACED = re.compile(f"[{UNSPACED}]")
# Some outlets write Arabic with vowel signs, hamzas and stretching, others without.
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
_ARABIC = str.maketrans("أإآٱؤئىیةک", "ااااويييهك")
HAN_NUMBERS = "〇零一二两兩三四五六七八九十百千万萬亿億"
ARABIC_NUMBERS = (
    "واحد واحدة اثنان اثنين اثنتان اثنتين ثلاث ثلاثة اربع اربعة خمس خمسة ست ستة سبع سبعة ثمان ثماني ثمانية تسع تسعة"
    " عشر عشرة عشرون عشرين ثلاثون ثلاثين اربعون اربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين"
    " مئة مائة مئتان مئتين الف الفان الفين الاف مليون مليونين ملايين مليار مليارات"
)
ARABIC_FIRST, ARABIC_LAST = 0x600, 0x6FF
# "And", "the", "by" and "for", which are written as one word with the next.
ARABIC_PREFIXES = ("", "و", "ال", "وال", "ب", "ل")
# Letters that join with the one before: conjoining and compatibility jamo, half-width voice marks.
_JOINING = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f\uffa0-\uffdc]")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different lengths in one array: row i is `values[starts[i]:starts[i + 1]]`."""

    values: U64
    starts: I64

    def row(self, i: int) -> U64:
        """Return row i."""
        return self.values[self.starts[i] : self.starts[i + 1]]


@dataclass(frozen=True, slots=True)
class Tables:
    """The properties of letters and hashes of their folded forms, by code point; those above `TABLE` share a place.

    A special letter depends on its neighbours (marks, jamo), folds to several letters (`ß`), or vanishes (soft
    hyphens); `_spread` replaces it by its folded form before the tables are used.
    """

    marks: U8
    hashes: U64


@dataclass(frozen=True, slots=True)
class Scan:
    """Several texts as one array of letters, each text followed by a line feed, and the places of their words in it.

    `first` and `last` are the half-open offsets of each word, and `rows` says which word each text begins with.
    `starts` has the offset of each text, `given_starts` the one before letters were replaced (see `Tables`), and
    `edits` the new and the old offsets of each replacement.
    """

    codes: U32
    marks: U8
    starts: I64
    given_starts: I64
    edits: tuple[tuple[int, int, int, int], ...]
    first: I64
    last: I64
    rows: I64


def mix(h: U64) -> U64:
    """Scatter 64-bit values over all their bits (MurmurHash3's finalizer, a bijection)."""
    high = h >> HALFWAY
    h = h ^ high
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        h *= np.uint64(factor)
        np.right_shift(h, HALFWAY, out=high)
        h ^= high
    return h


def stand_in(known: U64, values: U64) -> npt.NDArray[np.bool_]:
    """Flag the values that are among the sorted `known` ones; for one text, numpy.isin takes ten times as long."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    found: npt.NDArray[np.bool_] = known.take(known.searchsorted(values), mode="clip") == values
    return found


def fold_letters(text: str) -> str:
    """Fold letters that read alike: compatibility forms, case, Arabic signs; invisible letters go."""
    if text.isascii():
        return text.lower()
    plain = text.translate({ord(c): None for c in set(text) if _vanishes(c)})
    normal = unicodedata.normalize("NFKC", plain)
    return normal.translate({ord(c): _fold_letter(c) for c in set(normal)})


def _vanishes(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf" or _ARABIC_SIGNS.match(letter) is not None


def _fold_letter(letter: str) -> str:
    if _ARABIC_SIGNS.match(letter):
        return ""
    return unicodedata.normalize("NFKC", letter.casefold()).translate(_ARABIC)


def _kind(letter: str) -> int:
    mark = unicodedata.category(letter)[0] == "M" and not "\u0300" <= letter <= "\u036f"
    if not (letter.isalnum() or mark):
        return 0
    return UNSPACED_LETTER if _UNSPACED.match(letter) else SPACED


@cache
def tables() -> Tables:
    """Return the tables, built at the first call (0.2 s) from the interpreter's Unicode database."""
    marks = np.zeros(TABLE + 1, np.uint8)
    folded = np.arange(TABLE + 1, dtype=np.uint32)
    for code in range(TABLE):
        letter = chr(code)
        category = unicodedata.category(letter)
        if category in ("Cs", "Co", "Cn"):
            continue
        # Ideographs and Hangul syllables, half of all letters, fold to themselves.
        alone = 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3
        target = letter if alone and category[0] == "L" else fold_letters(letter)
        if len(target) == 1:
            folded[code] = ord(target)
            marks[code] |= _kind(target)
        if category in ("Lu", "Lt"):
            marks[code] |= UPPER
        if category == "Nd" or letter in HAN_NUMBERS:
            marks[code] |= DIGIT
        if (
            category[0] == "M"
            or _vanishes(letter)
            or _JOINING.match(letter) is not None
            or (len(target) > 1 and any(_kind(c) or unicodedata.category(c)[0] == "M" for c in target))
        ):
            marks[code] |= SPECIAL
    for letters, mark in ((OPENING, OPENS), (ENDING, ENDS), (CLOSING, CLOSES)):
        marks[[ord(c) for c in letters]] |= mark
    marks[TABLE] = UNSPACED_LETTER | SPECIAL
    return Tables(marks, mix(folded + np.uint64(SALT)))


@cache
def _powers(size: int) -> tuple[U64, U64]:
    """Return the first powers of the hash's base, and of its inverse, modulo 2**64."""
    factors = np.ones((2, size), np.uint64)
    factors[0, 1:] = np.uint64(BASE)
    factors[1, 1:] = np.uint64(BASE_INVERSE)
    powers = np.cumprod(factors, axis=1, dtype=np.uint64)
    return powers[0], powers[1]


def _codes(texts: Sequence[str]) -> tuple[U32, I64]:
    """Return all texts as one array of code points, each followed by a line feed, and the start of each."""
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(t) + 1 for t in texts], out=starts[1:])
    return _encode("\n".join([*texts, ""])), starts


def _encode(text: str) -> U32:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def _special_runs(special: npt.NDArray[np.bool_], starts: I64) -> dict[int, list[tuple[int, int]]]:
    """Return, for each text that has special letters, where runs of them begin and end."""
    edges = special.copy()
    edges[1:] ^= special[:-1]
    first, last = np.flatnonzero(edges).reshape(-1, 2).T
    rows = np.searchsorted(starts, first, side="right") - 1
    runs: dict[int, list[tuple[int, int]]] = {}
    places = zip(rows.tolist(), (first - starts[rows]).tolist(), (last - starts[rows]).tolist(), strict=True)
    for row, begin, end in places:
        runs.setdefault(row, []).append((begin, end))
    return runs


def _spread(text: str, runs: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int, int, int]]]:
    """Replace each run of special letters by its folded form; return the text, and the new and old offsets of each."""
    parts, edits = [], []
    at = size = 0
    for first, last in runs:
        # The letter before may combine with them.
        begin = max(at, first - 1)
        head = text[at:begin]
        plain = "".join(c for c in text[begin:last] if not _vanishes(c))
        form = "".join(c if len(f := _fold_letter(c)) == 1 else f for c in unicodedata.normalize("NFKC", plain))
        size += len(head)
        edits.append((size, size + len(form), begin, last))
        size += len(form)
        parts += [head, form]
        at = last
    return "".join([*parts, text[at:]]), edits


def scan(texts: Sequence[str]) -> Scan:
    """Find the words of every text.

    A word is a run of letters and digits. In scripts written without spaces, each letter is a word together with the
    letter after it.
    """
    known = tables()
    codes, starts = _codes(texts)
    given_starts = starts
    # Unlike an index in brackets, `take` lets other threads run.
    marks = known.marks.take(codes, mode="clip")
    edits: list[tuple[int, int, int, int]] = []
    special = marks & SPECIAL > 0
    if special.any():
        changed = {i: _spread(texts[i], runs) for i, runs in _special_runs(special, starts).items()}
        codes, starts = _replace(codes, starts, {i: text for i, (text, _) in changed.items()})
        marks = known.marks.take(codes, mode="clip")
        edits = _all_edits({i: e for i, (_, e) in changed.items()}, starts.tolist(), given_starts.tolist())
    spaced, unspaced = marks & SPACED > 0, marks & UNSPACED_LETTER > 0
    # The last letter is a line feed, so every word ends before the end of the array.
    edges = spaced.copy()
    edges[1:] ^= spaced[:-1]
    first, last = np.flatnonzero(edges).reshape(-1, 2).T.copy()
    if unspaced.any():
        letters = np.flatnonzero(unspaced)
        first = np.append(first, letters)
        last = np.append(last, letters + 1 + unspaced[letters + 1])
        in_order = np.argsort(first, kind="stable")
        first, last = first[in_order], last[in_order]
    return Scan(codes, marks, starts, given_starts, tuple(edits), first, last, np.searchsorted(first, starts))


def _replace(codes: U32, starts: I64, texts: dict[int, str]) -> tuple[U32, I64]:
    """Replace some texts, given in order by their numbers, by others."""
    sizes = np.diff(starts)
    pieces = []
    at = 0
    for i, text in texts.items():
        pieces += [codes[at : starts[i]], _encode(text)]
        sizes[i] = len(text) + 1
        at = starts[i + 1] - 1
    return np.concatenate([*pieces, codes[at:]]), np.concatenate(([0], np.cumsum(sizes)))


def _all_edits(
    found: dict[int, list[tuple[int, int, int, int]]], starts: list[int], given: list[int]
) -> list[tuple[int, int, int, int]]:
    """Turn the edits of single texts into offsets of the whole array; an empty edit marks both ends of each text."""
    edits = []
    for i, changes in found.items():
        edits.append((starts[i], starts[i], given[i], given[i]))
        edits += [(a + starts[i], b + starts[i], c + given[i], d + given[i]) for a, b, c, d in changes]
        edits.append((starts[i + 1], starts[i + 1], given[i + 1], given[i + 1]))
    return edits


def hash_words(scanned: Scan) -> Ragged:
    """Hash the words of every text.

    A hash depends only on the word's folded letters: not on its neighbours, the batch, or the version of a library.
    """
    codes = scanned.codes
    # A word's hash is a polynomial in its letters. Prefix sums give all hashes at once: the base is odd, so it has an
    # inverse modulo 2**64, whose powers move each word to position 0.
    sums = np.zeros(len(codes) + 1, np.uint64)
    hashes = tables().hashes.take(codes, mode="clip", out=sums[1:])
    # Some letters that are still special after `_spread` are in no table.
    if (scanned.marks & SPECIAL).any():
        rare = np.flatnonzero(codes >= TABLE)
        hashes[rare] = mix(codes[rare] + np.uint64(SALT))
    size = min(POWERS, 1 << max(16, len(codes).bit_length()))
    powers, inverses = _powers(size)
    for at in range(0, len(codes), size):
        step = hashes[at : at + size]
        step *= powers[: len(step)]
        if at:
            step *= np.uint64(pow(BASE, at, 2**64))
    np.cumsum(hashes, out=hashes)
    moves = inverses[scanned.first % size if len(codes) > size else scanned.first]
    if len(codes) > size:
        steps = [pow(BASE_INVERSE, at, 2**64) for at in range(0, len(codes), size)]
        moves *= np.array(steps, np.uint64)[scanned.first // size]
    return Ragged(mix((sums[scanned.last] - sums[scanned.first]) * moves), scanned.rows)


def contents_of(words: Ragged) -> list[str]:
    """Return the SHA-256 of each text's word hashes, in their order."""
    values = words.values.astype("<u8", copy=False).data
    return [hashlib.sha256(values[a:b]).hexdigest() for a, b in pairwise(words.starts.tolist())]


@cache
def _number_words() -> U64:
    texts = [prefix + number for prefix in ARABIC_PREFIXES for number in ARABIC_NUMBERS.split()]
    return np.unique(hash_words(scan(texts)).values)


def facts_of(scanned: Scan, words: U64) -> U8:
    """Return the kind of each word: a number, a name (capitalised where no sentence begins), or neither.

    Numbers are words that begin with a digit, and number words in Chinese and Arabic.
    """
    first, last, starts = scanned.first, scanned.last, scanned.rows[:-1]
    opened = np.zeros(len(scanned.codes) + 1, np.int32)
    np.cumsum(scanned.marks & OPENS > 0, out=opened[1:])
    inside = np.zeros(len(first), np.bool_)
    inside[1:] = opened[first[1:]] == opened[last[:-1]]
    inside[starts[starts < len(first)]] = False
    initial = scanned.marks[first]
    facts = np.zeros(len(first), np.uint8)
    facts[(initial & UPPER > 0) & inside] = NAME
    facts[initial & DIGIT > 0] = NUMBER
    if ((scanned.codes >= ARABIC_FIRST) & (scanned.codes <= ARABIC_LAST)).any():
        facts[stand_in(_number_words(), words)] = NUMBER
    return facts


def lines_of(scanned: Scan) -> I64:
    """Return the number of each word's line; lines of different texts have different numbers."""
    ends: I64 = np.cumsum(scanned.codes == ord("\n"))
    return ends[scanned.first]


def offsets_of(scanned: Scan) -> tuple[I64, I64]:
    """Return the half-open offsets of each word in its own text as it was given, in code points."""
    first, last = scanned.first, scanned.last
    if scanned.edits:
        edits = np.array(scanned.edits, np.int64)
        first, last = _move(first, edits, ends=False), _move(last - 1, edits, ends=True)
    shift = np.repeat(scanned.given_starts[:-1], np.diff(scanned.rows))
    return first - shift, last - shift


def _move(at: I64, edits: I64, *, ends: bool) -> I64:
    """Turn offsets after the edits into offsets before them; with `ends`, into the offsets just behind the letters."""
    new_start, new_end, old_start, old_end = edits.T
    k = np.searchsorted(new_start, at, side="right") - 1
    within = (k >= 0) & (at < new_end[k])
    behind = at + np.where(k >= 0, old_end[k] - new_end[k], 0) + ends
    return np.where(within, old_end[k] if ends else old_start[k], behind)


def words_sha256(text: str) -> str:
    """Return the SHA-256 of a text's folded words, which is equal for texts that are exact duplicates."""
    return contents_of(hash_words(scan([text])))[0]
