"""Settings come from code, file and command line, and a wrong one is named in one line."""

from pathlib import Path

import pytest

from flows.errors import UsageError
from flows.settings import Settings, load_settings, settings_fingerprint


def test_defaults_stand_in_code() -> None:
    """Without file and assignments, the settings are the model's defaults."""
    assert load_settings(None, []) == Settings()


def test_assignment_wins_over_the_file(tmp_path: Path) -> None:
    """A `--set` value replaces the one of the file and leaves the file's other values."""
    path = tmp_path / "winnow.toml"
    path.write_text("[publish]\nmin_words = 20\nkeep_snapshots = 5\n")
    settings = load_settings(path, ["publish.min_words=30"])
    assert (settings.publish.min_words, settings.publish.keep_snapshots) == (30, 5)


@pytest.mark.parametrize(
    ("assignment", "parts"),
    [
        ("publish.min_wrods=3", ["publish.min_wrods", "did you mean 'min_words'", "keep_snapshots"]),
        ("publishing.min_words=3", ["publishing", "did you mean 'publish'"]),
        ("publish.min_words=0", ["publish.min_words", "= 0", "greater than or equal to 1"]),
        ("run.page_seconds=soon", ["run.page_seconds", "'soon'", "number"]),
        ("min_words=3", ["section.key=value"]),
        ("publish.min_words", ["section.key=value"]),
        ("publish.min_words.more=3", ["publish.min_words", "integer"]),
    ],
)
def test_wrong_setting_is_named(assignment: str, parts: list[str]) -> None:
    """The message names the key, the value and what is allowed, in one line."""
    with pytest.raises(UsageError) as caught:
        load_settings(None, [assignment])
    message = str(caught.value)
    assert [part for part in parts if part not in message] == []
    assert "\n" not in message


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    """A file that is not TOML is named together with the place of the fault."""
    path = tmp_path / "winnow.toml"
    path.write_text("[publish\n")
    with pytest.raises(UsageError, match=r"winnow\.toml is not valid TOML: .*line 1"):
        load_settings(path, [])


def test_fingerprint_follows_what_shapes_the_corpus() -> None:
    """The fingerprint changes with a cleaning setting and not with the number of workers."""
    base = settings_fingerprint(Settings())
    assert settings_fingerprint(load_settings(None, ["run.workers=7", "publish.keep_snapshots=9"])) == base
    assert settings_fingerprint(load_settings(None, ["publish.min_words=11"])) != base
    assert settings_fingerprint(load_settings(None, ["run.page_seconds=1"])) != base
