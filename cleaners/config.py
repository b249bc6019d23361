"""All settings of the cleaning in one model, which the TOML file and the flow's parameters fill."""

from pydantic import BaseModel, ConfigDict, Field

from cleaners.dedup.config import DedupConfig
from cleaners.extract.config import ExtractConfig
from cleaners.read.config import ReadConfig
from cleaners.strip.config import StripConfig


class Config(BaseModel):
    """All cleaning settings, one section a stage; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: ReadConfig = Field(default_factory=ReadConfig)
    extract: ExtractConfig = Field(default_factory=ExtractConfig)
    strip: StripConfig = Field(default_factory=StripConfig)
    dedup: DedupConfig = Field(default_factory=DedupConfig)
