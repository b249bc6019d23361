"""Matter after the article's end: whole stories and lists of headlines about something else."""

from collections.abc import Sequence

from cleaners.records import Removal
from cleaners.strip.ends.judging import Asked, find_ends
from cleaners.strip.finders.furniture import PLACES
from cleaners.strip.finders.repeated import REPEATED
from cleaners.strip.sight import Sight


def find_appended(articles: Sequence[Sight]) -> list[list[Removal]]:
    """Claim, in each article, everything after the first place where it ends and other matter begins.

    The article begins after the furniture above it. Lines that other pages of its site carry bear witness to its end.
    """
    asked = [Asked(sight.article, _body(sight), _marked(sight), sight.elsewhere) for sight in articles]
    return [[end] if end else [] for end in find_ends(asked, articles[0].config)] if asked else []


def _body(sight: Sight) -> int:
    """Return the offset at which the article begins, after the furniture at the top."""
    tops = (claim for claim in sight.claimed if claim.rule in PLACES and claim.start == 0 and claim.reason != "unsure")
    return next((claim.end for claim in tops if claim.end < len(sight.article.text)), 0)


def _marked(sight: Sight) -> frozenset[int]:
    """Return the ends of the lines that other pages carry and that may close an article.

    Advertisements and other lines that are claimed for their wording do not count: they also stand between paragraphs.
    """
    worded = frozenset(
        [claim.end for claim in sight.claimed if claim.rule not in REPEATED and claim.rule not in PLACES]
    )
    return (
        frozenset([claim.end for claim in sight.claimed if claim.reason == "repeated" and claim.rule in REPEATED])
        - worded
    )
