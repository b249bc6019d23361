"""The objects below an address: listing, reading, writing on a condition, and copying from and to this machine.

obstore makes the requests. The first request loads it, since a corpus on disk makes none.
"""

import errno
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from flows.errors import StoreError, UsageError
from flows.folders.addresses import Address
from flows.folders.files import written_whole

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

Mark = Mapping[str, str]  # identifies a version of an object: by its ETag, or by a number that the store gave it

AT_ONCE = 8  # requests
BLOCK_BYTES = 1 << 22  # of an object, in one request
# For one request, and for a request with its retries, during which a worker gives no sign of life.
_REQUEST = timedelta(seconds=20)
_CONNECT = timedelta(seconds=5)
_RETRY = {"max_retries": 4, "retry_timeout": timedelta(seconds=40)}
_LONGEST_REASON = 300  # characters
_LISTED = 1000  # objects at once


class ObjectError(OSError):
    """A store has refused a request or has not answered several attempts; `strerror` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EIO, reason)


class RefusedError(ObjectError):
    """The store has refused the request, and would refuse it again."""


class NoObjectError(RefusedError):
    """There is no such object."""


class ChangedError(RefusedError):
    """The object is not the version that was asked for, or exists though it should not."""


class UnreachableError(StoreError):
    """The store at an address does not answer."""


class _NameError(Exception):
    """A listed key cannot be read."""


@dataclass(frozen=True, slots=True)
class Object:
    """A listed object: its name below the address, its size in bytes, its last change in nanoseconds, its mark."""

    name: str
    size: int
    modified: int
    mark: Mark


@contextmanager
def naming_address(address: Address) -> Iterator[None]:
    """Turn a refusal (UsageError) or a missing answer (UnreachableError) into one line that names the address."""
    try:
        yield
    except RefusedError as error:
        raise UsageError(f"{address}: {error.strerror}") from None
    except ObjectError as error:
        raise UnreachableError(f"{address} does not answer: {error.strerror}") from None


def list_objects(address: Address, unlisted: Callable[[str, str], None] | None = None) -> list[Object]:
    """List all objects below an address.

    A key with an empty part, a part `.` or `..`, or a control character fails the listing of its folder. Then
    `unlisted` is called with the folder's name and the reason. Without `unlisted`, or if the key is right below the
    address, RefusedError is raised.
    """
    return _away([partial(_listed, address, unlisted)])[0]


def holds_objects(address: Address) -> bool:
    """Say whether any object is below an address; raise ObjectError if that cannot be told."""

    def ask(store: "ObjectStore") -> bool:
        return any(store.list(chunk_size=1))

    try:
        return _asked(address, ask)
    except _NameError:
        return True


def _listed(address: Address, unlisted: Callable[[str, str], None] | None) -> list[Object]:
    store = _store(address)
    try:
        return _flat(store, None)
    except _NameError as error:
        if unlisted is None:
            raise RefusedError(str(error)) from None
    found: list[Object] = []
    folders: list[str | None] = [None]
    while folders:
        folder = folders.pop()
        try:
            with _refusals():
                level = store.list_with_delimiter(folder)
        except _NameError as error:
            if folder is None:
                raise RefusedError(str(error)) from None
            unlisted(folder, str(error))
            continue
        found += map(_object, level["objects"])
        for below in level["common_prefixes"]:
            try:
                found += _flat(store, below)
            except _NameError:
                folders.append(below)
    return found


def _flat(store: "ObjectStore", prefix: str | None) -> list[Object]:
    with _refusals():
        return [_object(meta) for chunk in store.list(prefix, chunk_size=_LISTED) for meta in chunk]


def _object(meta: Any) -> Object:
    return Object(meta["path"], meta["size"], int(meta["last_modified"].timestamp() * 1e9), _mark(meta))


def _mark(meta: Any) -> Mark:
    return {name: meta[name] for name in ("e_tag", "version") if meta[name]}


def read_object(address: Address, name: str) -> tuple[bytes, Mark] | None:
    """Return the content of a small object and its mark, or None if it does not exist."""

    def ask(store: "ObjectStore") -> tuple[bytes, Mark]:
        found = store.get(name)
        return bytes(found.bytes()), _mark(found.meta)

    try:
        return _asked(address, ask)
    except NoObjectError:
        return None


def write_object(address: Address, name: str, content: bytes, before: Mark | None) -> Mark:
    """Write a small object over its version `before`, or as a new one if that is None; return the new mark.

    Raises ChangedError if there is another version; it may be the one just written, if the answer was lost.
    """
    mode: Any = dict(before) if before is not None else "create"
    return _asked(address, lambda store: _mark(store.put(name, content, mode=mode)))


def fetch(
    address: Address, name: str, file: Path, *, size: int, e_tag: str | None, gets_on: Callable[[], None]
) -> None:
    """Copy an object of `size` bytes to a file, block by block; raise ChangedError if it is another version.

    For workers: the requests are made on this thread, and `gets_on` is called between them.
    """
    store = _store(address)
    with file.open("wb") as stream:
        for start in range(0, size, BLOCK_BYTES):
            options: Any = {"range": (start, min(size, start + BLOCK_BYTES))}
            if e_tag:
                options["if_match"] = e_tag
            with _refusals():
                block = store.get(name, options=options).bytes()
            stream.write(block)
            gets_on()


def upload(address: Address, files: Mapping[str, Path]) -> None:
    """Write files as objects, several at once; `files` has the names of the objects."""

    def put(name: str, file: Path) -> None:
        store = _store(address)
        with _refusals():
            store.put(name, file)

    _away([partial(put, name, file) for name, file in files.items()])


def download(address: Address, objects: Iterable[Object], folder: Path) -> None:
    """Write objects as files below a folder, several at once; each file is there completely or not at all."""

    def get(one: Object) -> None:
        path = folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as unfinished:
            fetch(address, one.name, unfinished, size=one.size, e_tag=one.mark.get("e_tag"), gets_on=lambda: None)

    _away([partial(get, one) for one in objects])


def delete_objects(address: Address, names: Iterable[str]) -> None:
    """Delete objects; one that does not exist is no error."""
    wanted = list(names)
    if wanted:
        _asked(address, lambda store: store.delete(wanted))


def _asked(address: Address, request: Callable[["ObjectStore"], T]) -> T:
    def ask() -> T:
        store = _store(address)
        with _refusals():
            return request(store)

    return _away([ask])[0]


def _away(works: Iterable[Callable[[], T]]) -> list[T]:
    """Do pieces of work on threads, several at once; return their results in order.

    A request cannot be interrupted, so this thread, which receives the signals that stop a run, makes none itself.
    """
    waiting: deque[tuple[Callable[[], T], Future[T]]] = deque((work, Future()) for work in works)
    futures = [future for _, future in waiting]

    def serve() -> None:
        while waiting:
            try:
                work, future = waiting.popleft()
            except IndexError:
                return
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - whoever waits for the result gets it
                future.set_exception(error)

    for _ in range(min(AT_ONCE, len(waiting))):
        Thread(target=serve, daemon=True).start()
    try:
        return [future.result() for future in futures]
    finally:
        waiting.clear()


@lru_cache(maxsize=8)
def _store(address: Address) -> "ObjectStore":
    """Return the store of an address, with the servers and credentials that the environment names."""
    try:
        from obstore.store import AzureStore, GCSStore, S3Store
    except ImportError:
        needs = f"{address} needs the package obstore, which is not installed"
        raise UsageError(f"{needs}: pip install 'winnow-news[cloud]'") from None
    # Only the environment can name a server with http://, so it is meant.
    options: Any = {"timeout": _REQUEST, "connect_timeout": _CONNECT, "allow_http": True}
    retry: Any = _RETRY
    kind: Any = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}[address.scheme]
    try:
        with _refusals():
            store: ObjectStore = kind(
                address.bucket, prefix=address.path or None, client_options=options, retry_config=retry
            )
    except ObjectError as error:  # the settings in the environment are wrong: no request was made yet
        raise RefusedError(error.strerror or "") from None
    return store


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the errors of obstore into ObjectError with a reason for people.

    obstore's own words may contain a signed address, so its error is not chained either.
    """
    from obstore import exceptions as kinds

    try:
        yield
    except (FileNotFoundError, kinds.BaseError, ValueError) as error:
        text = str(error).partition("\n\nDebug source")[0]
        reason = _reason(text)
        if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in text:
            raise NoObjectError(reason) from None
        if isinstance(error, kinds.InvalidPathError):
            raise _NameError(reason) from None
        if isinstance(error, kinds.AlreadyExistsError | kinds.PreconditionError):
            raise ChangedError(reason) from None
        refused = not isinstance(error, kinds.GenericError) or _is_refusal(text)
        raise (RefusedError if refused else ObjectError)(reason) from None


def _is_refusal(text: str) -> bool:
    """Say whether the answer was that the request is wrong; 408 and 429 only say that it came at a bad time."""
    status = text.partition("status code: ")[2][:3]
    return _lacks_credentials(text) or (status.startswith("4") and status not in ("408", "429"))


def _lacks_credentials(text: str) -> bool:
    """Say whether credentials were asked of the machine, which happens if the environment has none."""
    return "169.254." in text or "metadata.google" in text


def _reason(text: str) -> str:
    if _lacks_credentials(text):
        return "no credentials were found in the environment (AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS, ...)"
    words = text.partition("<Message>")[2].partition("</Message>")[0] or " ".join(text.split()).rsplit(" - ", 1)[-1]
    # A signature may follow a question mark.
    return " ".join(word.partition("?")[0] for word in words.split())[:_LONGEST_REASON]
