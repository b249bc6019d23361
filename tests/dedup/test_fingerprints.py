"""Tests of what is computed for one article alone."""

import unicodedata

import numpy as np
import polars as pl
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dedup import DedupConfig, fingerprint, words_sha256
from cleaners.dedup.tokens.shingles import shingle
from cleaners.dedup.tokens.words import POWERS, contents_of, fold_letters, hash_words, scan

CONFIG = DedupConfig()
LETTERS = st.one_of(st.sampled_from("aÉßﬁ'’ \n-_1½٣Ωςé\u0301ก็漢字かなक़İ\u00ad\u200c👍𝔸"), st.characters(codec="utf-8"))
TEXTS = [
    "The ferry to Orla leaves at nine. It will not leave at ten, the harbour office said.",
    "Straße und Fähre: die „Möwe“ fährt nicht.",
    "渡し船は九時に出ます。港の事務所が述べた。",
    "เรือข้ามฟากออกเก้าโมง",
    "नाव नौ बजे निकलती है",
    "one two",
    "",
]


def test_signatures_equal_those_of_datasketch() -> None:
    """Every signature value is the one that datasketch's MinHash computes from the same shingles."""
    prints = fingerprint(pl.Series(TEXTS), config=CONFIG)
    shingles = shingle(hash_words(scan(TEXTS)), CONFIG.shingle_words)
    for i in range(len(TEXTS)):
        sketch = MinHash(CONFIG.permutations, CONFIG.seed, scheme="affine32", hashfunc=int)
        sketch.update_batch([int(v) & 0xFFFFFFFF for v in shingles.row(i)])
        assert np.array_equal(prints["signature"][i].to_numpy(), sketch.hashvalues)


def test_default_signature_is_that_of_a_default_sketch() -> None:
    """Without settings, a signature has the permutations of datasketch's own default: 128, by seed 1."""
    ours, default = MinHash(CONFIG.permutations, CONFIG.seed, scheme="affine32"), MinHash(scheme="affine32")
    assert np.array_equal(ours.permutations, default.permutations)


def test_no_signature_is_empty() -> None:
    """A text shorter than one shingle, even an empty one, has a shingle, a signature and a passage hash."""
    prints = fingerprint(pl.Series(["", "one", "one two"]), config=CONFIG)
    assert prints["passages"].list.len().to_list() == [1, 1, 1]
    assert prints["signature"].n_unique() == 3


def test_batches_do_not_matter() -> None:
    """A row of a batch is the row that the text gives alone."""
    whole = fingerprint(pl.Series(TEXTS), config=CONFIG)
    assert whole.equals(pl.concat([fingerprint(pl.Series([t]), config=CONFIG) for t in TEXTS]))


def test_words_of_a_long_text_have_the_hashes_they_have_elsewhere() -> None:
    """A word has one hash, however many letters stand before it."""
    words = "harbour boat quay"
    long = f"{words} " * (3 * POWERS // len(words))
    assert set(hash_words(scan([long])).values) == set(hash_words(scan([words])).values)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(LETTERS)))
def test_content_hash_is_of_the_folded_words(texts: list[str]) -> None:
    """Texts have one content hash if and only if they have the same folded words, whatever stands beside them."""
    texts = [*texts, *(" ".join(plain_words(text)) for text in texts), *(text + " x" for text in texts)]
    contents = contents_of(hash_words(scan(texts)))
    assert contents == [words_sha256(text) for text in texts]
    plain = [tuple(plain_words(text)) for text in texts]
    assert [contents.index(content) for content in contents] == [plain.index(words) for words in plain]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أُعلِنَ في القاهرة", "اعلن في القاهره"),
        ("إلى المـــدينة", "الي المدينة"),
        ("مسؤول", "مسوول"),
        ("ا\u0654علن", "أعلن"),
        ("کیف", "كيف"),
    ],
)
def test_arabic_is_one_with_and_without_its_signs(one: str, other: str) -> None:
    """Vowel signs, hamzas, stretching and letters of other keyboards make no other word."""
    assert words_sha256(one) == words_sha256(other)


def plain_words(text: str) -> list[str]:
    """Read the words letter by letter, the slow way."""
    return "".join(c if is_word(c) else " " for c in fold_letters(text)).split()


def is_word(letter: str) -> bool:
    """Whether a folded letter belongs to a word: letters, digits, marks of scripts that need them, rare ideographs."""
    mark = unicodedata.category(letter)[0] == "M" and not "\u0300" <= letter <= "\u036f"
    return letter.isalnum() or mark or letter >= "\U00020000"
