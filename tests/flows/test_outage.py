"""A server that is restarted while a deployed run works.

`OUTAGE_SECONDS=125 pytest -m slow tests/flows/test_outage.py` restarts it as slowly as a machine; the default is 5.
"""

import os
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from tests.flows.conftest import SAMPLE, environment_of_a_server, serving
from tests.flows.test_cli import winnow
from tests.flows.test_deployment import PREFECT, started

DOWN = float(os.environ.get("OUTAGE_SECONDS", "5"))
SECONDS = 300
GATE = Path(__file__).with_name("gate")


def wait_for(state: str) -> None:
    """Wait until the run by hand is in a state."""
    deadline = time.monotonic() + SECONDS
    with get_client(sync_client=True) as client:
        while True:
            (run,) = [run for run in client.read_flow_runs() if not run.auto_scheduled]
            if run.state_name == state:
                return
            assert run.state is not None
            assert not run.state.is_final(), run.state
            assert time.monotonic() < deadline, run.state
            time.sleep(0.2)


@pytest.mark.slow
def test_run_outlives_a_restart_of_the_server(tmp_path: Path) -> None:
    """A deployed run that works on without its server publishes, and ends Completed once the server is back."""
    shutil.copytree(SAMPLE / "wire", tmp_path / "raw")
    home, gates = tmp_path / "prefect", tmp_path / "gates"
    home.mkdir()
    gates.mkdir()
    (gates / "weigh").touch()
    path = os.pathsep.join([str(GATE), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, **environment_of_a_server(home)}
    with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}), ExitStack() as worker:
        with serving(environment):
            assert winnow("deploy", cwd=tmp_path, env=environment).returncode == 0
            start = [*PREFECT, "worker", "start", "--pool", "winnow"]
            gated = {**environment, "PYTHONPATH": path, "GATE": str(gates)}
            worker.enter_context(started(start, tmp_path, gated, "started!"))
            asked = [*PREFECT, "deployment", "run", "clean-corpus/manual"]
            subprocess.run(asked, env=environment, capture_output=True, check=True)
            wait_for("Running")
        time.sleep(DOWN / 2)
        (gates / "extract").touch()  # what follows, the run does without a server
        time.sleep(DOWN / 2)
        with serving(environment):
            wait_for("Completed")
            worker.close()
    assert (tmp_path / "clean" / "current" / "manifest.json").is_file()
