"""The plan as it is told: rows → shapes."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.schedule import Shift, Swap, TimeOff
from server.protocol.shapes import Person
from server.schedule.times import minutes_worked, on_the_wall
from storage.schedule.rows import ShiftRow, SwapRow, TimeOffRow

Names = Mapping[UUID, str]


def shift_face(row: ShiftRow, zone: ZoneInfo) -> Shift:
    """Return a shift by the shop's clock."""
    return Shift(
        id=str(row.id),
        agent=str(row.agent_id),
        day=row.day,
        start=on_the_wall(row.day, row.starts_at, zone),
        end=on_the_wall(row.day, row.ends_at, zone),
        breaks=[
            (on_the_wall(row.day, begin, zone), on_the_wall(row.day, end, zone))
            for begin, end in row.breaks
        ],
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        worked_min=minutes_worked(row.starts_at, row.ends_at, row.breaks),
        version=row.version,
        noted_late=row.is_noted_late,
    )


def time_off_face(row: TimeOffRow, names: Names) -> TimeOff:
    """Return days off."""
    return TimeOff(
        id=str(row.id),
        agent=_person(row.agent_id, names),
        first=row.first_day,
        last=row.last_day,
        state=row.state,
        asked_at=row.asked_at,
        note=row.note,
    )


def swap_face(row: SwapRow, shift: ShiftRow, names: Names, zone: ZoneInfo) -> Swap:
    """Return a shift that is to change hands."""
    return Swap(
        id=str(row.id),
        shift=shift_face(shift, zone),
        by=_person(row.from_id, names),
        to=None if row.to_id is None else _person(row.to_id, names),
        state=row.state,
        asked_at=row.asked_at,
    )


def _person(agent_id: UUID, names: Names) -> Person:
    return Person(id=str(agent_id), name=names.get(agent_id, ""))
