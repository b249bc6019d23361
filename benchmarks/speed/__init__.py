"""Time and memory of the stages and of a run."""
