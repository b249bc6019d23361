"""What happens to the corpus when a run is disturbed."""

import os

# Prefect reads this when it is imported. Runs are meant to fail here, and the scripts report what failed.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
