"""What may be named as raw and clean folder."""

import os
from pathlib import Path

import pytest

from flows.errors import UsageError
from flows.folders import local_folders
from tests.flows.conftest import publish
from tests.flows.test_cli import winnow


@pytest.mark.parametrize(
    "address", ["s3://bucket/news", "gs://bucket", "az://box/news", "https://host/news", "file:///data", "abfs+x://b"]
)
def test_address_is_no_folder(tmp_path: Path, address: str) -> None:
    """An address is refused as raw and as clean, and said as it was given."""
    for folders in ((Path(address), tmp_path), (tmp_path, Path(address))):
        with pytest.raises(UsageError, match=address.rstrip("/").replace("+", r"\+").replace(":///", "://")):
            local_folders(*folders)


@pytest.mark.parametrize("name", ["news", "./a:b/news", "/s3:/news", "C:/news", "news:2026", "..", "a b://c"])
def test_folder_with_a_colon_is_one(name: str) -> None:
    """A name is an address only if it begins with a scheme."""
    local_folders(Path(name), Path(name))


def test_flow_refuses_an_address(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """A run by Prefect alone refuses it too, and makes no folder of that name."""
    (tmp_path / "raw").mkdir()
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(UsageError, match="s3://bucket/corpus is an address"):
            publish(Path("raw"), Path("s3://bucket/corpus"))
    finally:
        os.chdir(before)
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize("command", ["deploy", "serve"])
def test_address_is_not_deployed(tmp_path: Path, prefect_environment: dict[str, str], command: str) -> None:
    """An address would be deployed as a folder below the one that the command was given in."""
    result = winnow(command, "--clean", "s3://bucket/corpus", cwd=tmp_path, env=prefect_environment)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "s3://bucket/corpus is an address" in result.stderr
