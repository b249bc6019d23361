"""What people are asked to judge, and what their verdicts say."""
