"""The small logistic models of this stage: weights from models.json, nothing else at run time."""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Logit:
    """A bias and a weight for each named feature."""

    bias: float
    weights: tuple[tuple[str, float], ...]

    def probability(self, features: dict[str, float]) -> float:
        """Return the probability the model gives to these features."""
        value = self.bias
        for name, weight in self.weights:
            value += weight * features[name]
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))


@lru_cache(maxsize=1)
def models() -> dict[str, Logit]:
    """Return the models, read once; benchmarks/train_strip.py writes them and says how they are made."""
    table = json.loads(files("cleaners.strip").joinpath("models.json").read_text("utf-8"))
    return {name: Logit(model["bias"], tuple(model["weights"].items())) for name, model in table.items()}
