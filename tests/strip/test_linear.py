"""Text meant to be slow takes time in proportion to its length; benchmarks/speed/worst_cases.py has more of it."""

from time import process_time

import pytest

from cleaners.records import Article
from cleaners.strip import StripConfig, find_claims, line_keys

# Each took over 10 s when what stands before or behind a place was copied for each place. They take one or two now.
MOST_SECONDS = 6.0
CASES = {
    "short sentences": "He is He. " * 100_000,
    "common words in capitals": "It was so. It was the cable He said. " * 30_000,
    "fragments, all different": "\n".join(
        f"It was so and so and the boats of the harbour were out at sea. Buy the lamp w{number} It was so."
        for number in range(6_000)
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_time_grows_with_the_text(case: str) -> None:
    """Keys and claims of a megabyte are found in seconds."""
    article = Article("a.txt", 0, CASES[case], language="en")
    start = process_time()
    line_keys(article)
    find_claims(article, config=StripConfig())
    assert process_time() - start < MOST_SECONDS
