"""Which lines a report by time has: none is missing between the first and the last."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from storage.reports.counts import Key, Table
from storage.reports.queries import By

ONE_DAY = timedelta(days=1)


def moved_on(table: Table, days: timedelta) -> Table:
    """Return a report by day with each day so much later, where those stand it is compared with."""
    return {(is_total, _later(key, days)): figures for (is_total, key), figures in table.items()}


def without_gaps(by: By, keys: Iterable[Key]) -> set[Key]:
    """Add the days, weekdays or hours in between; a curve is not to hide that nobody came."""
    known = set(keys)
    named = [key for _, key in known if key is not None]
    if not named:
        return known
    first, last = min(named), max(named)
    match by:
        case "day":
            return known | {(False, each) for each in _days(first, last)}
        case "weekday":
            return known | {(False, str(each)) for each in range(int(first), int(last) + 1)}
        case "hour":
            return known | {(False, f"{each:02}") for each in range(int(first), int(last) + 1)}
        case _:
            return known


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += ONE_DAY


def _later(key: str | None, days: timedelta) -> str | None:
    return None if key is None else (date.fromisoformat(key) + days).isoformat()
