"""What must come out of the sample, file by file (docs/reference/sample.md says why)."""

import polars as pl
import pytest

from tests.flows.conftest import Published


def rows_of(published: Published, source: str) -> list[dict[str, object]]:
    """Return the cleaned articles of one source, kept or duplicate, in the order of their records."""
    frames = [pl.read_parquet(published.current / name / "*.parquet") for name in ("articles", "duplicates")]
    columns = ["source", "record", "title", "text", "author", "published", "site", "url", "language"]
    both = pl.concat([frame.select(columns) for frame in frames])
    return both.filter(pl.col("source") == source).sort("record").to_dicts()


def text_of(published: Published, source: str) -> str:
    """Return the cleaned text of a source, its articles one after the other."""
    return "\n".join(str(row["text"]) for row in rows_of(published, source))


def fates_of(published: Published, source: str) -> list[str]:
    """Return the fates of a source's records in their order."""
    fates = pl.read_parquet(published.current / "audit/fates/*.parquet").filter(pl.col("source") == source)
    return fates.sort("record")["fate"].to_list()


def test_aggregator_page_ends_with_its_article(sample: Published) -> None:
    """Nothing of the furniture and the three stories glued under the article is left."""
    text = text_of(sample, "aggregator/tunnel-talks.txt")
    assert text.endswith("among other objections.")


@pytest.mark.parametrize("phrase", ["READ MORE", "Comments Off", "2:26", "6:14"])
def test_compilation_loses_its_promo_lines_and_captions(sample: Published, phrase: str) -> None:
    """Link lines, running times and the comment line are gone from the compilation."""
    assert phrase not in text_of(sample, "compilation/brackwater-dam.txt")


def test_wire_copies_become_one(sample: Published) -> None:
    """Of seven copies of one wire story the update is kept."""
    sources = [
        f"wire/lighthouse-{name}.txt" for name in ("abridged", "copy", "excerpt", "original", "retitled", "wrapped")
    ]
    assert fates_of(sample, "wire/lighthouse-updated.txt") == ["kept"]
    assert {source: fates_of(sample, source) for source in sources} == {source: ["duplicate"] for source in sources}


@pytest.mark.parametrize(
    "source",
    [
        "wire/ferry-strike-union.txt",
        "wire/ferry-company-results.txt",
        "results/cressick-hythe.txt",
        "results/ostmere-saltgate.txt",
        "world/bergdorf-seilbahn.txt",
        "world/faro-almenda.txt",
        "world/kirigaura-fune.txt",
        "harbourpost.example/culture/organ-of-shells.html.gz",
        "valleycourier.example/cheese-cave.html",
        "lesmarais.example/anguille-mairie.html",
    ],
)
def test_articles_of_their_own_are_kept(sample: Published, source: str) -> None:
    """A shared quotation, a shared form, another language or a page's chrome costs no article."""
    assert fates_of(sample, source) == ["kept"]


@pytest.mark.parametrize(
    "source",
    ["wire/ferry-strike-union.txt", "wire/ferry-company-results.txt", "world/bergdorf-seilbahn.txt",
     "world/faro-almenda.txt",
     "world/kirigaura-fune.txt"],
)  # fmt: skip
def test_clean_articles_lose_nothing(sample: Published, source: str) -> None:
    """Every word of a clean file is in the published title and text."""
    raw = (sample.raw / source).read_text(encoding="utf-8")
    (row,) = rows_of(sample, source)
    assert f"{row['title'] or ''} {row['text']}".split() == raw.split()


def test_page_metadata_is_published(sample: Published) -> None:
    """A page's own title, author, date, address, site and language are in the table."""
    (row,) = rows_of(sample, "harbourpost.example/news/customs-dog.html")
    assert [name for name in ("title", "author", "published", "url", "language") if row[name] is None] == []
    assert row["site"] == "harbourpost.example"


@pytest.mark.parametrize(
    ("source", "fates"),
    [
        ("encodings/empty.txt", ["no_text"]),
        ("encodings/scan.txt", ["unreadable"]),
        ("feeds/pocketwire.jsonl", ["kept", "kept", "unreadable", "kept", "kept", "no_text"]),
        ("feeds/uplandbriefs.csv", ["kept", "kept", "kept"]),
    ],
)
def test_bad_records_are_told(sample: Published, source: str, fates: list[str]) -> None:
    """Empty, binary and malformed records have their fates, and their neighbours are kept."""
    assert fates_of(sample, source) == fates


@pytest.mark.parametrize(
    ("source", "wrong"), [("encodings/cafe-flottant-cp1252.txt", "\ufffd"), ("encodings/moleiro-mojibake.txt", "Ã")]
)
def test_encodings_are_repaired(sample: Published, source: str, wrong: str) -> None:
    """Windows-1252 and mojibake come out as the letters that were meant."""
    text = text_of(sample, source)
    assert text
    assert wrong not in text
    assert any(letter in text for letter in "éêãçõ")
