"""The two models of confidence, of articles found on pages and of those that came as text.

Their numbers are made by `benchmarks/training/confidence.py`, their arithmetic stands in `cleaners.learned.steps`.
"""

from collections.abc import Sequence
from functools import cache

from cleaners.confidence.signs import TextSigns, text_signs
from cleaners.extract.page.signs import PageSigns
from cleaners.learned.files import ModelFile
from cleaners.learned.steps import Additive, additive_of
from cleaners.records import Article, Cleaned, Removal

# No sign counts words of a list by itself.
PAGE_MODEL = ModelFile(__package__, "page_confidence", "steps", dict)
TEXT_MODEL = ModelFile(__package__, "text_confidence", "steps", dict)
TEXT_FEATURES = TextSigns._fields
# Of the signs of a text, those that say more of it than the signs of its page do.
PAGE_FEATURES = (*PageSigns._fields, "words", "worded_cut", "unsure_share", "brief_share")
# Decimal places; the share that is right differs by more between two hundred articles.
_DIGITS = 3


@cache
def models() -> tuple[Additive, Additive]:
    """Return the models of the package: of pages, and of texts."""
    return additive_of(PAGE_MODEL.read(PAGE_FEATURES)), additive_of(TEXT_MODEL.read(TEXT_FEATURES))


def signs_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> dict[str, float]:
    """Return all that is known of an article by name; of one that came as text, nothing of a page."""
    page = PageSigns(*article.page_signs)._asdict() if article.page_signs is not None else {}
    return page | text_signs(article, claims, cleaned)._asdict()


def confidence_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> float:
    """Return how likely an article's text is right, as it was cleaned of these claims.

    Right is a text in which wrong and missing words together are at most 2 % of the article's.
    """
    signs = signs_of(article, claims, cleaned)
    pages, texts = models()
    model, names = (texts, TEXT_FEATURES) if article.page_signs is None else (pages, PAGE_FEATURES)
    return round(model.probability(signs[name] for name in names), _DIGITS)
