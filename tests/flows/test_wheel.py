"""The package as users install it: a wheel, without the lock, by an old pip, into an empty environment."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.flows.conftest import SAMPLE

PROJECT = Path(__file__).parents[2]
# The oldest pip that docs/how-to/install.md names; it does not run in later Pythons, so there the one they came with.
OLDEST_PIP = {(3, 11): "22.3", (3, 12): "23.2.1", (3, 13): "24.2"}
READ = "import polars; print(*polars.read_parquet('corpus/current/articles/*.parquet')['source'])"


def called(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command to its good end; return what it printed."""
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution."""
    folder = tmp_path_factory.mktemp("built")
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
    called(sys.executable, "-c", build, cwd=PROJECT)
    (archive,) = folder.glob("*.tar.gz")
    called(sys.executable, "-m", "tarfile", "-e", archive, cwd=folder)
    source = archive.name.removesuffix(".tar.gz")
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    called(sys.executable, "-c", build, cwd=folder / source)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has nothing but the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    called(sys.executable, "-m", "venv", "empty", cwd=folder)
    programs = folder / "empty" / "bin"
    called(programs / "pip", "install", f"pip=={OLDEST_PIP[sys.version_info[:2]]}", cwd=folder)
    called(programs / "pip", "install", "--no-compile", built, cwd=folder)
    return programs


@pytest.fixture
def alone(tmp_path: Path) -> dict[str, str]:
    """An environment that names a new home and nothing else."""
    return {"PATH": os.defpath, "HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path / "prefect")}


def test_wheel_holds_every_file(built: Path) -> None:
    """Code, models, word lists and templates of the checkout are in the wheel."""
    with zipfile.ZipFile(built) as content:
        held = {name for name in content.namelist() if name.startswith(("cleaners/", "flows/"))}
    files = [path for package in ("cleaners", "flows") for path in (PROJECT / package).rglob("*") if path.is_file()]
    ours = {path.relative_to(PROJECT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert held == ours


@pytest.mark.slow
def test_installed_wheel_publishes(installed: Path, alone: dict[str, str], tmp_path: Path) -> None:
    """From another folder, with a server of its own, `winnow run` publishes what it then reads, and a report."""
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    for name in ("lighthouse-original.txt", "ferry-company-results.txt"):
        (crawl / name).write_bytes((SAMPLE / "wire" / name).read_bytes())
    called(installed / "winnow", "run", "--raw", "crawl", "--clean", "corpus", cwd=tmp_path, env=alone)
    read = called(installed / "python", "-c", READ, cwd=tmp_path, env=alone)
    assert read.split() == ["ferry-company-results.txt", "lighthouse-original.txt"]
    assert (tmp_path / "corpus/current/report.html").is_file()


@pytest.mark.slow
def test_installed_wheel_deploys(
    installed: Path, prefect_environment: dict[str, str], alone: dict[str, str], tmp_path: Path
) -> None:
    """From another folder, `winnow deploy` makes both deployments, whose flow any worker with the package can load."""
    env = {**alone, "PREFECT_API_URL": prefect_environment["PREFECT_API_URL"]}
    made = called(installed / "winnow", "deploy", cwd=tmp_path, env=env).splitlines()
    folders = f"{tmp_path / 'raw'} into {tmp_path / 'clean'}"
    assert made[:2] == [
        f"clean-corpus/nightly: {folders}, 23 3 * * * UTC",
        f"clean-corpus/manual: {folders}, when asked to",
    ]
    command = ("deployment", "inspect", "clean-corpus/nightly", "--output", "json")
    shown = json.loads(called(installed / "prefect", *command, cwd=tmp_path, env=env))
    assert (shown["entrypoint"], shown["pull_steps"] or []) == ("flows.corpus.clean_corpus", [])
