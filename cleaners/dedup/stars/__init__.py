"""Clusters: which pairs are judged, who is kept, and what that one takes over from its copies."""
