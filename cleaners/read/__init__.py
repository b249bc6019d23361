"""The read stage: bytes of one file in, raw documents and fates out."""
