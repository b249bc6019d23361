"""Gates: what is found too much is warned of or refuses the run, as each is set."""

import json
import subprocess

import pytest

from flows.cli import _print_summary
from flows.gates import GateError, GatesConfig, check_gates
from flows.settings import Settings, settings_fingerprint
from tests.flows.conftest import Published, publish
from tests.flows.test_cli import winnow

NEWS = (
    "The clock of Hale church has stopped, and nobody in Hale can say when, since all of them had gone by it. The "
    "sexton has climbed the tower with a candle and a sandwich, and has been heard to wind something until late. "
)
COUNTS = {"articles": 80, "fate kept": 80, "fate too_short": 20, "characters": 1000, "characters_cut": 300}


@pytest.fixture(scope="module")
def corpus(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus of one article and one empty file, which its gates warn of."""
    raw = tmp_path_factory.mktemp("gates") / "raw"
    raw.mkdir()
    (raw / "clock.txt").write_text(NEWS)
    (raw / "empty.txt").touch()
    return publish(raw, raw.with_name("clean"))


def test_warnings_stand_in_the_manifest(corpus: Published) -> None:
    """By default a gate that is shut is a warning, which the manifest of the snapshot keeps."""
    manifest = json.loads((corpus.current / "manifest.json").read_text())
    assert manifest["warnings"] == ["gates.no_text: 1 of 2 records are no_text, over 0.1 of them"]


def test_run_says_what_it_warns_of(corpus: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """What `winnow run` prints at its end has the warnings under the table."""
    _print_summary(corpus.manifest, corpus.clean)
    assert "Warning: gates.no_text: 1 of 2 records are no_text, over 0.1 of them\n" in capsys.readouterr().out


def failing(corpus: Published, env: dict[str, str], *gates: str) -> subprocess.CompletedProcess[str]:
    """Run into the corpus with some settings of gates."""
    assign = [part for gate in gates for part in ("--set", f"gates.{gate}")]
    return winnow("run", "--quiet", "--raw", str(corpus.raw), "--clean", str(corpus.clean), *assign, env=env)


def test_failed_gates_publish_nothing(corpus: Published, prefect_environment: dict[str, str]) -> None:
    """A gate that is set to fail ends the run with status 1 and its name, and leaves the snapshot before."""
    before = corpus.current.resolve()
    result = failing(corpus, prefect_environment, "no_text=fail", "fewest=fail", "fewest_bound=5")
    assert result.returncode == 1
    assert "nothing was published" in result.stderr
    assert "gates.no_text: 1 of 2 records" in result.stderr
    assert "gates.fewest: 1 articles, fewer than 5" in result.stderr
    assert "Traceback" not in result.stderr
    assert corpus.current.resolve() == before


@pytest.mark.parametrize(
    ("gates", "warned"),
    [
        ({}, []),
        ({"too_short_bound": 0.2}, []),
        ({"too_short_bound": 0.19}, ["gates.too_short: 20 of 100 records are too_short, over 0.19 of them"]),
        ({"too_short_bound": 0.1, "too_short": "off"}, []),
        ({"cut_bound": 0.29}, ["gates.cut: 30.0% of the characters are cut, over 29.0%"]),
        ({"fewest_bound": 81}, ["gates.fewest: 80 articles, fewer than 81"]),
    ],
)
def test_a_gate_is_shut_beyond_its_bound(gates: dict[str, float | str], warned: list[str]) -> None:
    """A share up to the bound passes, a greater one does not, and a gate that is off says nothing."""
    assert check_gates(GatesConfig.model_validate(gates), COUNTS, 0) == warned


@pytest.mark.parametrize("had", [60, 110])
def test_drift_goes_both_ways(had: int) -> None:
    """Many more articles than in the snapshot before shut the gate as many fewer do."""
    with pytest.raises(GateError, match=rf"gates\.drift: 80 articles, {had} in the snapshot before: "):
        check_gates(GatesConfig(drift="fail"), COUNTS, had)
    assert check_gates(GatesConfig(drift="fail", drift_bound=0.5), COUNTS, had) == []


def test_gates_shape_no_corpus() -> None:
    """Other gates give the same corpus, and so the same fingerprint."""
    other = Settings.model_validate({"gates": {"cut": "fail"}})
    assert settings_fingerprint(other) == settings_fingerprint(Settings())
