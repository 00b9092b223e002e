"""What is kept of the plan of work, as rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Break = tuple[datetime, datetime]
Wall = tuple[int, int, tuple[tuple[int, int], ...]]
"""Start, end and breaks as the clock on the wall shows them, in minutes after a midnight."""

TimeOffState = Literal["asked", "approved", "refused", "withdrawn"]
SwapState = Literal["asked", "accepted", "approved", "declined", "refused", "withdrawn", "lapsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When somebody is to work, as moments. ``day``: the shop's date on which it begins.

    Breaks are inside, in order, and do not touch each other. ``wall``: what was meant, also in a
    night that is longer or shorter than the clock shows.
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    breaks: tuple[Break, ...] = ()
    wall: Wall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """A shift; ``version`` grows with every change."""

    id: UUID
    shop_id: UUID
    agent_id: UUID
    day: date
    starts_at: datetime
    ends_at: datetime
    breaks_from: list[datetime]
    breaks_until: list[datetime]
    wall: Wall | None
    version: int
    changed_by: UUID
    changed_at: datetime

    @property
    def breaks(self) -> tuple[Break, ...]:
        """The breaks as pairs."""
        return tuple(zip(self.breaks_from, self.breaks_until, strict=True))

    @property
    def is_noted_late(self) -> bool:
        """Whether it was planned only after it had begun, and is still as it was noted then."""
        return self.version == 1 and self.changed_at >= self.starts_at


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffRow:
    """Days on which somebody does not work, both included."""

    id: UUID
    shop_id: UUID
    agent_id: UUID
    first_day: date
    last_day: date
    starts_at: datetime
    ends_at: datetime
    state: TimeOffState
    note: str | None
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """A shift that is to change hands; without ``to_id`` to whoever says yes first."""

    id: UUID
    shop_id: UUID
    shift_id: UUID
    from_id: UUID
    to_id: UUID | None
    state: SwapState
    asked_at: datetime
    answered_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None
