"""Settings of the extract stage."""

from pydantic import BaseModel, ConfigDict, Field


class ExtractConfig(BaseModel):
    """Settings of the extract stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repair_mojibake: bool = Field(
        True,
        description="whether text that was decoded wrongly once (such as an A with circumflex before a pound sign) is "
        "repaired.",
    )
    headline_words: int = Field(
        40,
        ge=5,
        le=200,
        description="words: a first line longer than this is no headline. Of 5,000 headlines measured the longest has "
        "33 words.",
    )
    headline_overlap: float = Field(
        0.34,
        ge=0.0,
        le=1.0,
        description="share of a headline's content words that the paragraphs after it must share, where lines that may "
        "be page furniture stand before it.",
    )
    language_confidence: float = Field(
        0.9,
        ge=0.0,
        le=1.0,
        description="probability: below it a text's language is left open.",
    )
