"""Where and how the tasks of a run work, and what the run reports about itself."""
