"""The file format of learned models: what is read, and what is refused."""

import json
from functools import cache
from typing import Any

import pytest

from benchmarks.training.model_files import MODELS, as_text, place_of, recipe_of
from cleaners.learned.files import ModelFile, ModelFileError, stamps_of

FEATURES = ("words", "stops")
WORDS = {"fruits": ["quince", "sloe"], "tools": {"digging": ["spade"], "cutting": ["scythe", "shears"]}}
MODEL = ModelFile("cleaners.orchard", "ripeness", "linear", lambda: WORDS)
FILE = {
    "format": 1,
    "name": "ripeness",
    "kind": "linear",
    "recipe": "python -m orchard.ripeness --write",
    "words": stamps_of(WORDS),
    "features": list(FEATURES),
    "bias": 0.5,
    "weights": [1.0, -2.0],
}


def read(**changes: Any) -> dict[str, Any]:
    """Read the file with some of its keys changed, or taken out where the change is None."""
    changed = {key: value for key, value in {**FILE, **changes}.items() if value is not None}
    return MODEL.parse(json.dumps(changed), FEATURES, path="orchard/ripeness.json")


def test_a_file_that_fits_is_read() -> None:
    """Numbers come back as they were written, in the layout that the training scripts write."""
    assert MODEL.parse(as_text(FILE), FEATURES, path="x.json") == FILE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2}, "is no model file of format 1"),
        ({"name": "sweetness"}, "holds the model 'sweetness' of kind 'linear'; 'ripeness' of kind 'linear' is needed"),
        ({"kind": "trees"}, "holds the model 'ripeness' of kind 'trees'"),
        ({"weights": None}, "it has no weights"),
        ({"recipe": None}, "it has no recipe"),
        (
            {"features": ["words", "quotes"]},
            "was made for other features: no more quotes; new stops. Retrain it: python",
        ),
        ({"features": ["stops", "words"]}, "was made for other features: the same in another order"),
        ({"words": {"fruits": "0" * 16}}, "was made with other words in fruits, tools. Retrain it: python -m orchard"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(changes: dict[str, Any], reason: str) -> None:
    """The message names the file, what is wrong with it, and the command that mends it."""
    with pytest.raises(ModelFileError) as error:
        read(**changes)
    assert str(error.value).startswith("orchard/ripeness.json ") and reason in str(error.value)


def test_what_is_no_json_is_refused() -> None:
    """A file cut short is named, and where it breaks off."""
    with pytest.raises(ModelFileError, match=r"orchard/ripeness\.json is no model file: .*line 1 column 10"):
        MODEL.parse(json.dumps(FILE)[:9], FEATURES, path="orchard/ripeness.json")


def test_a_stamp_is_of_the_words_and_not_of_their_order() -> None:
    """Sorting a list or saying a word twice changes no stamp; a new word, or one in another group, does."""
    assert stamps_of({"fruits": ["sloe", "quince", "sloe"]}) == stamps_of({"fruits": ("quince", "sloe")})
    assert stamps_of({"fruits": ["sloe"]}) != stamps_of({"fruits": ["sloe", "medlar"]})
    assert stamps_of({"t": {"a": ["x"], "b": ["y"]}}) != stamps_of({"t": {"a": ["y"], "b": ["x"]}})


def test_a_recipe_names_the_options_that_have_a_value() -> None:
    """Whoever runs the recipe gets the same model; an option without a value is not in it."""
    assert recipe_of("pages PAGES...", policy=[]) == "python -m benchmarks.training.pages PAGES... --write"
    assert recipe_of("ends DATA", rounds=[1], seed=[0]) == (
        "python -m benchmarks.training.ends DATA --rounds 1 --seed 0 --write"
    )


@cache
def content(name: str) -> dict[str, Any]:
    """Return what the file of one of the package's models says."""
    read: dict[str, Any] = json.loads(place_of(MODELS[name], None).read_text("utf-8"))
    return read


@pytest.mark.parametrize("name", MODELS)
def test_the_files_of_the_package_say_how_they_are_made(name: str) -> None:
    """Each model of the package names its recipe, seed, data and settings, and fits the word lists of today."""
    file = content(name)
    assert file["recipe"].startswith("python -m benchmarks.training.") and file["recipe"].endswith("--write")
    assert file["data"] and file["settings"] and isinstance(file["seed"], int)
    MODELS[name].parse(place_of(MODELS[name], None).read_text("utf-8"), file["features"], path=name)


@pytest.mark.parametrize("name", MODELS)
def test_the_files_of_the_package_are_as_the_training_scripts_write_them(name: str) -> None:
    """Writing a model's file anew changes nothing in it."""
    assert as_text(content(name)) == place_of(MODELS[name], None).read_text("utf-8")
