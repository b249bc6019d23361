"""Learned models at run time: their file format, and the arithmetic of trees, networks, weighted sums and steps."""
