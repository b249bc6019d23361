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
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, FlowRun, State
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError

from flows.deploying.deployments import deploy_all
from flows.folders.clean_folder import claim_clean_folder
from tests.flows.conftest import SAMPLE, ends_within, invoke, wait_until
from tests.flows.test_cli import WINNOW, winnow
from tests.flows.test_workers import SOON, write_much

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
    (folder / "winnow.toml").write_text("[publish]\nmin_words = 7\n")
    result = winnow("deploy", cwd=folder, env=prefect_environment)
    assert result.returncode == 0, result.stderr
    elsewhere = folder / "worker"
    elsewhere.mkdir()
    with started([*PREFECT, "worker", "start", "--pool", "winnow"], elsewhere, prefect_environment, "started!"):
        yield folder


def run_on_schedule(clean: Path) -> FlowRun:
    """Give the nightly deployment a time a few seconds ahead, and wait for the run that the server then makes."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("clean-corpus/nightly").id
        before = {run.id for run in _runs(client, deployment)}
        # The server looks for changed deployments every 5 seconds, and makes no run for a time that has passed.
        soon = IntervalSchedule(interval=timedelta(days=1), anchor_date=datetime.now(UTC) + timedelta(seconds=15))
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


def start_manual(folder: Path, **others: Any) -> FlowRun:
    """Ask for a run of the manual deployment over `raw` into `clean` of a folder, with other parameters if given."""
    parameters = {"raw": str(folder / "raw"), "clean": str(folder / "clean"), **others}
    run = run_deployment("clean-corpus/manual", parameters=parameters, timeout=0)
    assert isinstance(run, FlowRun)
    return run


def end_of(run: FlowRun) -> State[Any]:
    """Wait for the end of a run; return the state it ended in."""
    deadline = time.monotonic() + SECONDS
    with get_client(sync_client=True) as client:
        while not (state := client.read_flow_run(run.id).state) or not state.is_final():
            assert time.monotonic() < deadline, state
            time.sleep(0.1)
    return state


def nightly() -> DeploymentResponse:
    """Return what the server has of the nightly deployment."""
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name("clean-corpus/nightly")


def deploy_again(folder: Path) -> None:
    """Do what `winnow deploy` does, in this process."""
    deploy_all(folder / "raw", folder / "clean", None, None, None, None)


@pytest.mark.slow
def test_one_run_makes_up_for_a_downtime(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """Of the runs that came due while no worker was there, `winnow serve` does the last, and the others say so.

    Stands first: later another worker may take the runs.
    """
    shutil.copytree(SAMPLE / "wire", tmp_path / "raw")
    assert winnow("deploy", cwd=tmp_path, env=prefect_environment).returncode == 0
    start = datetime.now(UTC) + timedelta(seconds=20)  # the scheduler makes runs of the future alone
    often = RRuleSchedule(rrule=f"DTSTART:{start:%Y%m%dT%H%M%SZ}\nRRULE:FREQ=SECONDLY;COUNT=3")
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("clean-corpus/nightly").id
        client.create_deployment_schedules(deployment, [DeploymentScheduleCreate(schedule=often, active=True)])

        def due() -> list[FlowRun]:
            soon = datetime.now(UTC) + timedelta(minutes=1)
            return [
                run for run in _runs(client, deployment) if run.expected_start_time and run.expected_start_time < soon
            ]

        wait_until(lambda: len(due()) == 3 and datetime.now(UTC) > start + timedelta(seconds=4), SECONDS)
        with started([WINNOW, "serve"], tmp_path, prefect_environment, "started!"):
            wait_until(lambda: all(map(_is_over, due())), 2 * SECONDS)
        runs = sorted(due(), key=lambda run: str(run.expected_start_time))
    last = f"late: the run of {start + timedelta(seconds=2):%F %T} UTC does its work"
    assert [(run.state_name, run.state and run.state.message) for run in runs[:2]] == [("Cancelled", last)] * 2
    assert (runs[2].auto_scheduled, runs[2].state_name) == (True, "Completed"), runs[2].state


@pytest.mark.slow
def test_serving_ends_its_runs(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """A run that works when `winnow serve` is stopped ends with it, Cancelled, and no process of it is left."""
    write_much(tmp_path / "raw")
    with started([WINNOW, "serve"], tmp_path, prefect_environment, "started!"):
        run = start_manual(tmp_path)
        wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")), SECONDS)
    with claim_clean_folder(tmp_path / "clean", "the next run"), get_client(sync_client=True) as client:
        assert client.read_flow_run(run.id).state_name == "Cancelled"


def test_deployment_runs_on_schedule(worked: Path) -> None:
    """What `winnow deploy` has made in one folder, a worker in another runs when it is time, and it publishes."""
    run = run_on_schedule(worked / "clean")
    assert (run.auto_scheduled, run.state_name) == (True, "Completed")
    assert pl.read_parquet(worked / "clean/current/articles/*.parquet").height > 0
    manifest = json.loads((worked / "clean/current/manifest.json").read_text())
    assert manifest["settings"]["publish"]["min_words"] == 7, "the settings file that stood where it was deployed"


@pytest.mark.slow
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


@pytest.mark.slow
def test_cancelled_run_ends_soon(worked: Path, prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """`prefect flow-run cancel` ends a run within 5 s, Cancelled; staging is gone, and the next run publishes."""
    write_much(tmp_path / "raw")
    run = start_manual(tmp_path)
    wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")), SECONDS)
    subprocess.run([*PREFECT, "flow-run", "cancel", str(run.id)], env=prefect_environment, check=True)
    with ends_within(SOON):
        assert end_of(run).name == "Cancelled"
        with claim_clean_folder(tmp_path / "clean", "the next run"):
            pass
    assert not (tmp_path / "clean" / ".staging").exists()
    shutil.rmtree(tmp_path / "raw")
    shutil.copytree(SAMPLE / "wire", tmp_path / "raw")
    assert end_of(start_manual(tmp_path)).name == "Completed"


def test_run_that_finds_the_folder_taken_is_cancelled(worked: Path, tmp_path: Path) -> None:
    """A run that comes while another publishes into its folder ends Cancelled, and its state says by whom."""
    (tmp_path / "raw").mkdir()
    with claim_clean_folder(tmp_path / "clean", "run 17"):
        state = end_of(start_manual(tmp_path))
    assert state.name == "Cancelled"
    assert f"another run is publishing into {tmp_path / 'clean'}: run 17, process " in str(state.message)


@pytest.mark.slow
def test_wrong_request_is_told_in_one_line(worked: Path, tmp_path: Path) -> None:
    """What only the run can see to be wrong its state says in one line, at once, and the log has no traceback."""
    (tmp_path / "raw").mkdir()
    wrong = {
        "the raw folder ftp://host/news is an address": start_manual(tmp_path, raw="ftp://host/news"),
        "setting dedup = {'permutations': 130}: value error, permutations (130) must be": start_manual(
            tmp_path, settings={"dedup": {"permutations": 130}}
        ),
    }
    for said, run in wrong.items():
        state = end_of(run)
        assert (state.name, str(state.message)[: len(said)]) == ("Failed", said)
        assert len(str(state.message).splitlines()) == 1
    assert not (tmp_path / "clean").exists()
    assert "Traceback" not in (worked / "worker" / "process.log").read_text()


def test_wrong_parameter_is_refused(worked: Path) -> None:
    """The server itself refuses a setting out of range, before anything runs."""
    with pytest.raises(PrefectHTTPStatusError, match="min_words"):
        start_manual(worked, settings={"publish": {"min_words": 0}})


def test_nightly_is_scheduled_and_has_no_limit(worked: Path) -> None:
    """The nightly deployment has an off-peak cron; a limit that an earlier version gave it goes."""
    with get_client(sync_client=True) as client:
        options = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
        client.update_deployment(nightly().id, DeploymentUpdate(concurrency_limit=1, concurrency_options=options))
    assert nightly().global_concurrency_limit is not None
    deploy_again(worked)
    assert (nightly().global_concurrency_limit, nightly().concurrency_options) == (None, None)
    (time,) = [schedule.schedule for schedule in nightly().schedules]
    assert isinstance(time, CronSchedule)
    assert time.cron == "23 3 * * *"


def test_paused_nightly_stays_paused(worked: Path) -> None:
    """What was paused, the deployment or its schedule, stays so when it is deployed again; so does what was resumed."""
    with get_client(sync_client=True) as client:
        for paused, active in ((True, True), (False, False), (False, True)):
            client.update_deployment(nightly().id, DeploymentUpdate(paused=paused))
            client.update_deployment_schedule(nightly().id, nightly().schedules[0].id, active=active)
            deploy_again(worked)
            shown = nightly()
            assert (shown.paused, [schedule.active for schedule in shown.schedules]) == (paused, [active])


def test_folders_and_time_are_what_deploy_is_told(
    worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deployed again, a deployment has the new folders, by their absolute paths, and the new time alone."""
    options = ("--raw", "crawl", "--clean", "/data/corpus", "--cron", "0 5 * * *", "--timezone", "Europe/Berlin")
    monkeypatch.chdir(tmp_path)
    result = invoke("deploy", *options)
    told = f"clean-corpus/nightly: {tmp_path / 'crawl'} into /data/corpus, 0 5 * * * Europe/Berlin"
    assert told in result.stdout.splitlines(), result.stderr
    shown = nightly()
    assert shown.parameters == {"raw": str(tmp_path / "crawl"), "clean": "/data/corpus"}
    times = [schedule.schedule for schedule in shown.schedules if isinstance(schedule.schedule, CronSchedule)]
    assert [(time.cron, time.timezone) for time in times] == [("0 5 * * *", "Europe/Berlin")]
    with get_client(sync_client=True) as client:
        try:
            wait_until(lambda: _local_times(client, shown.id) == {(5, 0)}, SECONDS / 2)
        except AssertionError:
            # Prefect's scheduler reads the times of deployments that were changed within the last six seconds in one
            # transaction, and writes their runs in another. Told a new time between the two, it writes runs of the old
            # time, which stay, once in some thirty runs of this test. Deployed once more, they go.
            invoke("deploy", *options)
            wait_until(lambda: _local_times(client, shown.id) == {(5, 0)}, SECONDS)


def _local_times(client: SyncPrefectClient, deployment: UUID) -> set[tuple[int, int]]:
    """Return the hours and minutes in Berlin of the runs that wait, a hundred days, with the clock changed or not."""
    berlin = ZoneInfo("Europe/Berlin")
    times = [run.expected_start_time for run in _runs(client, deployment) if run.state_name == "Scheduled"]
    return {(time.astimezone(berlin).hour, time.astimezone(berlin).minute) for time in times if time is not None}


def test_time_that_is_none_is_refused(prefect_environment: dict[str, str]) -> None:
    """A wrong time is said in one line, with status 2."""
    result = invoke("deploy", "--timezone", "Mars/Olympus")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "--timezone 'Mars/Olympus'" in result.stderr
