"""The file of a learned model: one format for all models, and one reader, which refuses files that do not fit.

A file is a JSON object. It has `format`, `name`, `kind`, `recipe` (the command that makes the model), `seed`, `data`
(what it learned from), `settings` (of the training), `words` (a digest of each word list that its features count),
`features` (their names, in the order of the table's columns), and the keys that `NUMBERS` names for its kind. If
somebody changed a number after training, `adjusted` says which, why and with what effect.

A model means nothing with other features or other words, so the reader compares both.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

# The version of the file format; the reader takes no other.
FORMAT = 1
# The further keys of each kind of model; the module of this package with the kind's name does the arithmetic.
NUMBERS = {
    "trees": ("start", "trees"),
    "networks": ("networks",),
    "linear": ("bias", "weights"),
    "steps": ("start", "steps"),
}
# Hex digits, 64 bits: among a few hundred word lists, the chance that two digests coincide is about 1 in 10^15.
_DIGITS = 16

WordLists = Mapping[str, Any]


class ModelFileError(ValueError):
    """A model's file cannot be used; the message names the file, the reason and the command that mends it."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model of this package: the place of its file, its kind, and the word lists that its features count."""

    package: str
    name: str
    kind: str
    words: Callable[[], WordLists]

    @property
    def path(self) -> str:
        """Return the path of the file in the source tree."""
        return f"{self.package.replace('.', '/')}/{self.name}.json"

    def read(self, features: Sequence[str]) -> dict[str, Any]:
        """Return the content of the file in the package; see `parse`."""
        text = resources.files(self.package).joinpath(f"{self.name}.json").read_text("utf-8")
        return self.parse(text, features, path=self.path)

    def parse(self, text: str, features: Sequence[str], *, path: str) -> dict[str, Any]:
        """Return the content of a file of this model, given as `text`; errors name `path`.

        Raises `ModelFileError` for a file with another format, model, features or word lists.
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
    """Return a digest of each word list; the order of its words does not matter."""
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
