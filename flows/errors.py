"""The errors that end a run or a command with one line."""


class UsageError(Exception):
    """The request cannot be carried out; the message names what is wrong and what is allowed."""


class StoreError(Exception):
    """An object store kept the run from publishing. Nothing was published, and another attempt may help."""


class TakenError(UsageError):
    """Another run holds the clean folder or address; the message says which, where and since when."""
