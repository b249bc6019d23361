"""Pages of invented news that several tests extract, and how they are extracted."""

from pathlib import Path

from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.records import Article, RawDocument

DATA = Path(__file__).parent / "data"
PAGE = (DATA / "harbour.html").read_text(encoding="utf-8")
PLACES = (
    "Harrow",
    "Stenfield",
    "Gull Bay",
    "Quay Street",
    "Long Sound",
    "Upper Marsh",
    "Tern Head",
    "Old Mole",
    "Salt Hill",
    "Brack Water",
)
PROSE = [
    "The old ferry across Harrow Bay sailed again on Saturday, two years after the storm that had sunk it.",
    "Some four hundred people stood on the quay when it left at noon, the harbour office said on Sunday evening.",
    "Adults pay four crowns for a single crossing. Nobody here has to drive round the bay any more.",
]
SHELL = "<div class='nav'><a href='/'>Home</a> <a href='/n'>News</a></div>"


def article(content: bytes | str, **fields: str) -> Article:
    """Extract a page that is sure to give an article."""
    found = extract(RawDocument("pages/a.html", 0, content, "html", **fields), config=ExtractConfig())
    assert isinstance(found, Article)
    return found
