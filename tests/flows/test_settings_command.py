"""`winnow settings` tells every setting, and writes a settings file that gives the same settings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.settings import Settings, differences, settings_of_run

OURS = """[publish]
min_words = 25
[strip]
keep = ["credit", "caption"]
[strip.furniture]
threshold = 0.7
[read]
title_columns = ["kop\\u001b", "\\U000e0041\\ufeff", "a \\"b\\""]
[run]
workers = 3
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A settings file with a setting of every kind."""
    path = tmp_path / "ours.toml"
    path.write_text(OURS)
    return path


def printed(*arguments: str) -> str:
    """Return what `winnow settings` prints."""
    result = CliRunner().invoke(app, ["settings", *arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def leaves(values: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the paths of all values that are no sections."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def test_every_setting_is_told_with_its_meaning(ours: Path) -> None:
    """There is a row for each setting, with a meaning and what is allowed, and those of the file name the file."""
    rows = {row["path"]: row for row in json.loads(printed("--config", str(ours), "--json"))}
    assert set(rows) == set(leaves(Settings().model_dump()))
    assert [path for path, row in rows.items() if not (row["meaning"] and row["allowed"])] == []
    stated = {path for path, row in rows.items() if row["origin"] == str(ours)}
    assert stated == set(differences(settings_of_run(ours), Settings()))
    assert (rows["publish.min_words"]["value"], rows["publish.min_words"]["default"]) == (25, 10)
    assert rows["run.workers"]["allowed"] == "whole number from 1 to 256 or not set"


def test_toml_gives_the_same_settings(ours: Path, tmp_path: Path) -> None:
    """What `--toml` prints, read as a settings file, gives the settings that it was printed for."""
    again = tmp_path / "again.toml"
    again.write_text(printed("--config", str(ours), "--toml"))
    assert settings_of_run(again) == settings_of_run(ours)


def test_commented_defaults_are_the_defaults(tmp_path: Path) -> None:
    """Of the file that is printed without a file of one's own, every line that is commented out holds the default."""
    path = tmp_path / "defaults.toml"
    text = printed("--toml")
    lines = [line[1:] if line.startswith("#") and line[1:2].isalpha() else line for line in text.splitlines()]
    path.write_text("\n".join(lines))
    assert settings_of_run(path) == Settings()
    assert [line for line in text.splitlines() if line and line[0] not in "#["] == []


def test_one_section_is_told_alone() -> None:
    """A section's name, or a setting's, restricts what is shown; another name ends with status 2."""
    assert {row["path"] for row in json.loads(printed("publish.min_words", "--json"))} == {"publish.min_words"}
    assert "strip.furniture.threshold = 0.6" in printed("strip.furniture")
    assert [line for line in printed("strip").splitlines() if line.endswith(" ")] == []
    assert CliRunner().invoke(app, ["settings", "--toml", "--json"]).exit_code == 2
    result = CliRunner().invoke(app, ["settings", "publishing"])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "publish" in result.stderr
