"""The settings of a run: defaults in code, which a TOML file overrides, which single values override."""

import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cleaners.config import Config
from flows.errors import UsageError
from flows.gates import GatesConfig

DEFAULT_FILE = Path("winnow.toml")


class RunConfig(BaseModel):
    """How the work is laid out; only `page_seconds` can change what is published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="processes: how many work at once. If it is not set, there is one for each core that the run "
        "may use.",
    )
    runner: Literal["local", "dask"] = Field(
        default="local",
        description="Where the work is done: local, in worker processes of this machine; dask, in those of a Dask "
        "cluster, whose workers have Winnow and see raw and clean at the same paths. Needs winnow-news[dask].",
    )
    address: str | None = Field(
        default=None,
        min_length=1,
        description="Address of the Dask cluster's scheduler, as tcp://10.0.0.5:8786, whose workers then count, not "
        "`workers`; not set means a cluster of `workers` processes on this machine, which lasts as long as the run.",
    )
    batch_files: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="files: the most in one task. There are fewer, but at least 32, if a worker would otherwise get "
        "less than four tasks. A Prefect task costs about 15 ms and a plain text takes 1 ms to extract, so 500, one "
        "part, keep the cost of tasks near 3 %.",
    )
    batch_bytes: int = Field(
        default=32_000_000, ge=1, description="bytes: the most on disk in one task, unless one file alone is larger."
    )
    batch_parts: int = Field(
        default=8,
        ge=1,
        le=10_000,
        description="parts: the most of `part_articles` in one task of stripping. A part that an earlier run has "
        "stripped takes 10 ms, less than the task.",
    )
    part_articles: int = Field(
        default=500,
        ge=1,
        le=100_000,
        description="articles: how many a worker holds before it writes them out. This bounds its memory whatever "
        "the size of a file.",
    )
    shard_articles: int = Field(
        default=250_000,
        ge=1,
        le=100_000_000,
        description="articles: the most in one shard of the dedup stage. A corpus with more is deduplicated in several "
        "tasks, none of which holds more texts, signatures or passages than those of a shard, at most 7 kB an article.",
    )
    hours: float = Field(
        default=23.0,
        gt=0,
        le=10_000,
        description="hours: the longest a run may take. Then it fails and publishes nothing, so that a run that "
        "hangs is gone before the next night's. The next run does not repeat what it has read and stripped.",
    )
    page_seconds: float = Field(
        default=20.0,
        gt=0,
        le=3600,
        description="seconds: the longest that each step (extracting, stripping) may take on one record; then its "
        "fate is too_slow.",
    )
    work: str | None = Field(
        default=None,
        min_length=1,
        description="Folder of this machine below which runs into an address (s3://, gs://, az://) keep a work folder "
        "for each; not set means ~/.cache/winnow. It holds what `clean` would, the store and a copy of the snapshots, "
        "and may be removed whenever no run works; that costs time only.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.address and self.runner != "dask":
            raise ValueError(f"address ({self.address}) is that of a Dask cluster and needs runner = 'dask'")
        return self


class PublishConfig(BaseModel):
    """What is published, and how long it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_words: int = Field(
        default=10,
        ge=1,
        description="words: what an article must have left after stripping to be published; below it the fate is "
        "too_short. A bare headline has 5 to 12, the shortest newswire brief about 20.",
    )
    missing: Literal["keep", "drop"] = Field(
        default="keep",
        description="Whether published articles whose raw file is gone stay published, marked as missing (keep), or "
        "go (drop). Articles whose file is there and cannot be read this time stay in any case.",
    )
    min_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of the articles in the snapshot before: a run with fewer fails and publishes nothing, "
        "since a folder is not mounted or a stage fails on everything. A night changes a few percent, and new settings "
        "seldom half of a corpus. 0 turns this off.",
    )
    takedowns: str = Field(
        default="takedowns.toml",
        min_length=1,
        description="File of what must never be published again, written by `winnow takedown`. A relative path is "
        "below the clean folder. A file that is named here must exist.",
    )
    exemptions: str = Field(
        default="exemptions.toml",
        min_length=1,
        description="File of the articles that are not cut or not merged, written by `winnow restore`. A relative "
        "path is below the clean folder. A file that is named here must exist.",
    )
    keep_snapshots: int = Field(
        default=3, ge=1, le=10_000, description="snapshots: how many are kept, the current one included."
    )
    file_rows: int = Field(default=50_000, ge=1, description="rows: the most in one Parquet file of a table.")


class Settings(Config):
    """All settings of a run; the TOML file, the flow's parameters and `--set` fill this one model."""

    run: RunConfig = Field(default_factory=RunConfig)
    publish: PublishConfig = Field(default_factory=PublishConfig)
    gates: GatesConfig = Field(default_factory=GatesConfig)


def settings_file(named: Path | None) -> Path | None:
    """Return the absolute path of the settings file: the one named, or winnow.toml if this folder has one.

    Raises UsageError if the one named cannot be read.
    """
    if named is None:
        return DEFAULT_FILE.absolute() if DEFAULT_FILE.exists() else None
    read_settings_file(named)
    return named.absolute()


def settings_of_run(path: Path | None, *given: Settings | Mapping[str, Any] | None) -> Settings:
    """Return the settings of a run: those of a TOML file, overridden by those given for this run, one after the other.

    In a model, only the values that were set explicitly count. Raises UsageError with one line that names the key, the
    value and what is allowed.
    """
    values = {} if path is None else read_settings_file(path)
    for over in given:
        values = _merged(values, over.model_dump(exclude_unset=True) if isinstance(over, Settings) else over or {})
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise UsageError(_first_problem(error)) from None


def assigned(assignments: Iterable[str]) -> dict[str, Any]:
    """Return the sections and values that `section.key=value` assignments state."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        _assign(values, assignment)
    return values


def assigned_value(path: str, value: Any) -> dict[str, Any]:
    """Return nested sections with the one value at a path such as `publish.min_words`."""
    section, key = path.split(".")
    return {section: {key: value}}


def differences(settings: Settings, others: Settings) -> dict[str, Any]:
    """Return the settings that differ from `others`, by their paths."""
    theirs = leaves(others.model_dump(mode="json"))
    return {path: value for path, value in leaves(settings.model_dump(mode="json")).items() if value != theirs[path]}


def leaves(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return all values in nested sections, by their paths."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= leaves(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return found


def read_settings_file(path: Path) -> dict[str, Any]:
    """Return what a settings file states; raise UsageError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path.absolute()}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration {path.absolute()} is not valid TOML: {error}") from error


def _merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, Mapping) else value
    return merged


def settings_fingerprint(settings: Settings) -> str:
    """Return 16 hex digits that change with every setting that shapes the corpus."""
    layout = set(RunConfig.model_fields) - {"page_seconds"}
    layout_only = {"keep_snapshots", "file_rows", "min_share", "takedowns", "exemptions"}
    shaping = settings.model_dump_json(exclude={"run": layout, "publish": layout_only, "gates": True})
    return hashlib.sha256(shaping.encode()).hexdigest()[:16]


def _assign(values: dict[str, Any], assignment: str) -> None:
    key, equals, text = assignment.partition("=")
    path = key.strip().split(".")
    if not equals or len(path) < 2 or not all(path):
        raise UsageError(f"--set {assignment!r}: expected section.key=value, as in --set publish.min_words=20")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    table = values
    for name in path[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise UsageError(f"--set {assignment!r}: {name!r} is a value and has no keys")
    table[path[-1]] = value


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return _unknown_key([str(part) for part in problem["loc"]])
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"setting {key} = {problem['input']!r}: {message}"


def _unknown_key(path: list[str]) -> str:
    model: type[BaseModel] = Settings
    for name in path[:-1]:
        model = _model_of(model.model_fields[name].annotation)
    allowed = sorted(model.model_fields)
    close = difflib.get_close_matches(path[-1], allowed, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    where = f"[{'.'.join(path[:-1])}]" if len(path) > 1 else "the configuration"
    return f"unknown setting {'.'.join(path)!r}: {hint}{where} knows {', '.join(allowed)}"


def _model_of(annotation: Any) -> type[BaseModel]:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    raise TypeError(f"{annotation!r} is no section")
