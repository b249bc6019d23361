"""Learned models at run time: their one file format, and the arithmetic of trees, networks, weighted sums and steps."""
