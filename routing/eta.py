"""How long somebody will wait: a range that holds four times in five, or nothing."""

from dataclasses import dataclass
from math import ceil, floor, sqrt

Range = tuple[int, int]

TENTH_Z = 1.2815515655446004
"""Standard normal quantile of 90 %."""

HANDLED_MIN = 5
RANGE_MAX_S = 2 * 3600


@dataclass(frozen=True, slots=True)
class Handling:
    """How long conversations of a queue hold a slot: the mean in seconds, and of how many."""

    mean_s: float
    count: int


def eta(position: int, slots: float, handling: Handling | None) -> Range | None:
    """Return when number ``position`` of a line is served, in seconds from now, 10 % to 90 %.

    All ``slots`` are taken and each frees up every ``handling.mean_s``, so the place comes with the
    ``position``-th freed slot: a sum of exponential times (Wilson and Hilferty's quantiles).
    None when nobody serves, too little is known, or it would take longer than two hours.
    """
    if slots <= 0 or handling is None or handling.count < HANDLED_MIN:
        return None
    each_s = handling.mean_s / slots
    low = floor(each_s * _quantile(position, -TENTH_Z))
    high = ceil(each_s * _quantile(position, TENTH_Z))
    return (low, high) if high <= RANGE_MAX_S else None


def _quantile(shape: int, z: float) -> float:
    """Return a quantile of the gamma distribution of this shape and scale 1."""
    return shape * max(0.0, 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3
