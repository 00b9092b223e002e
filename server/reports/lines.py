"""Which lines a report has: of time none is missing, of what strangers type only the largest."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from storage.reports.counts import Counted, Key, Table
from storage.reports.figures import BY_NAME
from storage.reports.queries import By

ONE_DAY = timedelta(days=1)
LINES_MAX = 200
OF_STRANGERS: Final = frozenset({"topic", "language"})
"""What anybody may type: of these only the lines with the most rows are shown, and their rest."""

ADDED = frozenset({"sum", "mean"})


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


def largest(by: By, table: Table, keys: Iterable[Key]) -> tuple[set[Key], set[Key]]:
    """Part the lines that are shown from those of which only the sum is."""
    known = set(keys)
    if by not in OF_STRANGERS or len(known) <= LINES_MAX:
        return known, set()
    ordered = sorted(known, key=lambda key: (-_rows(table, key), key[1] or ""))
    return set(ordered[:LINES_MAX]), set(ordered[LINES_MAX:])


def added_up(table: Table, keys: Iterable[Key]) -> dict[str, Counted]:
    """Return the figures of several lines together, but for those that are no sums and no means."""
    found: dict[str, Counted] = {}
    for key in keys:
        for name, more in table.get(key, {}).items():
            if BY_NAME[name].way in ADDED:
                known = found.get(name, Counted(0))
                found[name] = Counted(
                    known.rows + more.rows,
                    known.total + more.total,
                    known.weight + more.weight,
                    rough=known.rough or more.rough,
                )
    return found


def _rows(table: Table, key: Key) -> int:
    return sum(each.rows for each in table.get(key, {}).values())


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += ONE_DAY


def _later(key: str | None, days: timedelta) -> str | None:
    return None if key is None else (date.fromisoformat(key) + days).isoformat()
