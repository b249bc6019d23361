"""Gates: what is found too much is warned of or refuses the run, as each is set."""

import html
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from prefect.client.orchestration import get_client

from flows.cli import _print_summary
from flows.gates import GateError, GatesConfig, Measured, SiteCount, check_gates, measured_of
from flows.report.numbers import gather
from flows.running.announcements import corpus_key
from flows.settings import Settings, settings_fingerprint
from tests.flows.conftest import Published, invoke, publish
from tests.flows.test_reports import artifacts_of

NEWS = (
    "The clock of Hale church has stopped, and nobody in Hale can say when, since all of them had gone by it. The "
    "sexton has climbed the tower with a candle and a sandwich, and has been heard to wind something until late. "
)
LINK = "READ MORE: Nine bells of the county that ring at the wrong hour, and the people who love them all the same"
PLACES = {"Tarn": "goats", "Overby": "geese", "Hov": "bees"}
GATES = {"site_articles": 3, "site_cut_bound": 0.25, "no_text_bound": 0.1}
COUNTS = {"articles": 80, "fate kept": 80, "fate too_short": 20, "characters": 1000, "characters_cut": 300}


def measured(**sites: tuple[int, int, int]) -> Measured:
    """Return what gates look at: the counts above, and sites by articles, characters and characters cut."""
    return Measured(COUNTS, {f"{name}.example": SiteCount(*counts) for name, counts in sites.items()})


def pages(raw: Path, links: int) -> None:
    """Write three pages of one site that share no story, each with some link lines."""
    rows = [
        {
            "url": f"https://bells.example/{place}",
            "text": f"The mayor of {place} has been chased round the church of {place} by {what}.\n\n"
            + f"{LINK}, of {place}\n\n" * links
            + f"A court in {place} will say on Monday to whom the {what} belong, and whether {place} may keep them.",
        }
        for place, what in PLACES.items()
    ]
    (raw / "bells.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def corpus(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus of one article, three pages of which much is cut, and one empty file, which its gates warn of."""
    raw = tmp_path_factory.mktemp("gates") / "raw"
    raw.mkdir()
    (raw / "clock.txt").write_text(NEWS)
    (raw / "empty.txt").touch()
    pages(raw, links=1)
    return publish(raw, raw.with_name("clean"), gates=GATES)


@pytest.fixture(scope="module")
def next_night(corpus: Published) -> Published:
    """The next run, in which nothing is cut of that site any more, and the empty file is gone."""
    raw, clean = (corpus.clean.with_name(f"next-{name}") for name in ("raw", "clean"))
    shutil.copytree(corpus.raw, raw)
    shutil.copytree(corpus.clean, clean, symlinks=True)
    pages(raw, links=0)
    (raw / "empty.txt").unlink()
    return publish(raw, clean, gates=GATES)


def test_warnings_stand_in_the_manifest(corpus: Published) -> None:
    """By default a gate that is shut is a warning, which the manifest of the snapshot keeps."""
    manifest = json.loads((corpus.current / "manifest.json").read_text())
    lost, cut = manifest["warnings"]
    assert lost == "gates.no_text: 20.0% of the records are no_text (1 of 5), more than 10%"
    share = manifest["sites"]["bells.example"]["characters_cut"] / manifest["sites"]["bells.example"]["characters"]
    told = f"bells.example {share:.1%} (3 articles)"
    assert cut == f"gates.site_cut: more than 25.0% of the characters are cut at these sites: {told}"


def test_sites_are_counted_as_the_tables_have_them(corpus: Published) -> None:
    """The characters of a site are those of its articles' texts and cuts; sites with few articles are not counted."""
    (counts,) = corpus.manifest["sites"].values()
    articles = pl.read_parquet(corpus.current / "articles/*.parquet").filter(site="bells.example")
    cuts = pl.read_parquet(corpus.current / "audit/removals/*.parquet").filter(pl.col("reason") != "unsure")
    cut = sum(map(len, cuts.join(articles, on="id", how="semi")["text"]))
    kept = sum(map(len, articles["text"]))
    assert counts == {"articles": 3, "characters": kept + cut, "characters_cut": cut}


def test_drift_is_warned_of_everywhere(next_night: Published) -> None:
    """What is cut and lost is held against the snapshot before; warnings stand in manifest, report and artifact."""
    warnings = next_night.manifest["warnings"]
    assert [warning.partition(":")[0] for warning in warnings] == [
        "gates.cut_drift",
        "gates.lost_drift",
        "gates.site_cut_drift",
    ]
    assert "no_text 0.0%, 20.0% in the snapshot before, more than 5 points apart" in warnings[1]
    assert "has changed by more than 15 points at these sites: bells.example 0.0%, " in warnings[2]
    with get_client(sync_client=True) as client:
        artifact = str(artifacts_of(client, next_night)[corpus_key(next_night.clean)].data)
    page = html.unescape((next_night.current / "report.html").read_text())
    assert [warning for warning in warnings if warning not in artifact or warning not in page] == []


def test_run_says_what_it_warns_of(corpus: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """What `winnow run` prints at its end has the warnings under the table."""
    _print_summary(corpus.manifest, corpus.clean)
    assert (
        "Warning: gates.no_text: 20.0% of the records are no_text (1 of 5), more than 10%\n" in capsys.readouterr().out
    )


def test_failed_gates_publish_nothing(corpus: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that is set to fail ends the run with status 1 and its name, and leaves the snapshot before."""
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")  # the command sets it
    before = corpus.current.resolve()
    gates = ["no_text=fail", "fewest=fail", "fewest_bound=5", "site_cut=fail", "site_cut_bound=0.25", "site_articles=3"]
    assign = [part for gate in gates for part in ("--set", f"gates.{gate}")]
    result = invoke("run", "--quiet", "--raw", corpus.raw, "--clean", corpus.clean, *assign)
    assert result.exit_code == 1
    assert "nothing was published" in result.stderr
    assert "gates.no_text: 20.0% of the records" in result.stderr
    assert "gates.fewest: 4 articles, fewer than 5" in result.stderr
    assert "at these sites: bells.example " in result.stderr
    assert corpus.current.resolve() == before


@pytest.mark.parametrize(
    ("gates", "warned"),
    [
        ({}, []),
        ({"too_short_bound": 0.2}, []),
        ({"too_short_bound": 0.19}, ["gates.too_short: 20.0% of the records are too_short (20 of 100), more than 19%"]),
        ({"too_short_bound": 0.1, "too_short": "off"}, []),
        ({"cut_bound": 0.29}, ["gates.cut: 30.0% of the characters are cut, more than 29.0%"]),
        ({"fewest_bound": 81}, ["gates.fewest: 80 articles, fewer than 81"]),
        ({"site_cut_bound": 0.3}, []),
        (
            {"site_cut_bound": 0.2},
            ["gates.site_cut: more than 20.0% of the characters are cut at these sites: a.example 30.0% (40 articles)"],
        ),
    ],
)
def test_a_gate_is_shut_beyond_its_bound(gates: dict[str, float | str], warned: list[str]) -> None:
    """A share up to the bound passes, a greater one does not, and a gate that is off says nothing."""
    assert check_gates(GatesConfig.model_validate(gates), measured(a=(40, 1000, 300), b=(40, 1000, 0)), None) == warned


@pytest.mark.parametrize("had", [60, 110])
def test_drift_goes_both_ways(had: int) -> None:
    """Many more articles than in the snapshot before shut the gate as many fewer do."""
    with pytest.raises(GateError, match=rf"gates\.drift: 80 articles, {had} in the snapshot before: "):
        check_gates(GatesConfig(drift="fail"), measured(), Measured({**COUNTS, "articles": had}, {}))
    wide = GatesConfig(drift="fail", drift_bound=0.5)
    assert check_gates(wide, measured(), Measured({**COUNTS, "articles": had}, {})) == []


def test_report_has_the_trend_over_kept_snapshots(next_night: Published, corpus: Published) -> None:
    """The report counts each kept snapshot by its manifest and tables, the newest first, with what it was warned of."""
    snapshots = next_night.clean / "snapshots"
    found = gather(next_night.current.resolve(), snapshots)["trend"]
    for row, manifest in zip(found, (next_night.manifest, corpus.manifest), strict=True):
        counts = manifest["counts"]
        words = pl.read_parquet(snapshots / manifest["run_id"] / "articles/*.parquet")["words"].sum()
        assert row == {
            "run_id": manifest["run_id"],
            "ended": manifest["ended"],
            "articles": counts["articles"],
            "duplicates": counts["duplicates"],
            "others": counts["records"] - counts["articles"] - counts["duplicates"],
            "characters": counts["characters"],
            "cut": counts["characters_cut"] / counts["characters"],
            "words": words,
            "warnings": manifest["warnings"],
        }
    assert found[1]["cut"] > 0.1
    page = html.unescape((next_night.current / "report.html").read_text())
    assert [warning for warning in corpus.manifest["warnings"] if warning not in page] == []


@pytest.mark.parametrize(("bound", "warned"), [(0.2, []), (0.19, ["a.example", "b.example"])])
def test_sites_drift_both_ways(bound: float, warned: list[str]) -> None:
    """A site of which much more or much less is cut than before is named; one that is new or small is not compared."""
    found = measured(a=(40, 1000, 300), b=(40, 1000, 100), new=(40, 1000, 400))
    before = measured(a=(40, 1000, 100), b=(40, 1000, 300), gone=(40, 1000, 400))
    told = "".join(check_gates(GatesConfig(site_cut_drift_bound=bound), found, before))
    assert [site for site in ("a.example", "b.example", "new.example", "gone.example") if site in told] == warned


def test_many_sites_are_counted_and_the_worst_named() -> None:
    """Of many sites beyond a bound the five furthest are named, and how many there are more."""
    sites = {f"site{at}": (40, 1000, 900 + at) for at in range(8)}
    (told,) = check_gates(GatesConfig(), measured(**sites), None)
    assert told.count("example") == 5
    assert "site7.example 90.7% (40 articles)" in told
    assert "; and 3 more sites" in told


def test_a_snapshot_of_before_these_gates_is_compared() -> None:
    """A manifest without counts of sites is compared by what it has."""
    assert check_gates(GatesConfig(), measured(a=(40, 1000, 300)), measured_of({"counts": COUNTS})) == []


def test_gates_shape_no_corpus() -> None:
    """Other gates give the same corpus, and so the same fingerprint."""
    other = Settings.model_validate({"gates": {"cut": "fail"}})
    assert settings_fingerprint(other) == settings_fingerprint(Settings())
