"""How long somebody will wait: a range that holds four times in five, or nothing.

Everybody ahead either is served, when one of the slots at work frees up, or gives up. So with ``i``
people ahead of them the next step comes at the rate ``slots / mean + i / patience``, and number
``n`` of the line waits a sum of exponential times: the offered wait of M/M/n+M (ROUTING.md 1). Its
mean and variance are differences of digamma and trigamma functions; the range is that of a gamma
distribution with the same two (Wilson and Hilferty's quantiles). What the mean handle time may be
off by, with so few to learn from, widens it.
"""

from math import ceil, floor, sqrt

from msgspec import Struct

from routing.erlang.special import digamma, trigamma

Range = tuple[int, int]

TENTH_Z = 1.2815515655446004
"""Standard normal quantile of 90 %."""

HANDLED_MIN = 5
SCORED_MIN = 30
COVERAGE_MIN = 0.6
RANGE_MAX_S = 2 * 3600


class Handling(Struct, frozen=True):
    """What is known of a queue's conversations, ``count`` of them: seconds in a slot, on average.

    ``patience_s``: mean time after which somebody gives up, None where nobody does. ``coverage``:
    the share of ``scored`` earlier ranges that turned out right.
    """

    mean_s: float
    count: int
    patience_s: float | None = None
    scored: int = 0
    coverage: float = 1.0

    @property
    def is_thin(self) -> bool:
        """Whether too little is known to estimate anything."""
        return self.count < HANDLED_MIN or self.mean_s <= 0

    @property
    def has_failed(self) -> bool:
        """Whether earlier ranges proved wrong, so that none is shown until they are right again."""
        return self.scored >= SCORED_MIN and self.coverage < COVERAGE_MIN


def eta(position: int, slots: float, handling: Handling | None) -> Range | None:
    """Return when number ``position`` of a line is served, in seconds from now, 10 % to 90 %.

    None when it cannot be estimated, or earlier estimates proved wrong: better say nothing.
    """
    return None if handling is None or handling.has_failed else estimate(position, slots, handling)


def estimate(position: int, slots: float, handling: Handling | None) -> Range | None:
    """Return the same whether it may be shown or not, to be held against what happens.

    None when nobody serves, too little is known, or it would take longer than two hours.
    """
    if slots <= 0 or handling is None or handling.is_thin:
        return None
    mean_s, variance = moments(position, slots / handling.mean_s, handling.patience_s)
    variance += mean_s * mean_s / handling.count
    shape = mean_s * mean_s / variance
    scale_s = variance / mean_s
    low = floor(scale_s * _quantile(shape, -TENTH_Z))
    high = ceil(scale_s * _quantile(shape, TENTH_Z))
    return (low, high) if high <= RANGE_MAX_S else None


def moments(position: int, rate: float, patience_s: float | None) -> tuple[float, float]:
    """Return mean (s) and variance (s²) of the wait of number ``position``.

    Slots free up at ``rate`` a second.
    """
    if patience_s is None:
        return position / rate, position / (rate * rate)
    c = rate * patience_s
    mean_s = patience_s * (digamma(c + position) - digamma(c))
    return mean_s, patience_s**2 * (trigamma(c) - trigamma(c + position))


def _quantile(shape: float, z: float) -> float:
    """Return a quantile of the gamma distribution of this shape and scale 1."""
    return shape * max(0.0, 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))) ** 3
