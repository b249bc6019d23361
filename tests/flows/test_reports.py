"""What a run has told Prefect of itself by its end."""

import shutil
from pathlib import Path

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterTags,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import Artifact, FlowRun
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort

from flows.running.announcements import asset_key, corpus_key
from tests.flows.conftest import SAMPLE, Published, publish, wait_until


def run_of(client: SyncPrefectClient, published: Published) -> FlowRun:
    """Return the run that has published last, found by the tag of its corpus."""
    tags = FlowRunFilter(tags=FlowRunFilterTags(all_=[f"corpus:{published.clean}"]))
    return client.read_flow_runs(flow_run_filter=tags, sort=FlowRunSort.START_TIME_DESC)[0]


def artifacts_of(client: SyncPrefectClient, published: Published) -> dict[str, Artifact]:
    """Return the artifacts of the corpus by their keys."""
    key = corpus_key(published.clean)
    keys = ArtifactFilter(key=ArtifactFilterKey(like_=key))
    found = reversed(client.read_artifacts(artifact_filter=keys, sort=ArtifactSort.UPDATED_DESC))
    return {str(artifact.key): artifact for artifact in found}


def test_state_says_what_was_published(sample: Published) -> None:
    """The run ends Completed with the numbers that matter."""
    counts = sample.manifest["counts"]
    left_out = counts["records"] + counts["split_off"] - counts["articles"] - counts["duplicates"]
    with get_client(sync_client=True) as client:
        state = run_of(client, sample).state
    assert state is not None
    said = f"{counts['articles']} articles, {counts['duplicates']} duplicates, {left_out} left out"
    assert (state.name, state.message) == ("Completed", said)


def test_tasks_have_names_to_read(sample: Published) -> None:
    """A task says which of how many it is."""
    wanted = {"extract 1 of 1", "strip 1 of 1", "find near-duplicates", "write articles 1 of 1", "publish"}
    with get_client(sync_client=True) as client:
        of_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_of(client, sample).id]))
        wait_until(lambda: wanted <= {task.name for task in client.read_task_runs(flow_run_filter=of_run)})


def test_artifacts_are_of_the_corpus(sample: Published) -> None:
    """A page with the paths and changes, a table of counts and the progress stand under names of the corpus's own."""
    key = corpus_key(sample.clean)
    with get_client(sync_client=True) as client:
        artifacts = artifacts_of(client, sample)
    assert set(artifacts) == {key, f"{key}-counts", f"{key}-progress"}
    page = str(artifacts[key].data)
    assert str(sample.current.resolve()) in page
    assert f"{sample.manifest['counts']['articles']} new, 0 gone, 0 changed" in page
    assert artifacts[f"{key}-progress"].data == 100.0


def test_second_run_says_what_has_changed(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """The page of a second run counts what is new, gone and changed, and warns of settings other than before."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    names = ("lighthouse-original.txt", "ferry-company-results.txt", "ferry-strike-union.txt")
    for name in names[:2]:
        shutil.copy(SAMPLE / "wire" / name, raw)
    publish(raw, clean)
    (raw / names[0]).unlink()
    with (raw / names[1]).open("a") as file:
        file.write("\n\nThe company has added one more boat to its northern line, its board said on Monday evening.\n")
    shutil.copy(SAMPLE / "wire" / names[2], raw)
    published = publish(raw, clean, publish={"missing": "drop"})
    with get_client(sync_client=True) as client:
        page = str(artifacts_of(client, published)[corpus_key(clean)].data)
        of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_of(client, published).id]))
        said = "settings from the defaults; not the defaults: publish.missing = 'drop'"
        wait_until(lambda: said in [log.message for log in client.read_logs(of_run)])
    assert "1 new, 1 gone, 1 changed" in page
    assert "**warning**: other settings than those of the snapshot before" in page


def test_corpus_is_an_asset(sample: Published, prefect_environment: dict[str, str]) -> None:
    """The publication is the materialization of an asset, the clean folder, which was made from the raw one."""
    corpus = {"id": [asset_key(sample.clean)]}
    query = {"filter": {"event": {"name": ["prefect.asset.materialization.succeeded"]}, "resource": corpus}}
    url = f"{prefect_environment['PREFECT_API_URL']}/events/filter"
    events = httpx.post(url, json=query, timeout=15).json()["events"]
    related = {
        event["resource"]["prefect.resource.id"]: [other["prefect.resource.id"] for other in event["related"]]
        for event in events
    }
    assert asset_key(sample.raw) in related[asset_key(sample.clean)]
