"""Tables, JSON and their rows: which records they give, and what a bad row costs."""

import gzip
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.read.config import ReadConfig
from cleaners.records import Fate, RawDocument
from tests.read.test_files import PAGE, ROW, fates, only, parquet, read


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.tsv"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (gzip.compress(b"The ferry sank.\n" * 500), "gzip"),
        (b"PK\x03\x04" + b"\n\xff\x01" * 200, "ZIP"),
        (b"\x01\x02\n\x03" * 200, "control"),
        (PAGE, "HTML page"),
    ],
    ids=["gzip", "zip", "control", "page"],
)
def test_table_of_another_kind_is_one_fate(content: bytes, word: str, name: str, *, packed: bool) -> None:
    """Binary data or a page under a table's name cost one record whose message says what they are, not one a line."""
    item = only(gzip.compress(content), name + ".gz") if packed else only(content, name)
    assert isinstance(item, Fate) and item.fate == "unreadable" and word in item.message


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ROW, ROW]),
        json.dumps([ROW, ROW], indent=2),
        "\n".join(json.dumps(row, indent=1) for row in (ROW, ROW)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_under_the_name_of_json_lines_is_read(content: str, encoding: str) -> None:
    """An array, and objects over several lines, are read though the file is named as JSON Lines."""
    items = read(content.encode(encoding), "a.jsonl")
    assert [getattr(item, "content", None) for item in items] == [ROW["text"]] * 2


@pytest.mark.parametrize(
    ("value", "fate", "word"),
    [
        (12, "unreadable", "int"),
        ({"a": "It sank."}, "unreadable", "dict"),
        (["It sank.", 1], "unreadable", "list"),
        ("  ", "no_text", "empty"),
    ],
)
def test_content_that_is_no_text_is_told(value: object, fate: str, word: str) -> None:
    """A content column with a number, an object or a mixed list says so; one with blanks is empty."""
    item = only(json.dumps({"text": value}).encode(), "a.json")
    assert isinstance(item, Fate) and item.fate == fate and word in item.message


def test_csv_row_with_too_few_fields_has_empty_ones() -> None:
    """A row that ends before its text is empty there, and the rows round it are read."""
    items = read(b"title,text\nA,one\nB\nC,three\n", "a.csv")
    assert fates(items) == [(1, "no_text")] and len(items) == 3


def test_row_fields_come_by_their_usual_names() -> None:
    """Columns are found by any of their usual names, without regard to case."""
    row = {
        "Headline": "Ferry sinks",
        "BODY": "It sank.",
        "Link": "https://gull.example",
        "Authors": ["Ida Moor", "B. Fenn"],
    }
    row["datePublished"] = "2031-04-05"
    item = only(json.dumps(row).encode(), "a.json")
    assert item == RawDocument(
        "a.json", 0, "It sank.", "text", "https://gull.example", "Ferry sinks", "Ida Moor, B. Fenn", "2031-04-05"
    )


def test_author_nested_without_end_is_left_out() -> None:
    """An author nested nearly as deep as Python's stack is left out, and the record is read."""
    line = json.dumps(ROW)[:-1] + ', "author": ' + "[" * 900 + '"Ida Moor"' + "]" * 900 + "}"
    found = only(line.encode(), "a.jsonl")
    assert isinstance(found, RawDocument) and found.author is None


def test_key_of_half_a_letter_is_told() -> None:
    """A key that no table could hold stands in the message with its code."""
    found = only(rb'{"\ud800x": "a"}', "a.jsonl")
    assert isinstance(found, Fate) and found.message.endswith("found \\ud800x")


def test_column_names_are_configurable() -> None:
    """A table with names of its own is read when they are configured."""
    config = ReadConfig(content_columns=("story",), title_columns=("kop",))
    item = only(b'{"story": "It sank.", "kop": "Ferry", "text": "no"}', "a.json", config)
    assert item == RawDocument("a.json", 0, "It sank.", "text", title="Ferry")


def test_column_with_markup_is_html() -> None:
    """A content column that holds HTML, page or fragment, is HTML."""
    items = read(b'{"content": "<p>It sank.</p>"}\n{"content": "2 < 3 and 4 > 1"}\n', "a.jsonl")
    assert [item.form for item in items if isinstance(item, RawDocument)] == ["html", "text"]


def test_bad_lines_cost_themselves() -> None:
    """A malformed, oversized or empty line becomes a fate, the lines round it stay records, in whatever encoding."""
    good = json.dumps(ROW).encode()
    huge = json.dumps({"text": "word " * 1_000}).encode()
    deep = b"[" * 100_000
    lines = [
        good,
        b'{"text": "It sa',
        b'{"text": "Caf\xe9"}',
        b"",
        huge,
        b"[1]",
        b'{"body": null}',
        b'{"x": 1}',
        deep,
        good,
    ]
    items = read(b"\n".join(lines), "a.jsonl", ReadConfig(max_bytes=4_000))
    assert [item.record for item in items if isinstance(item, RawDocument)] == [0, 2, 9]
    assert fates(items) == [
        (1, "unreadable"),
        (4, "too_large"),
        (5, "unreadable"),
        (6, "no_text"),
        (7, "unreadable"),
        (8, "too_large"),
    ]


def test_missing_column_names_what_was_looked_for_and_found() -> None:
    """The message of a row without content names the wanted and the present columns."""
    item = only(b'{"a": 1, "b": 2}', "a.json", ReadConfig(content_columns=("story",)))
    assert isinstance(item, Fate) and "looked for story; found a, b" in item.message


@given(
    st.lists(st.fixed_dictionaries({"text": st.text(min_size=1).filter(str.strip), "n": st.integers()}), max_size=8),
    st.sampled_from(["array", "lines", "after one another"]),
    st.sampled_from([None, 0, 2]),
)
@settings(max_examples=60, deadline=None)
def test_json_keeps_every_object(rows: list[dict[str, object]], layout: str, indent: int | None) -> None:
    """However objects are laid out in a JSON file, each becomes one record, in order."""
    if layout == "array":
        content = json.dumps(rows, indent=indent)
    else:
        content = ("\n" if layout == "lines" else "").join(json.dumps(row, indent=indent) for row in rows)
    items = [item for item in read(content.encode(), "a.json") if isinstance(item, RawDocument)]
    assert [item.content for item in items] == [row["text"] for row in rows]


def test_large_array_is_read_object_by_object() -> None:
    """An array larger than one record may be is fine as long as its objects are not."""
    rows = [{"text": f"{n} " + "word " * 400} for n in range(2_000)]
    items = read(json.dumps(rows).encode(), "a.json", ReadConfig(max_bytes=5_000))
    assert len(items) == 2_000 and not fates(items)


@pytest.mark.parametrize(
    "content", [b'[{"text": "a b"}, {"text": ', b'[{"text": "a b"}', b'[{"text": "a b"}, nonsense]']
)
def test_broken_array_gives_its_whole_objects_and_a_fate(content: bytes) -> None:
    """What stands before the break is read."""
    items = read(content, "a.json")
    assert isinstance(items[0], RawDocument) and fates(items) == [(1, "unreadable")]


def test_json_in_utf16_is_read() -> None:
    """A byte order mark decides the encoding of JSON."""
    item = only(json.dumps(ROW).encode("utf-16"), "a.json")
    assert isinstance(item, RawDocument) and item.content == ROW["text"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiter_is_the_headers(delimiter: str) -> None:
    """The header's delimiter holds for the file, quoted line breaks belong to their field."""
    content = delimiter.join(["title", "text"]) + "\n" + delimiter.join(["Ferry", '"It sank.\nAll swam."']) + "\n"
    item = only(content.encode(), "a.csv")
    assert isinstance(item, RawDocument) and (item.title, item.content) == ("Ferry", "It sank.\nAll swam.")


def test_csv_row_with_too_many_fields_is_a_fate() -> None:
    """A row that does not fit the header costs itself."""
    items = read(b"title,text\nA,one\nB,two,three\nC,four\n", "a.csv")
    assert fates(items) == [(1, "unreadable")] and len(items) == 3


def test_csv_field_over_the_limit_is_too_large() -> None:
    """An oversized field costs its row."""
    items = read(b"text\n" + b"x" * 3_000 + b"\nIt sank.\n", "a.csv", ReadConfig(max_bytes=1_000))
    assert fates(items)[0] == (0, "too_large")
    assert [item.content for item in items if isinstance(item, RawDocument)] == ["It sank."]


def test_parquet_rows_are_records_in_order() -> None:
    """Each row is a record; nulls are fates, dates and binary content are taken as they are."""
    frame = pl.DataFrame(
        {"text": [b"It sank.", None, b"It rose."], "date": ["2031-04-05", None, "2031-04-06"], "other": [1, 2, 3]}
    ).with_columns(pl.col("date").str.to_date())
    items = read(parquet(frame), "a.parquet")
    assert fates(items) == [(1, "no_text")]
    last = items[2]
    assert isinstance(last, RawDocument) and (last.content, last.published) == (b"It rose.", "2031-04-06")


@pytest.mark.parametrize("content", [b"PAR1 nothing", parquet(pl.DataFrame([ROW]))[:-20], b""])
def test_broken_parquet_is_a_fate(content: bytes) -> None:
    """A Parquet file that is none gives one fate."""
    assert fates(read(content, "a.parquet")) == [(0, "unreadable")]


def test_parquet_without_content_column_is_a_fate_a_row() -> None:
    """Every row of a table without content is accounted for."""
    assert len(fates(read(parquet(pl.DataFrame({"a": [1, 2, 3]})), "a.parquet"))) == 3


@pytest.mark.parametrize(
    ("extra", "source_id"),
    [
        ({"id": 4711}, "4711"),
        ({"doc_id": "gull-12"}, "gull-12"),
        ({"author": {"id": 7, "name": "Ada Brandt"}}, None),
        ({}, None),
    ],
)
def test_the_identity_of_a_row_is_kept(extra: dict[str, object], source_id: str | None) -> None:
    """What a row calls itself is kept as text; what an object inside is called is not the row's."""
    item = only(json.dumps(ROW | extra).encode(), "a.jsonl")
    assert isinstance(item, RawDocument)
    assert item.source_id == source_id
