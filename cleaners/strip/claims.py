"""The list of finders, and how an article is run through them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cleaners.records import Article, Removal, SiteLines
from cleaners.strip.config import StripConfig
from cleaners.strip.cut import cut
from cleaners.strip.finders.ads import find_ads
from cleaners.strip.finders.appended import find_appended
from cleaners.strip.finders.captions import find_captions
from cleaners.strip.finders.credits import find_credits
from cleaners.strip.finders.edges import find_edges, find_last_separators
from cleaners.strip.finders.furniture import find_furniture
from cleaners.strip.finders.notices import find_notices
from cleaners.strip.finders.pictures import find_pictures
from cleaners.strip.finders.promo import find_promo
from cleaners.strip.finders.related import find_related
from cleaners.strip.finders.repeated import find_repeated, find_second_copy
from cleaners.strip.finders.widgets import find_widgets

# The finders that take the article alone; the others, called by name below, take evidence too.
FINDERS: tuple[Callable[..., Iterator[Removal]], ...] = (
    find_promo,
    find_ads,
    find_captions,
    find_pictures,
    find_widgets,
    find_credits,
    find_notices,
    find_related,
    find_second_copy,
    find_last_separators,
)
# A claim can lay bare the next one (an advert above a promo line); three rounds settle all that was measured.
_ROUNDS = 6
# Articles judged together: with more the tables outgrow the caches.
_TOGETHER = 64


def _one_round(
    articles: Sequence[Article],
    config: StripConfig,
    site_lines: Sequence[SiteLines | None],
    elsewhere: Sequence[frozenset[int]],
) -> list[list[Removal]]:
    """Return what all finders claim in each of the articles."""
    furniture = find_furniture(articles, config=config.furniture)
    repeated = [
        list(find_repeated(article, config=config, site_lines=known))
        for article, known in zip(articles, site_lines, strict=True)
    ]
    worded = [[claim for find in FINDERS for claim in find(article, config=config)] for article in articles]
    bodies = [
        next((c.end for c in claims if c.start == 0 and c.end < len(article.text) and c.reason != "unsure"), 0)
        for article, claims in zip(articles, furniture, strict=True)
    ]
    marked = [_marked(lines, claims) for lines, claims in zip(repeated, worded, strict=True)]
    appended = find_appended(articles, config=config, bodies=bodies, marked=marked, elsewhere=elsewhere)
    found = []
    for article, *claimed, end in zip(articles, furniture, worded, repeated, appended, strict=True):
        claims = [claim for part in (*claimed, [end] if end else []) for claim in part]
        claims = [claim for claim in claims if claim.reason not in config.keep]
        claims += find_edges(article, config=config, claimed=claims)
        found.append(claims)
    return found


def _marked(repeated: Sequence[Removal], worded: Sequence[Removal]) -> frozenset[int]:
    """Return the ends of the lines that other pages carry and that may close an article.

    An advertisement does not, nor does any other line that goes by its wording: it stands between paragraphs too.
    """
    known = {claim.end for claim in worded}
    return frozenset([claim.end for claim in repeated if claim.reason == "repeated"]) - known


def _original(claim: Removal, kept: list[tuple[int, int]]) -> Iterator[Removal]:
    """Translate a claim on the text left by earlier rounds into claims on the original text."""
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
    """Run all finders on each article and return its claims, sorted, in offsets of its text.

    The finders see an article as it is, then as it is without what they claimed, until they claim nothing more: so
    cleaning a cleaned article changes nothing. Claims may overlap; `cut` takes their union. Claims with the reason
    `unsure` are for the audit only. What the corpus knows of an article comes with it: the lines its site repeats, and
    the keys of its paragraphs that open other articles (`opening_keys`). No article's claims depend on those judged
    with it: many are judged at once for speed alone.
    """
    found: list[tuple[Removal, ...]] = []
    for at in range(0, len(articles), _TOGETHER):
        together = slice(at, at + _TOGETHER)
        found += _claims_of(articles[together], config, site_lines[together], elsewhere[together])
    return found


def _claims_of(
    articles: Sequence[Article],
    config: StripConfig,
    site_lines: Sequence[SiteLines | None],
    elsewhere: Sequence[frozenset[int]],
) -> Iterator[tuple[Removal, ...]]:
    claims: list[list[Removal]] = [[] for _ in articles]
    kept = [[(0, len(article.text))] for article in articles]
    current = list(articles)
    open_ones = list(range(len(articles)))
    for _ in range(_ROUNDS):
        found = _one_round(
            [current[at] for at in open_ones],
            config,
            [site_lines[at] for at in open_ones],
            [elsewhere[at] for at in open_ones],
        )
        still_open = []
        for at, new in zip(open_ones, found, strict=True):
            mapped = [piece for claim in new for piece in _original(claim, kept[at])]
            claims[at] = [claim for claim in claims[at] if claim.reason != "unsure"] + mapped
            cleaned = cut(current[at].text, new)
            if cleaned.removals:
                kept[at] = _left(articles[at].text, claims[at])
                current[at] = replace(current[at], text=cleaned.text)
                still_open.append(at)
        open_ones = still_open
        if not open_ones:
            break
    for found_in_one in claims:
        yield tuple(sorted(set(found_in_one), key=lambda r: (r.start, r.end, r.reason, r.rule, -r.score)))


def spare(claims: Sequence[Removal]) -> tuple[Removal, ...]:
    """Return the claims on an article that nothing is to be cut from: all of them `unsure`."""
    return tuple(replace(claim, reason="unsure") for claim in claims)


def _left(text: str, claims: list[Removal]) -> list[tuple[int, int]]:
    kept = []
    position = 0
    for claim in sorted(claims, key=lambda r: (r.start, r.end)):
        if claim.reason == "unsure":
            continue
        if claim.start > position:
            kept.append((position, claim.start))
        position = max(position, claim.end)
    if position < len(text):
        kept.append((position, len(text)))
    return kept
