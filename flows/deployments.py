"""The deployments that prefect.yaml declares, created on a server or served from this process, for any folders."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from flows import orchestrator
from flows.errors import UsageError

# isort: split
import prefect
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType

from flows.corpus import clean_corpus

# The checkout's own, which the package has a copy of.
DECLARATION = "prefect.yaml"


def deploy_all(raw: Path, clean: Path, cron: str | None, timezone: str | None) -> list[str]:
    """Create the work pools and the deployments on the configured server; return a line on each for people."""
    orchestrator.require_server()
    pools = {declared["name"]: declared["work_pool"]["name"] for declared in _declared()}
    made = _deployments(raw, clean, cron, timezone)
    with get_client(sync_client=True) as client:
        for name in sorted(set(pools.values())):
            try:
                client.create_work_pool(WorkPoolCreate(name=name, type="process"))
            except ObjectAlreadyExists:
                continue
    for deployment in made:
        deployment.apply(work_pool_name=pools[deployment.name])
    return [_described(deployment) for deployment in made]


def serve_all(raw: Path, clean: Path, cron: str | None, timezone: str | None) -> None:
    """Serve the deployments until the process is stopped."""
    orchestrator.require_server()
    prefect.serve(*_deployments(raw, clean, cron, timezone))


def _deployments(raw: Path, clean: Path, cron: str | None, timezone: str | None) -> list[RunnerDeployment]:
    """Return what prefect.yaml declares, for these folders and, if it is given, another time."""
    # Where a run works is not where it was deployed from.
    folders = {"raw": str(raw.absolute()), "clean": str(clean.absolute())}
    changed = {key: value for key, value in (("cron", cron), ("timezone", timezone)) if value is not None}
    return [_deployment(declared, folders, changed) for declared in _declared()]


def _deployment(declared: dict[str, Any], folders: dict[str, str], changed: dict[str, str]) -> RunnerDeployment:
    try:
        made = clean_corpus.to_deployment(
            name=declared["name"],
            description=declared["description"],
            parameters=folders,
            schedules=[Schedule(**schedule | changed) for schedule in declared.get("schedules", [])],
            concurrency_limit=ConcurrencyLimitConfig(**declared["concurrency_limit"]),
            # A path would be one of this machine and this installation.
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
    return f"{deployment.full_name}: {folders}, {', '.join(when) or 'when asked to'}"


def _declared() -> list[dict[str, Any]]:
    text = files("flows").joinpath(DECLARATION).read_text(encoding="utf-8")
    deployments: list[dict[str, Any]] = yaml.safe_load(text)["deployments"]
    return deployments
