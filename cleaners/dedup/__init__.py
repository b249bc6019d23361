"""The dedup stage: near-duplicates among whole columns of cleaned texts."""
