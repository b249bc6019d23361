"""The block model: how likely each block of a page is the article's.

Its numbers are made by `benchmarks/training/pages.py`, their arithmetic stands in `cleaners.learned.trees`.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaners.extract.page_words import word_lists
from cleaners.learned import trees
from cleaners.learned.files import ModelFile
from cleaners.learned.trees import Trees, only_used, trees_of

BLOCK_MODEL = ModelFile(__package__, "block_model", "trees", word_lists)


def predict(columns: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return the model's probability for every row of the named columns, which must be all that it was trained on."""
    names, model = _model(tuple(columns))
    return trees.predict(model, np.array([columns[name] for name in names]).T)


@cache
def _model(features: tuple[str, ...]) -> tuple[tuple[str, ...], Trees]:
    used, model = only_used(trees_of(BLOCK_MODEL.read(features)))
    return tuple(features[number] for number in used), model
