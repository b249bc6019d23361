"""The learned models of the article's end and of further headlines.

`benchmarks/training/ends.py` and `benchmarks/training/parts.py` make their numbers.
"""

from dataclasses import dataclass
from functools import cache, partial

from cleaners.learned.files import ModelFile
from cleaners.learned.linear import Linear, linear_of
from cleaners.learned.trees import Trees, trees_of
from cleaners.strip.cues import word_lists
from cleaners.strip.ends.features import FEATURES

# The features count closing lines and words that resume; titles matter to whether a person is named in full.
_ENDS_WORDS = partial(word_lists, "end.phrases", "resume.words", "title.words")
HEADED = ModelFile(__package__, "headed", "trees", _ENDS_WORDS)
PROSE = ModelFile(__package__, "prose", "trees", _ENDS_WORDS)
PART = ModelFile(__package__, "part", "linear", partial(word_lists, "title.words"))
# The measures that `split` takes of a line that may be the headline of a further part.
PART_FEATURES = (
    "lead_like", "title_like", "told", "dateline", "again", "again_early",
    "previous_like", "resumed", "quote", "sentences", "briefs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndModels:
    """The models of an end: `headed` if a short line follows it, `prose` if a paragraph does."""

    headed: Trees
    prose: Trees


@cache
def end_models() -> EndModels:
    """Return the models of the article's end."""
    return EndModels(headed=trees_of(HEADED.read(FEATURES)), prose=trees_of(PROSE.read(FEATURES)))


@cache
def part_model() -> Linear:
    """Return the model of the headline of a further part."""
    return linear_of(PART.read(PART_FEATURES))
