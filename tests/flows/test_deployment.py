"""Deployments on a real server, run by a real process worker."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.flows.conftest import SAMPLE

PROJECT = Path(__file__).parents[2]
PREFECT = [sys.executable, "-m", "prefect", "--no-prompt"]


@pytest.fixture(scope="module")
def worker(
    prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """A process worker on the pool that `winnow deploy` created."""
    command = [str(Path(sys.executable).with_name("winnow")), "deploy"]
    subprocess.run(command, cwd=PROJECT, env=prefect_environment, check=True, capture_output=True)
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*PREFECT, "worker", "start", "--pool", "winnow"],
            cwd=PROJECT,
            env=prefect_environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    yield process
    process.terminate()
    process.wait(timeout=60)


def test_manual_deployment_publishes(
    worker: subprocess.Popen[bytes], prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    """`prefect deployment run` with parameters, watched to its end, publishes Parquet where it was told to."""
    shutil.copytree(SAMPLE / "wire", tmp_path / "raw")
    parameters = {"raw": str(tmp_path / "raw"), "clean": str(tmp_path / "clean")}
    given = [f"--param={name}={value}" for name, value in parameters.items()]
    settings = "--param=settings=" + json.dumps({"publish": {"min_words": 5}})
    command = [*PREFECT, "deployment", "run", "clean-corpus/manual", *given, settings, "--watch"]
    result = subprocess.run(
        command, cwd=tmp_path, env=prefect_environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert pl.read_parquet(tmp_path / "clean/current/articles/*.parquet").height > 0
    manifest = json.loads((tmp_path / "clean/current/manifest.json").read_text())
    assert manifest["settings"]["publish"]["min_words"] == 5


def test_wrong_parameter_is_refused(worker: subprocess.Popen[bytes], prefect_environment: dict[str, str]) -> None:
    """The server itself refuses a setting out of range, before anything runs."""
    settings = "--param=settings=" + json.dumps({"publish": {"min_words": 0}})
    command = [*PREFECT, "deployment", "run", "clean-corpus/manual", settings]
    result = subprocess.run(command, env=prefect_environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "min_words" in result.stdout + result.stderr


def test_nightly_is_scheduled_and_never_queues(
    worker: subprocess.Popen[bytes], prefect_environment: dict[str, str]
) -> None:
    """The nightly deployment has an off-peak cron, one run at a time, and cancels what comes while it runs."""
    command = [*PREFECT, "deployment", "inspect", "clean-corpus/nightly", "--output", "json"]
    result = subprocess.run(command, env=prefect_environment, capture_output=True, text=True, check=True)
    nightly = json.loads(result.stdout)
    assert [schedule["schedule"]["cron"] for schedule in nightly["schedules"]] == ["23 3 * * *"]
    assert nightly["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert nightly["global_concurrency_limit"]["limit"] == 1
