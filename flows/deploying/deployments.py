"""The deployments that prefect.yaml declares: their creation on a server for any folders, and a worker for them."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from flows.errors import UsageError
from flows.running import orchestrator

# isort: split
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType

from flows.corpus import clean_corpus
from flows.deploying.automations import set_up
from flows.folders.run_folders import named_folders
from flows.settings import settings_file, settings_of_run

# The package has a copy of the checkout's file.
DECLARATION = "prefect.yaml"
POOL = "winnow"  # the work pool that the file names
_STOP_SECONDS = 10.0  # given to runs to end


def deploy_all(
    raw: Path, clean: Path, config: Path | None, cron: str | None, timezone: str | None, notify: str | None
) -> list[str]:
    """Create work pool, deployments and automations on the configured server; return a line about each."""
    orchestrator.require_server()
    # Absolute, since a run does not work in the folder that it was deployed from.
    source, corpus = named_folders(raw, clean)
    folders = {"raw": str(source), "clean": str(corpus)}
    if (file := settings_file(config)) is not None:
        settings_of_run(file)
        folders["config"] = str(file)
    changed = {key: value for key, value in (("cron", cron), ("timezone", timezone)) if value is not None}
    with get_client(sync_client=True) as client:
        there = [_existing(client, declared["name"]) for declared in _declared()]
        made = [
            _deployment(declared, folders, changed, existing)
            for declared, existing in zip(_declared(), there, strict=True)
        ]
        with suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        watching = set_up(client, clean_corpus.name, corpus, notify)
    for deployment in made:
        deployment.apply(work_pool_name=POOL)
    return [*map(_described, made), *(f"automation {name}" for name in watching)]


def work() -> int:
    """Run a worker for the deployments until this process is stopped; return the worker's exit status.

    When Prefect's worker is stopped, it kills its runs, and their states stay Running. So this stops the runs first,
    which then end in the state Cancelled, and shields the worker from signals that a terminal sends to all processes.
    """
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start", "--pool", POOL]
    worker = subprocess.Popen(command, start_new_session=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        for run in _children(worker.pid):
            with suppress(ProcessLookupError):
                os.kill(run, signal.SIGTERM)
        while _children(worker.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        worker.send_signal(signal.SIGINT)

    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, stop)
    return worker.wait()


def _children(process: int) -> list[int]:
    """Return the ids of a process's children that still run."""
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # the thread has just ended
            found += map(int, children.read_text().split())
    return found


def _existing(client: SyncPrefectClient, name: str) -> DeploymentResponse | None:
    try:
        return client.read_deployment_by_name(f"{clean_corpus.name}/{name}")
    except ObjectNotFound:
        return None


def _deployment(
    declared: dict[str, Any], folders: dict[str, str], changed: dict[str, str], existing: DeploymentResponse | None
) -> RunnerDeployment:
    """Return a declared deployment for these folders and, if given, another time; what was paused stays paused."""
    paused = {schedule.slug for schedule in existing.schedules if not schedule.active} if existing else set()
    try:
        made = clean_corpus.to_deployment(
            name=declared["name"],
            description=declared["description"],
            parameters=folders,
            tags=declared["tags"],
            schedules=[
                Schedule(**schedule | changed, active=schedule["slug"] not in paused)
                for schedule in declared.get("schedules", [])
            ],
            paused=bool(existing and existing.paused),
            # Stated as None, so that the limit of an earlier version goes.
            concurrency_limit=None,
            job_variables=declared["work_pool"]["job_variables"],
            # A path would only hold on this machine and for this installation.
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
    except ValueError as error:
        if not changed:
            raise
        given = " ".join(f"--{key} {value!r}" for key, value in changed.items())
        raise UsageError(f"{given}: not a time that can be scheduled, as --cron '0 5 * * *' --timezone UTC") from error
    assert isinstance(made, RunnerDeployment)
    return made


def _described(deployment: RunnerDeployment) -> str:
    times = [made.schedule for made in deployment.schedules or []]
    when = [f"{time.cron} {time.timezone}" for time in times if isinstance(time, CronSchedule)]
    folders = f"{deployment.parameters['raw']} into {deployment.parameters['clean']}"
    settings = f", settings of {deployment.parameters['config']}" if "config" in deployment.parameters else ""
    return f"{deployment.full_name}: {folders}, {', '.join(when) or 'when asked to'}{settings}"


def _declared() -> list[dict[str, Any]]:
    text = files("flows").joinpath(DECLARATION).read_text(encoding="utf-8")
    deployments: list[dict[str, Any]] = yaml.safe_load(text)["deployments"]
    return deployments
