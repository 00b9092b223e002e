"""Several runs, and what they allow to say: intervals, paired differences, agreement."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import atan, cos, isnan, nan, pi, sin, sqrt

from msgspec import Struct

from routing.simulator.measure import Figures

CONFIDENCE = 0.95
TOLERANCE = 1.5
"""Two results agree when they differ by no more than so many joint half widths."""

DIGITS = 6

MANY = 200
NORMAL = 1.959963984540054
"""The quantile of the normal distribution that leaves 2.5 % above."""


class Interval(Struct, frozen=True, array_like=True):
    """A mean over independent runs and the half width of its 95 % interval (Student).

    One run alone has a mean and no width: ``half`` is nan, because nobody knows.
    """

    mean: float
    half: float

    @property
    def is_known(self) -> bool:
        """Whether there was anything to measure."""
        return not isnan(self.mean)

    @property
    def known_half(self) -> float:
        """The half width as far as it is known, else 0."""
        return 0.0 if isnan(self.half) else self.half


def intervals(runs: Sequence[Figures]) -> dict[str, Interval]:
    """Return the interval of every metric over the runs."""
    return {name: interval([run[name] for run in runs]) for name in runs[0]}


def differences(runs: Sequence[Figures], others: Sequence[Figures]) -> dict[str, Interval]:
    """Return the interval of ``runs`` less ``others``, run by run: they met the same customers."""
    return {
        name: interval([run[name] - other[name] for run, other in zip(runs, others, strict=True)])
        for name in runs[0]
        if name in others[0]
    }


def interval(values: Sequence[float]) -> Interval:
    """Return mean and half width; runs that had nothing to measure do not count."""
    known = [value for value in values if not isnan(value)]
    count = len(known)
    if not count:
        return Interval(nan, nan)
    mean = sum(known) / count
    if count == 1:
        return Interval(round(mean, DIGITS), nan)
    variance = sum((value - mean) ** 2 for value in known) / (count - 1)
    half = student(count - 1) * sqrt(variance / count)
    return Interval(round(mean, DIGITS), round(half, DIGITS))


def units(own: Interval, reference: Interval) -> float:
    """Return how far two results are apart, in units of what is allowed: above 1 they disagree."""
    apart = abs(own.mean - reference.mean)
    allowed = TOLERANCE * sqrt(own.known_half**2 + reference.known_half**2)
    if apart == 0:
        return 0.0
    return apart / allowed if allowed else float("inf")


def against(
    own: Mapping[str, Interval], reference: Mapping[str, Interval]
) -> dict[str, tuple[Interval, Interval, float]]:
    """Return for each metric of a reference: ours, theirs, and the units between them."""
    missing = Interval(nan, nan)
    return {
        name: (own.get(name, missing), theirs, units(own.get(name, missing), theirs))
        for name, theirs in reference.items()
    }


@cache
def student(freedom: int) -> float:
    """Return the quantile of Student's distribution that leaves 2.5 % above.

    By bisection; from ``MANY`` degrees of freedom on by the expansion of Cornish and Fisher, which
    is right to six places there: the series of many is long.
    """
    if freedom > MANY:
        z = NORMAL
        return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    low, high = 0.0, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        if _inside(middle, freedom) < CONFIDENCE:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """Return P(-t < T < t), by the finite series for whole degrees of freedom."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = total = cos(angle) if odd else 1.0
    if freedom == 1:
        return 2 * angle / pi
    for k in range(2 + odd, freedom, 2):
        term *= cos(angle) ** 2 * (k - 1) / k
        total += term
    return 2 * (angle + sin(angle) * total) / pi if odd else sin(angle) * total
