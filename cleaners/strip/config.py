"""Settings of the strip stage."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cleaners.strip.furniture import FurnitureConfig

# The reasons whose claims a user may want left in the text.
Keepable = Literal["furniture", "repeated", "appended", "promo", "ad", "caption", "credit"]


class StripConfig(BaseModel):
    """Settings of the strip stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    furniture: FurnitureConfig = Field(default_factory=FurnitureConfig, description="Settings of the furniture finder.")

    keep: tuple[Keepable, ...] = Field(
        default=(),
        description="Reasons whose claims are not made, so that their text stays: `credit` keeps reporters' credits "
        "and notes on the author, `caption` keeps captions.",
    )
    end_cued: float = Field(
        default=0.4,
        ge=0.0,
        le=1.0,
        description="Probability from which what follows is cut as appended where known closing lines, times like "
        "'5 hours ago' or repeated source lines open it; half of it for two such lines, a quarter for three.",
    )
    end_headed: float = Field(
        default=0.85,
        ge=0.0,
        le=1.0,
        description="Probability from which what follows is cut as appended where a headline, label or list opens it. "
        "Cross-validated on made texts: 1 clean article in 200 is cut too early at 0.85, 1 in 55 at 0.5.",
    )
    end_prose: float = Field(
        default=0.85,
        ge=0.0,
        le=1.0,
        description="Probability from which what follows is cut as appended where a plain paragraph opens it. "
        "Cross-validated on made texts, 87 of 100 bare stories are found at 0.9 and 90 at 0.8; 13 and 20 in 1,000 "
        "are cut too early, and 4 and 6 in 1,000 clean articles.",
    )
    end_short: float = Field(
        default=0.97,
        ge=0.0,
        le=1.0,
        description="Probability from which one or two last lines with no known wording are cut (they may be a note "
        "on the author or a line of a table), and what verses or sentences open instead of headlines.",
    )
    end_story_words: int = Field(
        default=40,
        ge=0,
        description="Words an appended story without any marker must have; less is left.",
    )
    end_scarce_words: int = Field(
        default=80,
        ge=0,
        description="Words before a break without marker below which there is too little to compare with.",
    )
    end_scarce: float = Field(
        default=0.97,
        ge=0.0,
        le=1.0,
        description="Probability from which such a break is cut all the same.",
    )
    end_unsure: float = Field(
        default=0.4,
        ge=0.0,
        le=1.0,
        description="Probability from which an end that is not cut is reported with the reason `unsure`.",
    )
    repeated_pages: int = Field(
        default=3,
        ge=2,
        description="Pages of one site that must carry a line before it is cut as repeated. With this and the factor "
        "below, none of 100 clean articles among 600 of one pool lost a line.",
    )
    repeated_factor: float = Field(
        default=3.0,
        ge=1.0,
        description="Times more pages that must carry the line than carry the article's own paragraphs (copies of an "
        "article repeat every line of it).",
    )
    repeated_share: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        description="Share of the articles of unknown site, counted together, that must carry a line: what fewer carry "
        "may be a heading that many sites use. Without it 0.248 instead of 0.206 of 399 pages of 382 sites lose over "
        "2 %.",
    )
    split_first: float = Field(
        default=0.2,
        ge=0.0,
        le=1.0,
        description="Probability that a line is the headline of a further article from which a file is split at all. "
        "Cross-validated, 86 of 100 headlines are found at 0.2, and 4 of 3,171 single articles with captions, links "
        "and subheadings in them are split; at 0.1 it is 92 and 14.",
    )
    split_more: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        description="Probability from which a file that is split anyhow is split at a further headline.",
    )
    split_words: int = Field(
        default=120,
        ge=0,
        description="Words each part of a compilation must have; most sections under a subheading have less.",
    )
