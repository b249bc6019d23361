"""Pairs of articles: which ones are worth comparing, and the verdict on each."""
