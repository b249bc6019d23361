"""Deployments on a real server, run by a real process worker."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def run_manual(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Run the manual deployment over some of the sample and watch it to its end; return the published manifest."""
    shutil.copytree(SAMPLE / "wire", folder / "raw")
    parameters = {"raw": folder / "raw", "clean": folder / "clean", "settings": '{"publish": {"min_words": 5}}'}
    given = [f"--param={name}={value}" for name, value in parameters.items()]
    command = [*PREFECT, "deployment", "run", "clean-corpus/manual", *given, "--watch"]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    manifest: dict[str, Any] = json.loads((folder / "clean/current/manifest.json").read_text())
    return manifest


def test_served_deployment_publishes(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """`winnow serve` runs the manual deployment from its own process, without a worker.

    Stands first: once `winnow deploy` has given the deployments a pool, its worker takes their runs.
    """
    with (tmp_path / "serve.log").open("wb") as log:
        command = [str(Path(sys.executable).with_name("winnow")), "serve"]
        server = subprocess.Popen(command, cwd=PROJECT, env=prefect_environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 120
        while b"manual" not in (tmp_path / "serve.log").read_bytes():
            assert server.poll() is None, (tmp_path / "serve.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "serve.log").read_text()
            time.sleep(0.5)
        assert run_manual(tmp_path, prefect_environment)["counts"]["articles"] > 0
    finally:
        server.terminate()
        server.wait(timeout=60)


def test_manual_deployment_publishes(
    worker: subprocess.Popen[bytes], prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    """A run by hand through a worker publishes Parquet, with the settings it was given."""
    manifest = run_manual(tmp_path, prefect_environment)
    assert pl.read_parquet(tmp_path / "clean/current/articles/*.parquet").height == manifest["counts"]["articles"] > 0
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
