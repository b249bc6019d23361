"""The commands that pages tell readers to type exist, with their options and settings."""

import re
import shlex
from pathlib import Path

import pytest

from docs.write_reference import commands_page
from flows.described_settings import describe_settings
from flows.settings import Settings, settings_of_run
from tests.docs.blocks import DOCS, blocks_of

HELP = dict(re.findall(r"^## `winnow (\w+)`\n\n```\n(.*?)^```", commands_page(), re.MULTILINE | re.DOTALL))
COMMON = {"--version", "--install-completion", "--help"}
PAGES = sorted([*DOCS.rglob("*.md"), DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"])


def typed(page: Path) -> list[list[str]]:
    """Return the words of each `winnow` command in the shell blocks of a page."""
    lines = [line for block in blocks_of(page) if block.language == "sh" for line in block.code.splitlines()]
    calls = [shlex.split(line, comments=True) for line in lines if re.search(r"(^|/)winnow ", line)]
    return [words[1:] for words in calls if words and words[0].endswith("winnow")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_exist(page: Path) -> None:
    """Each names a command of winnow, and only options that this command has."""
    for words in typed(page):
        if words[0] not in COMMON:
            known = set(re.findall(r"--[\w-]+", HELP[words[0]]))
            assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_of_a_page_exist(page: Path) -> None:
    """Each `section.key` that a page names in a section of the settings is a setting, or a part of its path."""
    paths = {row.path for row in describe_settings(None)}
    known = paths | {path.rpartition(".")[0] for path in paths}
    sections = "|".join({path.partition(".")[0] for path in paths})
    named = re.findall(rf"(?:`|--set '?)((?:{sections})\.[a-z_.]+)\b(?!\()", page.read_text(encoding="utf-8"))
    assert {name for name in named if name not in known and not name.endswith(".py")} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_files_of_a_page_are_right(page: Path, tmp_path: Path) -> None:
    """Each block that shows a settings file is one that a run takes."""
    for block in blocks_of(page):
        if block.language == "toml":
            file = tmp_path / "winnow.toml"
            file.write_text(block.code, encoding="utf-8")
            assert settings_of_run(file) != Settings()
