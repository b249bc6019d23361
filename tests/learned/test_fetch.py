"""The public sets are read as their repositories hold them: here with invented pages in the same places."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.training.data import paragraphs, publisher, rows, text_of, write_rows
from benchmarks.training.fetch import SOURCES, Page, archive_of, files_of, write_pages

HTML = b"<html><head><title>Tram stops | Kelding Times</title></head><body><p>It stopped.</p></body></html>"
PACKED = gzip.compress(HTML)
DANIEL = "corpora/Corpus_daniel_v2.1"
FUNDUS = "tests/resources/parser/test_data/kd"


def as_json(value: object) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value).encode()


def wcxb(kind: str, text: str) -> bytes:
    """Return a page's file of WCXB."""
    marked = {"title": "Tram stops", "main_content": text}
    return as_json(
        {"url": "https://k.example/1", "_internal": {"page_type": {"primary": kind}}, "ground_truth": marked}
    )


def fundus(summary: str, paragraph: str) -> dict[str, object]:
    """Return a version of a publisher's test of fundus."""
    sections = [{"headline": [], "paragraphs": [paragraph]}, {"headline": ["After"], "paragraphs": ["It ran."]}]
    return {"title": "Tram stops", "body": {"summary": [summary], "sections": sections}}


REPOSITORIES: dict[str, tuple[Mapping[str, bytes], list[Page]]] = {
    "andy424": (
        {
            "articles.json": as_json(
                {"a": {"articleBody": "It stopped.", "url": "https://k.example/1", "title": "Tram"}}
            ),
            "html/a.html": HTML,
        },
        [Page("a", HTML, "It stopped.", "https://k.example/1", "Tram")],
    ),
    "scrapinghub": (
        {
            "ground-truth.json": as_json({"b" * 64: {"articleBody": "It stopped.", "url": "https://k.example/1"}}),
            f"html/{'b' * 64}.html.gz": PACKED,
        },
        [Page("b" * 40, HTML, "It stopped.", "https://k.example/1")],
    ),
    "wcxb": (
        {
            "dev/ground-truth/0001.json": wcxb("article", "It stopped."),
            "dev/ground-truth/0002.json": wcxb("product", "A tram to buy."),
            "dev/html/0001.html.gz": PACKED,
            "dev/html/0002.html.gz": PACKED,
            "test/ground-truth/0003.json": wcxb("article", "Kept for the test."),
        },
        [Page("0001", HTML, "It stopped.", "https://k.example/1", "Tram stops")],
    ),
    "fundus": (
        {
            f"{FUNDUS}/Times.json": as_json({"V1": fundus("Old.", "It stopped."), "V1_1": fundus("New.", "It stood.")}),
            f"{FUNDUS}/Times_2030_05_06.html.gz": gzip.compress(b"old"),
            f"{FUNDUS}/Times_2031_01_02.html.gz": gzip.compress(b"new"),
            f"{FUNDUS}/Echo.json": as_json({"V1": fundus("Old.", "One."), "V2": fundus("New.", "Two.")}),
            f"{FUNDUS}/Echo_2031_01_02.html.gz": gzip.compress(b"whose?"),
            f"{FUNDUS}/meta.info": as_json({"Times_2031_01_02.html.gz": {"url": "https://k.example/2"}}),
        },
        [
            Page("kd_Times_2030_05_06", b"old", "Old.\n\nIt stopped.\n\nAfter\n\nIt ran.", "", "Tram stops"),
            Page(
                "kd_Times_2031_01_02",
                b"new",
                "New.\n\nIt stood.\n\nAfter\n\nIt ran.",
                "https://k.example/2",
                "Tram stops",
            ),
        ],
    ),
    "newspaper3k": (
        {
            "tests/data/html/k.example1.html": HTML,
            "tests/data/text/k.example1.txt": b"It stopped.",
            "tests/data/html/k_main_site.html": HTML,
        },
        [Page("k.example1", HTML, "It stopped.", "k.example")],
    ),
    "daniel": (
        {
            f"{DANIEL}/doc_lg.json": as_json(
                {"20310102_www.k.example_f0": "Polish", "20310102_www.k.example_f1": "Latin"}
            ),
            f"{DANIEL}/html/20310102_www.k.example_f0": HTML,
            f"{DANIEL}/html/20310102_www.k.example_f1": HTML,
            f"{DANIEL}/reference/20310102_www.k.example_f0": b"<p>Tram stops</p>\n<p>It stopped.</p>\n<p>It stood.</p>",
            f"{DANIEL}/reference/20310102_www.k.example_f1": b"<p>Stetit.</p>",
        },
        [Page("20310102_www_k_example_f0", HTML, "It stopped.\nIt stood.", language="pl")],
    ),
}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return an archive as GitHub makes them: all in one folder that bears the commit's name."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for path, content in {**files, "README.md": b"A set."}.items():
            entry = tarfile.TarInfo(f"a-set-0123/{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("name", SOURCES)
def test_a_set_is_read_as_its_repository_holds_it(name: str) -> None:
    """Of each page with a marked article its bytes, text, address and title are found, and of nothing else."""
    files, pages = REPOSITORIES[name]
    assert list(SOURCES[name].read(files_of(packed(files), SOURCES[name].needed))) == pages


def test_an_archive_that_is_kept_is_not_downloaded(tmp_path: Path) -> None:
    """An archive that lies in the folder, by repository and commit, is taken from there."""
    source = SOURCES["daniel"]
    (tmp_path / f"rundimeco+waddle-{source.commit}.tar.gz").write_bytes(b"kept")
    assert archive_of(source, tmp_path) == b"kept"


def test_pages_are_written_in_the_form_that_is_trained_on(tmp_path: Path) -> None:
    """The set of a page names its language where the set has several."""
    page = REPOSITORIES["daniel"][1][0]
    write_pages(tmp_path, {"daniel": [page]})
    (row,) = rows(tmp_path / "truth.jsonl")
    assert row == {"id": f"daniel-{page.id}", "set": "daniel-pl", "url": "", "title": "", "truth": page.truth}
    assert gzip.decompress((tmp_path / "html" / f"{row['id']}.html.gz").read_bytes()) == HTML


def test_other_sets_stay_where_some_are_fetched(tmp_path: Path) -> None:
    """A set that is fetched takes the place of its earlier pages alone, and the order of sets is always the same."""
    first, second, other = Page("1", HTML, "It stopped."), Page("2", HTML, "It stood."), Page("1", HTML, "A ferry.")
    for fetched in ({"wcxb": [first]}, {"andy424": [other]}, {"wcxb": [second]}):
        write_pages(tmp_path, fetched)
    assert [(row["id"], row["truth"]) for row in rows(tmp_path / "truth.jsonl")] == [
        ("andy424-1", "A ferry."),
        ("wcxb-2", "It stood."),
    ]


@pytest.mark.parametrize("cut", [10, -1, -9])
def test_an_archive_that_is_cut_off_is_refused(cut: int) -> None:
    """A download that broke off is not taken for a smaller set."""
    archive = packed(REPOSITORIES["daniel"][0])
    with pytest.raises(OSError, match="ended before"):
        files_of(archive[:cut], SOURCES["daniel"].needed)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://edition.cnn.com/2031/1", "cnn"),
        ("http://www.cnn.com", "cnn"),
        ("cnn", "cnn"),
        ("https://www.bbc.co.uk/news", "bbc"),
        ("k.example", "k"),
        ("http://localhost/1", "localhost"),
        ("", None),
        (None, None),
    ],
)
def test_a_publisher_is_known_by_the_registered_name(address: str | None, name: str | None) -> None:
    """Pages of one publisher are found out whatever host they are on, also where a set names the site alone."""
    assert publisher(address) == name


def test_only_a_line_feed_ends_a_row(tmp_path: Path) -> None:
    """Separators of lines and paragraphs inside a text part neither rows nor paragraphs."""
    text = "One\u2028line.\x85Still the same.\u2029And on.\nThe second."
    for name in ("a.jsonl", "a.jsonl.gz"):
        write_rows(tmp_path / name, [{"text": text}, {"text": "b"}])
        assert [row["text"] for row in rows(tmp_path / name)] == [text, "b"]
    assert len(paragraphs(text)) == 2


def test_a_dump_may_be_gzipped(tmp_path: Path) -> None:
    """The same name gives a plain file's text and a gzipped one's."""
    (tmp_path / "plain.txt").write_bytes("Häfen".encode())
    (tmp_path / "packed.txt.gz").write_bytes(gzip.compress("Fähren".encode()))
    assert [text_of(tmp_path / "plain.txt"), text_of(tmp_path / "packed.txt")] == ["Häfen", "Fähren"]
