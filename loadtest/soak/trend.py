"""Whether a figure grows: a straight line through samples, and how sure it is."""

from collections.abc import Sequence
from itertools import pairwise
from math import nan, sqrt
from statistics import fmean
from typing import Literal

from msgspec import Struct

SURE = 2.0
"""Standard errors to either side: nineteen times of twenty."""


Flat = Literal["yes", "unsure", "NO"]


class Trend(Struct, frozen=True):
    """How much more it is each minute, give or take ``half``; of two samples nobody knows."""

    per_minute: float
    half: float

    def is_flat(self, most: float) -> Flat:
        """Tell whether it surely grows by no more than this each minute, or surely by more."""
        if self.per_minute + self.half <= most:
            return "yes"
        return "NO" if self.per_minute - self.half > most else "unsure"


def trend(minutes: Sequence[float], values: Sequence[float]) -> Trend:
    """Fit a line. That samples are like those before them makes it less sure, and counts."""
    count = len(minutes)
    if count < 3:
        return Trend(nan, nan)
    middle, mean = fmean(minutes), fmean(values)
    spread = sum((minute - middle) ** 2 for minute in minutes)
    slope = sum(
        (minute - middle) * (value - mean) for minute, value in zip(minutes, values, strict=True)
    )
    slope /= spread
    rests = [
        value - mean - slope * (minute - middle)
        for minute, value in zip(minutes, values, strict=True)
    ]
    square = sum(rest * rest for rest in rests)
    if square == 0:
        return Trend(slope, 0.0)
    alike = sum(one * other for one, other in pairwise(rests)) / square
    alike = min(max(alike, 0.0), 0.95)
    error = sqrt(square / (count - 2) / spread * (1 + alike) / (1 - alike))
    return Trend(slope, SURE * error)


def settled(minutes: Sequence[float]) -> slice:
    """Return where the last two thirds of the time begin: before, caches fill."""
    start = minutes[0] + (minutes[-1] - minutes[0]) / 3 if minutes else 0.0
    return slice(sum(minute < start for minute in minutes), None)
