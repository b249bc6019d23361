"""What `winnow doctor` asks the Prefect server: does it answer, does it plan runs, does a worker take them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.running.orchestrator import api_url, require_server

# isort: split
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse

from flows.errors import UsageError
from flows.folders.addresses import folder_named
from flows.health.local import Finding

FLOW = "clean-corpus"
LATE = timedelta(minutes=10)
SILENT = timedelta(minutes=3)  # workers send a heartbeat every half minute


def examine_server(clean: Path) -> Iterator[Finding]:
    """Yield findings about the configured server and the deployments for a clean folder or address."""
    if api_url() is None:
        found = "none is configured (PREFECT_API_URL): each run starts its own"
        yield Finding("server", "note", found, "to schedule runs, start one and run winnow deploy")
        return
    try:
        require_server()
    except UsageError as error:
        yield Finding("server", "wrong", str(error), "start it, or set PREFECT_API_URL")
        return
    yield Finding("server", "ok", f"{api_url()} answers")
    where = folder_named("clean", clean)
    with get_client(sync_client=True) as client:
        all_of_them = client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])))
        ours = [one for one in all_of_them if str(one.parameters.get("clean")) == str(where)]
        if not ours:
            yield Finding("deployments", "note", f"none publishes into {where}", "winnow deploy")
        for deployment in ours:
            yield from _deployment(client, deployment)


def _deployment(client: SyncPrefectClient, deployment: DeploymentResponse) -> Iterator[Finding]:
    """Yield whether a deployment is paused or, if not, whether its runs are planned and taken."""
    name = f"{FLOW}/{deployment.name}"
    if deployment.paused:
        yield Finding(name, "note", "it is paused", f"prefect deployment resume {name}")
        return
    scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))
    chosen = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
    runs = client.read_flow_runs(flow_run_filter=scheduled, deployment_filter=chosen)
    due = sorted(run.expected_start_time for run in runs if run.expected_start_time is not None)
    now = datetime.now(UTC)
    if any(schedule.active for schedule in deployment.schedules):
        planned = [time for time in due if time > now]
        if planned:
            yield Finding(name, "ok", f"the next run is at {planned[0]:%F %H:%M} UTC")
        else:
            found = "it has a schedule, and the server has planned no run: its scheduler does not work"
            yield Finding(name, "wrong", found, "restart the server; without --no-services, it plans runs in a minute")
    if due and due[0] < now - LATE:
        found = f"a run has been due since {due[0]:%F %H:%M} UTC and no worker has taken it"
        yield Finding(name, "wrong", found, f"prefect worker start --pool {deployment.work_pool_name}")
    yield _workers(client, deployment, now)


def _workers(client: SyncPrefectClient, deployment: DeploymentResponse, now: datetime) -> Finding:
    pool = deployment.work_pool_name
    if pool is None:
        return Finding(f"{FLOW}/{deployment.name}", "note", "it has no work pool", "winnow deploy")
    beats = [worker.last_heartbeat_time for worker in client.read_workers_for_work_pool(pool)]
    alive = sum(beat is not None and beat > now - SILENT for beat in beats)
    if alive:
        return Finding(f"workers for {deployment.name}", "ok", f"{alive} in the pool {pool}")
    found = f"none is at work in the pool {pool}"
    return Finding(f"workers for {deployment.name}", "wrong", found, f"prefect worker start --pool {pool}")
