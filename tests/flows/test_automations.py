"""What others start on and are told: the event of a publication, and the automations of `winnow deploy`."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import polars as pl
import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import AutomationCore, EventTrigger

from flows.folders.clean_folder import claim_clean_folder
from tests.flows.conftest import SAMPLE, Published, invoke, publish, wait_until
from tests.flows.test_cli import WINNOW, winnow
from tests.flows.test_deployment import PROJECT, SECONDS, end_of, start_manual, started
from tests.flows.test_workers import write_much

SOON = timedelta(seconds=10)  # the least that Prefect's triggers on what does not happen may wait


@pytest.fixture
def told() -> Iterator[tuple[str, list[str]]]:
    """The address of a page on this machine, and what was posted to it."""
    bodies: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", bodies
        server.shutdown()


@contextmanager
def hastened(name: str) -> Iterator[None]:
    """Have an automation wait for no more than ten seconds, and go in the end."""
    with get_client(sync_client=True) as client:
        (automation,) = [found for found in client.read_automations() if name in found.name]
        assert isinstance(automation.trigger, EventTrigger)
        fields = automation.model_dump(include=set(AutomationCore.model_fields) - {"trigger", "owner_resource"})
        trigger = automation.trigger.model_copy(update={"within": SOON})
        client.update_automation(automation.id, AutomationCore(**fields, trigger=trigger))
        try:
            yield
        finally:
            client.delete_automation(automation.id)


@pytest.mark.slow
def test_killed_run_becomes_crashed(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """When worker and run are killed, the automation on heartbeats sets the run's state, and the folder is free."""
    write_much(tmp_path / "raw")
    with started([WINNOW, "serve"], tmp_path, prefect_environment, "started!"), hastened("heartbeat"):
        run = start_manual(tmp_path)
        wait_until(lambda: any(tmp_path.glob("clean/.store/*/extracted/*.parquet")), SECONDS)
        holder = (tmp_path / "clean" / ".lock").read_text()
        process = int(holder.partition("process ")[2].split()[0])
        worker = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(worker, signal.SIGKILL)
        os.kill(process, signal.SIGKILL)
        state = end_of(run)
    assert (state.name, "no heartbeat" in str(state.message)) == ("Crashed", True)
    with claim_clean_folder(tmp_path / "clean", "the next run"):
        pass


@pytest.mark.slow
def test_failed_run_and_missing_publication_are_told(
    prefect_environment: dict[str, str], sample: Published, told: tuple[str, list[str]], tmp_path: Path
) -> None:
    """The block that `winnow deploy --notify` names is told of a run that fails, and where nothing is published."""
    url, bodies = told
    CustomWebhookNotificationBlock(name="page", url=url, json_data={"text": "{{body}}"}).save("page")
    done = winnow("deploy", "--notify", "custom-webhook/page", cwd=tmp_path, env=prefect_environment)
    assert done.returncode == 0, done.stderr
    (tmp_path / "raw").mkdir()
    shutil.copytree(sample.clean, tmp_path / "clean", symlinks=True)
    failed = winnow("run", "--quiet", "--set", "publish.missing=drop", cwd=tmp_path, env=prefect_environment)
    assert failed.returncode == 1
    wait_until(lambda: any(f"into {tmp_path / 'clean'}: Failed, " in body for body in bodies), SECONDS)
    with hastened(f"nothing was published in {tmp_path / 'clean'}"):
        wait_until(lambda: any("nothing was published" in body for body in bodies), SECONDS)
    with hastened("a run has failed"):
        pass  # its page is gone now, which the server would try again and again


def test_notification_without_its_block_is_refused(
    prefect_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block that the server does not have is named in one line, and nothing is created."""
    monkeypatch.chdir(tmp_path)
    result = invoke("deploy", "--notify", "slack-webhook/none")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "--notify slack-webhook/none" in result.stderr


@pytest.mark.slow
def test_flow_that_follows_reads_what_is_new(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """The example of the docs starts when a corpus is published, and reads the new articles alone."""
    raw, clean, new = tmp_path / "raw", tmp_path / "clean", tmp_path / "new"
    raw.mkdir()
    example = [sys.executable, str(PROJECT / "docs/examples/new_articles.py"), str(clean), str(new)]
    with started(example, tmp_path, prefect_environment, "new-articles"):
        for names in ({"lighthouse-original.txt"}, {"ferry-company-results.txt"}):
            for name in names:
                shutil.copy(SAMPLE / "wire" / name, raw)
            written = new / f"{publish(raw, clean).manifest['run_id']}.parquet"
            wait_until(written.exists, SECONDS)
            assert set(pl.read_parquet(written)["source"]) == names
