"""The file of a learned model: one format for all, and one way to read it that refuses what does not fit.

A file is a JSON object. All have `format`, `name`, `kind`, `recipe` (the command that makes the model), `seed`, `data`
(what it learned from), `settings` (of the training), `words` (a digest of each word list that its features count),
`features` (their names, in the order of the table's columns), and the numbers of their kind, `NUMBERS`. Where somebody
changed a number after training, `adjusted` lists what, why and with what effect.

A model means nothing over other features or other words, so both are compared when it is read.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

# Of the file. A loader reads one format alone.
FORMAT = 1
# What each kind of model has besides; the modules of this package named so turn it into arithmetic.
NUMBERS = {
    "trees": ("start", "trees"),
    "networks": ("networks",),
    "linear": ("bias", "weights"),
    "steps": ("start", "steps"),
}
# 64 bits: two of some hundred word lists coincide once in 10^15 times.
_DIGITS = 16

WordLists = Mapping[str, Any]


class ModelFileError(ValueError):
    """A model's file cannot be used: the message names it, the reason and the command that mends it."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model of this package: where its file stands, what kind it is, and which word lists its features count."""

    package: str
    name: str
    kind: str
    words: Callable[[], WordLists]

    @property
    def path(self) -> str:
        """Return where the file stands in the source tree."""
        return f"{self.package.replace('.', '/')}/{self.name}.json"

    def read(self, features: Sequence[str]) -> dict[str, Any]:
        """Return what the file of the package says; see `parse`."""
        text = resources.files(self.package).joinpath(f"{self.name}.json").read_text("utf-8")
        return self.parse(text, features, path=self.path)

    def parse(self, text: str, features: Sequence[str], *, path: str) -> dict[str, Any]:
        """Return what a file of this model says.

        Raises `ModelFileError` for a file of another format, model, features or word lists.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise ModelFileError(f"{path} is no model file: {error}") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ModelFileError(f"{path} is no model file of format {FORMAT}")
        if (data.get("name"), data.get("kind")) != (self.name, self.kind):
            found = f"{data.get('name')!r} of kind {data.get('kind')!r}"
            raise ModelFileError(f"{path} holds the model {found}; {self.name!r} of kind {self.kind!r} is needed")
        missing = [key for key in ("recipe", "words", "features", *NUMBERS[self.kind]) if key not in data]
        if missing:
            raise ModelFileError(f"{path} is no model file: it has no {', '.join(missing)}")
        if data["features"] != list(features):
            difference = _difference(data["features"], features)
            raise ModelFileError(f"{path} was made for other features: {difference}. Retrain it: {data['recipe']}")
        stamps = stamps_of(self.words())
        if data["words"] != stamps:
            lists = sorted(name for name, _ in data["words"].items() ^ stamps.items())
            raise ModelFileError(
                f"{path} was made with other words in {', '.join(dict.fromkeys(lists))}. Retrain it: {data['recipe']}. "
                f"If its figures hold with the new words, stamp it: python -m benchmarks.training.stamp {self.name}"
            )
        return data


def stamps_of(words: WordLists) -> dict[str, str]:
    """Return a digest of each word list, whatever the order and the layout of its words."""
    return {name: _digest(listed) for name, listed in words.items()}


def _digest(listed: object) -> str:
    text = json.dumps(_sorted(listed), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _sorted(listed: object) -> object:
    if isinstance(listed, Mapping):
        return {name: _sorted(part) for name, part in listed.items()}
    return sorted(set(listed)) if isinstance(listed, list | tuple | frozenset) else listed


def _difference(found: Sequence[str], wanted: Sequence[str]) -> str:
    gone = [name for name in found if name not in set(wanted)]
    new = [name for name in wanted if name not in set(found)]
    parts = [f"{label} {', '.join(names)}" for label, names in (("no more", gone), ("new", new)) if names]
    return "; ".join(parts) or "the same in another order"
