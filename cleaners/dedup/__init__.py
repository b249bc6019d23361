"""The dedup stage: near-duplicates among whole columns of cleaned texts."""

from cleaners.dedup.config import FINGERPRINT_SETTINGS, DedupConfig
from cleaners.dedup.explain import Explanation, Segment, explain_pair
from cleaners.dedup.stage import Deduplicated, deduplicate
from cleaners.dedup.stars.filled_in import FILLED, fill_from_copies
from cleaners.dedup.tokens.fingerprints import fingerprint, load_tables
from cleaners.dedup.tokens.words import words_sha256

__all__ = [
    "FILLED",
    "FINGERPRINT_SETTINGS",
    "DedupConfig",
    "Deduplicated",
    "Explanation",
    "Segment",
    "deduplicate",
    "explain_pair",
    "fill_from_copies",
    "fingerprint",
    "load_tables",
    "words_sha256",
]
