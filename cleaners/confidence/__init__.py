"""How likely an article's published text is right, judged by the signs of doubt that earlier stages leave."""

from cleaners.confidence.model import confidence_of

__all__ = ["confidence_of"]
