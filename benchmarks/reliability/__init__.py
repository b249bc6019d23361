"""What becomes of the corpus when a run is hurt."""

import os

# Prefect reads this when it is imported. Runs are meant to fail here, and the scripts say themselves what failed.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
