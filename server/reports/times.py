"""Durations as reports count them: whole milliseconds, rounded half up, as PostgreSQL does."""

from datetime import datetime, timedelta

MICROSECOND = timedelta(microseconds=1)


def ms(since: datetime, until: datetime) -> int:
    """Return the milliseconds between two moments; never negative."""
    return whole_ms(until - since)


def whole_ms(span: timedelta) -> int:
    """Return a span in milliseconds; never negative."""
    return max(0, (span // MICROSECOND + 500) // 1000)
