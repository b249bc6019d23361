"""The article's end: whole stories and lists of headlines that follow it and are about something else."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from cleaners.records import Article, Removal
from cleaners.strip.config import StripConfig
from cleaners.strip.end_features import FEATURES, end_features
from cleaners.strip.topic import topics_of


@dataclass(frozen=True, slots=True)
class _Logit:
    bias: float
    weights: tuple[float, ...]

    def probability(self, features: dict[str, float]) -> float:
        value = self.bias + sum(w * features[name] for w, name in zip(self.weights, FEATURES, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))


@lru_cache(maxsize=1)
def _models() -> dict[str, _Logit]:
    table = json.loads(files("cleaners.strip").joinpath("end_model.json").read_text("utf-8"))
    return {
        name: _Logit(model["bias"], tuple(model["weights"].get(feature, 0.0) for feature in FEATURES))
        for name, model in table.items()
    }


def find_appended(article: Article, *, config: StripConfig) -> Iterator[Removal]:
    """Claim everything from the first place on where the article ends and other matter begins.

    The probability of each place comes from two small logistic models (end_model.json), one for places that open with
    a paragraph and one for places that open with a headline, label or list; a place that is likely but not likely
    enough is claimed as `unsure`.
    """
    topics = topics_of(article.text, article.title, article.language)
    models = _models()
    best: Removal | None = None
    for cut, features in end_features(topics):
        prose = topics.blocks[cut].prose
        score = models["prose" if prose else "headed"].probability(features)
        start = topics.blocks[cut - 1].end
        rule = "topic_break" if prose else "listing" if features["to_the_end"] else "headed_story"
        if score >= (config.end_prose if prose else config.end_headed):
            yield Removal(start, len(article.text), "appended", rule, round(score, 4))
            return
        if score >= config.end_unsure and (best is None or score > best.score):
            best = Removal(start, len(article.text), "unsure", rule, round(score, 4))
    if best is not None:
        yield best
