"""Settings of the read stage."""

from pydantic import BaseModel, ConfigDict


class ReadConfig(BaseModel):
    """Settings of the read stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
