"""Settings come from code, file and command line, and a wrong one is named in one line."""

from pathlib import Path

import pytest
from prefect.utilities.callables import parameter_schema

from flows.corpus import OFTEN, clean_corpus
from flows.errors import UsageError
from flows.settings import Settings, assigned, differences, settings_fingerprint, settings_of_run


def test_defaults_stand_in_code() -> None:
    """Without file and assignments, the settings are the model's defaults."""
    assert settings_of_run(None) == Settings()


def test_assignment_wins_over_the_file(tmp_path: Path) -> None:
    """A `--set` value replaces the one of the file and leaves the file's other values."""
    path = tmp_path / "winnow.toml"
    path.write_text("[publish]\nmin_words = 20\nkeep_snapshots = 5\n")
    settings = settings_of_run(path, assigned(["publish.min_words=30"]))
    assert (settings.publish.min_words, settings.publish.keep_snapshots) == (30, 5)


def test_what_is_given_for_a_run_wins_over_the_file(tmp_path: Path) -> None:
    """Of settings that a run is given, those that were set count, the later over the earlier, and the file's stay."""
    path = tmp_path / "winnow.toml"
    path.write_text("[publish]\nmin_words = 20\nkeep_snapshots = 5\nmissing = 'drop'\n")
    given = Settings.model_validate({"publish": {"min_words": 10, "keep_snapshots": 3}})
    settings = settings_of_run(path, given, {"publish": {"keep_snapshots": 4}})
    assert differences(settings, Settings()) == {"publish.missing": "drop", "publish.keep_snapshots": 4}


def test_parameters_of_the_flow_have_the_ranges_of_the_settings() -> None:
    """The settings that stand on top in the form of a run take what the settings take, and say what they are."""
    properties = parameter_schema(clean_corpus).model_dump()["properties"]
    for name, path in OFTEN.items():
        section, key = path.split(".")
        wanted = type(getattr(Settings(), section)).model_json_schema()["properties"][key]
        shown = next(kind for kind in properties[name]["anyOf"] if kind["type"] != "null")
        bounds = {"minimum", "maximum", "exclusiveMinimum", "enum"}
        wanted = next((kind for kind in wanted.get("anyOf", []) if kind["type"] != "null"), wanted)
        assert {k: v for k, v in shown.items() if k in bounds} == {k: v for k, v in wanted.items() if k in bounds}, name
        assert properties[name]["description"]


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
        settings_of_run(None, assigned([assignment]))
    message = str(caught.value)
    assert [part for part in parts if part not in message] == []
    assert "\n" not in message


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    """A file that is not TOML is named together with the place of the fault."""
    path = tmp_path / "winnow.toml"
    path.write_text("[publish\n")
    with pytest.raises(UsageError, match=r"winnow\.toml is not valid TOML: .*line 1"):
        settings_of_run(path)


def test_fingerprint_follows_what_shapes_the_corpus() -> None:
    """The fingerprint changes with a cleaning setting and not with the number of workers."""
    base = settings_fingerprint(Settings())
    assert settings_fingerprint(settings_of_run(None, assigned(["run.workers=7", "publish.keep_snapshots=9"]))) == base
    assert settings_fingerprint(settings_of_run(None, assigned(["publish.min_words=11"]))) != base
    assert settings_fingerprint(settings_of_run(None, assigned(["run.page_seconds=1"]))) != base
