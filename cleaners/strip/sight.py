"""The input of finders, and the one signature that all of them have."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps

from cleaners.records import Article, Removal, SiteLines
from cleaners.strip.config import StripConfig
from cleaners.text import Line, lines_of


@dataclass(frozen=True, slots=True)
class Sight:
    """What a finder sees: an article as earlier rounds left it, and what is known about it.

    `site_lines` counts the lines of its site, `elsewhere` holds the keys of its paragraphs that open other articles
    (`opening_key`), and `claimed` are the claims of the finders before this one in the same round.
    """

    article: Article
    config: StripConfig
    site_lines: SiteLines | None = None
    elsewhere: frozenset[int] = frozenset()
    claimed: tuple[Removal, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the article's text."""
        return lines_of(self.article.text)


# Takes many articles, because a model judges them faster together, and returns the claims on each.
Finder = Callable[[Sequence[Sight]], list[list[Removal]]]


def one_by_one(find: Callable[[Sight], Iterator[Removal]]) -> Finder:
    """Make a finder from a function that looks at one article."""

    @wraps(find)
    def find_in_each(articles: Sequence[Sight]) -> list[list[Removal]]:
        return [list(find(sight)) for sight in articles]

    return find_in_each
