"""The words of a page's lines, as the block model counts them, and what is left of a line to compare it by.

They are not the words of `cleaners/text.py`: the model was trained on these, and another count of them is another
feature, which needs training.
"""

import re
from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cleaners.records import ALPHABETIC, UNSPACED
from cleaners.text import remembered

# From this length on a block may be a paragraph of the article.
PARAGRAPH_WORDS = 8
# What a line that announces another ends in.
COLONS = (":", "：")
_RUN = re.compile(r"\w+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
# In scripts without spaces a fixed number of letters counts as a word.
_GROUP = re.compile(
    rf"[{ALPHABETIC}]{{1,5}}|[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    rf"\uf900-\ufaff\U00020000-\U0003ffff]{{1,2}}|[^\W{UNSPACED}]+"
)


@partial(remembered, kept=1_024)
def runs_of(text: str) -> tuple[list[str], list[str]]:
    """Return what stands between a text's spaces and signs, as it is and in lower case; not to be changed.

    Cached, since a paragraph of the article is asked for four times: as a block, as a line of trafilatura's, and when
    it is kept, where copies and what has a field of its own are left out.
    """
    found = _RUN.findall(text)
    return found, " ".join(found).lower().split()


def squash(text: str) -> str:
    """Return the text's letters and digits only, in lower case, to compare texts whatever their spaces and signs."""
    return "".join(runs_of(text)[1])


def words_of(text: str) -> list[str]:
    """Return the words of a text; of scripts without spaces, groups of as many letters as their words have."""
    return _GROUP.findall(text) if is_unspaced(text) else runs_of(text)[0]


def is_unspaced(text: str) -> bool:
    """Tell whether a text has letters of a script without spaces."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def count_words(features: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return how many words each block has, by the features of the blocks."""
    return np.rint(np.expm1(features["words"]))
