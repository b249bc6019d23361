import bz2
import gzip
import io
import json
from collections.abc import Callable

import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.read import is_whole, read_records
from cleaners.read.config import ReadConfig
from cleaners.records import Fate, RawDocument

ROW = {
    "text": "The ferry to Ostrava Bay sank at its moorings.",
    "url": "https://gull.example/ferry",
    "title": "Ferry sinks",
}
PAGE = b"<!DOCTYPE html><html><body><p>The ferry sank.</p></body></html>"


def read(content: bytes, source: str, config: ReadConfig | None = None) -> list[RawDocument | Fate]:
    """Read a file's bytes under a name."""
    return list(read_records(io.BytesIO(content), source=source, config=config or ReadConfig()))


def only(content: bytes, source: str, config: ReadConfig | None = None) -> RawDocument | Fate:
    """Return the file's only record."""
    (item,) = read(content, source, config)
    return item


def fates(items: list[RawDocument | Fate]) -> list[tuple[int, str]]:
    """Return index and name of the fates."""
    return [(item.record, item.fate) for item in items if isinstance(item, Fate)]


def parquet(frame: pl.DataFrame) -> bytes:
    """Return the table as a Parquet file."""
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def test_text_file_is_one_record_of_bytes() -> None:
    """A text file keeps its bytes, since its encoding is still to be found."""
    assert only("Café\n".encode("cp1252"), "a/b.txt") == RawDocument("a/b.txt", 0, b"Caf\xe9\n", "text")


@pytest.mark.parametrize("name", ["p.html", "p.HTM", "p.xhtml", "p.txt", "p.md"])
def test_page_is_html_whatever_its_name(name: str) -> None:
    """A page saved under a text file's name is read as HTML."""
    item = only(PAGE, name)
    assert isinstance(item, RawDocument) and item.form == "html"


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"The ferry sank."),
        ("a.html", PAGE),
        ("a.json", json.dumps([ROW, ROW]).encode()),
        ("a.jsonl", (json.dumps(ROW) + "\n").encode() * 3),
        ("a.csv", b"text,url\nThe ferry sank.,https://gull.example\n"),
        ("a.parquet", parquet(pl.DataFrame([ROW]))),
    ],
)
def test_compressed_file_reads_as_the_plain_one(name: str, content: bytes, suffix: str) -> None:
    """Compression changes nothing but the source's name."""
    plain = [(type(item), item.record, getattr(item, "content", None)) for item in read(content, name)]
    packed = [
        (type(item), item.record, getattr(item, "content", None)) for item in read(PACK[suffix](content), name + suffix)
    ]
    assert packed == plain


@pytest.mark.parametrize("suffix", PACK)
def test_members_one_after_another_are_one_file(suffix: str) -> None:
    """A file made by appending compressed files is read to its end."""
    packed = PACK[suffix](b"The ferry ") + PACK[suffix](b"sank.")
    item = only(packed, "a.txt" + suffix)
    assert isinstance(item, RawDocument) and item.content == b"The ferry sank."


@pytest.mark.parametrize("suffix", PACK)
def test_cut_off_compressed_file_costs_only_what_is_missing(suffix: str) -> None:
    """Whole lines before the cut are records, the rest is one fate."""
    lines = b"".join(
        json.dumps(ROW | {"text": f"{n} {n * 7919} ferries sank."}).encode() + b"\n" for n in range(40_000)
    )
    packed = PACK[suffix](lines)
    items = read(packed[: len(packed) // 2], "a.jsonl" + suffix)
    assert len(items) > 100
    last = items[-1]
    assert isinstance(last, Fate) and last.fate == "unreadable" and "cut off" in last.message
    assert last.record == len(items) - 1


@pytest.mark.parametrize("suffix", PACK)
def test_damaged_compressed_file_is_unreadable(suffix: str) -> None:
    """Data that are not of the named compression give a fate, no exception."""
    item = only(bytes(range(256)) * 5, "a.txt" + suffix)
    assert isinstance(item, Fate) and item.fate == "unreadable"


@pytest.mark.parametrize("suffix", PACK)
def test_text_that_is_only_named_as_compressed_is_read(suffix: str) -> None:
    """A crawler that unpacks files may keep their names; what is plainly a text is read as one."""
    item = only("Die Fähre sank.".encode(), "a.txt" + suffix)
    assert isinstance(item, RawDocument) and item.content == "Die Fähre sank.".encode()


@pytest.mark.parametrize("suffix", PACK)
def test_decompression_bomb_stops_at_the_limit(suffix: str) -> None:
    """A small file that unpacks to far more than the limit is too large, and not unpacked whole."""
    item = only(PACK[suffix](b"0" * 60_000_000), "a.txt" + suffix, ReadConfig(max_bytes=100_000))
    assert isinstance(item, Fate) and item.fate == "too_large" and "100,000 bytes" in item.message


@pytest.mark.parametrize(
    ("content", "fate", "word"),
    [
        (b"", "no_text", "empty"),
        (b" \r\n\t ", "no_text", "blank"),
        (b"%PDF-1.7 rest", "unreadable", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "unreadable", "PNG"),
        (b"PK\x03\x04 rest", "unreadable", "ZIP"),
        (b"a\0\0b\0c" * 50, "unreadable", "NUL"),
        (bytes(range(1, 9)) * 40, "unreadable", "control"),
        (b"word " * 5_000, "too_large", "limit"),
    ],
)
def test_bad_text_file_names_its_reason(content: bytes, fate: str, word: str) -> None:
    """What is no text becomes a fate whose message says what it is."""
    item = only(content, "a.txt", ReadConfig(max_bytes=10_000))
    assert isinstance(item, Fate) and item.fate == fate and word in item.message


@pytest.mark.parametrize(("size", "whole"), [(20_000_000, True), (20_000_001, False)])
def test_a_record_has_twenty_megabytes_at_most(size: int, whole: bool) -> None:
    """By default one byte more is too large."""
    item = only(b"ferry\n" * (size // 6) + b"x" * (size % 6), "a.txt")
    assert isinstance(item, RawDocument) is whole
    assert whole or (isinstance(item, Fate) and item.fate == "too_large")


def test_unknown_suffix_is_unsupported() -> None:
    """A file of a kind that is not read says so."""
    assert fates(read(b"x", "a/photo.jpeg")) == [(0, "unsupported")]


def test_kind_of_a_file_says_whether_it_is_one_record() -> None:
    """A text and a page are one record whatever they hold; a table of one row is a table."""
    assert all(map(is_whole, ("a.b/c.TXT.gz", "a.md", "page.htm")))
    assert not any(map(is_whole, ("a.jsonl", "a.warc.gz", "a.csv", "photo.jpeg", "notes")))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.warc"])
def test_file_without_records_is_one_fate(name: str) -> None:
    """No input vanishes: an empty container is a fate of its own."""
    assert fates(read(b"", name)) == [(0, "no_text")]


@given(
    st.binary(max_size=400),
    st.sampled_from([".txt", ".html", ".json", ".jsonl", ".csv", ".warc", ".txt.gz", ".json.zst"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_records_or_fates(content: bytes, suffix: str) -> None:
    """No input raises, and every input gives at least one row."""
    assert read(content, "a" + suffix)
