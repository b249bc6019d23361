"""The one error that is the user's to mend."""


class UsageError(Exception):
    """What the user asked for cannot be done as asked; the message names what and what is allowed."""
