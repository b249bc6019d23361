"""An error on one record is that record's fate; one of I/O is not."""

import polars as pl
import pytest

from cleaners.attempts import attempt
from cleaners.records import Fate


def test_what_was_made_is_returned() -> None:
    """Work that raises nothing gives what it gives."""
    assert attempt("extract", "a.txt", 0, lambda: 7) == 7


def test_error_becomes_the_fate_of_the_record() -> None:
    """The message names the stage, the error's kind and its words, in one line that any table holds."""
    text = b"\xff\n" * 2

    def work() -> str:
        raise LookupError(text.decode(errors="surrogateescape"))

    fate = attempt("split", "a.txt", 3, work)
    assert fate == Fate("a.txt", 3, "failed", "split: LookupError: \\udcff \\udcff")


def test_panic_of_compiled_code_becomes_a_fate() -> None:
    """What polars raises on a fault that it did not foresee is caught too, though Python does not call it an error."""

    def work() -> str:
        raise pl.exceptions.PanicException("index out of bounds")

    fate = attempt("read", "a.parquet", 0, work)
    assert isinstance(fate, Fate)
    assert fate.message == "read: PanicException: index out of bounds"


def test_failure_of_io_goes_through() -> None:
    """A disk that fails is no fault of the record, and another attempt may help."""

    def work() -> str:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        attempt("extract", "a.txt", 0, work)
