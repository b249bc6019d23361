"""The automations that `winnow deploy` sets up to watch runs at night, as a person would."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, DoNothing, SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound

from flows.errors import UsageError
from flows.folders.addresses import Folder
from flows.running.announcements import PUBLISHED, corpus_resource

# Runs send a heartbeat every minute (prefect.yaml), but none arrives while the server restarts.
SILENCE = timedelta(minutes=10)
OVERDUE = timedelta(hours=26)
HEARTBEAT = "prefect.flow-run.heartbeat"
ENDED_BADLY = {f"prefect.flow-run.{state}" for state in ("Failed", "TimedOut", "Crashed")}
ENDED = ENDED_BADLY | {f"prefect.flow-run.{state}" for state in ("Completed", "Cancelled")}


def set_up(client: SyncPrefectClient, flow: str, clean: Folder, notify: str | None) -> list[str]:
    """Create the automations that do not exist yet; return their names.

    Existing ones stay as they are, since a person may have changed or paused them. Only their notification changes if
    `notify` names another block, as `slack-webhook/news`. Raises UsageError if there is no such block.
    """
    block = _block(client, notify) if notify else None
    runs = {"prefect.resource.id": "prefect.flow-run.*"}
    ours = {"prefect.resource.role": "flow", "prefect.resource.name": flow}
    silent = EventTrigger(
        match=runs,
        match_related=ours,
        for_each={"prefect.resource.id"},
        after={HEARTBEAT},
        expect={HEARTBEAT, *ENDED},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
    )
    crash = ChangeFlowRunState(
        state=StateType.CRASHED,
        name="Crashed",
        message=f"no heartbeat for {SILENCE.seconds // 60} minutes: the run was killed, or its machine is gone",
    )
    bad = EventTrigger(
        match=runs, match_related=ours, expect=ENDED_BADLY, posture=Posture.Reactive, threshold=1, within=timedelta(0)
    )
    late = EventTrigger(
        match={"prefect.resource.id": corpus_resource(clean)},
        expect={PUBLISHED},
        posture=Posture.Proactive,
        threshold=1,
        within=OVERDUE,
    )
    state = "{{ flow_run.name }}: {{ flow_run.state.name }}, {{ flow_run.state.message }}"
    nothing = f"nothing was published in {clean} for {OVERDUE // timedelta(hours=1)} hours"
    wanted = [
        AutomationCore(name="winnow: a run without a heartbeat has crashed", trigger=silent, actions=[crash]),
        AutomationCore(name="winnow: a run has failed", trigger=bad, actions=[_notification(block, state)]),
        AutomationCore(name=f"winnow: {nothing}", trigger=late, actions=[_notification(block, nothing)]),
    ]
    for automation in wanted:
        existing = client.read_automations_by_name(automation.name)
        if not existing:
            client.create_automation(automation)
        elif block and not isinstance(automation.actions[0], ChangeFlowRunState):
            _renotify(client, existing[0], automation.actions)
    return [automation.name for automation in wanted]


def _renotify(client: SyncPrefectClient, existing: Automation, actions: list[Any]) -> None:
    fields = existing.model_dump(include=set(AutomationCore.model_fields) - {"actions", "owner_resource"})
    client.update_automation(existing.id, AutomationCore(**fields, actions=actions))


def _notification(block: UUID | None, body: str) -> ActionTypes:
    if block is None:
        return DoNothing()
    return SendNotification(block_document_id=block, subject="winnow", body=body)


def _block(client: SyncPrefectClient, name: str) -> UUID:
    kind, _, of = name.partition("/")
    try:
        return client.read_block_document_by_name(of, kind).id
    except ObjectNotFound:
        raise UsageError(
            f"--notify {name}: no such block on the server; make one, as `slack-webhook/news`, on its page Blocks"
        ) from None
