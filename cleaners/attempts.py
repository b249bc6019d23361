"""The one place that catches errors of every kind: what a stage raises on one record costs that record alone."""

from collections.abc import Callable
from traceback import walk_tb
from typing import TypeVar

from polars.exceptions import PanicException

from cleaners.records import Fate

T = TypeVar("T")

_LONGEST = 300  # characters of an error's own words in a message


def attempt(stage: str, source: str, record: int, work: Callable[[], T]) -> T | Fate:
    """Return what `work` gives for a record, or the record's fate if it raises anything but an error of I/O.

    Libraries and rules meet input that nobody foresaw, and no list of errors names everything they then raise.
    """
    try:
        return work()
    except OSError:
        raise
    except (Exception, PanicException) as error:  # noqa: BLE001 - see above; the second is no Exception
        return failure(stage, source, record, error)


def failure(stage: str, source: str, record: int, error: BaseException) -> Fate:
    """Return the fate of a record on which a stage raised this error.

    Its message gives the stage, the kind of error, the module of ours that raised it, and the error's own words.
    """
    modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    ours = [module for module in modules if module.startswith("cleaners.") and module != __name__]
    where = f" in {ours[-1]}" if ours else ""
    # The words may quote half a letter of the input, which no table can hold.
    words = " ".join(str(error).encode(errors="backslashreplace").decode().split())[:_LONGEST]
    return Fate(source, record, "failed", f"{stage}: {type(error).__name__}{where}{': ' if words else ''}{words}")
