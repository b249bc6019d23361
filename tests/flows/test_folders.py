"""What may be named as raw and clean folder."""

import os
from pathlib import Path

import pytest

from flows.errors import UsageError
from flows.folders.addresses import Address
from flows.folders.run_folders import named_folders
from tests.flows.conftest import printed, publish


@pytest.mark.parametrize(
    "address", ["https://host/news", "file:///data", "abfs+x://b", "s3://", "s3://a/../b", "gs://a b"]
)
def test_address_that_is_not_read_is_refused(tmp_path: Path, address: str) -> None:
    """An address of another kind, or without a bucket, is refused as raw and as clean, and said as it was given."""
    for folders in ((Path(address), tmp_path), (tmp_path, Path(address))):
        with pytest.raises(UsageError, match=address.rstrip("/").replace("+", r"\+").replace(":///", "://")):
            named_folders(*folders)


@pytest.mark.parametrize("address", ["s3://bucket/news/2026", "gs://bucket", "az://box/news"])
def test_address_of_an_object_store_is_known(tmp_path: Path, address: str) -> None:
    """An address is the same as a text and as a path, which loses a slash of it."""
    for given in (address, Path(address), f"{address}/"):
        (named, _) = named_folders(Path(given), tmp_path)
        assert isinstance(named, Address)
        assert str(named) == address


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://user:hunter2@bucket/news", "taken from the environment"),
        ("https://host/news?X-Amz-Signature=hunter2", "https://host/news is an address of a kind that is not read"),
        ("s3://a b/news?sig=hunter2", "s3://a b/news names no bucket"),
    ],
)
def test_secret_in_an_address_is_not_said_again(tmp_path: Path, address: str, said: str) -> None:
    """An address with a password or a signature is refused, and the message does not repeat that."""
    with pytest.raises(UsageError, match=said) as told:
        named_folders(Path(address), tmp_path)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(("raw", "inside"), [("s3://b/news", True), ("s3://b", True), ("s3://b/news/clean/x", False)])
def test_clean_does_not_lie_in_raw(raw: str, inside: bool) -> None:
    """An address in which the corpus would be read as news is seen as such; one with a longer name is not."""
    source, target = named_folders(Path(raw), Path("s3://b/news/clean"))
    assert isinstance(source, Address)
    assert isinstance(target, Address)
    assert target.is_in(source) == inside
    assert not Address("s3", "b", "newspapers").is_in(Address("s3", "b", "news"))


@pytest.mark.parametrize("name", ["news", "./a:b/news", "/s3:/news", "C:/news", "news:2026", "..", "a b://c"])
def test_folder_with_a_colon_is_one(name: str) -> None:
    """A name is an address only if it begins with a scheme."""
    assert all(isinstance(folder, Path) for folder in named_folders(Path(name), Path(name)))


def test_flow_refuses_an_address(tmp_path: Path, prefect_environment: dict[str, str]) -> None:
    """A run by Prefect alone refuses what is no address of a store too, and makes no folder of that name."""
    (tmp_path / "raw").mkdir()
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(UsageError, match="https://bucket/corpus is an address of a kind that is not read"):
            publish(Path("raw"), Path("https://bucket/corpus"))
    finally:
        os.chdir(before)
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize("command", ["deploy", "serve"])
def test_address_is_not_deployed(prefect_environment: dict[str, str], command: str) -> None:
    """An address of another kind would be deployed as a folder below the one that the command was given in."""
    (line,) = printed(command, clean=Path("https://bucket/corpus"), status=2).splitlines()
    assert "https://bucket/corpus is an address" in line
