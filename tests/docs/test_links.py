"""Pages that other pages link to, and pages that code and messages name, exist."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
FOLDERS = ("docs", "cleaners", "flows", "benchmarks", "tests", ".github")
KINDS = (".md", ".py", ".toml", ".yaml", ".yml", ".html", ".js", ".json")
# Markdown's links and pictures, but for addresses of the web.
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s]+)\)")
NAMED = re.compile(r"\bdocs/[\w./-]*\w")
# Modules that readers are told to start, and files of the code that pages name in full.
STARTED = re.compile(r"python -m ((?:benchmarks|docs)[\w.]*\w)")
CODE = re.compile(r"`((?:cleaners|flows|benchmarks|tests)/[\w./-]+\.\w+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def texts() -> list[Path]:
    """Return the project's own texts: pages, code, settings."""
    below = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.suffix in KINDS]
    ours = [path for path in below if "data" not in path.parts]
    return sorted([*ours, *PROJECT.glob("*.md"), *(PROJECT / name for name in ("clean/README.md", "pyproject.toml"))])


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links, as GitHub does."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = [path for path in texts() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """Each relative link names a file or folder that is there, and a heading that it has."""
    for link in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_pages_that_are_named_exist() -> None:
    """Code, settings, pages and messages name no page that is not there."""
    named = {(name, path) for path in texts() for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert {(name, str(path.relative_to(PROJECT))) for name, path in named if not (PROJECT / name).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_code_that_a_page_names_exists(page: Path) -> None:
    """Each module that it starts and each file of the code that it names is there."""
    text = page.read_text(encoding="utf-8")
    files = [*CODE.findall(text), *(f"{module.replace('.', '/')}.py" for module in STARTED.findall(text))]
    assert [file for file in files if "NAME" not in file and not (PROJECT / file).is_file()] == []


def test_every_page_is_in_the_index() -> None:
    """The index of the docs and the README lead to each page."""
    for index in (PROJECT / "docs/README.md", PROJECT / "README.md"):
        links = LINK.findall(index.read_text(encoding="utf-8"))
        listed = links[-len({*links}) :]
        assert len({*listed}) == len(listed), "a link of the list stands twice"
        linked = {(index.parent / link).resolve() for link in links}
        pages = {page for page in PAGES if page.parts[-3] == "docs"}
        assert {str(page.relative_to(PROJECT)) for page in pages - linked} == set()
