"""The language of a text."""

from collections.abc import Callable
from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Characters that suffice in news: with 1,000, the answer for 1 of 600 articles changes, and the time doubles.
_SAMPLE = 400
# If this many characters make the language sure, the rest is not read. That holds for 88 % of 1,599 articles, and the
# answer changes for none.
_GLANCE = 150
_SURE = 0.95
# Fewer characters do not show a language.
_SHORTEST = 20
# Characters of a paragraph. Shorter lines are left out: menus and buttons are often in another language.
_PARAGRAPH = 80
# Most news is English. Enough of these words, with enough different ones, show that in a tenth of the model's time;
# 93 % of 8,000 English texts have them. Among 9,109 texts found so, the model names another language for none and is
# unsure of 3 tables.
_ENGLISH = frozenset((
    "the", "of", "and", "to", "that", "with", "for", "from", "on", "by", "at", "this", "their", "which", "would",
    "he", "his", "they", "was", "were", "are", "has", "have", "been", "said",
))  # fmt: skip
_ENGLISH_WORDS = 8
_ENGLISH_DIFFERENT = 5


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    load: Callable[..., Any] = LanguageIdentifier.from_model_file
    classify: Callable[[str], tuple[str, float]] = load(MODEL_FILE, norm_probs=True).classify
    return classify


def find_language(text: str, *, confidence: float) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None if its probability is below `confidence`."""
    sample = ""
    for line in text.split("\n"):
        if len(line) >= _PARAGRAPH:
            sample += line + "\n"
            if len(sample) >= _SAMPLE:
                break
    sample = (sample or text)[:_SAMPLE]
    if len(sample) < _SHORTEST:
        return None
    if confidence <= _SURE and _is_english(sample):
        return "en"
    code, probability = _classifier()(sample[:_GLANCE])
    if probability < max(_SURE, confidence) and len(sample) > _GLANCE:
        code, probability = _classifier()(sample)
    if probability < confidence and len(sample) < min(_SAMPLE, len(text)):
        code, probability = _classifier()(text[:_SAMPLE])
    return code if probability >= confidence else None


def _is_english(sample: str) -> bool:
    found = [word for word in sample.lower().split() if word in _ENGLISH]
    return len(found) >= _ENGLISH_WORDS and len(set(found)) >= _ENGLISH_DIFFERENT
