"""What a run tells Prefect: its progress while it works, and what it has published."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
)
from prefect.client.schemas.objects import FlowRunPolicy, StateType
from prefect.events import emit_event
from prefect.runtime import flow_run

from flows.folders.addresses import Address, Folder
from flows.folders.clean_folder import REPORT, SNAPSHOTS
from flows.folders.corpora import POINTER
from flows.running.progress import Advance

PUBLISHED = "winnow.corpus.published"
PROGRESS_SECONDS = 5.0
_ASSET_KEY = 500  # characters; Prefect allows 512
# The percentage of a run that is done when each stage begins, and the share of the stage; as in a corpus's first run.
STAGES = {"read": (0, 50), "strip": (50, 30), "deduplicate": (80, 10), "write": (90, 10)}
DOES_THE_WORK = {StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.COMPLETED}


def corpus_resource(clean: Folder) -> str:
    """Return the id of the Prefect resource that the events of a corpus are about."""
    return f"winnow.corpus.{clean.absolute()}"


def corpus_key(clean: Folder) -> str:
    """Return the key of a corpus's artifacts: letters, digits and hyphens, different for each corpus."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in clean.absolute().name.lower()).strip("-")
    return f"winnow-{name}-{sha256(str(clean.absolute()).encode()).hexdigest()[:6]}".replace("--", "-")


def asset_key(folder: Folder) -> str:
    """Return the key of a folder as a Prefect asset; blanks and most signs are escaped."""
    scheme, _, rest = str(folder.absolute()).rpartition("://")
    path = "".join(c if c.isalnum() or c in "/._-" else "_" for c in rest)
    return f"{scheme or 'file'}://{path[:_ASSET_KEY]}"


def tag_run(clean: Folder) -> None:
    """Tag this run with its corpus, so that all runs of a corpus can be found, whatever started them."""
    if flow_run.id:
        # A run can do without its tag if the server is away at the moment.
        with suppress(Exception), get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags=[*flow_run.tags, f"corpus:{clean.absolute()}"])


def later_run() -> str | None:
    """Return the time of a later scheduled run that does the work of this one, or None.

    After a downtime, a worker finds the missed run of every night, and one of them is enough.
    """
    if not flow_run.id:
        return None
    with get_client(sync_client=True) as client:
        this = client.read_flow_run(flow_run.id)
        if not this.auto_scheduled or this.deployment_id is None or this.expected_start_time is None:
            return None
        runs = client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[this.deployment_id])),
            flow_run_filter=FlowRunFilter(
                expected_start_time=FlowRunFilterExpectedStartTime(
                    after_=this.expected_start_time, before_=datetime.now(UTC)
                )
            ),
        )
    later = [run for run in runs if run.id != this.id and run.auto_scheduled and run.state_type in DOES_THE_WORK]
    due = [run.expected_start_time for run in later if run.expected_start_time is not None]
    times = [time for time in due if time > this.expected_start_time]
    return f"{max(times):%F %T} UTC" if times else None


def forgo_retries() -> None:
    """Make this run end at its first failure, since another attempt would fail too."""
    if flow_run.id:
        with suppress(Exception), get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, empirical_policy=FlowRunPolicy(retries=0, retry_delay=0))


@contextmanager
def progress_artifact(clean: Folder) -> Iterator[Advance]:
    """Give a function `advance(stage, done, total)`; a progress artifact of the run shows its calls every few seconds.

    A separate thread tells the server, so that the run never waits for a server that does not answer.
    """
    percent = 0.0
    ended = Event()

    def advance(stage: str, done: int, total: int) -> None:
        nonlocal percent
        start, share = STAGES[stage]
        percent = start + share * done / max(1, total)

    def tell() -> None:
        with suppress(Exception):
            artifact = create_progress_artifact(0.0, key=f"{corpus_key(clean)}-progress", description=f"{clean}")
            last = 0.0
            while not ended.wait(PROGRESS_SECONDS):
                if percent != last:
                    last = percent
                    update_progress_artifact(artifact, last)  # type: ignore[arg-type]
            update_progress_artifact(artifact, percent)  # type: ignore[arg-type]

    thread = Thread(target=copy_context().run, args=(tell,), daemon=True)
    thread.start()
    try:
        yield advance
    finally:
        ended.set()
        thread.join(timeout=2)


def in_brief(counts: Mapping[str, int]) -> str:
    """Say in a few words what a run has published, for its state."""
    left_out = sum(n for name, n in counts.items() if name.startswith("fate ")) - counts["articles"]
    left_out -= counts["duplicates"]
    return f"{counts['articles']:,} articles, {counts['duplicates']:,} duplicates, {left_out:,} left out"


def _snapshot(clean: Folder, run_id: str) -> str:
    return str(clean.absolute() / SNAPSHOTS / run_id)


def announce(clean: Folder, previous: str | None, manifest: Mapping[str, Any], changes: Any) -> None:
    """Emit the event that a snapshot was published, on which others can start; `previous` is the run before."""
    emit_event(
        PUBLISHED,
        resource={"prefect.resource.id": corpus_resource(clean), "prefect.resource.name": str(clean.absolute())},
        payload={
            "clean": str(clean.absolute()),
            "snapshot": _snapshot(clean, manifest["run_id"]),
            "previous": previous and _snapshot(clean, previous),
            "run_id": manifest["run_id"],
            "counts": manifest["counts"],
            "changes": changes,
        },
    )


def report(
    clean: Folder, snapshot: Path, manifest: Mapping[str, Any], changes: Mapping[str, int], warnings: list[str]
) -> None:
    """Store the run's numbers in Prefect as a page and as a table; each corpus has its own history."""
    counts = manifest["counts"]
    key = corpus_key(clean)
    lines = [f"# {in_brief(counts)}", ""]
    lines += [f"Since the snapshot before: {', '.join(f'{n:,} {what}' for what, n in changes.items())}.", ""]
    readers_use = clean.absolute() / (POINTER if isinstance(clean, Address) else "current")
    lines += [f"- snapshot: `{_snapshot(clean, manifest['run_id'])}`", f"- readers use: `{readers_use}`"]
    page = snapshot.absolute() / REPORT
    if page.is_file():
        lines.append(f"- [report]({page.as_uri()}) to open on the machine that holds it: `{page}`")
    lines += [f"- **warning**: {warning}" for warning in warnings]
    lines += ["", "| fate | records |", "|---|---|"]
    lines += [f"| {name.removeprefix('fate ')} | {n:,} |" for name, n in counts.items() if name.startswith("fate ")]
    lines += ["", "| stage | seconds |", "|---|---|"]
    lines += [f"| {stage} | {spent} |" for stage, spent in manifest["seconds"].items()]
    create_markdown_artifact("\n".join(lines), key=key, description=f"What was published in {clean.absolute()}")
    rows = [{"what": name, "count": count} for name, count in counts.items()]
    create_table_artifact(rows, key=f"{key}-counts", description=f"Counts of the run into {clean.absolute()}")
