"""How much texts share by the weights of their shingles, and what follows from it for the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from cleaners.dedup.config import DedupConfig
from cleaners.dedup.weights import F64, Weights
from cleaners.dedup.words import I64, U8, U64


@dataclass(frozen=True, slots=True)
class Counted:
    """How many shingles a text has, and where those of them that are watched stand among the watched, ascending."""

    shingles: int
    watched: I64


class Standing(IntFlag):
    """What a verdict takes from an overlap.

    GREY and FULL say that the larger containment reaches `grey_min` or `contained_min`. Of a grey pair, PARTLY says
    that one text has less than `size_min` of the other, PIECE that it has less than `piece_size`; LEFT that the left
    text is the smaller one, which matters if the pair is not full or a piece.
    """

    GREY = 1
    FULL = 2
    PARTLY = 4
    LEFT = 8
    PIECE = 16


def count_watched(shingles: U64, watched: U64) -> Counted:
    """Count a text's shingles and find the watched ones among them; both sorted."""
    if not len(watched):
        return Counted(len(shingles), np.empty(0, np.int64))
    at = np.minimum(np.searchsorted(watched, shingles), len(watched) - 1)
    return Counted(len(shingles), at[watched[at] == shingles])


def weigh_overlaps(
    left: Sequence[Counted], right: Sequence[Counted], shared: I64, weights: Weights
) -> tuple[F64, F64, F64]:
    """Measure what the texts of pairs share, each shingle by its weight; `shared` says how many shingles they share.

    Returns their Jaccard, and the shares of the left's and of the right's shingles that stand in the other.
    All are counted in full first, and what the common ones count less is taken off. So the sums are the same, to the
    last bit, whichever others are watched.
    """
    less = 1.0 - weights.values
    ours, theirs = _codes(left, len(less)), _codes(right, len(less))
    both = np.intersect1d(ours, theirs, assume_unique=True)
    totals = [
        np.array([c.shingles for c in side], np.float64) - _sums(codes, less, len(shared))
        for side, codes in ((left, ours), (right, theirs))
    ]
    common = shared - _sums(both, less, len(shared))
    return common / (totals[0] + totals[1] - common), common / totals[0], common / totals[1]


def _codes(side: Sequence[Counted], watched: int) -> I64:
    """Return pair and watched shingle as one number, ascending."""
    sizes = [len(c.watched) for c in side]
    places = np.concatenate([np.empty(0, np.int64), *(c.watched for c in side)])
    codes: I64 = np.repeat(np.arange(len(side)), sizes) * watched + places
    return codes


def _sums(codes: I64, less: F64, pairs: int) -> F64:
    """Sum up for each pair, shingle by shingle in their order."""
    pair, place = np.divmod(codes, max(1, len(less)))
    sums: F64 = np.bincount(pair, weights=less[place], minlength=pairs).astype(np.float64)
    return sums


def standings(left: F64, right: F64, config: DedupConfig) -> U8:
    """Return what the verdict on each pair takes from both containments, as `Standing` has it."""
    contained = np.maximum(left, right)
    share = np.divide(np.minimum(left, right), contained, out=np.ones(len(left)), where=contained > 0)
    grey, full = contained >= config.grey_min, contained >= config.contained_min
    flags = {
        Standing.GREY: grey,
        Standing.FULL: full,
        Standing.PARTLY: grey & (share < config.size_min),
        Standing.PIECE: grey & (share < config.piece_size),
        Standing.LEFT: grey & (~full | (share < config.piece_size)) & (left >= right),
    }
    joined: U8 = np.sum([holds * np.uint8(flag) for flag, holds in flags.items()], axis=0, dtype=np.uint8)
    return joined
