"""Quality on the labelled sample: each figure has a floor in floors.toml, which may only rise."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from cleaners.confidence import confidence_of
from cleaners.config import Config
from cleaners.dedup import deduplicate
from cleaners.extract import extract
from cleaners.read import read_records
from cleaners.records import Article, RawDocument, count_words
from cleaners.strip import cut, find_claims, split
from tests.quality.scoring import Score, is_right, macro_f1, score

HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
CONFIG = Config()
CASES = [json.loads(line) for line in (HERE / "data/truth.jsonl").read_text(encoding="utf-8").splitlines()]
BY_NAME = {case["case"]: case for case in CASES}
KINDS = sorted({case["kind"] for case in CASES})
TEXTS = [json.loads(line) for line in (HERE / "data/neardup.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def extracted(name: str) -> Article:
    """Read and extract one case."""
    with (HERE / "data" / name).open("rb") as stream:
        (document,) = read_records(stream, source=name, config=CONFIG.read)
    assert isinstance(document, RawDocument), document
    article = extract(document, config=CONFIG.extract)
    assert isinstance(article, Article), article
    return article


def cleaned(name: str) -> Iterator[str]:
    """Run one case through read, extract, split, the finders and cut."""
    for part in split(extracted(name), config=CONFIG.strip):
        yield cut(part.text, find_claims(part, config=CONFIG.strip)).text


@cache
def scores() -> dict[str, Score]:
    """Score every case once."""
    return {case["case"]: score(case["truth"], "\n".join(cleaned(case["file"]))) for case in CASES}


def of_kind(kind: str) -> list[Score]:
    """Return the scores of all cases of a kind."""
    return [scores()[case["case"]] for case in CASES if case["kind"] == kind]


@pytest.mark.parametrize("kind", KINDS)
def test_f1_of_each_kind(kind: str) -> None:
    """The F1 of a kind is no lower than its floor."""
    assert macro_f1(of_kind(kind)) >= FLOORS["f1"][kind]


@pytest.mark.parametrize("case", [case["case"] for case in CASES if case["kind"].startswith("clean")])
def test_clean_text_loses_nothing(case: str, request: pytest.FixtureRequest) -> None:
    """From a clean text nothing is cut: every word of it is left."""
    if case in FLOORS["known_losses"]:
        request.applymarker(pytest.mark.xfail(strict=True, reason=FLOORS["known_losses"][case]))
    assert scores()[case].recall == 1.0


def test_headlines_are_recognised() -> None:
    """No smaller share of the headlines than the floor comes out as titles."""
    wrong = sorted(
        case["case"] for case in CASES if (extracted(case["file"]).title or "").split() != case["title"].split()
    )
    assert len(wrong) <= (1 - FLOORS["headlines"]["share"]) * len(CASES), wrong


def test_damage_overall() -> None:
    """No greater share of the cases than the ceiling loses over 2 % of its article."""
    damaged = sorted(name for name, result in scores().items() if result.damaged)
    assert len(damaged) <= FLOORS["damaged"]["share"] * len(scores()), damaged


def test_confidence_of_the_sure() -> None:
    """Of the cases that are published with .9 or more, no smaller share is right than the floor."""
    sure = [case for case in CASES if min(confidences(case["file"])) >= 0.9]
    right = [case for case in sure if is_right(case["truth"], "\n".join(cleaned(case["file"])))]
    assert len(right) >= FLOORS["confidence"]["right"] * len(sure) >= FLOORS["confidence"]["right"] * len(CASES) / 2


def confidences(name: str) -> Iterator[float]:
    """Return the confidence of each article of a case."""
    for part in split(extracted(name), config=CONFIG.strip):
        claims = find_claims(part, config=CONFIG.strip)
        yield confidence_of(part, claims, cut(part.text, claims))


def merged_groups() -> dict[str, set[str]]:
    """Return the ids of each cluster that the dedup stage makes of the labelled texts."""
    rows = [
        {
            "id": text["id"],
            "text": text["text"],
            "title": text["title"],
            "author": None,
            "url": None,
            "site": None,
            "published": None,
            "words": count_words(text["text"]),
            "source": text["id"],
        }
        for text in TEXTS
    ]
    schema = {**dict.fromkeys(("author", "url", "site"), pl.String), "published": pl.Date, "words": pl.UInt32}
    found = deduplicate(pl.DataFrame(rows, schema_overrides=schema), config=CONFIG.dedup)
    clusters = defaultdict(set)
    for identity, kept in found.clusters.select("id", "kept_id").iter_rows():
        clusters[kept].add(identity)
    return clusters


def test_copies_join_and_look_alikes_stay_apart() -> None:
    """Every copy stands in the cluster of its base, and no cluster holds two different articles."""
    group = {text["id"]: text["group"] for text in TEXTS}
    wanted = defaultdict(set)
    for identity, name in group.items():
        wanted[name].add(identity)
    assert sorted(map(sorted, merged_groups().values())) == sorted(map(sorted, wanted.values()))
