"""Words of whole columns of texts as stable 64-bit hashes, with no Python work per word."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from cleaners.records import UNSPACED

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

# Code points below are looked up; above there are only ideographs, tags and private use.
TABLE = 0x20000
OTHER, SPACED, UNSPACED_LETTER = 0, 1, 2
BASE = 0x9E3779B97F4A7C15 | 1
BASE_INVERSE = pow(BASE, -1, 2**64)
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different length in one array: row i is `values[starts[i]:starts[i + 1]]`."""

    values: U64
    starts: I64

    def row(self, i: int) -> U64:
        """Return one row."""
        return self.values[self.starts[i] : self.starts[i + 1]]


def fold(text: str) -> str:
    """Bring letters that read alike to one form: compatibility forms, case, and no invisible format characters."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", plain.casefold())


def mix(h: U64) -> U64:
    """Scatter 64-bit values over all their bits (MurmurHash3's finalizer, a bijection)."""
    h = h ^ (h >> np.uint64(33))
    h = h * np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h


def _kind(letter: str) -> int:
    mark = unicodedata.category(letter)[0] == "M" and not "\u0300" <= letter <= "\u036f"
    if not (letter.isalnum() or mark):
        return OTHER
    return UNSPACED_LETTER if _UNSPACED.match(letter) else SPACED


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], npt.NDArray[np.uint32]]:
    """Return, by code point: its kind, whether only `fold` can treat it, and the code point it folds to.

    A letter is left to `fold` when its treatment depends on its neighbours (marks, conjoining letters), or gives other
    than one letter (ligatures, `ß`), or is to vanish (soft hyphens).
    """
    kinds = np.zeros(TABLE + 1, np.uint8)
    special = np.zeros(TABLE + 1, np.bool_)
    folded = np.arange(TABLE + 1, dtype=np.uint32)
    for code in range(TABLE):
        if 0xD800 <= code < 0xE000:
            continue
        letter = chr(code)
        category = unicodedata.category(letter)
        kinds[code] = _kind(letter)
        if category[0] == "M" or category == "Cf" or 0x1100 <= code < 0x1200 or 0xD7B0 <= code < 0xD800:
            special[code] = True
            continue
        target = fold(letter)
        if len(target) == 1:
            folded[code] = ord(target)
            kinds[code] = _kind(target)
        elif any(_kind(c) or unicodedata.category(c)[0] == "M" for c in target):
            special[code] = True
        else:
            kinds[code] = OTHER
    kinds[TABLE] = UNSPACED_LETTER
    special[TABLE] = True
    return kinds, special, folded


@cache
def _powers(size: int) -> tuple[U64, U64]:
    """Return the powers of the hash's base and of its inverse modulo 2**64."""
    powers = np.full((2, size), np.uint64(1))
    powers[0, 1:] = np.uint64(BASE)
    powers[1, 1:] = np.uint64(BASE_INVERSE)
    out = np.cumprod(powers, axis=1, dtype=np.uint64)
    return out[0], out[1]


def _codes(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], I64]:
    """Return all texts as code points, each followed by a line feed, and where each starts."""
    joined = "\n".join([*texts, ""]).encode("utf-32-le", "replace")
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(t) + 1 for t in texts], out=starts[1:])
    return np.frombuffer(joined, np.uint32), starts


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a block of texts: their hashes, and the code points they were read from."""

    words: Ragged
    content: tuple[str, ...]


def read_words(texts: Sequence[str]) -> Tokens:
    """Hash every word of every text; `content` is each text's words with one space between, hashed.

    A word is a run of letters and digits; of scripts written without spaces each letter with the one after it is a
    word. Hashes depend on the folded letters alone: not on the text's other words, the block, or the library's version.
    """
    kinds_of, special, folded_of = _tables()
    codes, starts = _codes(texts)
    index = np.minimum(codes, TABLE)
    flagged = np.flatnonzero(special[index])
    if len(flagged):
        plain = list(texts)
        for i in np.unique(np.searchsorted(starts, flagged, side="right") - 1).tolist():
            plain[i] = fold(plain[i])
        codes, starts = _codes(plain)
        index = np.minimum(codes, TABLE)
    kinds = kinds_of[index]
    folded = np.where(codes < TABLE, folded_of[index], codes)

    spaced, unspaced = kinds == SPACED, kinds == UNSPACED_LETTER
    edge = np.diff(spaced.astype(np.int8), prepend=0, append=0)
    begins = edge[:-1] == 1
    first = np.flatnonzero(begins | unspaced)
    last = np.empty(len(first), np.int64)
    is_spaced = begins[first]
    last[is_spaced] = np.flatnonzero(edge == -1)
    letters = first[~is_spaced]
    last[~is_spaced] = letters + 1 + unspaced[letters + 1]

    # A word's hash is a polynomial in its letters; prefix sums give all of them at once, since the base is odd and so
    # has an inverse modulo 2**64 that moves each word to position 0.
    size = 1 << max(16, len(codes).bit_length())
    powers, inverses = _powers(size) if size <= 1 << 22 else _powers.__wrapped__(size)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(mix(folded + np.uint64(0x1F0A5)) * powers[: len(codes)], out=sums[1:])
    hashes = mix((sums[last] - sums[first]) * inverses[first])
    return Tokens(Ragged(hashes, np.searchsorted(first, starts)), _content(folded, kinds, starts))


def _content(folded: npt.NDArray[np.uint32], kinds: npt.NDArray[np.uint8], starts: I64) -> tuple[str, ...]:
    """Return the SHA-256 of each text's folded words, parted by single spaces."""
    word = kinds != OTHER
    kept = word.copy()
    kept[1:] |= word[:-1]
    line = np.where(word, folded, 32)[kept].astype("<u4")
    offsets = np.concatenate(([0], np.cumsum(kept)))[starts]
    return tuple(
        hashlib.sha256(line[a:b].tobytes().decode("utf-32-le").rstrip(" ").encode()).hexdigest()
        for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    )


def content_sha256(text: str) -> str:
    """Return the SHA-256 of a text's folded words with single spaces: equal for texts that are exact duplicates."""
    return read_words([text]).content[0]
