"""What is counted, and what was found: the figures of each key, and of all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.database import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: [``since``, ``until``) of a shop, by the clock of ``time_zone``."""

    shop_id: UUID
    since: datetime
    until: datetime
    time_zone: str
    in_open_hours: bool
    within_ms: int

    def arguments(self) -> tuple[object, ...]:
        """Return them in the order in which statements take them."""
        return (
            self.shop_id,
            self.since,
            self.until,
            self.time_zone,
            self.in_open_hours,
            self.within_ms,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure comes to: milliseconds, scores, or how many, as its rows have them.

    A sum has a ``total``, a mean is ``total / weight``; others say their ``value`` outright, which
    is None where there were no rows. ``deviation`` is the standard deviation of the rows. What is
    ``rough`` is read from histograms.
    """

    rows: int
    total: int = 0
    weight: int = 0
    value: float | None = None
    deviation: float | None = None
    rough: bool = False


Key = tuple[bool, str | None]
"""Whether it is all of them, and else the key: None are those that have none."""

TOTAL: Key = (True, None)
Table = dict[Key, dict[str, Counted]]


def key_of(row: Record) -> Key:
    """Return which line a row of a statement is of."""
    return row["is_total"], row["key"]


def together(parts: Sequence[Table]) -> Table:
    """Return one table with all figures."""
    table: Table = {}
    for part in parts:
        for key, found in part.items():
            table.setdefault(key, {}).update(found)
    return table
