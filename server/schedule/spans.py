"""Times from one moment to another: put together, cut, measured. Pure.

Lists of spans that come out are in order, and their spans do not touch each other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans with those that touch as one; empty ones are left out."""
    found: list[Span] = []
    for begin, end in sorted(each for each in spans if each[0] < each[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """Return what lies in both."""
    others = joined(other)
    return [
        (max(begin, start), min(end, stop))
        for begin, end in joined(one)
        for start, stop in others
        if max(begin, start) < min(end, stop)
    ]


def without(spans: Iterable[Span], cut: Iterable[Span]) -> list[Span]:
    """Return what is left of spans where others are cut out."""
    left = joined(spans)
    for start, stop in joined(cut):
        left = [
            piece
            for begin, end in left
            for piece in ((begin, min(end, start)), (max(begin, stop), end))
            if piece[0] < piece[1]
        ]
    return left


def length(spans: Sequence[Span]) -> timedelta:
    """Return how long spans are together, those that overlap counted once."""
    return sum((end - begin for begin, end in joined(spans)), timedelta())
