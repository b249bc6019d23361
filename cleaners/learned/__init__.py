"""Learned models at run time."""
