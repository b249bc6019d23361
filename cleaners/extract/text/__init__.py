"""Plain text: its headline, and its lines where they were wrapped."""
