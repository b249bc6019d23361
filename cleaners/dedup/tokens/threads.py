"""Work on whole columns in threads; it runs at once, since numpy, polars and hashlib release the interpreter's lock."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")
R = TypeVar("R")


def in_threads(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Apply `work` to every item, in as many threads as polars has; return the results in the order of the items."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(len(items), pl.thread_pool_size())) as pool:
        return list(pool.map(work, items))
