"""Histograms of durations: which bin stands for which time. ``report_bin_of`` says the same in SQL.

A bin holds what is longer than the end of the one before, and at most its own end. Up to 100 s a
bin is a second wide, from there on 1 to 2.5 % of what it stands for.
"""

from typing import Final

STEPS: Final = (
    (0, 1_000),
    (100_000, 2_000),
    (200_000, 5_000),
    (500_000, 10_000),
    (1_000_000, 20_000),
    (2_000_000, 50_000),
    (5_000_000, 100_000),
    (10_000_000, 200_000),
    (20_000_000, 500_000),
    (50_000_000, 1_000_000),
    (100_000_000, 2_000_000),
    (200_000_000, 5_000_000),
    (500_000_000, 10_000_000),
    (1_000_000_000, 20_000_000),
)
"""From where on, in milliseconds, bins are how wide."""

LAST: Final = 790
"""The last bin, 23 days and all that is longer."""


def _firsts() -> list[tuple[int, int, int]]:
    """Return for each step the bin before its first, where it begins, and how wide bins are."""
    found, before = list[tuple[int, int, int]](), 0
    for place, (begins, width) in enumerate(STEPS):
        found.append((before, begins, width))
        if place + 1 < len(STEPS):
            before += (STEPS[place + 1][0] - begins) // width
    return found


FIRSTS: Final = _firsts()


def bin_of(ms: int) -> int:
    """Return the bin of a duration."""
    if ms <= 0:
        return 0
    before, begins, width = next(each for each in reversed(FIRSTS) if each[1] < ms)
    return min(before - (begins - ms) // width, LAST)


def end_ms(number: int) -> int:
    """Return the longest duration of a bin; of the last one, where it would end."""
    if number <= 0:
        return 0
    before, begins, width = next(each for each in reversed(FIRSTS) if each[0] < number)
    return begins + (number - before) * width


def middle_ms(number: int) -> float:
    """Return the duration that a bin stands for, half a second or 1.25 % off at most."""
    return (end_ms(number - 1) + end_ms(number)) / 2 if number > 0 else 0.0


def limit(ms: int) -> tuple[int, float]:
    """Return the last bin that is within a limit as a whole, and the share of the next one."""
    number = bin_of(ms)
    end, begin = end_ms(number), end_ms(number - 1)
    return (number, 0.0) if end <= ms else (number - 1, (ms - begin) / (end - begin))
