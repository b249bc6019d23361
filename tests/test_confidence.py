"""Confidence: what speaks for and against a text, and that the model is the one that was made for its signs."""

from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from cleaners.confidence import confidence_of
from cleaners.confidence.model import TEXT_FEATURES, TEXT_MODEL
from cleaners.extract import extract
from cleaners.extract.config import ExtractConfig
from cleaners.extract.page.features import block_features
from cleaners.extract.page.model import predict
from cleaners.extract.page.page import read_page
from cleaners.extract.page.signs import page_signs
from cleaners.learned.files import ModelFileError
from cleaners.records import Article, RawDocument
from cleaners.strip import StripConfig, cut, find_claims
from tests.extract.harbour import PAGE
from tests.strip.samples import article
from tests.strip.stories import HARBOUR, OWLS

FURNITURE = "Home\nNews\nSport\nShare on Facebook\nSubscribe to our newsletter\n"
BAR = 0.45  # from it on the block model's word is enough for a block to be kept


def confidence(item: Article) -> float:
    """Clean an article and return how sure its text is."""
    claims = find_claims(item, config=StripConfig())
    return confidence_of(item, claims, cut(item.text, claims))


def found_on_page(html: str) -> Article:
    """Extract a page."""
    found = extract(RawDocument("a.html", 0, html, "html"), config=ExtractConfig())
    assert isinstance(found, Article)
    return found


def test_a_text_with_a_suspicion_ranks_below_one_without() -> None:
    """A story glued on that nothing bears witness of stays, and the article is less sure for it."""
    glued = article(HARBOUR, "\n\n" + OWLS[1])
    assert any(claim.reason == "unsure" for claim in find_claims(glued, config=StripConfig()))
    assert confidence(glued) < confidence(article(HARBOUR)) - 0.1


def test_a_text_that_was_a_whole_page_ranks_below_the_bare_article() -> None:
    """Furniture that had to be cut leaves a doubt."""
    page = article((HARBOUR[0], FURNITURE + "\n" + HARBOUR[1]), "\n\n" + FURNITURE)
    assert confidence(page) < confidence(article(HARBOUR))


def test_headlines_left_in_a_text_make_it_less_sure() -> None:
    """Lines between the paragraphs that read as headlines of other articles are told."""
    left = "\n\n".join(f"{paragraph}\n\n{OWLS[0]} says trust" for paragraph in HARBOUR[1].split("\n\n"))
    assert confidence(article((HARBOUR[0], left))) < confidence(article(HARBOUR))


def test_a_page_near_the_threshold_ranks_below_a_clear_one() -> None:
    """The same page is less sure where the block model was of two minds about every block."""
    page = read_page(PAGE)
    assert page is not None
    features = block_features(page.blocks, page.elements, page.evidence)
    chance = predict(features)
    words = np.expm1(features["words"]).astype(np.float64)
    sure, doubted = (
        replace(found_on_page(PAGE), page_signs=page_signs(words, values, chance >= BAR))
        for values in (chance, np.where(chance >= BAR, BAR + 0.05, BAR - 0.05))
    )
    assert confidence(doubted) < confidence(sure) - 0.1


def test_signs_of_a_page_are_measured_by_what_was_kept() -> None:
    """Of two blocks of ten words, one kept at .9 and one dropped at .2, a tenth is wrong and a fifth missing."""
    signs = page_signs(np.array([10.0, 10.0]), np.array([0.9, 0.2]), np.array([True, False]))
    assert (signs.expected_wrong, signs.expected_missing) == pytest.approx((0.1, 0.2))
    assert (signs.kept_share, signs.least_kept) == pytest.approx((0.5, 0.9))


def test_a_text_from_beside_the_markup_has_no_signs_of_its_page() -> None:
    """A page whose text stands only in its JSON-LD is judged as plain text: its blocks say nothing of it."""
    body = HARBOUR[1].replace('"', "'").replace("\n\n", " ")
    html = (
        f'<html><head><title>{HARBOUR[0]}</title><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "articleBody": "{body}"}}</script></head><body><p>Loading</p></body></html>'
    )
    assert found_on_page(PAGE).page_signs is not None
    assert found_on_page(html).page_signs is None


def test_model_for_other_signs_is_refused() -> None:
    """A model's file that asks for a sign that nothing measures is not read, and the message names the sign."""
    content = resources.files("cleaners.confidence").joinpath("text_confidence.json").read_text("utf-8")
    with pytest.raises(ModelFileError, match="other features: no more moon_phase; new untitled"):
        TEXT_MODEL.parse(content.replace('"untitled"', '"moon_phase"'), TEXT_FEATURES, path="text_confidence.json")
