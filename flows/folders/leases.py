"""The lock of an address: an object that one run at a time holds, as long as it keeps renewing it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from flows.errors import StoreError, TakenError, UsageError
from flows.folders.addresses import Address
from flows.folders.clean_folder import holder_line
from flows.folders.objects import ChangedError, Mark, ObjectError, naming_address, read_object, write_object

LOCK = "lock.json"
TOKEN = "token"  # a file in the work folder, whose content identifies its runs in the lock
# A killed run holds the lock for this long; the clocks of publishing machines must agree far better than this.
LEASE = timedelta(minutes=5)
RENEW_SECONDS = 60.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_TRIES = 3
_GIVE_UP_SECONDS = 3.0  # that releasing the lock may take; a lock that is not released expires by itself


class OvertakenError(StoreError):
    """Another run has published at the address, or taken its lock, since this run began."""


@dataclass(slots=True)
class Lease:
    """The lock as its holder knows it; `lost_to` names the run that has taken it after it expired."""

    address: Address
    token: str
    holder: str
    mark: Mark = field(default_factory=dict)
    expires: datetime = _LONG_AGO
    lost_to: str = ""

    def say(self, before: Mark | None, *, ended: bool = False) -> None:
        """Write the lock over its version `before`, always with new content; once `ended`, the lock is free."""
        expires = (datetime.now(UTC) + LEASE).replace(microsecond=0)
        said = {"holder": self.holder, "expires": None if ended else expires.isoformat()}
        said |= {"token": self.token, "nonce": uuid4().hex}
        content = json.dumps(said, ensure_ascii=False).encode() + b"\n"
        self.mark = write_object(self.address, LOCK, content, before)
        self.expires = expires

    def check_time(self) -> None:
        """Raise OvertakenError if another run may have taken the lock by now."""
        if self.lost_to or self.expires <= datetime.now(UTC):
            raise OvertakenError(
                f"the lock of {self.address} was not renewed in time and another run may work there: "
                "nothing is removed at the address"
            )

    def check(self) -> None:
        """Raise OvertakenError if another run is known to have taken the lock."""
        if self.lost_to:
            raise OvertakenError(
                f"the lock of {self.address} was not renewed in time and is held by {self.lost_to}: "
                "nothing is published"
            )


@contextmanager
def hold_lease(address: Address, run: str, work: Path) -> Iterator[Lease]:
    """Hold the lock of an address for one run, which must be the only process that works in the folder `work`.

    Raises TakenError if another run holds it, and UsageError if the store cannot provide a lock.
    """
    lease = Lease(address, _token(work / TOKEN), holder_line(run))
    with naming_address(address):
        _take(lease)
        _check_conditions(lease)
    ended = Event()
    renewing = Thread(target=_renew, args=(lease, ended), daemon=True)
    renewing.start()
    try:
        yield lease
    finally:
        ended.set()
        # A thread of its own, so that stopping a run does not wait for a store that does not answer.
        giving_up = Thread(target=_give_up, args=(lease, renewing), daemon=True)
        giving_up.start()
        giving_up.join(_GIVE_UP_SECONDS)


def check_free(address: Address, work: Path) -> None:
    """Raise TakenError if a run holds the lock of an address; one from the same work folder has ended and does not."""
    with naming_address(address):
        found = read_object(address, LOCK)
        _check_free(address, _token(work / TOKEN), found)


def _check_free(address: Address, token: str, found: tuple[bytes, Mark] | None) -> None:
    held = _parsed(address, found[0]) if found is not None else None
    # A lock with our own token was left by a killed run: that this run could begin shows that the other is gone.
    if held is not None and not _is_free(held) and held["token"] != token:
        raise TakenError(f"another run is publishing into {address}: {_holder_in_words(held)}")


def holder_of(address: Address) -> str | None:
    """Return who holds the lock of an address, or None; this includes a killed run of this machine."""
    found = read_object(address, LOCK)
    held = _parsed(address, found[0]) if found else None
    return _holder_in_words(held) if held is not None and not _is_free(held) else None


def _token(file: Path) -> str:
    """Return the token that identifies all runs in a work folder; make it if there is none."""
    with suppress(OSError):
        if known := file.read_text(encoding="utf-8").strip():
            return known
    token = uuid4().hex
    file.write_text(token, encoding="utf-8")
    return token


def _take(lease: Lease) -> None:
    for _ in range(_TRIES):
        found = read_object(lease.address, LOCK)
        _check_free(lease.address, lease.token, found)
        with suppress(ChangedError):  # another run was faster, or the answer was lost and the lock is ours
            lease.say(found and found[1])
            return
    raise TakenError(f"other runs begin to publish into {lease.address} at this moment")


def _check_conditions(lease: Lease) -> None:
    """Raise UsageError if the store overwrites an object against a condition, or replaces a version that is gone."""
    stale = lease.mark
    lease.say(stale)
    for condition, mark in {"If-None-Match": None, "If-Match": stale}.items():
        with suppress(ChangedError):
            lease.say(mark, ended=True)
            raise UsageError(
                f"the store of {lease.address} takes no heed of conditions on what is written ({condition}), so that "
                "two runs could publish over each other: publish into a folder, and copy it"
            )


def _renew(lease: Lease, ended: Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        # If the store does not answer now, the next attempt follows a little later.
        with suppress(ObjectError):
            try:
                lease.say(lease.mark)
            except ChangedError:
                found = read_object(lease.address, LOCK)
                try:
                    held = _parsed(lease.address, found[0]) if found else {"holder": "nobody: it was removed"}
                except UsageError:
                    held = {"holder": "something that is no lock"}
                if held.get("token") != lease.token or found is None:
                    lease.lost_to = held["holder"]
                    return
                lease.mark = found[1]


def _give_up(lease: Lease, renewing: Thread) -> None:
    renewing.join()
    if not lease.lost_to:
        with suppress(ObjectError):
            lease.say(lease.mark, ended=True)


def _parsed(address: Address, content: bytes) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads(content)
        if held["expires"] is not None:
            datetime.fromisoformat(held["expires"])
        str(held["holder"]), str(held["token"])
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{address / LOCK} is no lock of a run ({error}): move it away") from None
    return held


def _is_free(held: dict[str, Any]) -> bool:
    return held["expires"] is None or datetime.fromisoformat(held["expires"]) < datetime.now(UTC)


def _holder_in_words(held: dict[str, Any]) -> str:
    return f"{held['holder']}; unless it says so again, it counts as gone from {held['expires']} on"
