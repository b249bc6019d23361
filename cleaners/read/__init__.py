"""The read stage: bytes of one file in, raw documents and fates out."""

from cleaners.read.files import is_whole, names_a_file, read_records

__all__ = ["is_whole", "names_a_file", "read_records"]
