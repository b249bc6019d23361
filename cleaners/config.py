"""All settings of the cleaning as one model: the TOML file, the flow's parameters and the defaults in code are this."""

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
