"""How likely the published text of an article is right, by signs of doubt that extraction and stripping leave."""

from cleaners.confidence.model import confidence_of

__all__ = ["confidence_of"]
