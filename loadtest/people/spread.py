"""Durations as a spread: how many fell into each bucket. Spreads of many processes add up."""

import math

FIRST_MS = 0.1
GROWTH = 1.08
"""Each bucket is so much wider than the one before: a quantile is at most 4 % off."""

Spread = dict[int, int]


def put(spread: Spread, ms: float) -> None:
    """Add one duration."""
    bucket = 0 if ms <= FIRST_MS else 1 + int(math.log(ms / FIRST_MS) / math.log(GROWTH))
    spread[bucket] = spread.get(bucket, 0) + 1


def add(spread: Spread, other: Spread) -> None:
    """Add all of ``other``."""
    for bucket, count in other.items():
        spread[bucket] = spread.get(bucket, 0) + count


def size(spread: Spread) -> int:
    """Return how many durations there are."""
    return sum(spread.values())


def quantile_ms(spread: Spread, share: float) -> float | None:
    """Return what ``share`` (0..1) of the durations do not exceed; None when there are none."""
    wanted = math.ceil(size(spread) * share)
    reached = 0
    for bucket in sorted(spread):
        reached += spread[bucket]
        if reached >= max(wanted, 1):
            return _middle_ms(bucket)
    return None


def _middle_ms(bucket: int) -> float:
    return FIRST_MS if bucket == 0 else FIRST_MS * GROWTH ** (bucket - 0.5)
