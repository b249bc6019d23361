"""The tutorial does what it says: its commands, in order, print what stands under them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.docs.blocks import DOCS, blocks_of

PAGE = DOCS / "tutorial/first-corpus.md"
BLOCKS = blocks_of(PAGE)
COMMANDS = [block.code for block in BLOCKS if block.language == "sh"]
# What a step prints stands in the block after its commands.
EXPECTED = [
    (sum(before.language == "sh" for before in BLOCKS[:at]) - 1, block.code)
    for at, block in enumerate(BLOCKS)
    if block.language == "text"
]
END = "--- end of step ---"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the commands are run in."""
    return tmp_path_factory.mktemp("tutorial")


@pytest.fixture(scope="module")
def printed(prefect_environment: dict[str, str], folder: Path) -> list[str]:
    """What each step prints, all run by one shell in an empty folder, against the server of the tests."""
    (folder / "docs").symlink_to(DOCS)
    script = "".join(f"{commands}echo '{END}'\n" for commands in COMMANDS)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**prefect_environment, "PATH": path, "COLUMNS": "100"}
    shell = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert shell.returncode == 0, shell.stderr
    return shell.stdout.split(f"{END}\n")[:-1]


@pytest.mark.parametrize(("step", "expected"), EXPECTED)
def test_step_prints_what_the_page_shows(printed: list[str], step: int, expected: str) -> None:
    """The page's lines come in order; `...` stands for anything."""
    told = "\n".join(line.rstrip() for line in printed[step].splitlines())
    pattern = ".*".join(re.escape(part.strip("\n")) for part in expected.split("..."))
    assert re.search(pattern, told, re.DOTALL), told


def test_readme_shows_what_the_program_makes_of_a_file(printed: list[str], folder: Path) -> None:
    """The example of the README is a file of the tutorial, and the article that was published of it."""
    before, after = (block.code for block in blocks_of(DOCS.parent / "README.md") if block.language == "text")
    source = "eastmarsh.example/lamp-school.txt"
    articles = pl.read_parquet(folder / "lamps/clean/current/articles/*.parquet").filter(source=source)
    assert before == (DOCS / "tutorial/scraped" / source).read_text(encoding="utf-8")
    assert after == f"{articles['text'].item()}\n"
