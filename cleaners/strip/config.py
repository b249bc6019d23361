"""Settings of the strip stage."""

from pydantic import BaseModel, ConfigDict


class StripConfig(BaseModel):
    """Settings of the strip stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
