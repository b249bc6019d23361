"""Settings of the strip stage."""

from pydantic import BaseModel, ConfigDict, Field


class StripConfig(BaseModel):
    """Settings of the strip stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    end_headed: float = Field(
        default=0.8,
        ge=0.5,
        le=1.0,
        description="Probability from which matter that opens with a headline, label or list is cut as appended.",
    )
    end_prose: float = Field(
        default=0.85,
        ge=0.5,
        le=1.0,
        description="Probability from which matter that opens with a plain paragraph is cut as appended.",
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
        description="Pages of one site that must carry a line before it is cut as repeated.",
    )
    repeated_factor: float = Field(
        default=3.0,
        ge=1.0,
        description="Times more pages that must carry the line than carry the article's own paragraphs (copies of an "
        "article repeat every line of it).",
    )
