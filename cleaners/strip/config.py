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
    prose_words: int = Field(
        default=20,
        ge=1,
        description="Words of a finished sentence that no claim takes on a model's word alone. Of 56 runs of furniture "
        "with such a sentence in newspaper texts 49 were the article's.",
    )
    end_cued: float = Field(
        default=0.4,
        ge=0.0,
        le=1.0,
        description="Probability from which what follows is cut as appended where known closing lines, times like "
        "'5 hours ago' or repeated source lines open it, and no sentence of `prose_words` stands in it.",
    )
    end_told: float = Field(
        default=0.95,
        ge=0.0,
        le=1.0,
        description="The same where such sentences follow, or nearly all of the text, and one line bears witness. Of "
        "3,275 newspaper texts two have such a place over 0.6, both the article's own; the higher scores 0.90.",
    )
    end_told_twice: float = Field(
        default=0.3,
        ge=0.0,
        le=1.0,
        description="The same where several lines bear witness. Of the 3,275 newspaper texts one has such a place over "
        "0.2, and rightly.",
    )
    end_listing: float = Field(
        default=0.85,
        ge=0.0,
        le=1.0,
        description="Probability from which three lines or more that end the text are cut as appended though nothing "
        "bears witness, if nearly all of them have the form of a headline. Of the 3,275 newspaper texts five have such "
        "lines, none of them the article's.",
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
