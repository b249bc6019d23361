"""Settings of the extract stage."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Repair = Literal["words", "all", "none"]
# What is on the page beside the article and is not part of it, but may be wanted.
Kept = Literal["captions", "posts"]


class ExtractConfig(BaseModel):
    """Settings of the extract stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repair_mojibake: Repair = Field(
        "words",
        description="Which wrongly decoded text is repaired. words: lines whose letters or quotes are broken, and "
        "texts whose quotes, spaces or ampersands are HTML entities. all: also a stray A with circumflex before a sign "
        "(as before a pound sign) and a single letter that is an entity. none: nothing. The stray letter breaks no "
        "word, and a repair is the one change of text that no audit row shows. On a collection where every fourth "
        "article has it and the reference keeps it, all leaves 76 % of the clean articles word for word as they were, "
        "words 100 %.",
    )
    keep: tuple[Kept, ...] = Field(
        default=(),
        description="What stays in the text though it is not the article's. captions: the captions of the pictures "
        "between its paragraphs (name `caption` in `strip.keep` too, or the strip stage takes them). posts: posts of "
        "social networks between them.",
    )
    headline_words: int = Field(
        40,
        ge=5,
        le=200,
        description="words: a longer first line is no headline; nor is one of 25 words, which reads as a paragraph, "
        "unless it is marked as one. The longest of 5,000 headlines measured has 33 words.",
    )
    headline_score: float = Field(
        1.0,
        description="log odds: lowest score of a headline. A higher bar takes fewer captions and standfirsts for "
        "headlines and misses more headlines; benchmarks/training/headline.py measures both.",
    )
    max_lines: int = Field(
        50_000,
        ge=100,
        description="lines: an article with more is too_large. The longest live blogs have a few thousand; a log, a "
        "word list or a ticker has more, and stripping takes 5 kB of memory a line.",
    )
    language_confidence: float = Field(
        0.9,
        ge=0.0,
        le=1.0,
        description="probability: below it the language of a text is left open.",
    )
