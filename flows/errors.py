"""The errors that a run or a command ends with in one line."""


class UsageError(Exception):
    """What the user asked for cannot be done as asked; the message names what and what is allowed."""


class StoreError(Exception):
    """An object store kept the run from publishing; nothing was published, and it may be tried again."""


class TakenError(UsageError):
    """Another run holds the clean folder or address; the message says which, where and since when."""
