"""The report of a snapshot: what it says, that it says no more than the tables hold, and the command that writes it."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from prefect.client.orchestration import get_client

from cleaners.records import count_words
from flows.report.numbers import gather
from flows.running.announcements import corpus_key
from flows.snapshots.records import extracted_text, stretches
from tests.flows.conftest import Published, invoke, printed, publish
from tests.flows.report.conftest import BODY, read
from tests.flows.test_reports import artifacts_of


@pytest.fixture(scope="module")
def numbers(reported: Published) -> dict[str, Any]:
    """What is gathered from that snapshot."""
    return gather(reported.current.resolve(), reported.clean / "snapshots")


def test_run_leaves_its_report_and_links_it(reported: Published) -> None:
    """The snapshot holds a report, and the run's artifact links it."""
    page = reported.current.resolve() / "report.html"
    with get_client(sync_client=True) as client:
        artifact = str(artifacts_of(client, reported)[corpus_key(reported.clean)].data)
    assert page.is_file()
    assert page.as_uri() in artifact


def test_fates_and_words_are_those_of_the_tables(reported: Published, numbers: dict[str, Any]) -> None:
    """Fates, words and sites add up to the published tables."""
    fates = dict(read(reported, "audit/fates").group_by("fate").len().iter_rows())
    assert {row["fate"]: row["count"] for row in numbers["fates"]} == fates
    removals = read(reported, "audit/removals").filter(pl.col("reason") != "unsure")
    words = numbers["words"]
    assert words["kept"] == read(reported, "articles")["words"].sum()
    assert words["copies"] == read(reported, "duplicates")["words"].sum()
    assert words["cut"] == sum(map(count_words, removals["text"]))
    assert words["in"] == words["kept"] + words["copies"] + words["cut"]
    assert sum(row["articles"] for row in numbers["sites"]["rows"]) == numbers["reader"]["of"]


def test_records_without_an_article_are_named(numbers: dict[str, Any]) -> None:
    """A fate without an article comes with records that have it and their messages."""
    others = [row for row in numbers["fates"] if row["fate"] not in ("kept", "duplicate")]
    assert others
    assert all(row["examples"] and all(each["message"] for each in row["examples"]) for row in others)


def test_changed_settings_are_named(numbers: dict[str, Any]) -> None:
    """Settings that differ from the defaults stand in the report, and no others."""
    assert numbers["settings"] == [{"name": "publish.min_words", "value": "12"}]


def test_articles_are_put_together_as_they_came(numbers: dict[str, Any], reported: Published) -> None:
    """An article in the reader has its claims' very words where the claims say they are."""
    removals = read(reported, "audit/removals")
    seen = 0
    for article in numbers["reader"]["articles"]:
        if article["source"] == "long.txt":
            continue
        claims = removals.filter(pl.col("id") == article["id"]).sort("start", "end", "rule").to_dicts()
        text = "".join(part for part, _ in article["parts"])
        for claim in claims:
            assert text[claim["start"] : claim["end"]] == claim["text"]
        for part, owner in article["parts"]:
            assert owner == -1 or part in claims[owner]["text"]
            seen += owner >= 0
    assert seen >= 20


def test_long_articles_are_shortened_between_their_cuts(numbers: dict[str, Any]) -> None:
    """Of a long article the stretches between the cuts are shortened, by as much as is said; the cuts stay."""
    (article,) = (each for each in numbers["reader"]["articles"] if each["source"] == "long.txt")
    text = "".join(part for part, _ in article["parts"])
    assert article["words"] > 5_000
    assert len(text) < 14_000
    assert " characters …] " in text
    assert any("READ MORE: Cod prices" in part for part, owner in article["parts"] if owner >= 0)


def test_cut_goes_before_a_suspicion_of_the_same_text() -> None:
    """Where a suspicion overlaps a cut, the text that both claim is shown as cut."""
    claims = [
        {"start": 0, "end": 8, "reason": "unsure", "text": "aaaabbbb"},
        {"start": 4, "end": 6, "reason": "ad", "text": "bb"},
    ]
    text = extracted_text("aaaabbcc", claims)
    assert text == "aaaabbbbcc"
    assert stretches(text, claims) == [("aaaa", 0), ("bb", 1), ("bb", 0), ("cc", -1)]


def test_rules_have_examples_in_context(numbers: dict[str, Any]) -> None:
    """Each rule that cut something is counted and shown with at least one of its cuts."""
    rules = [row for row in numbers["rules"]["rows"] if row["reason"] != "edge"]
    assert len(rules) >= 5
    assert all(row["examples"] for row in rules)
    assert sum(row["count"] for row in numbers["rules"]["rows"]) == sum(row["count"] for row in numbers["reasons"])


def test_least_certain_merges_come_first(numbers: dict[str, Any], reported: Published) -> None:
    """Merges are listed from the smallest share up, and are all that are not exact, if there are few."""
    shares = [pair["containment"] for pair in numbers["pairs"]["merged"]]
    assert shares == sorted(shares)
    assert len(shares) == read(reported, "duplicates").filter(pl.col("verdict") != "exact").height


def test_nearest_rejected_pairs_come_first(numbers: dict[str, Any]) -> None:
    """Pairs kept apart are listed from the largest share down."""
    shares = [pair["containment"] for pair in numbers["pairs"]["apart"]]
    assert shares
    assert shares == sorted(shares, reverse=True)


def test_histogram_counts_every_scored_pair(numbers: dict[str, Any], reported: Published) -> None:
    """Each scored pair that is not exact is in one column of either histogram, beside the thresholds in use."""
    pairs = read(reported, "audit/pairs").filter(pl.col("verdict") != "exact").height
    for measure in numbers["similarity"].values():
        assert sum(row["kept"] + row["other"] for row in measure["rows"]) == pairs
    assert {"at": 0.7, "name": "contained_min"} in numbers["similarity"]["share"]["lines"]


def test_review_samples_every_stratum(numbers: dict[str, Any]) -> None:
    """What is to be reviewed has something of each rule that cut and of each verdict, and of what was left in."""
    review = numbers["review"]
    got = {(item["kind"], item["stratum"]) for item in review["items"]}
    assert got == {(kind, name) for kind, strata in review["strata"].items() for name in strata}
    assert {kind for kind, _ in got} >= {"cut", "merge", "apart", "left in"}


def test_command_writes_the_report_of_a_run(reported: Published, tmp_path: Path) -> None:
    """`winnow report` writes the same page as the run, for the current snapshot and for one that is named."""
    name = reported.manifest["run_id"]
    for number, run in enumerate(([], [name], [name[:15]])):
        out = tmp_path / f"{number}.html"
        result = invoke("report", *run, "--clean", reported.clean, "--out", out)
        assert (result.exit_code, result.stderr) == (0, "")
        assert out.read_bytes() == (reported.current / "report.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.html", "1.html", "2.html"]


def test_command_says_which_snapshots_there_are(reported: Published) -> None:
    """A run that is not there exits 2 and is answered with those that are."""
    told = printed("report", "2001", clean=reported.clean, status=2)
    said = f"'2001' names no kept snapshots of {reported.clean}; there are {reported.manifest['run_id']}"
    assert said in told


def test_command_says_what_it_cannot_write_or_read(reported: Published, tmp_path: Path) -> None:
    """A report that cannot be written, and a snapshot that cannot be read, are named in one line."""
    (line,) = printed("report", "--out", tmp_path / "none/report.html", clean=reported.clean, status=2).splitlines()
    assert f"cannot write the report {tmp_path / 'none/report.html'}: No such file" in line
    shutil.copytree(reported.clean, tmp_path / "clean", symlinks=True)
    (tmp_path / "clean/current/audit/pairs/part-00000.parquet").write_bytes(b"PAR1 and no more")
    (line,) = printed("report", clean=tmp_path / "clean", status=2).splitlines()
    assert "is damaged (" in line


def test_damaged_snapshot_is_left_out_of_the_trend(reported: Published, tmp_path: Path) -> None:
    """An older snapshot that cannot be read costs the reports after it nothing but its line in the trend."""
    older = tmp_path / "20200101T000000.000000-older"
    shutil.copytree(reported.current, older)
    shutil.rmtree(older / "articles")
    manifest = reported.manifest | {"run_id": older.name}
    (older / "manifest.json").write_text(json.dumps(manifest))
    assert [row["run_id"] for row in gather(reported.current, tmp_path)["trend"]] == [reported.manifest["run_id"]]


def test_run_without_its_report_is_published(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """A report that cannot be made, here for an older snapshot that no run has made, costs a warning and no more."""
    raw, older = tmp_path / "raw", tmp_path / "clean" / "snapshots" / "20200101T000000.000000-older"
    raw.mkdir()
    older.mkdir(parents=True)
    (older / "manifest.json").write_text("{}")
    (raw / "pier.txt").write_text(f"Pier\n\n{BODY}")
    published = publish(raw, tmp_path / "clean")
    with get_client(sync_client=True) as client:
        artifact = str(artifacts_of(client, published)[corpus_key(published.clean)].data)
    assert read(published, "articles").height == 1
    assert not (published.current / "report.html").exists()
    assert "**warning**: no report was written (" in artifact
