"""The strip stage: finders claim what is not the article, and `cut` cuts it."""

from cleaners.strip.claims import find_all_claims, find_claims, spare
from cleaners.strip.config import StripConfig
from cleaners.strip.cut import cut
from cleaners.strip.lines import line_keys, opening_keys
from cleaners.strip.split import split

__all__ = ["StripConfig", "cut", "find_all_claims", "find_claims", "line_keys", "opening_keys", "spare", "split"]
