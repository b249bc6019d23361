"""Settings of the extract stage."""

from pydantic import BaseModel, ConfigDict


class ExtractConfig(BaseModel):
    """Settings of the extract stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
