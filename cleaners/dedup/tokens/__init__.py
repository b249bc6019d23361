"""Texts as words, shingles, signatures and hashes, computed for whole columns at a time."""
