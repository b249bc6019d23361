"""Addresses of object stores, which may take the place of folders of this machine."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from flows.errors import UsageError

SCHEMES = ("s3", "gs", "az")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a bucket: the objects whose keys begin with `path` and a slash, or all objects if `path` is empty."""

    scheme: str
    bucket: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.path}" if self.path else "")

    def __truediv__(self, below: str) -> "Address":
        return Address(self.scheme, self.bucket, f"{self.path}/{below}" if self.path else below)

    @property
    def name(self) -> str:
        """The last part of the path, or the bucket, like the name of a folder."""
        return (self.path or self.bucket).rsplit("/", 1)[-1]

    def absolute(self) -> "Address":
        """Return the address itself, since it depends on no working folder."""
        return self

    def is_in(self, other: "Address") -> bool:
        """Whether it equals the other address or lies below it."""
        same = (self.scheme, self.bucket) == (other.scheme, other.bucket)
        return same and (not other.path or f"{self.path}/".startswith(f"{other.path}/"))


Folder = Path | Address


def folder_named(option: str, folder: Path | str) -> Folder:
    """Return the absolute path or the address that an option gives.

    An address that was turned into a path has lost a slash, and counts as an address all the same. Raises UsageError
    for an address of an unknown kind, which would look like a folder once made absolute, and for one without a bucket.
    """
    text = str(folder)
    scheme, colon, rest = text.partition(":/")
    if text in [f"{known}:" for known in SCHEMES]:  # all that a path keeps of an address without a bucket
        scheme, colon, rest = text[:-1], ":/", ""
    if not colon or len(scheme) < 2 or not scheme.replace("+", "").isalnum():
        return Path(folder).absolute()
    bucket, _, path = rest.lstrip("/").partition("/")
    if "@" in bucket or ":" in bucket:  # the message does not repeat it, since it may be a secret
        raise UsageError(
            f"the {option} address has more than the name of a bucket before its path: user names, passwords and "
            "servers are taken from the environment, as AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL"
        )
    parts = [part for part in path.split("/") if part]
    # A signature may follow a question mark.
    address = f"{scheme}://{'/'.join([bucket, *parts])}".partition("?")[0]
    if scheme not in SCHEMES:
        raise UsageError(
            f"the {option} folder {address} is an address of a kind that is not read: it must begin with "
            f"{', '.join(f'{known}://' for known in SCHEMES)}, or be a folder of this machine, or one mounted on it"
        )
    if not bucket or not set(bucket) <= _NAME or {".", ".."} & set(parts):
        raise UsageError(f"the {option} address {address} names no bucket, or a path with . or .. in it")
    return Address(scheme, bucket, "/".join(parts))


def work_folder(address: Address, named: str | None) -> Path:
    """Return the folder of this machine for the work of runs into an address, below `named` or the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    shown = "".join(c if c in _NAME else "-" for c in f"{address.bucket}-{address.name}")
    digest = hashlib.sha256(str(address).encode()).hexdigest()[:8]
    return Path(named or cache / "winnow").absolute() / f"{shown}-{digest}"
