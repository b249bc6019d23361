"""Files as people have them: each file under data/shapes comes out as data/shapes.json says."""

import io
import json
import tarfile
import zipfile
from pathlib import Path
from time import perf_counter

import pytest

from cleaners.read import is_whole, read_records
from cleaners.read.config import ReadConfig
from cleaners.records import Fate, RawDocument

DATA = Path(__file__).parent / "data"
SHAPES: dict[str, list[dict[str, str | None]]] = json.loads((DATA / "shapes.json").read_text())


def read(content: bytes, source: str, config: ReadConfig | None = None) -> list[RawDocument | Fate]:
    """Read a file's bytes under a name."""
    return list(read_records(io.BytesIO(content), source=source, config=config or ReadConfig()))


def said(item: RawDocument | Fate, names: dict[str, str | None]) -> dict[str, str | None]:
    """Return what a record says under the names, its content as text."""
    assert isinstance(item, RawDocument), item
    content = item.content if isinstance(item.content, str) else item.content.decode()
    values = {"title": item.title, "author": item.author, "published": item.published, "url": item.url}
    return {name: value for name, value in {**values, "content": content, "form": item.form}.items() if name in names}


@pytest.mark.parametrize("name", SHAPES)
def test_shape_comes_in_as_it_is(name: str) -> None:
    """A file of this shape gives these records, with their fields."""
    items = read((DATA / "shapes" / name).read_bytes(), name)
    assert [said(item, wanted) for item, wanted in zip(items, SHAPES[name], strict=True)] == SHAPES[name]


def test_every_shape_has_its_case() -> None:
    """No file of the folder is left out."""
    assert {path.name for path in (DATA / "shapes").iterdir()} == set(SHAPES)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    """Return a tar archive."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


MEMBERS = {
    "a/one.txt": b"The ferry sank.",
    "a/rows.jsonl": b'{"text": "It rose."}\n{"text": "It swam."}\n',
    "a/.hidden.txt": b"Not this.",
    "b/photo.jpg": b"\xff\xd8\xff",
    "b/inner.zip": b"PK\x03\x04",
    "b/two.html.gz": b"no gzip",
    "b/last.txt": b"All swam.",
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.zip", zipped(MEMBERS)),
        ("p.tar", tarred(MEMBERS, "w")),
        ("p.tar.gz", tarred(MEMBERS, "w:gz")),
        ("p.tgz", tarred(MEMBERS, "w:gz")),
        ("p.tar.xz", tarred(MEMBERS, "w:xz")),
    ],
)
def test_archive_is_read_as_a_folder(name: str, content: bytes) -> None:
    """Every file of an archive gives its records, counted on; a fate names the file it is of."""
    items = read(content, name)
    assert [(item.source, item.record) for item in items] == [(name, at) for at in range(7)]
    kept = [item.content for item in items if isinstance(item, RawDocument)]
    assert kept == [b"The ferry sank.", "It rose.", "It swam.", b"All swam."]
    told = [(item.fate, item.message) for item in items if isinstance(item, Fate)]
    assert told == [
        ("unsupported", "b/photo.jpg: files named .jpg are not read (this is a JPEG image)"),
        ("unsupported", "b/inner.zip: an archive in an archive: unpack it into the raw folder"),
        ("unreadable", "b/two.html.gz: not valid gzip data"),
    ]


def test_bomb_in_an_archive_stops_at_the_limit() -> None:
    """A member that unpacks to far more than the limit is too large, and those after it are read."""
    content = zipped({"a.txt": b"0" * 30_000_000, "b.txt": b"The ferry sank."})
    items = read(content, "p.zip", ReadConfig(max_bytes=100_000))
    assert [getattr(item, "fate", "read") for item in items] == ["too_large", "read"]


@pytest.mark.parametrize(("name", "word"), [("p.zip", "ZIP"), ("p.tar", "tar"), ("p.zip.gz", "compressed")])
def test_broken_archive_is_a_fate(name: str, word: str) -> None:
    """What is no archive is told as such."""
    (item,) = read(b"\0no archive" * 100, name)
    assert isinstance(item, Fate) and item.fate == "unreadable" and word in item.message


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a.docx", "save it as text"),
        ("a.pdf", "pdftotext"),
        ("a.xlsx", "CSV"),
        ("a.sqlite", "Parquet"),
        ("a.7z", "unpack"),
        ("a.arc.gz", "WARC"),
        ("a.txt.Z", "uncompress"),
        ("a.xml", "XML in which no article was found"),
    ],
)
def test_kind_that_is_not_read_says_what_to_do(name: str, word: str) -> None:
    """A document or archive of a known kind is told with the way to make it readable."""
    (item,) = read(b"<a>x</a>", name)
    assert isinstance(item, Fate) and item.fate == "unsupported" and word in item.message


@pytest.mark.parametrize("name", ["README", "a/photo", "style.css", "a.js"])
def test_what_is_no_article_by_name_or_look_is_not_read(name: str) -> None:
    """Notes on a collection, pictures without a suffix and a page's other files are no articles."""
    content = b"\x89PNG\r\n" if name == "a/photo" else b"body { color: red }"
    (item,) = read(content, name)
    assert isinstance(item, Fate) and item.fate == "unsupported"


def test_saved_programs_pages_are_whole() -> None:
    """A page under the name of the program that made it is one record, as any page is."""
    assert all(map(is_whole, ("a.php", "a.php?id=7", "page.html.1", "page.html@id=7", "a.aspx")))


TABLES = {
    "cp1252": 'titel,author,text\nBöses Öl,Jörg Süß,"Das Öl für die Glocke fließt über."\n',
    "cp1250": 'title,author,text\nDzwon w gęstwinie,Żaneta Ćma,"Źrebię zjadło część świeżo ściętej łąki."\n',
    "cp1254": 'title,author,text\nEski çan,Şükrü Ağaoğlu,"Değirmenin çanı dün gece ışıklı köyde çaldı, şölen sürdü."\n',
}


@pytest.mark.parametrize("page", TABLES)
def test_columns_of_a_table_share_its_code_page(page: str) -> None:
    """A short author's name is decoded as the text is."""
    table = TABLES[page].replace("titel", "title")
    (item,) = read(table.encode(page), "a.csv")
    title, author, text = table.split("\n")[1].split(",", 2)
    assert said(item, {"title": "", "author": "", "content": ""}) == {
        "title": title,
        "author": author,
        "content": text.strip('"'),
    }


def test_table_in_utf16_is_read() -> None:
    """A byte order mark at the beginning of a table says how it is written."""
    items = read('title,text\r\nFerry,"It sank.\nAll swam — all."\r\n'.encode("utf-16"), "a.csv")
    assert [said(item, {"content": ""}) for item in items] == [{"content": "It sank.\nAll swam — all."}]


def test_page_in_utf16_without_mark_is_read() -> None:
    """A page whose every second byte is NUL is text."""
    (item,) = read("<html><p>The ferry sank.</p></html>".encode("utf-16-le"), "a.html")
    assert isinstance(item, RawDocument)


def test_text_that_speaks_of_a_tag_stays_text() -> None:
    """One tag or two in the middle of a text make no page of it."""
    (item,) = read(b"The tag <p> opens a paragraph and </p> ends it, said the printer.", "a.txt")
    assert isinstance(item, RawDocument) and item.form == "text"


def test_hundreds_of_comments_cost_no_time() -> None:
    """A page that begins with comments and never with a feed's tag is looked at in one pass."""
    begun = perf_counter()
    (item,) = read(b"<!-- a --> " * 5_000 + b"<p>The ferry sank.</p>", "a.html")
    assert isinstance(item, RawDocument) and perf_counter() - begun < 1
