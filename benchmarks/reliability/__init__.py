"""What becomes of the corpus when a run is hurt."""

import os

# Prefect reads it when it is imported; what fails is meant to, and is told by the scripts.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
