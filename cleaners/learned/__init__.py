"""Learned models at run time: their one file format, and the arithmetic of trees, networks and weighted sums."""
