"""The command line as people use it, in a process of its own where streams, signals or imports are what is tested."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
import typer
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings
from typer.testing import CliRunner

from flows.cli import _what_is_published, app
from flows.folders.clean_folder import claim_clean_folder
from flows.running.corpus_run import name_of_run
from tests.flows.conftest import Published, free_port, invoke, printed, publish

WINNOW = str(Path(sys.executable).with_name("winnow"))
SOON = 30  # seconds; half of it on a machine that does nothing else


def winnow(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the installed command to its end."""
    return subprocess.run([WINNOW, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands in this process are called in; `winnow run` sets a variable, which is set back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
    return tmp_path


def test_run_says_what_happened(prefect_environment: dict[str, str], here: Path) -> None:
    """`winnow run` exits 0 and prints what became of the records, also of those whose raw files are all gone."""
    raw = here / "raw"
    raw.mkdir()
    for name in ("a.txt", "b.txt"):
        (raw / name).write_text("Wheat\n\n" + "Farmers in Ossel hope for rain before the first week of June. " * 3)
    first = invoke("run")
    assert first.exit_code == 0, first.output
    assert "kept" in first.stdout
    assert "duplicate" in first.stdout
    for path in raw.iterdir():
        path.unlink()
    second = invoke("run")
    assert "The raw folder holds no files; articles carried on from the snapshot before: 2." in second.stdout
    assert f"Published snapshot {(here / 'clean/current').resolve().name}" in second.stdout


def test_quiet_run_prints_nothing(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """`--quiet` leaves both streams empty."""
    (tmp_path / "raw").mkdir()
    result = winnow("run", "--quiet", cwd=tmp_path, env=prefect_environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.slow
def test_run_starts_its_own_server(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """Without a configured server a run says so, starts one of its own and publishes, whatever files stand around."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "attrs.py").write_text("raise SystemExit('not the library')")
    env = {name: value for name, value in prefect_environment.items() if name != "PREFECT_API_URL"}
    result = winnow("run", cwd=tmp_path, env={**env, "PREFECT_HOME": str(tmp_path / "prefect")})
    assert result.returncode == 0, result.stderr
    assert "No Prefect server is configured" in result.stderr
    assert (tmp_path / "clean/current/manifest.json").is_file()


def test_run_whose_server_has_no_folder_exits_2(here: Path) -> None:
    """A run that cannot start a server of its own says at once why, and what to set."""
    (here / "raw").mkdir()
    (here / "file").touch()
    with temporary_settings({PREFECT_API_URL: None, PREFECT_HOME: here / "file" / "prefect"}):
        result = invoke("run")
    assert result.exit_code == 2, result.output
    assert str(here / "file" / "prefect") in result.stderr
    assert "PREFECT_HOME" in result.stderr


def test_failed_run_exits_1(prefect_environment: dict[str, str], sample: Published, tmp_path: Path) -> None:
    """A run that fails, as over an empty folder, exits 1, says that nothing was published and leaves `current`."""
    (tmp_path / "raw").mkdir()
    shutil.copytree(sample.clean, tmp_path / "clean", symlinks=True)
    result = winnow("run", "--quiet", "--set", "publish.missing=drop", cwd=tmp_path, env=prefect_environment)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "Its log: prefect flow-run logs " in result.stderr
    assert "nothing was published" in result.stderr
    assert (tmp_path / "clean" / "current").readlink() == (sample.clean / "current").readlink()


def test_run_that_finds_the_folder_taken_exits_75(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """By hand too, a run leaves a folder that another works on, says in one line by whom it is taken, and exits 75."""
    (tmp_path / "raw").mkdir()
    with claim_clean_folder(tmp_path / "clean", "run 17"):
        result = winnow("run", cwd=tmp_path, env=prefect_environment)
    (line,) = result.stderr.splitlines()
    assert result.returncode == 75
    assert line.startswith(f"winnow: another run is publishing into {tmp_path / 'clean'}: run 17, process ")


def test_run_that_breaks_off_says_what_it_has_published(tmp_path: Path) -> None:
    """What is said of a run that failed or was interrupted follows from whether its own snapshot is current."""
    began, ours, others = datetime.now(UTC), str(uuid4()), str(uuid4())
    nothing, published = "nothing was published", "its snapshot is published"
    assert _what_is_published(tmp_path, began, ours) == nothing
    name = name_of_run(began + timedelta(seconds=1), ours)
    (tmp_path / "snapshots" / name).mkdir(parents=True)
    (tmp_path / "current").symlink_to(f"snapshots/{name}")
    assert _what_is_published(tmp_path, began, ours) == published
    assert _what_is_published(tmp_path, began, others) == nothing  # another run has published meanwhile
    assert _what_is_published(tmp_path, began) == published  # stopped before Prefect has said its id
    assert _what_is_published(tmp_path, began + timedelta(minutes=1)) == nothing


def test_run_that_breaks_off_says_where_it_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store of an address does not answer, nothing is claimed of what was published there."""
    for name, value in {"ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "ACCESS_KEY_ID": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    said = _what_is_published(Path("s3://bucket/news"), datetime.now(UTC), str(uuid4()))
    assert said.startswith("whether it has published is not known (s3://bucket/news")


COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_well_broken(command: str, width: int) -> None:
    """Help keeps to the width, tells summaries whole, breaks no name at its hyphen and keeps an example on its line."""
    told = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="winnow", terminal_width=width).stdout
    lines = told.splitlines()[1:]  # without the usage
    assert [line for line in lines if len(line) > width or line.endswith(("-", "..."))] == []
    examples = [at for at, line in enumerate(lines) if line.startswith("  Example: ")]
    assert [lines[at] for at in examples if lines[at + 1]] == []


def test_explain_shows_cuts_and_rules(sample: Published) -> None:
    """`winnow explain SOURCE` lists each claimed span with its rule."""
    removals = pl.read_parquet(sample.current / "audit/removals/*.parquet")
    fates = pl.read_parquet(sample.current / "audit/fates/*.parquet")
    row = removals.join(fates, on="id").row(0, named=True)
    assert row["rule"] in printed("explain", row["source"], clean=sample.clean)


def test_explain_shows_the_kept_article(sample: Published) -> None:
    """`winnow explain ID` of a duplicate names the kept article and the shared words."""
    row = pl.read_parquet(sample.current / "duplicates/*.parquet").row(0, named=True)
    shown = printed("explain", row["id"], clean=sample.clean)
    assert row["kept_id"] in shown
    assert "shared words" in shown
    assert re.search(r"facts \d+ alike and \d+ in conflict", " ".join(shown.split()))


def test_explain_shows_names_as_they_are(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """A source with brackets in it, which a terminal's markup has too, is shown whole."""
    (tmp_path / "raw").mkdir()
    text = (
        "Ferry runs again\n\n" + "The ferry to Outer Skell runs again after a week of storms and one lost anchor. " * 5
    )
    for name in ("a [red].txt", "b [red].txt"):
        (tmp_path / "raw" / name).write_text(text)
    published = publish(tmp_path / "raw", tmp_path / "clean")
    kept = pl.read_parquet(published.current / "articles/*.parquet")["id"].item()
    shown = printed("explain", kept, clean=published.clean)
    assert "a [red].txt" in shown
    assert "b [red].txt" in shown


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no/such/file.txt", "no id or source"),
        ("wire/ferry-strike.txt", "did you mean"),
        ("wire/", "is a folder of 9 files: name one of them, as wire/"),
    ],
)
def test_explain_of_an_unknown_record_exits_2(sample: Published, target: str, message: str) -> None:
    """An unknown id or source ends with status 2 and near names, if there are any."""
    assert message in printed("explain", target, clean=sample.clean, status=2)


def test_explain_before_any_run_exits_2(tmp_path: Path) -> None:
    """Without a snapshot, `explain` says to run first."""
    assert "winnow run" in printed("explain", "x", clean=tmp_path, status=2)


def loads_prefect(*arguments: str) -> bool:
    """Tell whether the command, run to its end, imports Prefect: two seconds of processor time before all else."""
    script = f"import sys; sys.argv = ['winnow', *{arguments!r}]\nfrom flows.cli import main\ntry:\n    main()\n"
    script += "except SystemExit:\n    pass\nprint('prefect' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[-1] == "True"


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["explain", "--help"]])
def test_help_does_not_load_prefect(command: list[str]) -> None:
    """Help needs no Prefect: its package is not imported."""
    assert not loads_prefect(*command)


def test_explain_does_not_load_prefect(sample: Published) -> None:
    """What a published snapshot tells is told without Prefect."""
    assert not loads_prefect("explain", "wire/lighthouse-original.txt", "--clean", str(sample.clean))


@pytest.mark.parametrize("command", ["deploy", "serve"])
def test_deployments_need_a_server(command: str, here: Path) -> None:
    """Without a configured server, `deploy` and `serve` exit 2 and say how to start one."""
    with temporary_settings({PREFECT_API_URL: None}):
        result = invoke(command)
    assert result.exit_code == 2
    assert "prefect server start" in result.stderr


def only_line(status: int, stdout: str, stderr: str) -> str:
    """Return the only line of a command that ended with status 2."""
    assert status == 2, stderr
    assert stdout == ""
    (line,) = stderr.splitlines()
    return line


@pytest.mark.slow
def test_home_of_another_version_is_told(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """A database that another Prefect has moved on ends a run with one line, which says what to set, and soon."""
    (tmp_path / "raw").mkdir()
    home = tmp_path / "prefect"
    home.mkdir()
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        database.execute("create table alembic_version (version_num varchar(32) not null)")
        database.execute("insert into alembic_version values ('ffffffffffff')")
        database.commit()
    env = {name: value for name, value in prefect_environment.items() if name != "PREFECT_API_URL"}
    started = time.monotonic()
    result = winnow("run", "--quiet", cwd=tmp_path, env={**env, "PREFECT_HOME": str(home)})
    line = only_line(result.returncode, result.stdout, result.stderr)
    assert time.monotonic() - started < SOON
    assert f"Prefect's folder {home}" in line
    assert "another version of Prefect" in line
    assert "set PREFECT_HOME" in line


@pytest.mark.parametrize("command", ["run", "serve"])  # `deploy` asks as `serve` does
def test_server_that_cannot_be_reached_is_told(command: str, here: Path) -> None:
    """Where nothing listens at the configured address, one line names the address and asks for the server."""
    (here / "raw").mkdir()
    url = f"http://127.0.0.1:{free_port()}/api"
    with temporary_settings({PREFECT_API_URL: url}):
        result = invoke(command, *(["--quiet"] if command == "run" else []))
    line = only_line(result.exit_code, result.stdout, result.stderr)
    assert f"the Prefect server at {url} does not answer" in line
    assert "is it up?" in line


@pytest.mark.slow
def test_server_that_says_nothing_is_told(prefect_environment: dict[str, str], tmp_path: Path) -> None:
    """What listens at the configured address and does not answer is waited for, but not for long."""
    (tmp_path / "raw").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        started = time.monotonic()
        result = winnow("run", "--quiet", cwd=tmp_path, env={**prefect_environment, "PREFECT_API_URL": url})
    assert time.monotonic() - started < SOON
    assert "does not answer" in only_line(result.returncode, result.stdout, result.stderr)


def test_version_is_the_installed_one() -> None:
    """`winnow --version` names the version of the package."""
    assert winnow("--version").stdout == f"winnow {version('winnow-news')}\n"


def test_shell_completes_commands() -> None:
    """A shell that asks how `winnow ex` may go on is told."""
    asking = {"_WINNOW_COMPLETE": "complete_bash", "COMP_WORDS": "winnow ex", "COMP_CWORD": "1"}
    assert winnow(env={**os.environ, **asking}).stdout.split() == ["explain"]
