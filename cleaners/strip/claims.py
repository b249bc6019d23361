"""The list of finders, and the rounds in which they judge an article."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from cleaners.records import Article, Removal, SiteLines
from cleaners.strip.config import StripConfig
from cleaners.strip.cut import cut
from cleaners.strip.finders.ads import find_ads
from cleaners.strip.finders.appended import find_appended
from cleaners.strip.finders.calls import find_calls
from cleaners.strip.finders.captions import find_captions
from cleaners.strip.finders.credits import find_credits
from cleaners.strip.finders.edges import find_edges, find_last_separators
from cleaners.strip.finders.furniture import find_furniture
from cleaners.strip.finders.interface import find_interface
from cleaners.strip.finders.notices import find_notices
from cleaners.strip.finders.pictures import find_pictures
from cleaners.strip.finders.promo import find_promo
from cleaners.strip.finders.publication import find_publication_lines
from cleaners.strip.finders.related import find_related
from cleaners.strip.finders.repeated import find_repeated, find_second_copy
from cleaners.strip.finders.widgets import find_widgets
from cleaners.strip.sight import Finder, Sight
from cleaners.strip.spans import gaps

# The order matters for two: `find_appended` goes by the claims of the finders before it, `find_edges` by all claims.
FINDERS: tuple[Finder, ...] = (
    find_furniture,
    find_repeated,
    find_promo,
    find_ads,
    find_captions,
    find_pictures,
    find_widgets,
    find_interface,
    find_calls,
    find_credits,
    find_publication_lines,
    find_notices,
    find_related,
    find_second_copy,
    find_last_separators,
    find_appended,
    find_edges,
)
# A cut can make the next claim possible (an advert above a promo line). Every text measured was settled in 3 rounds.
_ROUNDS = 6
# Articles judged together. With more, the tables outgrow the processor's caches.
_TOGETHER = 64


def _one_round(articles: Sequence[Sight]) -> list[list[Removal]]:
    """Return what all finders claim in each article."""
    for find in FINDERS:
        articles = [
            replace(sight, claimed=(*sight.claimed, *claims)) if claims else sight
            for sight, claims in zip(articles, find(articles), strict=True)
        ]
    return [[claim for claim in sight.claimed if claim.reason not in sight.config.keep] for sight in articles]


def _original(claim: Removal, kept: list[tuple[int, int]]) -> Iterator[Removal]:
    """Translate a claim on the text that earlier rounds left into claims on the original text."""
    offset = 0
    for start, end in kept:
        low, high = max(claim.start, offset), min(claim.end, offset + end - start)
        if low < high:
            yield replace(claim, start=start + low - offset, end=start + high - offset)
        offset += end - start


def find_claims(
    article: Article,
    *,
    config: StripConfig,
    site_lines: SiteLines | None = None,
    elsewhere: frozenset[int] = frozenset(),
) -> tuple[Removal, ...]:
    """Return the claims on one article, as `find_all_claims` does."""
    return find_all_claims([article], config=config, site_lines=[site_lines], elsewhere=[elsewhere])[0]


def find_all_claims(
    articles: Sequence[Article],
    *,
    config: StripConfig,
    site_lines: Sequence[SiteLines | None],
    elsewhere: Sequence[frozenset[int]],
) -> list[tuple[Removal, ...]]:
    """Run all finders on each article; return the sorted claims on each, with offsets into its text.

    The finders judge the article, then the article without what they claimed, until they claim nothing more. So
    cleaning a cleaned article changes nothing. Claims may overlap; `cut` takes their union. Claims with the reason
    `unsure` are for the audit only.

    `site_lines` has the lines that each article's site repeats, `elsewhere` the keys of its paragraphs that open other
    articles (`opening_keys`). The claims on an article do not depend on the others; many are judged at once only for
    speed.
    """
    sights = [
        Sight(article, config, counts, keys)
        for article, counts, keys in zip(articles, site_lines, elsewhere, strict=True)
    ]
    together = (sights[at : at + _TOGETHER] for at in range(0, len(sights), _TOGETHER))
    return [claims for part in together for claims in _claims_of(part)]


def _claims_of(articles: Sequence[Sight]) -> Iterator[tuple[Removal, ...]]:
    claims: list[list[Removal]] = [[] for _ in articles]
    kept = [[(0, len(sight.article.text))] for sight in articles]
    current = list(articles)
    open_ones = list(range(len(articles)))
    for _ in range(_ROUNDS):
        still_open = []
        for at, new in zip(open_ones, _one_round([current[at] for at in open_ones]), strict=True):
            mapped = [piece for claim in new for piece in _original(claim, kept[at])]
            claims[at] = [claim for claim in claims[at] if claim.reason != "unsure"] + mapped
            cleaned = cut(current[at].article.text, new)
            if cleaned.removals:
                taken = [(claim.start, claim.end) for claim in claims[at] if claim.reason != "unsure"]
                kept[at] = gaps(taken, len(articles[at].article.text))
                current[at] = replace(current[at], article=replace(current[at].article, text=cleaned.text))
                still_open.append(at)
        open_ones = still_open
        if not open_ones:
            break
    for found_in_one in claims:
        yield tuple(sorted(set(found_in_one), key=lambda r: (r.start, r.end, r.reason, r.rule, -r.score)))


def spare(claims: Sequence[Removal], rules: Collection[str]) -> tuple[Removal, ...]:
    """Return the claims with those of some rules turned into `unsure`, so that they cut nothing; "" means all rules."""
    return tuple(replace(claim, reason="unsure") if {"", claim.rule} & {*rules} else claim for claim in claims)
