"""Pairs of articles: which are worth comparing, and what comparing them gives."""
