"""Time and memory of the stages and of whole runs."""
