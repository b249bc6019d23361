"""Clusters: which pairs are judged, which article is kept, and what it takes over from its copies."""
