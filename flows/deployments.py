"""The deployments that prefect.yaml declares: created on a server, or served from this process."""

import os
import subprocess
import sys
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
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Schedule

from flows.corpus import clean_corpus

DECLARATION = Path("prefect.yaml")


def deploy_all() -> int:
    """Create the work pools and deployments of prefect.yaml; return the exit status of `prefect deploy`."""
    declared = _declared()
    _require_server()
    with get_client(sync_client=True) as client:
        for name in sorted({deployment["work_pool"]["name"] for deployment in declared}):
            try:
                client.create_work_pool(WorkPoolCreate(name=name, type="process"))
            except ObjectAlreadyExists:
                continue
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"]
    # Prefect records the folder as the shell names it.
    return subprocess.run(command, env={**os.environ, "PWD": str(Path.cwd())}, check=False).returncode


def serve_all() -> None:
    """Serve the deployments of prefect.yaml until the process is stopped."""
    declared = _declared()
    _require_server()
    prefect.serve(*(_served(deployment) for deployment in declared))


def _served(declared: dict[str, Any]) -> Any:
    limit = declared["concurrency_limit"]
    return clean_corpus.to_deployment(
        name=declared["name"],
        description=declared["description"],
        parameters=declared["parameters"],
        schedules=[Schedule(**schedule) for schedule in declared.get("schedules", [])],
        concurrency_limit=ConcurrencyLimitConfig(**limit),
    )


def _declared() -> list[dict[str, Any]]:
    if not DECLARATION.is_file():
        raise UsageError(f"no {DECLARATION} in {Path.cwd()}: run this in the project's folder")
    deployments: list[dict[str, Any]] = yaml.safe_load(DECLARATION.read_text(encoding="utf-8"))["deployments"]
    return deployments


def _require_server() -> None:
    if orchestrator.api_url() is None:
        raise UsageError(
            "no Prefect server is configured: start one with `prefect server start` and set "
            "PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
