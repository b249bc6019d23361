"""The questions that people are asked about a snapshot, and what their verdicts say."""
