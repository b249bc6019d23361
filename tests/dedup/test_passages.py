"""Tests of the passages that different articles share."""

import random
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.dedup import DedupConfig, deduplicate
from cleaners.dedup.pairs.passages import Passage, quoted_share, shared_passages
from cleaners.dedup.pairs.reading import read_texts
from cleaners.dedup.tokens.shingles import passage_hashes
from cleaners.dedup.tokens.words import Ragged, hash_words, scan
from tests.dedup import fiction

CONFIG = DedupConfig(all_pairs=True)
# All quotations of a line in one pattern, which is slow on a line with many » and no « behind them.
QUOTATION = re.compile(
    r"“[^”\n]*|\"[^\"\n]*\"?|«[^»\n]*»?|»[^«\n]*«|„[^“”\n]*[“”]?|「[^」\n]*|『[^』\n]*|‘(?:[^’\n]|’(?=\w))*’?"
)


def test_a_shared_statement_is_reported_with_offsets_in_both() -> None:
    """Two articles that quote one statement stay two, and the statement is reported where it stands in each."""
    rng = random.Random(3)
    statement = fiction.write(rng, sentences=2).split("\n\n")[0]
    left = fiction.write(rng) + f"\n\n“{statement}”"
    right = fiction.write(rng).replace("\n\n", f"\n\n“{statement}”\n\n", 1)
    found = deduplicate(fiction.articles({"a": left, "b": right}), config=CONFIG)
    assert found.clusters["kept_id"].to_list() == ["a", "b"]
    assert found.pairs["verdict"].to_list() == ["quote"]
    row = found.passages.row(0, named=True)
    assert left[row["left_start"] : row["left_end"]] == right[row["right_start"] : row["right_end"]]
    assert row["words"] >= len(statement.split()) - 1


def test_a_passage_that_stands_twice_in_the_other_text_is_reported_once() -> None:
    """A statement that the other article gives twice is one passage, not two."""
    rng = random.Random(5)
    statement = fiction.write(rng, sentences=2).split("\n\n")[0]
    twice = f"{statement}\n\n{fiction.write(rng)}\n\n{statement}"
    left, right = read_texts([fiction.write(rng) + f"\n\n{statement}", twice], config=CONFIG)
    assert len(shared_passages(left, right, min_words=CONFIG.passage_min)) == 1


def test_shared_background_is_not_called_a_quote() -> None:
    """A paragraph shared outside quotation marks gives the verdict background."""
    rng = random.Random(4)
    paragraph = " ".join(fiction.write(rng, sentences=2).replace("“", "").replace("”", "").split())
    left, right = (fiction.write(rng).replace("“", "").replace("”", "") + f"\n\n{paragraph}" for _ in range(2))
    found = deduplicate(fiction.articles({"a": left, "b": right}), config=CONFIG)
    assert found.pairs["verdict"].to_list() == ["background"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('aa »»««„“”"‘’「」\n'), min_size=1, max_size=40), st.data())
def test_quoted_letters_are_those_between_quotation_marks(text: str, data: st.DataObject) -> None:
    """The share of quoted letters is what counting them one by one gives, whatever marks are left open."""
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    quoted = {place for match in QUOTATION.finditer(text) for place in range(*match.span())}
    share = len(quoted & set(range(begin, end))) / (end - begin)
    assert quoted_share(text, text, (Passage(begin, end, begin, end, 1),)) == share


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40), st.integers(1, 20))
def test_a_long_enough_shared_run_shares_a_passage_hash(seed: int, before: int, after: int, window: int) -> None:
    """Two texts that share `length + window - 1` words in a row share a passage hash, whatever stands around."""
    rng = np.random.default_rng(seed)
    run = rng.integers(0, 2**63, CONFIG.passage_words + window - 1, np.uint64)
    texts = [np.concatenate((rng.integers(0, 2**63, n, np.uint64), run)) for n in (before, after)]
    words = Ragged(np.concatenate(texts), np.array([0, len(texts[0]), len(texts[0]) + len(texts[1])]))
    hashes = passage_hashes(words, CONFIG.passage_words, window)
    assert np.intersect1d(hashes.row(0), hashes.row(1)).size


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.sampled_from("abß é\u0301ﬁ漢字\u00ad.\n’👍क\u094d"), max_size=40), max_size=5))
def test_offsets_point_to_the_words_as_given(texts: list[str]) -> None:
    """A word cut out of its text by its offsets, read alone, is the same word, whatever letters were replaced."""
    for reading in read_texts(texts, config=CONFIG) if texts else []:
        for i, word in enumerate(reading.words.tolist()):
            assert word in hash_words(scan([reading.word(i)])).values.tolist()
