"""Compilations: several complete articles on one thing in one file become several articles."""

from cleaners.records import Article
from cleaners.strip.config import StripConfig


def split(article: Article, *, config: StripConfig) -> tuple[Article, ...]:
    """Return the articles of a compilation in order, each with its headline as title; all else comes back as is."""
    del config
    return (article,)
