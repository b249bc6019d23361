"""What is reckoned over a table of many articles at once is what a plain loop over each article gives."""

from itertools import accumulate

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.strip.rows import FAR, best_runs, distances, neighbours, rows_of, window_sums

# Halves sum up exactly in single precision, as most of what lines are measured by does.
HALVES = st.integers(-6, 6).map(lambda half: half / 2)
ARTICLES = st.lists(st.lists(HALVES, max_size=9), min_size=1, max_size=5)


def table(articles: list[list[float]]) -> np.ndarray:
    """Return all values of the articles in one column."""
    return np.array([value for article in articles for value in article], dtype=np.float32)[:, None]


def of_each(articles: list[list[float]], found: list[list[float]]) -> list[float]:
    """Check that there is a value for each line, and return them in one list."""
    assert [len(article) for article in articles] == [len(values) for values in found]
    return [value for values in found for value in values]


@settings(deadline=None)
@given(ARTICLES)
def test_sums_are_of_the_lines_own_article(articles: list[list[float]]) -> None:
    """Each line has the sum of its article, and the sum of its article's lines up to it."""
    rows = rows_of([len(article) for article in articles])
    values = table(articles)[:, 0]
    assert rows.sums(values).tolist() == of_each(articles, [[sum(a)] * len(a) for a in articles])
    assert rows.until(values).tolist() == of_each(articles, [list(accumulate(a)) for a in articles])


@settings(deadline=None)
@given(ARTICLES, st.integers(-4, 4))
def test_neighbours_end_with_the_article(articles: list[list[float]], shift: int) -> None:
    """The line some places away gives its value; where the article has none there, the missing one stands."""
    found = neighbours(table(articles), rows_of([len(article) for article in articles]), shift, 99.0)
    plain = [[a[at + shift] if 0 <= at + shift < len(a) else 99.0 for at in range(len(a))] for a in articles]
    assert found[:, 0].tolist() == of_each(articles, plain)


@settings(deadline=None)
@given(ARTICLES, st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_windows_end_with_the_article(articles: list[list[float]], reaches: list[int]) -> None:
    """The values of up to `reach` lines before each line and behind it are added up, none of another article."""
    found = window_sums(table(articles), rows_of([len(article) for article in articles]), reaches)
    for number, reach in enumerate(reaches):
        before = [[sum(a[max(0, at - reach) : at]) for at in range(len(a))] for a in articles]
        behind = [[sum(a[at + 1 : at + 1 + reach]) for at in range(len(a))] for a in articles]
        assert found[:, 2 * number].tolist() == of_each(articles, before)
        assert found[:, 2 * number + 1].tolist() == of_each(articles, behind)


@settings(deadline=None)
@given(ARTICLES)
def test_distances_are_to_marks_of_the_same_article(articles: list[list[float]]) -> None:
    """Lines are counted back to the last mark and on to the next; without one it is farther than any counts."""
    since, until = distances(table(articles) > 0, rows_of([len(article) for article in articles]))
    for at_once, step in ((since[:, 0].tolist(), -1), (until[:, 0].tolist(), 1)):
        plain = []
        for article in articles:
            for at in range(len(article)):
                ahead = range(at + step, len(article) if step > 0 else -1, step)
                plain.append(next((abs(other - at) for other in ahead if article[other] > 0), None))
        assert [None if far > FAR else far for far in at_once] == plain


@settings(deadline=None)
@given(st.lists(st.lists(HALVES, min_size=1, max_size=9), min_size=1, max_size=5))
def test_best_run_has_the_greatest_sum(articles: list[list[float]]) -> None:
    """No run of lines of an article has a greater sum than that which its lines are given."""
    first, last = best_runs(table(articles)[:, 0], rows_of([len(article) for article in articles]))
    begin = 0
    for article in articles:
        (start,) = set(first[begin : begin + len(article)].tolist())
        (stop,) = set(last[begin : begin + len(article)].tolist())
        runs = [sum(article[a:b]) for a in range(len(article)) for b in range(a + 1, len(article) + 1)]
        assert sum(article[start - begin : stop - begin + 1]) == max(runs)
        begin += len(article)
