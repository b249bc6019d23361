"""The report of a snapshot: its numbers and its page."""
