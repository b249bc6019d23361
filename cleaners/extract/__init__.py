"""The extract stage: one raw document in, one article out."""
