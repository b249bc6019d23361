"""Plain text: its headline, and the joining of wrapped lines."""
