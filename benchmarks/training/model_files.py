"""All learned models of the package, and the writing of their files by the training scripts."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaners.confidence.model import PAGE_MODEL, TEXT_MODEL
from cleaners.extract.page.model import BLOCK_MODEL
from cleaners.extract.text.headline import HEADLINE_MODEL
from cleaners.learned.files import FORMAT, NUMBERS, ModelFile, stamps_of
from cleaners.strip.ends.models import HEADED, PART, PROSE
from cleaners.strip.line_model.model import FIRST_PASS, SECOND_PASS

CHECKOUT = Path(__file__).parents[2]
MODELS = {
    model.name: model
    for model in (
        *(BLOCK_MODEL, HEADLINE_MODEL, FIRST_PASS, SECOND_PASS),
        *(HEADED, PROSE, PART),
        *(PAGE_MODEL, TEXT_MODEL),
    )
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that all training scripts have."""
    parser.add_argument(
        "--folds", type=int, default=0, help="print the figures of a cross-validation with this many folds"
    )
    parser.add_argument("--write", action="store_true", help="train on everything and write the model's file")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write there, not into the package")


def place_of(model: ModelFile, folder: Path | None) -> Path:
    """Return the path to write a model's file to: in `folder`, or else in the package."""
    return CHECKOUT / model.path if folder is None else folder / f"{model.name}.json"


def recipe_of(script: str, **options: Sequence[object]) -> str:
    """Return the command that trains a model: the script, and those of its options that have a value."""
    said = [f"--{name} {' '.join(map(str, values))}" for name, values in options.items() if values]
    return " ".join([f"python -m benchmarks.training.{script}", *said, "--write"])


def write_model(
    model: ModelFile,
    folder: Path | None,
    numbers: Mapping[str, Any],
    *,
    features: Sequence[str],
    recipe: str,
    seed: int,
    data: str,
    settings: Mapping[str, Any],
    adjusted: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write a model and print its path; `numbers` has what its kind needs, `data` says what it learned from."""
    if set(numbers) != set(NUMBERS[model.kind]):
        raise ValueError(f"{model.name}: a model of kind {model.kind} has {NUMBERS[model.kind]}, not {set(numbers)}")
    content = {
        "format": FORMAT,
        "name": model.name,
        "kind": model.kind,
        "recipe": recipe,
        "seed": seed,
        "data": data,
        "settings": settings,
        **({"adjusted": adjusted} if adjusted else {}),
        "words": stamps_of(model.words()),
        "features": features,
        **numbers,
    }
    path = place_of(model, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(content), encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")


def as_text(content: Mapping[str, Any]) -> str:
    """Return the text of a model's file: JSON with a line for each key, and for each tree, network, list or remark."""
    return "{\n" + ",\n".join(f'"{key}": {_lines(value)}' for key, value in content.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, Mapping):
        items = [f"{json.dumps(key)}: {_plain(part)}" for key, part in value.items()]
        return "{\n" + ",\n".join(items) + "\n}" if items else "{}"
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple | Mapping):
        return "[\n" + ",\n".join(map(_plain, value)) + "\n]"
    return _plain(value)


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
