"""The two models of confidence: one for articles found on pages, one for articles that came as text.

`benchmarks/training/confidence.py` makes their numbers; `cleaners.learned.steps` does their arithmetic.
"""

from collections.abc import Sequence
from functools import cache

from cleaners.confidence.signs import TextSigns, text_signs
from cleaners.extract.page.signs import PageSigns
from cleaners.learned.files import ModelFile
from cleaners.learned.steps import Additive, additive_of
from cleaners.records import Article, Cleaned, Removal

# `dict` names no word list, because no sign counts the words of one.
PAGE_MODEL = ModelFile(__package__, "page_confidence", "steps", dict)
TEXT_MODEL = ModelFile(__package__, "text_confidence", "steps", dict)
TEXT_FEATURES = TextSigns._fields
# The signs of the page, and those signs of the text that add something to them.
PAGE_FEATURES = (*PageSigns._fields, "words", "worded_cut", "unsure_share", "brief_share")
# Decimal places. By chance alone, the share that is right varies by more than this in 200 articles.
_DIGITS = 3


@cache
def models() -> tuple[Additive, Additive]:
    """Return the models of the package: the one for pages, then the one for texts."""
    return additive_of(PAGE_MODEL.read(PAGE_FEATURES)), additive_of(TEXT_MODEL.read(TEXT_FEATURES))


def signs_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> dict[str, float]:
    """Return the signs of an article by name; an article that came as text has none of a page."""
    page = PageSigns(*article.page_signs)._asdict() if article.page_signs is not None else {}
    return page | text_signs(article, claims, cleaned)._asdict()


def confidence_of(article: Article, claims: Sequence[Removal], cleaned: Cleaned) -> float:
    """Return the probability that an article's text is right once these claims are cut.

    A text is right if its wrong and missing words together are at most 2 % of the article's words.
    """
    signs = signs_of(article, claims, cleaned)
    pages, texts = models()
    model, names = (texts, TEXT_FEATURES) if article.page_signs is None else (pages, PAGE_FEATURES)
    return round(model.probability(signs[name] for name in names), _DIGITS)
