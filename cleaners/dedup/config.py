"""Settings of the dedup stage."""

from pydantic import BaseModel, ConfigDict


class DedupConfig(BaseModel):
    """Settings of the dedup stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
