"""Who is to be there at this moment, and whether they are. For those who lead."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.adherence import OnShift, ScheduleNow
from server.protocol.shapes import Person
from server.schedule.adherence import Day
from server.schedule.attended import Attended
from server.schedule.exceptions import exceptions
from server.services.clock import Clock
from server.services.schedule.adherence import Log, attended_of
from server.services.schedule.adherence_faces import exception_face, planned_face
from server.services.schedule.plan import shop_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.schedule.rows import ShiftRow
from storage.schedule.shifts import Shifts

ONE_DAY = timedelta(days=1)
AT_ONCE = timedelta(microseconds=1)
"""Live, every absence is told, however short."""


class OnShiftDesk:
    """Looks at shifts that have begun and are not over."""

    def __init__(self, shifts: Shifts, log: Log, stores: Stores, clock: Clock) -> None:
        self._shifts, self._log, self._stores, self._clock = shifts, log, stores, clock

    async def now(self, seat: AgentSeat) -> ScheduleNow:
        """Return everybody whose shift is now, by name; those of last evening, too."""
        seat.must_lead()
        shop = await shop_of(self._stores, seat)
        now = self._clock.now()
        today = now.astimezone(ZoneInfo(shop.time_zone)).date()
        shifts = [
            row
            for row in await self._shifts.between(shop.id, today - ONE_DAY, today)
            if row.starts_at <= now < row.ends_at
        ]
        first = min((row.starts_at for row in shifts), default=now)
        known = await self._log.since(shop.id)
        attended = attended_of(await self._log.logged(shop.id, first, now))
        people = await self._stores.agents.of_shop(shop.id)
        names = {each.id: each.name for each in people}
        found = [
            _on_shift(
                (row.agent_id, names.get(row.agent_id, "")),
                row,
                attended.get(row.agent_id, Attended()),
                Day(begins_at=row.starts_at, ends_at=row.ends_at, known=known, now=now),
            )
            for row in shifts
        ]
        return ScheduleNow(
            at=now,
            time_zone=shop.time_zone,
            agents=sorted(found, key=lambda each: (each.agent.name.casefold(), each.agent.id)),
        )


def _on_shift(who: tuple[UUID, str], row: ShiftRow, attended: Attended, day: Day) -> OnShift:
    planned = next(each for each in planned_face([row]) if each.since <= day.now < each.until)
    missed = exceptions(day, [row], attended.at_work, AT_ONCE)
    open_ones = [each for each in missed if each.goes_on and planned.planned == "work"]
    was = attended.at(day.now)
    return OnShift(
        agent=Person(id=str(who[0]), name=who[1]),
        planned=planned.planned,
        until=planned.until,
        state=None if was is None else was.state,
        exception=exception_face(open_ones[0]) if open_ones else None,
    )
