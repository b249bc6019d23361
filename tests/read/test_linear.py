"""Files meant to be slow take time in proportion to their length; benchmarks/speed/worst_cases.py has more of them."""

from io import BytesIO
from time import process_time

import pytest

from cleaners.read import read_records
from cleaners.read.config import ReadConfig

MOST_SECONDS = 3.0
CASES = {
    "lines of spaces": "    \n" * 40_000 + "a",
    "an export with one long word": "1 of 2 DOCUMENTS\n\n" + "a" * 200_000 + "\n\nSECTION: a\n\nThe ferry sails.\n",
    "an export with its text named last": "1 of 2 DOCUMENTS\n\nSECTION: a\n\n" + "b\n" * 20_000 + "Full text: c\n",
}


@pytest.mark.parametrize("case", CASES)
def test_time_grows_with_the_file(case: str) -> None:
    """Records of a file of up to 200 kB are read in far less than a second."""
    start = process_time()
    assert list(read_records(BytesIO(CASES[case].encode()), source="a.txt", config=ReadConfig()))
    assert process_time() - start < MOST_SECONDS
