"""The extract stage: takes a raw document, gives an article or a fate."""

from cleaners.extract.articles import extract

__all__ = ["extract"]
