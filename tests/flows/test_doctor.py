"""`winnow doctor`: what is whole is told as such, and what is not ends with status 1 and what to do."""

import json
import os
import shutil
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate, WorkPoolCreate
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.deploying.deployments import deploy_all
from flows.folders.clean_folder import claim_clean_folder
from tests.flows.conftest import Published, free_port, invoke, printed, publish, wait_until

NEWS = "The clock of Hale church has stopped, and nobody in Hale can say when, since all of them had gone by it. "


@pytest.fixture(scope="module")
def corpus(prefect_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A corpus of one article; not to be written to."""
    raw = tmp_path_factory.mktemp("doctor") / "raw"
    raw.mkdir()
    (raw / "clock.txt").write_text(NEWS * 2)
    return publish(raw, raw.with_name("clean"))


@pytest.fixture
def clean(corpus: Published, tmp_path: Path) -> Path:
    """A copy of the corpus, to be damaged."""
    return Path(shutil.copytree(corpus.clean, tmp_path / "clean", symlinks=True))


def examined(clean: Path, *arguments: str, status: int = 0) -> dict[str, tuple[str, str, str]]:
    """Return state, finding and advice by what was looked at."""
    result = invoke("doctor", "--clean", clean, "--json", *arguments)
    rows = json.loads(result.stdout)
    assert result.exit_code == status, rows
    return {row["what"]: (row["state"], row["found"], row["advice"]) for row in rows}


def test_nothing_is_wrong_with_a_whole_corpus(corpus: Published, prefect_environment: dict[str, str]) -> None:
    """Packages, settings, folder, snapshot, disk, lock, store and server are looked at, and are all right."""
    found = examined(corpus.clean)
    looked_at = {"packages", "settings", "clean folder", "snapshot", "disk", "lock", "store", "server"}
    assert looked_at <= set(found)
    assert {found[what][0] for what in looked_at} == {"ok"}
    assert found["deployments"][:2] == ("note", f"none publishes into {corpus.clean}")
    assert found["server"][1] == f"{prefect_environment['PREFECT_API_URL']} answers"


def test_damaged_snapshot_is_told(clean: Path) -> None:
    """A snapshot with a file that is cut short is wrong, and the way back is named."""
    part = next((clean / "current/articles").iterdir())
    part.write_bytes(part.read_bytes()[:100])
    state, found, advice = examined(clean, status=1)["snapshot"]
    assert (state, advice) == ("wrong", "winnow rollback")
    assert "is damaged" in found


def test_damaged_store_is_told(clean: Path) -> None:
    """A damaged part of the store is noted and named, and left for the next run, which does it again."""
    part = next(clean.glob(".store/*/extracted/*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    state, found, _ = examined(clean)["store"]
    assert state == "note"
    assert part.name in found
    assert part.exists()


def test_finding_is_one_line(clean: Path) -> None:
    """Each finding is a line of its own, however long it is, for those who read a log."""
    result = invoke("doctor", "--clean", clean, columns=40)
    assert [line for line in result.stdout.splitlines() if line.split()[0] not in ("ok", "note", "wrong")] == []


def test_wrong_settings_are_told(clean: Path, tmp_path: Path) -> None:
    """A settings file with an unknown key is wrong; all else is looked at all the same."""
    (tmp_path / "ours.toml").write_text("[publish]\nmin_wrods = 3\n")
    found = examined(clean, "--config", str(tmp_path / "ours.toml"), status=1)
    assert found["settings"][0] == "wrong"
    assert "did you mean 'min_words'" in found["settings"][1]
    assert found["store"][0] == "ok"


def test_holder_of_the_folder_is_told(clean: Path) -> None:
    """While a run works it is named; what a killed run has left is told apart from it."""
    with claim_clean_folder(clean, "run 17"):
        assert examined(clean)["lock"][1].startswith("held by run 17, process ")
    (clean / ".lock").write_text("run 18, process 1 on elsewhere")
    assert examined(clean)["lock"][:2] == ("note", "left by a run that was killed: run 18, process 1 on elsewhere")


def test_dangling_link_is_told(clean: Path) -> None:
    """Where `current` names no snapshot, that is wrong; a folder without any is only empty."""
    (clean / "current").unlink()
    assert examined(clean)["snapshot"][0] == "note"
    os.symlink("snapshots/gone", clean / "current")  # noqa: PTH211
    assert examined(clean, status=1)["snapshot"][0] == "wrong"


def test_server_that_does_not_answer_is_wrong(clean: Path) -> None:
    """A configured server that nothing listens at ends with status 1, in words for people."""
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api"}):
        told = printed("doctor", clean=clean, status=1)
    assert "wrong server: the Prefect server at" in " ".join(told.split())


def test_deployments_are_looked_at(clean: Path, prefect_environment: dict[str, str]) -> None:
    """A deployment's next run is named once the scheduler has planned it, and a pool without workers is wrong."""
    raw = clean.with_name("raw")
    raw.mkdir()
    deploy_all(raw, clean, None, None, None, None)
    with get_client(sync_client=True) as client:  # a pool that no other test has had a worker for
        client.create_work_pool(WorkPoolCreate(name="idle", type="process"))
        nightly = client.read_deployment_by_name("clean-corpus/nightly")
        client.update_deployment(nightly.id, DeploymentUpdate(work_pool_name="idle"))
    wait_until(lambda: "clean-corpus/nightly" in examined(clean, status=1))
    found = examined(clean, status=1)
    assert found["workers for nightly"] == (
        "wrong",
        "none is at work in the pool idle",
        "prefect worker start --pool idle",
    )
    wait_until(lambda: examined(clean, status=1)["clean-corpus/nightly"][0] == "ok")
