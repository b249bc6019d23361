"""The list of finders, and how an article is run through them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from cleaners.records import Article, Removal, SiteLines
from cleaners.strip.ads import find_ads
from cleaners.strip.appended import find_appended
from cleaners.strip.captions import find_captions
from cleaners.strip.config import StripConfig
from cleaners.strip.cut import cut
from cleaners.strip.edges import find_edges
from cleaners.strip.furniture import find_furniture
from cleaners.strip.promo import find_promo
from cleaners.strip.repeated import find_repeated

# The registry: end, start, inside. Each takes the article alone; `find_repeated` and `find_edges` take evidence too.
FINDERS: tuple[Callable[..., Iterator[Removal]], ...] = (find_promo, find_ads, find_captions)
# A claim can lay bare the next one (an advert above a promo line); three rounds settle all that was measured.
_ROUNDS = 6


def _one_round(article: Article, config: StripConfig, site_lines: SiteLines | None) -> list[Removal]:
    claims = list(find_furniture(article, config=config.furniture))
    body = next((claim.end for claim in claims if claim.start == 0 and claim.end < len(article.text)), 0)
    repeated = list(find_repeated(article, config=config, site_lines=site_lines))
    marked = frozenset(claim.end for claim in repeated if claim.rule == "repeated_line")
    claims += find_appended(article, config=config, body=body, marked=marked)
    claims += [claim for find in FINDERS for claim in find(article, config=config)]
    claims += repeated
    claims += find_edges(article, config=config, claimed=claims)
    return claims


def _original(claim: Removal, kept: list[tuple[int, int]]) -> Iterator[Removal]:
    """Translate a claim on the text left by earlier rounds into claims on the original text."""
    offset = 0
    for start, end in kept:
        low, high = max(claim.start, offset), min(claim.end, offset + end - start)
        if low < high:
            yield replace(claim, start=start + low - offset, end=start + high - offset)
        offset += end - start


def find_claims(article: Article, *, config: StripConfig, site_lines: SiteLines | None = None) -> tuple[Removal, ...]:
    """Run all finders and return their claims, sorted, in offsets of the article's text.

    The finders see the article as it is, then as it is without what they claimed, until they claim nothing more: so
    cleaning a cleaned article changes nothing. Claims may overlap; `cut` takes their union. Claims with the reason
    `unsure` are for the audit only.
    """
    claims: list[Removal] = []
    kept = [(0, len(article.text))]
    current = article
    for _ in range(_ROUNDS):
        found = _one_round(current, config, site_lines)
        mapped = [piece for claim in found for piece in _original(claim, kept)]
        claims = [claim for claim in claims if claim.reason != "unsure"] + mapped
        cleaned = cut(current.text, found)
        if not cleaned.removals:
            break
        kept = _left(article.text, claims)
        current = replace(current, text=cleaned.text)
    return tuple(sorted(set(claims), key=lambda r: (r.start, r.end, r.reason, r.rule)))


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
