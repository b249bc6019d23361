"""Texts as words, shingles, signatures and hashes: whole columns at a time."""
