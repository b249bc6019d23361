"""Deployments on a real server, made in any folder, run by a real process worker or served, by hand and by schedule."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import IntervalSchedule

from tests.flows.conftest import SAMPLE
from tests.flows.test_cli import WINNOW, winnow

PROJECT = Path(__file__).parents[2]
PREFECT = [sys.executable, "-m", "prefect", "--no-prompt"]
SECONDS = 120  # that a process may take to start, and a run to end


@contextmanager
def started(command: list[str], folder: Path, environment: dict[str, str], ready: str) -> Iterator[None]:
    """Have a process at work in a folder, from when it has said that it is ready."""
    log = folder / "process.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + SECONDS
        while ready not in (text := log.read_text(errors="replace")):
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def worked(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that `winnow deploy` was called in, whose raw/ has some files, with a worker that runs elsewhere."""
    folder = tmp_path_factory.mktemp("deployed")
    shutil.copytree(SAMPLE / "wire", folder / "raw")
    result = winnow("deploy", cwd=folder, env=prefect_environment)
    assert result.returncode == 0, result.stderr
    elsewhere = tmp_path_factory.mktemp("worker")
    with started([*PREFECT, "worker", "start", "--pool", "winnow"], elsewhere, prefect_environment, "started!"):
        yield folder


def run_on_schedule(clean: Path) -> FlowRun:
    """Give the nightly deployment a time a few seconds ahead, and wait for the run that the server then makes."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("clean-corpus/nightly").id
        before = {run.id for run in _runs(client, deployment)}
        soon = IntervalSchedule(interval=timedelta(days=1), anchor_date=datetime.now(UTC) + timedelta(seconds=5))
        (schedule,) = client.create_deployment_schedules(
            deployment, [DeploymentScheduleCreate(schedule=soon, active=True)]
        )
        deadline = time.monotonic() + SECONDS
        try:
            while not (ended := [run for run in _runs(client, deployment) if run.id not in before and _is_over(run)]):
                assert time.monotonic() < deadline, "no run was made in time, or it does not end"
                time.sleep(0.5)
        finally:
            client.delete_deployment_schedule(deployment, schedule.id)
    assert (clean / "current" / "manifest.json").is_file()
    (run,) = ended
    return run


def _runs(client: SyncPrefectClient, deployment: UUID) -> list[FlowRun]:
    return client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])))


def _is_over(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_final()


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


def nightly(environment: dict[str, str]) -> dict[str, Any]:
    """Return what the server has of the nightly deployment."""
    command = [*PREFECT, "deployment", "inspect", "clean-corpus/nightly", "--output", "json"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    shown: dict[str, Any] = json.loads(result.stdout)
    return shown


def test_served_deployment_runs_on_schedule(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """`winnow serve`, in any folder, runs what the server's scheduler makes, without a worker, and it publishes.

    Stands first: once `winnow deploy` has given the deployments a pool, its worker takes their runs.
    """
    shutil.copytree(SAMPLE / "wire", tmp_path / "raw")
    with started([WINNOW, "serve"], tmp_path, prefect_environment, "manual"):
        run = run_on_schedule(tmp_path / "clean")
    assert (run.auto_scheduled, run.state_name) == (True, "Completed")


def test_deployment_runs_on_schedule(worked: Path) -> None:
    """What `winnow deploy` has made in one folder, a worker in another runs when it is time, and it publishes."""
    run = run_on_schedule(worked / "clean")
    assert (run.auto_scheduled, run.state_name) == (True, "Completed")
    assert pl.read_parquet(worked / "clean/current/articles/*.parquet").height > 0


def test_deployment_of_prefects_own_command_publishes(
    worked: Path, prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    """`prefect deploy --all` in the checkout does the same; a run by hand has the folders and settings it is given."""
    command = [*PREFECT, "deploy", "--all"]
    environment = prefect_environment | {"PWD": str(PROJECT)}
    result = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    manifest = run_manual(tmp_path, prefect_environment)
    assert pl.read_parquet(tmp_path / "clean/current/articles/*.parquet").height == manifest["counts"]["articles"] > 0
    assert manifest["settings"]["publish"]["min_words"] == 5


def test_wrong_parameter_is_refused(worked: Path, prefect_environment: dict[str, str]) -> None:
    """The server itself refuses a setting out of range, before anything runs."""
    settings = "--param=settings=" + json.dumps({"publish": {"min_words": 0}})
    command = [*PREFECT, "deployment", "run", "clean-corpus/manual", settings]
    result = subprocess.run(command, env=prefect_environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "min_words" in result.stdout + result.stderr


def test_nightly_is_scheduled_and_never_queues(worked: Path, prefect_environment: dict[str, str]) -> None:
    """The nightly deployment has an off-peak cron, one run at a time, and cancels what comes while it runs."""
    shown = nightly(prefect_environment)
    assert [schedule["schedule"]["cron"] for schedule in shown["schedules"]] == ["23 3 * * *"]
    assert shown["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert shown["global_concurrency_limit"]["limit"] == 1


def test_folders_and_time_are_what_deploy_is_told(
    worked: Path, prefect_environment: dict[str, str], tmp_path: Path
) -> None:
    """Deployed again, a deployment has the new folders, by their absolute paths, and the new time alone."""
    options = ("--raw", "crawl", "--clean", "/data/corpus", "--cron", "0 5 * * *", "--timezone", "Europe/Berlin")
    result = winnow("deploy", *options, cwd=tmp_path, env=prefect_environment)
    told = f"clean-corpus/nightly: {tmp_path / 'crawl'} into /data/corpus, 0 5 * * * Europe/Berlin"
    assert told in result.stdout.splitlines(), result.stderr
    shown = nightly(prefect_environment)
    assert shown["parameters"] == {"raw": str(tmp_path / "crawl"), "clean": "/data/corpus"}
    times = [(schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) for schedule in shown["schedules"]]
    assert times == [("0 5 * * *", "Europe/Berlin")]


def test_time_that_is_none_is_refused(prefect_environment: dict[str, str]) -> None:
    """A wrong time is said in one line, with status 2."""
    result = winnow("deploy", "--timezone", "Mars/Olympus", env=prefect_environment)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "--timezone 'Mars/Olympus'" in result.stderr
