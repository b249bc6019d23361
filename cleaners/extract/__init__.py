"""The extract stage: one raw document in, one article out."""

from cleaners.extract.articles import extract

__all__ = ["extract"]
