"""The read stage: takes the bytes of a file, gives raw documents and fates."""

from cleaners.read.files import is_whole, names_a_file, read_records

__all__ = ["is_whole", "names_a_file", "read_records"]
